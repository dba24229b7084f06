"""How a file was read, and what its columns are to become."""

from dataclasses import dataclass
from typing import Any

from dashboard.records.issues import Issue

# What the API calls a question.
LEAST_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Suggestion:
    field: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    header: str
    samples: tuple[str, ...]
    fill_rate: float
    suggestions: tuple[Suggestion, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True)
class MappedColumn:
    column: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of how the file is read; `is_said`: by a person."""

    aspect: str
    value: str | None
    confidence: float
    reason: str
    alternatives: tuple[str, ...] = ()
    is_question: bool = False
    is_said: bool = False

    @property
    def suggested(self) -> str | None:
        """What was decided, or else the best of what could not be decided between."""
        return self.value or next(iter(self.alternatives), None)

    @property
    def is_unsure(self) -> bool:
        """Worth a second look, whether or not the import waits for it."""
        return self.is_question or self.confidence < LEAST_CONFIDENCE


@dataclass(frozen=True, slots=True)
class Dialect:
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_row: int | None = None
    header_rows: int = 1
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    archive: str | None = None
    member: str | None = None
    members: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviewRow:
    row: int
    raw: tuple[str, ...]
    mapped: dict[str, Any]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    mode: str
    owners: tuple[str, ...]
    column: str | None = None


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    field: str
    policy: str


@dataclass(frozen=True, slots=True)
class Options:
    duplicate_strategy: str
    match_fields: tuple[str, ...]
    match_mode: str
    error_policy: str
    invalid_values: str
    empty_cells: str
    assignment: Assignment
    company_policy: str
    owner_policy: str
    tags: tuple[str, ...]
    field_policies: tuple[FieldPolicy, ...] = ()
    max_error_rate: float | None = None
    default_country: str | None = None
    date_order: str | None = None
    split_names: bool = True
    recase_names: bool = True
    sheet: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """What a person needs to say which column is which field."""

    id: str
    columns: tuple[Column, ...]
    mapping: tuple[MappedColumn, ...]
    options: Options
    preview: tuple[PreviewRow, ...]
    dialect: Dialect | None = None
