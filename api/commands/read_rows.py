"""The account of an import's rows: what each holds, what became of it or is planned for it, and what was found in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from api.auth.actor import Actor
from api.commands.deps import Deps
from models.database import Reading, reading
from models.errors import NotFound
from models.queries.contact_history import FieldChange
from models.queries.edits import KeptEdits, list_edited_rows, list_edits
from models.queries.issue_pages import list_drifted_issues, list_issues_of_rows, list_marked_rows
from models.queries.pages import Page, decode_cursor, encode_cursor, require_first
from models.queries.plans import PlannedRun, list_chunks, list_earlier_runs, load_run
from models.queries.remains import Part, is_swept
from models.queries.row_pages import find_account_epoch
from models.storage import ObjectStore
from models.tables import ImportChunk, ImportIssue, ImportJob, PlannedChunk
from models.vocabulary import Consent, ImportStatus, IssueCode, RowOutcome
from workers.engine.folding.rules import missing_tags
from workers.engine.frames import FAILED, IN_ONE_CASE, ROW
from workers.engine.judging import ASSIGNED_OWNER
from workers.engine.plans import make_drifted_frame, read_frame, real_outcomes

# Nothing of the plan was written yet: the planned outcome is the one to show.
BEFORE_APPLYING = frozenset({ImportStatus.UPLOADED, ImportStatus.INSPECTING, ImportStatus.NEEDS_MAPPING, ImportStatus.PLANNING})
BEFORE_APPLYING |= {ImportStatus.PLANNED, ImportStatus.QUEUED}
_SHOWN = ("row", "outcome", "contact_id", "changes", "batch")


@dataclass(frozen=True, slots=True)
class IssueRecord:
    """An issue of a row, wherever it was kept."""

    row: int
    column: str | None
    field: str | None
    value: str | None
    code: str
    severity: str
    message: str
    suggestion: str | None
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class EditedCell:
    """A cell that somebody corrected: what the source says, and what it says now."""

    column: str
    original: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class RowAccount:
    """A row with everything that is known of it. `values` are the cells as they were corrected."""

    row: int
    outcome: RowOutcome
    contact_id: str | None
    values: dict[str, str | None] | None
    issues: tuple[IssueRecord, ...]
    changes: tuple[FieldChange, ...]
    edited: tuple[EditedCell, ...]
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows; None: any."""

    outcome: RowOutcome | None = None
    has_issues: bool | None = None
    is_edited: bool | None = None
    numbers: frozenset[int] | None = None

    @property
    def is_searched(self) -> bool:
        """Whether every chunk may have to be read for them; by number it is known which."""
        return self.numbers is None and (self.outcome, self.has_issues, self.is_edited) != (None, None, None)


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Where the account lies, as one consistent look found it."""

    job: ImportJob
    chunks: list[ImportChunk]
    run: PlannedRun
    # Those whose rows this one left alone, the newest first.
    earlier: list[PlannedRun]
    # Rows in which something was found that the plan's files do not tell, or do not tell any more.
    marked: frozenset[int]
    edited: frozenset[int]
    # Whether there is still more to read than what became of the rows.
    has_chunks: bool
    shows_plan: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one chunk that are wanted, and the chunk of the plan that they are in."""

    rows: pl.DataFrame
    planned: PlannedChunk | None


def list_rows(deps: Deps, actor: Actor, job: ImportJob, wanted: RowFilter, *, first: int | None, after: str | None) -> Page[RowAccount]:
    """A page of the rows in the file's order."""
    size = require_first(first)
    position = decode_cursor(after, int)
    with reading(deps.database) as tx:
        ledger = _load(tx, job, wants_edited=wanted.is_edited is not None)
    after_row = position[0] if position is not None else -1
    parts = _take(_iter_parts(deps.storage, ledger, wanted, after_row), size + 1)
    accounts = [account for part in parts for account in _tell(deps, actor, ledger, part)]
    items = tuple(accounts[:size])
    cursors = tuple(encode_cursor((account.row,)) for account in items)
    return Page(items, cursors, len(accounts) > size, after is not None)


