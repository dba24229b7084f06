"""The enums of the vocabulary, made known to GraphQL, which shows their names in upper case."""

import strawberry

from models.queries.import_pages import ImportOrder
from models.vocabulary import (
    AssignmentMode,
    ChangeKind,
    Consent,
    DateOrder,
    DirectoryKind,
    DirectoryPolicy,
    DuplicateStrategy,
    EmptyCellPolicy,
    ErrorPolicy,
    FieldPolicy,
    ImportStatus,
    InvalidValuePolicy,
    IssueSeverity,
    MatchField,
    MatchMode,
    PlanningStep,
    ReportFormat,
    Role,
    RowOutcome,
    TimeBucket,
)

strawberry.enum(ImportStatus)
strawberry.enum(ImportOrder)
strawberry.enum(DuplicateStrategy)
strawberry.enum(ErrorPolicy)
strawberry.enum(FieldPolicy)
strawberry.enum(InvalidValuePolicy)
strawberry.enum(EmptyCellPolicy)
strawberry.enum(DirectoryKind)
strawberry.enum(
    DirectoryPolicy,
    description="AS_WRITTEN keeps the name as the row has it. MATCH takes the spelling of its entry in the directory, and leaves a name "
    "out that has none. CREATE adds one for it.",
)
strawberry.enum(MatchField)
strawberry.enum(MatchMode)
strawberry.enum(AssignmentMode)
strawberry.enum(DateOrder)
strawberry.enum(IssueSeverity)
strawberry.enum(RowOutcome)
strawberry.enum(ChangeKind)
strawberry.enum(Role)
strawberry.enum(Consent)
strawberry.enum(ReportFormat)
strawberry.enum(TimeBucket)
strawberry.enum(PlanningStep, description="What planning does, one after the other; the first two overlap where there is much to read.")

__all__ = [
    "AssignmentMode",
    "ChangeKind",
    "Consent",
    "DateOrder",
    "DirectoryKind",
    "DirectoryPolicy",
    "DuplicateStrategy",
    "EmptyCellPolicy",
    "ErrorPolicy",
    "FieldPolicy",
    "ImportOrder",
    "ImportStatus",
    "InvalidValuePolicy",
    "IssueSeverity",
    "MatchField",
    "MatchMode",
    "PlanningStep",
    "ReportFormat",
    "Role",
    "RowOutcome",
    "TimeBucket",
]
