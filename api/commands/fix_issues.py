"""Correcting all rows of a group of issues by one rule, and what that would come to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import polars as pl

from api.auth.actor import Actor, require_member
from api.commands.date_orders import find_date_orders
from api.commands.deps import Deps
from api.commands.edit_rows import keep_change, require_cell
from api.commands.editable_source import EditableSource, SourceChunk, find_source, load_source
from api.commands.overtaken import ask_again_if_overtaken
from api.commands.read_rows import IssueRecord
from models.database import reading
from models.errors import InvalidRequest, LimitExceeded, WrongState
from models.queries.edits import CELL_SCHEMA, EditChange, KeptEdits, list_edits, measure_cells, require_characters
from models.queries.issue_pages import IssueFilter, IssueGroup, count_issues, list_drifted_issues, list_issue_groups
from models.queries.pages import require_first
from models.queries.row_pages import find_account_epoch
from models.tables import ImportJob
from workers.engine.edits import edit_chunk
from workers.engine.fixes import KNOWN_BY_PLANNING, ExcludeRows, ReplaceDomain, ReplaceValue, Rule, correct_cells, require_fitting
from workers.engine.folding import find_column
from workers.engine.frames import Chunk, EngineOptions
from workers.engine.judging import judge
from workers.engine.options import parse_options
from workers.engine.plans import read_frame

NOTHING_REVERTED = pl.DataFrame(schema={"row": pl.Int64, "column": pl.String})
PLACE_SCHEMA: dict[str, pl.DataType] = {"row": pl.Int64(), "column": pl.String(), "suggestion": pl.String()}
SAMPLES = 10


@dataclass(frozen=True, slots=True)
class IssueKind:
    """A group of issues, by a stored code; without a field they are about rows as wholes."""

    code: str
    field: str | None


@dataclass(frozen=True, slots=True)
class FixSample:
    """A cell before and after, and what is found in its row afterwards. Of a row that would be left out there is no cell."""

    row: int
    column: str | None
    before: str | None
    after: str | None
    issues: tuple[IssueRecord, ...]


@dataclass(frozen=True, slots=True)
class FixEffect:
    """What a rule comes to: rows of the group that can be corrected, and those that the rule changes.

    `resolved`: of these, how many are then without such an issue; None: only planning can tell.
    """

    rows: int
    changed: int
    resolved: int | None
    samples: tuple[FixSample, ...]


@dataclass(frozen=True, slots=True)
class _Fixed:
    """What a rule makes of a chunk: the rows of the group, the corrected cells with what they said before, and the chunk as it is then."""

    rows: pl.Series
    cells: pl.DataFrame
    after: Chunk


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule for a group, and what the plan's own files do not know of the group: issues that applying found (PLACE_SCHEMA)."""

    kind: IssueKind
    rule: Rule
    options: EngineOptions
    drifted: pl.DataFrame


def preview_fix(deps: Deps, actor: Actor, job: ImportJob, kind: IssueKind, rule: Rule, *, first: int | None) -> FixEffect:
    """What a rule would come to; nothing is changed. Raises as `apply_fix`."""
    size = require_first(SAMPLES if first is None else first)
    _require_sound(deps, kind, rule)
    with reading(deps.database) as tx:
        source = load_source(tx, job)
    return _look(source, _fix(deps, source, kind, rule), kind, rule, size)


def apply_fix(deps: Deps, actor: Actor, import_id: str, *, version: int | None, kind: IssueKind, rule: Rule) -> tuple[ImportJob, FixEffect]:
    """Correct the rows of a group by a rule.

    Raises InvalidRequest (rule_does_not_fit, issue_group_not_found), WrongState (not_planned, nothing_to_fix) and LimitExceeded
    (cell_too_large, too_many_edits, edits_too_large).
    """
    require_member(actor)
    _require_sound(deps, kind, rule)
    return ask_again_if_overtaken(version, lambda: _apply(deps, actor, find_source(deps, actor, import_id, version=version), kind, rule))


def _apply(deps: Deps, actor: Actor, source: EditableSource, kind: IssueKind, rule: Rule) -> tuple[ImportJob, FixEffect]:
    fixed = _fix(deps, source, kind, rule)
    effect = _look(source, fixed, kind, rule, SAMPLES)
    if not effect.changed:
        raise WrongState("The rule changes nothing in the rows of these issues.", code="nothing_to_fix")
    rows = pl.concat([pl.Series("row", [], pl.Int64), *(each.rows for each in fixed)])
    change = EditChange(
        cells=pl.concat([pl.DataFrame(schema=CELL_SCHEMA), *(each.cells.select(list(CELL_SCHEMA)) for each in fixed)]),
        reverted=NOTHING_REVERTED,
        excluded=rows if isinstance(rule, ExcludeRows) else rows.clear(),
        included=rows.clear(),
    )
    told = {"code": kind.code, "field": kind.field, "rule": _tell(rule)}
    # The cells were looked at as they were corrected then.
    return keep_change(deps, actor, source, change, "import.fix_applied", told, version=source.job.version), effect