def count_rows_wanted(deps: Deps, actor: Actor, job: ImportJob, wanted: RowFilter) -> int:
    """How many rows the whole list has."""
    with reading(deps.database) as tx:
        ledger = _load(tx, job, wants_edited=wanted.is_edited is not None)
    if wanted == RowFilter() and (ledger.run.chunks or ledger.chunks):
        return job.total
    return sum(len(part.rows) for part in _iter_parts(deps.storage, ledger, wanted, -1))


def sample_plan(deps: Deps, actor: Actor, job: ImportJob, outcome: RowOutcome | None, *, first: int | None) -> list[RowAccount]:
    """The first rows that the plan has an outcome for, as planned."""
    size = require_first(first)
    with reading(deps.database) as tx:
        ledger = _load(tx, job, shows_plan=True)
    # Rows without a batch were settled by an earlier run; this plan has nothing to say of them.
    in_run = pl.col("batch").is_not_null()
    found = _iter_parts(deps.storage, ledger, RowFilter(outcome=outcome), -1)
    parts = _take((_Part(part.rows.filter(in_run), part.planned) for part in found), size)
    return [account for part in parts for account in _tell(deps, actor, ledger, part)][:size]


def _load(tx: Reading, job: ImportJob, *, shows_plan: bool = False, wants_edited: bool = False) -> _Ledger:
    epoch = find_account_epoch(tx, job)
    has_chunks = not is_swept(job, Part.CHUNKS)
    # What became of the rows lies with the chunks and with the journal, and goes with the last of the two.
    has_outcomes = has_chunks or not is_swept(job, Part.JOURNAL)
    return _Ledger(
        job=job,
        chunks=list_chunks(tx, job.id) if has_chunks else [],
        run=load_run(tx, job, epoch if has_outcomes else None),
        earlier=list_earlier_runs(tx, job, epoch) if has_chunks and epoch is not None else [],
        marked=(
            frozenset(issue.row for issue in list_drifted_issues(tx, job, epoch))
            if has_chunks
            else list_marked_rows(tx, job.tenant_id, job.id)
        ),
        has_chunks=has_chunks,
        edited=list_edited_rows(tx, job) if wants_edited else frozenset(),
        shows_plan=shows_plan or ImportStatus(job.status) in BEFORE_APPLYING,
    )


def _iter_parts(storage: ObjectStore, ledger: _Ledger, wanted: RowFilter, after_row: int) -> Iterator[_Part]:
    if not ledger.run.chunks:
        yield from _iter_unplanned(storage, ledger, wanted, after_row)
        return
    for planned in ledger.run.chunks:
        if planned.last_row <= after_row or not _has_wanted(wanted, planned):
            continue
        rows = _settle(_read(storage, planned.outcomes_key, _SHOWN), ledger).filter(pl.col(ROW) > after_row)
        if wanted.outcome is not None:
            rows = rows.filter(pl.col("outcome") == wanted.outcome.value)
        if wanted.has_issues is not None and not rows.is_empty():
            marked = _read(storage, planned.issues_key, (ROW,))[ROW].unique() if ledger.has_chunks else ()
            rows = rows.filter(pl.col(ROW).is_in([*marked, *ledger.marked]) == wanted.has_issues)
        yield _Part(_filter_edited(rows, ledger, wanted), planned)


def _iter_unplanned(storage: ObjectStore, ledger: _Ledger, wanted: RowFilter, after_row: int) -> Iterator[_Part]:
    if wanted.outcome not in (None, RowOutcome.UNPROCESSED) or wanted.has_issues:
        return
    for chunk in ledger.chunks:
        if chunk.last_row > after_row and _has_wanted(wanted, chunk):
            rows = _read(storage, chunk.object_key, (ROW,)).filter(pl.col(ROW) > after_row)
            nothing = pl.lit(None, dtype=pl.String)
            told = rows.with_columns(
                pl.lit(RowOutcome.UNPROCESSED.value).alias("outcome"), nothing.alias("contact_id"), nothing.alias("changes")
            )
            yield _Part(_filter_edited(told, ledger, wanted), None)


