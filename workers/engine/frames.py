"""The shapes that pass between the steps of the engine: what a chunk, a judged chunk and a plan look like.

Everything columnar is a polars frame with one of the schemas named here; everything small is a frozen dataclass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from models.vocabulary import (
    TEXT_FIELDS,
    AssignmentMode,
    DirectoryPolicy,
    DuplicateStrategy,
    EmptyCellPolicy,
    FieldPolicy,
    FileFormat,
    InvalidValuePolicy,
    IssueCode,
    IssueSeverity,
    MatchField,
    MatchMode,
)

# polars takes numpy up when it first meets an array, and two threads that do so at once meet it half taken up (a TypeError in 2.1).
pl.Series([0]).gather(np.array([0]))

ROW = "row"
FAILED = "failed"
# Which names of a judged row the file has in capitals or small letters only, the fields one after the other: such a cell says nothing of
# a name's capitals.
IN_ONE_CASE = "in_one_case"

# A decision about the dialect that is less sure than this is put to a person before anything is planned.
LEAST_CONFIDENCE = 0.5

# One line per issue. `column` is the header as the file has it.
ISSUE_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "column": pl.String(),
    "field": pl.String(),
    "value": pl.String(),
    "code": pl.String(),
    "severity": pl.String(),
    "message": pl.String(),
    "suggestion": pl.String(),
}

# The contacts that the rows' keys find, as the database holds them; what the import says nothing of may be left out (`needed_columns`).
# `lists` names those of the import's lists that they are in.
CANDIDATE_SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),
    "version": pl.Int64(),
    **{name: pl.String() for name in TEXT_FIELDS},
    "consent": pl.String(),
    "tags": pl.List(pl.String()),
    "custom": pl.String(),  # JSON object
    "external_id_key": pl.String(),
    "email_key": pl.String(),
    "phone_key": pl.String(),
    "lists": pl.List(pl.String()),
}

# One line per row, in the file's order. `owner_row` is the row that owns the contact's write (itself, where nothing was folded).
# `anchor_row` is the lowest row of all writes that pass a claim from contact to contact, by which rows are dealt into batches: a batch
# takes all rows of an anchor or none. It is the owner row, unless a claim moves.
OUTCOME_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "outcome": pl.String(),
    "owner_row": pl.Int64(),
    "anchor_row": pl.Int64(),
    "contact_id": pl.String(),
    "duplicate": pl.Boolean(),
    # What this row changed: JSON {field: {"before": …, "after": …}}; null: nothing, or it created the contact from its values.
    "changes": pl.String(),
}

# One line per contact to create, with the row that owns it. A null key claims nothing.
CREATE_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "anchor_row": pl.Int64(),
    "id": pl.String(),
    **{name: pl.String() for name in TEXT_FIELDS},
    "consent": pl.String(),
    "tags": pl.List(pl.String()),
    "custom": pl.String(),
    "external_id_key": pl.String(),
    "email_key": pl.String(),
    "phone_key": pl.String(),
}

# One line per contact to update: how it will be in all of which the import says something, the version it was planned against, and
# what changes.
UPDATE_SCHEMA: dict[str, pl.DataType] = {
    **CREATE_SCHEMA,
    "version": pl.Int64(),
    # JSON {field: {"before": …, "after": …}} of the text fields, consent and custom.<key>, and of tags where some are removed: an undo puts
    # them back in their places. Never of lists.
    "changes": pl.String(),
    "tags_added": pl.List(pl.String()),
    "tags_removed": pl.List(pl.String()),
    "lists_added": pl.List(pl.String()),
}


@dataclass(frozen=True, slots=True)
class Issue:
    """A fact about one value or one row."""

    row: int
    code: IssueCode
    severity: IssueSeverity
    message: str
    column: str | None = None
    field: str | None = None
    value: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a source is to be read, as detected or as overruled.

    `format` is that of the table, inside any wrapping. A `delimiter` may have several characters. `quote` "": nothing is quoted. `escape`
    None: a quote within quotes is doubled. `comment`: what a comment line begins with. `skip_space`: blanks behind
    a delimiter are no part of the cell. `header_row` is 1-based, of a header over several
    rows the first; None: there is no header. `archive`, `member`, `members`: the wrapping, what was taken out of it, and what is in it.
    `keys`, of items (JSON, vCard): where the cells of each column come from.
    """

    format: FileFormat
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    comment: str | None = None
    skip_space: bool = False
    header_row: int | None = 1
    header_rows: int = 1
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    archive: FileFormat | None = None
    member: str | None = None
    members: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DialectOverrides:
    """What a person overruled; None: as detected. `header_row` 0 says that there is no header."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    sheet: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of the dialect. `aspect` is a field of Dialect, `alternatives` are the other values that were weighed.

    `confidence` is from 0 to 1; below `LEAST_CONFIDENCE` it is a question, which waits for a person.
    """

    aspect: str
    value: str | None
    confidence: float
    reason: str
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderLimits:
    """Bounds that hold while reading. Each is named by its setting in the error that it raises."""

    max_rows: int = 5_000_000
    max_columns: int = 1_000
    max_cell_characters: int = 1_000_000
    max_decompressed_bytes: int = 2_000_000_000
    max_compression_ratio: int = 200
    max_sheets: int = 256
    max_members: int = 1_000
    fast_workbook_bytes: int = 256 * 1024 * 1024
    workbook_memory_bytes: int = 1024 * 1024 * 1024
    workbook_seconds: float = 300.0
    chunk_rows: int = 15_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some records of the source in order: `row` (Int64) and one String column `c0`, `c1`, … for each header.

    A cell is null where the row has none (a short row), "" where it is blank. `issues` follow ISSUE_SCHEMA.
    """

    frame: pl.DataFrame
    issues: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A guess for a person: a contact field for a column, how sure (0..1), and why in a few words."""

    field: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the source: its header as it stands (made unique and non-empty), some values, and the guesses, best first."""

    index: int
    header: str
    samples: tuple[str, ...]
    fill_rate: float
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the head of a source tells: how to read it and why, its columns, and its first records (row number, cells)."""

    dialect: Dialect
    columns: tuple[Column, ...]
    head: tuple[tuple[int, tuple[str | None, ...]], ...]
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    mode: AssignmentMode = AssignmentMode.NONE
    owners: tuple[str, ...] = ()
    column: str | None = None


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Everything that decides an outcome, besides the rows and the contacts. `mapping` goes from header to field name."""

    mapping: Mapping[str, str]
    today: date
    duplicate_strategy: DuplicateStrategy = DuplicateStrategy.SKIP
    match_fields: tuple[MatchField, ...] = (MatchField.EXTERNAL_ID, MatchField.EMAIL, MatchField.PHONE)
    match_mode: MatchMode = MatchMode.IDENTITY
    invalid_values: InvalidValuePolicy = InvalidValuePolicy.LEAVE_OUT
    empty_cells: EmptyCellPolicy = EmptyCellPolicy.KEEP
    # By field; what is not named follows the strategy.
    field_policies: Mapping[str, FieldPolicy] = field(default_factory=dict)
    default_country: str | None = None
    split_names: bool = False
    recase_names: bool = False
    assignment: Assignment = Assignment()
    company_policy: DirectoryPolicy = DirectoryPolicy.AS_WRITTEN
    owner_policy: DirectoryPolicy = DirectoryPolicy.AS_WRITTEN
    tags: tuple[str, ...] = ()
    list_ids: tuple[str, ...] = ()
    # header -> "day_first" | "month_first" | None (undecided), from the whole column's evidence
    date_orders: Mapping[str, str | None] = field(default_factory=dict)
    # The number of the file's first row, whose owner is the first to take a turn.
    first_row: int = 1


@dataclass(frozen=True, slots=True)
class Judged:
    """A chunk after judging.

    `rows`: `row`; `failed` (Boolean); one String column for each mapped text field, normalised; `consent` if mapped;
    `tags` (List[String]) if mapped; `custom.<key>` columns; `assigned_owner` (String) if the assignment gives one.
    A value is null where the row says nothing usable, "" where the cell is blank.
    `issues`: ISSUE_SCHEMA.
    """

    rows: pl.DataFrame
    issues: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Settled:
    """The plan of a set of rows: OUTCOME_SCHEMA, CREATE_SCHEMA, UPDATE_SCHEMA and ISSUE_SCHEMA."""

    outcomes: pl.DataFrame
    creates: pl.DataFrame
    updates: pl.DataFrame
    issues: pl.DataFrame


def make_issue_frame(issues: Sequence[Issue]) -> pl.DataFrame:
    """The issues as a frame of ISSUE_SCHEMA, in the order given."""
    return pl.DataFrame(
        {
            "row": [issue.row for issue in issues],
            "column": [issue.column for issue in issues],
            "field": [issue.field for issue in issues],
            "value": [issue.value for issue in issues],
            "code": [issue.code.value for issue in issues],
            "severity": [issue.severity.value for issue in issues],
            "message": [issue.message for issue in issues],
            "suggestion": [issue.suggestion for issue in issues],
        },
        schema=ISSUE_SCHEMA,
    )