def _require_sound(deps: Deps, kind: IssueKind, rule: Rule) -> None:
    require_fitting(rule, kind.code, kind.field)
    if isinstance(rule, ReplaceValue):
        for part, text in asdict(rule).items():
            require_cell(deps, text, ("input", "rule", "replaceValue", part))


def _tell(rule: Rule) -> dict[str, object]:
    """A rule for the audit trail, which holds no value of a contact: of texts only how long they are, in characters."""
    told = asdict(rule)
    if isinstance(rule, ReplaceDomain | ReplaceValue):
        told = {f"{part}_length": None if text is None else len(text) for part, text in told.items()}
    return {"kind": type(rule).__name__, **told}


def _fix(deps: Deps, source: EditableSource, kind: IssueKind, rule: Rule) -> list[_Fixed]:
    if not source.run.chunks or any(chunk.planned is None for chunk in source.chunks):
        raise WrongState("This import has no plan, so nothing was found in its rows yet.", code="not_planned")
    with reading(deps.database) as tx:
        groups = list_issue_groups(tx, source.job.tenant_id, source.job.id)
        wanted = IssueFilter(kind.code, kind.field)
        found = count_issues(tx, source.job.tenant_id, source.job.id, wanted)
        drifted = list_drifted_issues(tx, source.job, find_account_epoch(tx, source.job), wanted)
    is_shown = any((group.code, group.field) == (kind.code, kind.field) for group in groups)
    # Without a field, all that have the code were counted.
    if not is_shown and (kind.field is None or not found):
        raise _not_found(kind, groups)
    if found > deps.settings.max_edits:
        raise LimitExceeded(
            f"{found:,} issues are too many to correct row by row ({deps.settings.max_edits:,}, ROLODOCK_MAX_EDITS). "
            "Choose an option for the whole import instead, such as defaultCountry or dateOrder, or another mapping.",
            code="too_many_edits",
        )
    told = [(issue.row, issue.column, issue.suggestion) for issue in drifted if issue.field == kind.field]
    asked = _Asked(kind, rule, _options(deps, source), pl.DataFrame(told, schema=PLACE_SCHEMA, orient="row"))
    fixed: list[_Fixed] = []
    characters = 0
    for chunk in source.chunks:
        one = _fix_chunk(deps, source, chunk, asked, characters)
        if one is not None:
            fixed.append(one)
            characters += measure_cells(one.cells)
    return fixed


def _not_found(kind: IssueKind, groups: Sequence[IssueGroup]) -> InvalidRequest:
    def name(code: str, field: str | None) -> str:
        return f"{code.upper()} in {field}" if field else code.upper()

    there_are = ", ".join(sorted({name(group.code, group.field) for group in groups})) or "none"
    return InvalidRequest(
        f"There is no group of issues {name(kind.code, kind.field)}. Groups of this import: {there_are}.", code="issue_group_not_found"
    )


def _options(deps: Deps, source: EditableSource) -> EngineOptions:
    job = source.job
    nothing = pl.DataFrame(schema={f"c{index}": pl.String for index in range(len(job.columns))})
    headers = [column["header"] for column in job.columns]
    return parse_options(job.options, job.mapping, job.created_at.date(), find_date_orders(job, nothing), head=job.head, headers=headers)


