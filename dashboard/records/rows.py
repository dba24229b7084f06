"""Rows with what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.records.answers import PageInfo
from dashboard.records.imports import Counts
from dashboard.records.issues import EditCounts, EditedCell, Issue, IssueGroup
from dashboard.records.mapping import MappedColumn


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class RowCells:
    """A row by its number, with its cells by column, and what was corrected of it."""

    row: int
    is_excluded: bool
    edited: tuple[EditedCell, ...]
    values: Any = None


@dataclass(frozen=True, slots=True)
class KnownRows:
    """What is known of some rows: who is in them, their corrected cells by row and column, and which of them are left out."""

    names: Mapping[int, str] = field(default_factory=dict)
    corrected: Mapping[tuple[int, str], str | None] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AccountedRow:
    """A row with what becomes, or became, of it."""

    row: int
    outcome: str
    changes: tuple[FieldChange, ...]
    issues: tuple[Issue, ...]
    values: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class RowPage:
    nodes: tuple[AccountedRow, ...]
    page_info: PageInfo
    total_count: int


@dataclass(frozen=True, slots=True)
class OutcomeRows:
    """A page of the rows of one outcome, with what tells who they are about."""

    mapping: tuple[MappedColumn, ...]
    rows: RowPage


@dataclass(frozen=True, slots=True)
class PlannedRow:
    row: int
    outcome: str
    changes: tuple[FieldChange, ...]
    contact_id: str | None = None
    values: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    hash: str
    counts: Counts
    created: tuple[PlannedRow, ...]
    updated: tuple[PlannedRow, ...]


@dataclass(frozen=True, slots=True)
class ReadingReason:
    """What there was to say of one aspect of reading the file."""

    aspect: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadingReasons:
    decisions: tuple[ReadingReason, ...]


@dataclass(frozen=True, slots=True)
class ImportPlanned:
    id: str
    issue_groups: tuple[IssueGroup, ...]
    edits: EditCounts
    mapping: tuple[MappedColumn, ...]
    plan: Plan | None = None
    dialect: ReadingReasons | None = None

    @property
    def left_out(self) -> str | None:
        """What is said of records that are no rows."""
        return next((each.reason for each in self.dialect.decisions if each.aspect == "blankRecords"), None) if self.dialect else None