def _has_wanted(wanted: RowFilter, chunk: ImportChunk | PlannedChunk) -> bool:
    return wanted.numbers is None or any(chunk.first_row <= number <= chunk.last_row for number in wanted.numbers)


def _filter_edited(rows: pl.DataFrame, ledger: _Ledger, wanted: RowFilter) -> pl.DataFrame:
    if wanted.numbers is not None:
        rows = rows.filter(pl.col(ROW).is_in(sorted(wanted.numbers)))
    if wanted.is_edited is None:
        return rows
    return rows.filter(pl.col(ROW).is_in(list(ledger.edited)) == wanted.is_edited)


def _settle(rows: pl.DataFrame, ledger: _Ledger) -> pl.DataFrame:
    return rows if ledger.shows_plan else real_outcomes(rows, ledger.run.done, make_drifted_frame(ledger.run.drifted))


def _take(parts: Iterator[_Part], count: int) -> list[_Part]:
    taken: list[_Part] = []
    for part in parts:
        if part.rows.is_empty():
            continue
        taken.append(_Part(part.rows.head(count), part.planned))
        count -= len(taken[-1].rows)
        if count <= 0:
            break
    return taken


def _tell(deps: Deps, actor: Actor, ledger: _Ledger, part: _Part) -> list[RowAccount]:
    numbers = part.rows[ROW].to_list()
    issues = _gather_issues(deps, actor, ledger, part.planned, numbers)
    values = _gather_values(deps.storage, ledger, numbers)
    with reading(deps.database) as tx:
        edits = list_edits(tx, ledger.job, numbers[0], numbers[-1])
    corrected = _gather_corrected(edits, numbers)
    excluded = set(edits.excluded)
    created = _gather_created(deps.storage, ledger, part, issues) if ledger.has_chunks else {}
    return [
        RowAccount(
            row=line[ROW],
            outcome=RowOutcome(line["outcome"]),
            # Before applying, the contact to be created is not there to be looked up.
            contact_id=None if ledger.shows_plan and line["outcome"] == RowOutcome.CREATED else line["contact_id"],
            values=_correct(values.get(line[ROW]), corrected.get(line[ROW], {})),
            issues=tuple(issues.get(line[ROW], ())),
            changes=created.get(line[ROW]) or _parse_changes(line["changes"]),
            edited=tuple(
                EditedCell(column, (values.get(line[ROW]) or {}).get(column), value)
                for column, value in corrected.get(line[ROW], {}).items()
            ),
            is_excluded=line[ROW] in excluded,
        )
        for line in part.rows.iter_rows(named=True)
    ]


def _gather_issues(
    deps: Deps, actor: Actor, ledger: _Ledger, planned: PlannedChunk | None, numbers: Sequence[int]
) -> dict[int, list[IssueRecord]]:
    """All issues of the rows: the plan's, which are whole, and those that applying found."""
    with reading(deps.database) as tx:
        kept = [make_record(issue) for issue in list_issues_of_rows(tx, actor.tenant_id, ledger.job.id, numbers)]
    found: dict[int, list[IssueRecord]] = {}
    known: set[tuple[int, str, str | None, str | None]] = set()
    frame = (
        []
        if planned is None or not ledger.has_chunks
        else _read(deps.storage, planned.issues_key, None).filter(pl.col(ROW).is_in(list(numbers))).to_dicts()
    )
    for record in [*kept, *(_record_of_line(line) for line in frame)]:
        key = (record.row, record.code, record.column, record.value)
        if key not in known:
            known.add(key)
            found.setdefault(record.row, []).append(record)
    return found


def make_record(issue: ImportIssue) -> IssueRecord:
    """A kept issue as a record."""
    return IssueRecord(
        issue.row, issue.column, issue.field, issue.value, issue.code, issue.severity, issue.message, issue.suggestion, issue.batch
    )


