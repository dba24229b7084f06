"""The enums of the vocabulary, made known to GraphQL, which shows their names in upper case."""

import strawberry

from models.queries.import_pages import ImportOrder
from models.vocabulary import (
    AssignmentMode,
    Consent,
    DirectoryKind,
    DirectoryPolicy,
    DuplicateStrategy,
    EmptyCellPolicy,
    ErrorPolicy,
    ImportStatus,
    InvalidValuePolicy,
    IssueSeverity,
    MatchField,
    MatchMode,
    ReportFormat,
    RowOutcome,
    TimeBucket,
)

strawberry.enum(ImportStatus)
strawberry.enum(ImportOrder)
strawberry.enum(DuplicateStrategy)
strawberry.enum(ErrorPolicy)
strawberry.enum(InvalidValuePolicy)
strawberry.enum(EmptyCellPolicy)
strawberry.enum(DirectoryKind)
strawberry.enum(DirectoryPolicy)
strawberry.enum(MatchField)
strawberry.enum(MatchMode)
strawberry.enum(AssignmentMode)
strawberry.enum(IssueSeverity)
strawberry.enum(RowOutcome)
strawberry.enum(Consent)
strawberry.enum(ReportFormat)
strawberry.enum(TimeBucket)

__all__ = [
    "AssignmentMode",
    "Consent",
    "DirectoryKind",
    "DirectoryPolicy",
    "DuplicateStrategy",
    "EmptyCellPolicy",
    "ErrorPolicy",
    "ImportOrder",
    "ImportStatus",
    "InvalidValuePolicy",
    "IssueSeverity",
    "MatchField",
    "MatchMode",
    "ReportFormat",
    "RowOutcome",
    "TimeBucket",
]