def _fix_chunk(deps: Deps, source: EditableSource, chunk: SourceChunk, asked: _Asked, characters: int) -> _Fixed | None:
    """`characters`: of the cells that were corrected in the chunks before. Raises LimitExceeded (edits_too_large)."""
    assert chunk.planned is not None
    kind, options, record = asked.kind, asked.options, chunk.record
    field = pl.col("field").eq_missing(pl.lit(kind.field, pl.String))
    planned = read_frame(deps.storage.get(chunk.planned.issues_key)).filter(pl.col("code") == kind.code, field)
    came_up = asked.drifted.filter(pl.col("row").is_between(record.first_row, record.last_row))
    issues = pl.concat([planned.select(list(PLACE_SCHEMA)), came_up])
    if issues.is_empty():
        return None
    raw = source.load(deps.storage, chunk)
    open_rows = source.open_rows(deps.storage, chunk, raw.frame)
    with reading(deps.database) as tx:
        before = list_edits(tx, source.job, record.first_row, record.last_row)
    now, _ = edit_chunk(raw, source.headers, before)
    issues = issues.filter(pl.col("row").is_in(open_rows.implode()) & pl.col("row").is_in(now.frame["row"].implode()))
    issues = _leave_corrected(issues, now, before, source.headers, asked)
    rows = issues["row"].unique().sort()
    if rows.is_empty():
        return None
    named = find_column(kind.field, options) if kind.field else None
    places = issues.select("row", pl.col("column").fill_null(pl.lit(named, pl.String)), "suggestion").unique(
        ["row", "column"], keep="first", maintain_order=True
    )
    wanted = _with_cells(places, now.frame, source.headers)
    corrected = correct_cells(asked.rule, wanted, kind.field, options.today)
    require_characters(characters + measure_cells(corrected), deps.settings.max_edited_characters)
    cells = corrected.join(wanted.select("row", "column", before="value"), on=["row", "column"], how="left", maintain_order="left")
    touched = now.frame.filter(pl.col("row").is_in(rows.implode()))
    edits = KeptEdits(cells.select(list(CELL_SCHEMA)), rows.clear())
    told = now.issues.filter(pl.col("row").is_in(rows.implode()))
    after, _ = edit_chunk(Chunk(touched, told), source.headers, edits)
    return _Fixed(rows, cells, Chunk(after.frame, judge(after, source.headers, options).issues))


def _leave_corrected(issues: pl.DataFrame, now: Chunk, before: KeptEdits, headers: Sequence[str], asked: _Asked) -> pl.DataFrame:
    """The issues but for those of cells of edited rows that do not have them any more, so far as judging tells."""
    edited = issues.filter(pl.col("row").is_in(before.cells["row"].implode()))["row"].unique()
    if edited.is_empty() or asked.kind.code in KNOWN_BY_PLANNING:
        return issues
    of_edited = pl.col("row").is_in(edited.implode())
    again = judge(Chunk(now.frame.filter(of_edited), now.issues.filter(of_edited)), headers, asked.options).issues
    field = pl.col("field").eq_missing(pl.lit(asked.kind.field, pl.String))
    still = again.filter(pl.col("code") == asked.kind.code, field).select("row", cell=pl.struct("row", "column"))
    has_it = pl.struct("row", "column").is_in(still["cell"].implode()) | (
        pl.col("column").is_null() & pl.col("row").is_in(still["row"].implode())
    )
    return issues.filter(~of_edited | has_it)


def _with_cells(places: pl.DataFrame, frame: pl.DataFrame, headers: Sequence[str]) -> pl.DataFrame:
    """The places, by row and header, with what their cells say; those of no column are left."""
    names = {header: f"c{index}" for index, header in enumerate(headers)}
    found = [places.clear().with_columns(value=pl.lit(None, pl.String))]
    for (header,), some in places.group_by("column", maintain_order=True):
        if header in names:
            cells = frame.select("row", value=names[str(header)])
            found.append(some.join(cells, on="row", how="left", maintain_order="left"))
    return pl.concat(found)


def _look(source: EditableSource, fixed: Sequence[_Fixed], kind: IssueKind, rule: Rule, size: int) -> FixEffect:
    rows = sum(each.rows.len() for each in fixed)
    if isinstance(rule, ExcludeRows):
        numbers = [row for each in fixed for row in each.rows.head(size)][:size]
        return FixEffect(rows, rows, rows, tuple(FixSample(row, None, None, None, ()) for row in numbers))
    changed = resolved = 0
    samples: list[FixSample] = []
    for each in fixed:
        touched = each.cells["row"].unique()
        field = pl.col("field").eq_missing(pl.lit(kind.field, pl.String))
        still = each.after.issues.filter(pl.col("code") == kind.code, field)["row"].unique()
        changed += touched.len()
        resolved += touched.filter(~touched.is_in(still.implode())).len()
        samples += _sample(each, size - len(samples))
    is_known = kind.code not in KNOWN_BY_PLANNING
    return FixEffect(rows, changed, resolved if is_known else None, tuple(samples))


def _sample(fixed: _Fixed, count: int) -> list[FixSample]:
    if count <= 0:
        return []
    lines = fixed.cells.sort("row", maintain_order=True).head(count)
    issues: dict[int, list[IssueRecord]] = {}
    for line in fixed.after.issues.filter(pl.col("row").is_in(lines["row"].implode())).iter_rows(named=True):
        issues.setdefault(line["row"], []).append(IssueRecord(**line))
    return [
        FixSample(line["row"], line["column"], line["before"], line["value"], tuple(issues.get(line["row"], ())))
        for line in lines.iter_rows(named=True)
    ]