def _record_of_line(line: dict[str, Any]) -> IssueRecord:
    names = ("row", "column", "field", "value", "code", "severity", "message", "suggestion")
    return IssueRecord(**{name: line[name] for name in names})


def _gather_values(storage: ObjectStore, ledger: _Ledger, numbers: Sequence[int]) -> dict[int, dict[str, str | None]]:
    """The cells of the rows by their headers; nothing where the chunks were swept."""
    headers = [column["header"] for column in ledger.job.columns]
    values: dict[int, dict[str, str | None]] = {}
    for chunk in ledger.chunks:
        if not any(chunk.first_row <= number <= chunk.last_row for number in numbers):
            continue
        try:
            frame = _read(storage, chunk.object_key, None)
        except NotFound:
            continue
        for line in frame.filter(pl.col(ROW).is_in(list(numbers))).iter_rows(named=True):
            values[line[ROW]] = {header: line.get(f"c{index}") for index, header in enumerate(headers)}
    return values


def _gather_corrected(edits: KeptEdits, numbers: Sequence[int]) -> dict[int, dict[str, str | None]]:
    """What was corrected of the rows, by their headers."""
    corrected: dict[int, dict[str, str | None]] = {}
    for row, column, value in edits.cells.filter(pl.col("row").is_in(list(numbers))).iter_rows():
        corrected.setdefault(row, {})[column] = value
    return corrected


def _correct(values: dict[str, str | None] | None, corrected: Mapping[str, str | None]) -> dict[str, str | None] | None:
    return None if values is None else {column: corrected.get(column, value) for column, value in values.items()}


def _gather_created(
    storage: ObjectStore, ledger: _Ledger, part: _Part, issues: Mapping[int, Sequence[IssueRecord]]
) -> dict[int, tuple[FieldChange, ...]]:
    """For rows that create: what the new contact gets from them, which is what changes. Whom a note keeps from being subscribed is
    created unsubscribed.
    """
    missing = set(part.rows.filter(pl.col("outcome") == RowOutcome.CREATED.value)[ROW])
    created: dict[int, tuple[FieldChange, ...]] = {}
    for planned in _iter_planned(ledger, part):
        if not missing:
            break
        # A row that an earlier run settled was judged by no later one.
        for line in _read(storage, planned.judged_key, None).filter(pl.col(ROW).is_in(sorted(missing))).iter_rows(named=True):
            values = _created_values(line, ledger.job.options)
            if any(issue.code == IssueCode.CONSENT_KEPT for issue in issues.get(line[ROW], ())):
                values["consent"] = Consent.UNSUBSCRIBED.value
            created[line[ROW]] = tuple(FieldChange(name, after=value) for name, value in values.items() if value not in (None, "", []))
        missing -= created.keys()
    return created


def _iter_planned(ledger: _Ledger, part: _Part) -> Iterator[PlannedChunk]:
    """What each run made of the chunk that rows are in, the newest first."""
    if part.planned is not None:
        yield part.planned
        yield from (chunk for run in ledger.earlier for chunk in run.chunks if chunk.number == part.planned.number)


def _created_values(judged: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The row's own values, and what every contact of the import gets."""
    values = {name: value for name, value in judged.items() if name not in (ROW, FAILED, IN_ONE_CASE, ASSIGNED_OWNER)}
    values["owner"] = values.get("owner") or judged.get(ASSIGNED_OWNER)
    values["tags"] = missing_tags((), values.get("tags"), options["tags"])
    return values | {"lists": list(options["list_ids"])}


def _parse_changes(text: str | None) -> tuple[FieldChange, ...]:
    if not text:
        return ()
    return tuple(FieldChange(name, pair.get("before"), pair.get("after")) for name, pair in json.loads(text).items())


def _read(storage: ObjectStore, key: str, columns: Sequence[str] | None) -> pl.DataFrame:
    return read_frame(storage.get(key)) if columns is None else read_frame(storage.get(key)).select(columns)
