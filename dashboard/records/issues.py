"""What was found about rows, and what was done about it in place."""

from dataclasses import dataclass

from dashboard.records.answers import PageInfo


@dataclass(frozen=True, slots=True)
class Issue:
    row: int
    code: str
    severity: str
    message: str
    column: str | None = None
    field: str | None = None
    value: str | None = None
    suggestion: str | None = None
    # Of the newest plan; None: its row is not in it.
    batch: int | None = None

    @property
    def domains(self) -> tuple[str, str]:
        """The domain that an address has, and the one that it seems to mean; blank where these are not two."""
        said, meant = ((text or "").partition("@")[2].strip().lower() for text in (self.value, self.suggestion))
        return (said, meant) if said and meant and said != meant else ("", "")


@dataclass(frozen=True, slots=True)
class IssueGroup:
    code: str
    severity: str
    count: int
    example: Issue
    has_open_rows: bool
    field: str | None = None


@dataclass(frozen=True, slots=True)
class IssuePage:
    nodes: tuple[Issue, ...]
    total_count: int
    page_info: PageInfo


@dataclass(frozen=True, slots=True)
class FixSample:
    """A cell before and after a rule; of a row that is left out there is none."""

    row: int
    issues: tuple[Issue, ...]
    column: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class FixEffect:
    """What a rule comes to; `resolved` is None where only planning can tell."""

    rows: int
    changed: int
    samples: tuple[FixSample, ...]
    resolved: int | None = None


@dataclass(frozen=True, slots=True)
class EditCounts:
    cells: int = 0
    excluded_rows: int = 0


@dataclass(frozen=True, slots=True)
class EditedCell:
    column: str
    original: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class EditedRow:
    row: int
    is_excluded: bool
    edited: tuple[EditedCell, ...]


@dataclass(frozen=True, slots=True)
class EditedPage:
    nodes: tuple[EditedRow, ...]
    total_count: int
