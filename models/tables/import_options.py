"""The options of an import as they are stored in its `options`, with their defaults."""

from pydantic import BaseModel, ConfigDict

from models.vocabulary import (
    AssignmentMode,
    DateOrder,
    DirectoryPolicy,
    DuplicateStrategy,
    EmptyCellPolicy,
    ErrorPolicy,
    FieldPolicy,
    InvalidValuePolicy,
    MatchField,
    MatchMode,
)


class AssignmentOptions(BaseModel):
    """Who is put in charge of contacts that have no owner."""

    model_config = ConfigDict(frozen=True)

    mode: AssignmentMode = AssignmentMode.NONE
    owners: tuple[str, ...] = ()
    column: str | None = None


class FieldPolicyOption(BaseModel):
    """What rows do to one field of a contact that they find; `custom.<key>` names a custom field."""

    model_config = ConfigDict(frozen=True)

    field: str
    policy: FieldPolicy


class ImportOptions(BaseModel):
    """Everything a person chose for an import. `sheet` to `member` overrule what was detected."""

    model_config = ConfigDict(frozen=True)

    duplicate_strategy: DuplicateStrategy = DuplicateStrategy.SKIP
    match_fields: tuple[MatchField, ...] = (MatchField.EXTERNAL_ID, MatchField.EMAIL, MatchField.PHONE)
    match_mode: MatchMode = MatchMode.IDENTITY
    error_policy: ErrorPolicy = ErrorPolicy.KEEP_GOOD_ROWS
    max_error_rate: float | None = None
    invalid_values: InvalidValuePolicy = InvalidValuePolicy.LEAVE_OUT
    empty_cells: EmptyCellPolicy = EmptyCellPolicy.KEEP
    field_policies: tuple[FieldPolicyOption, ...] = ()
    default_country: str | None = None
    date_order: DateOrder | None = None
    split_names: bool = True
    recase_names: bool = True
    assignment: AssignmentOptions = AssignmentOptions()
    company_policy: DirectoryPolicy = DirectoryPolicy.AS_WRITTEN
    owner_policy: DirectoryPolicy = DirectoryPolicy.AS_WRITTEN
    list_ids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sheet: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    member: str | None = None
