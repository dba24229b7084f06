"""Correcting cells and leaving rows out, by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from api.auth.actor import Actor, require_member
from api.commands.deps import Deps
from api.commands.editable_source import EditableSource, find_source
from api.commands.overtaken import ask_again_if_overtaken
from models.database import writing
from models.errors import InvalidRequest, LimitExceeded, WrongState
from models.queries.edits import CELL_SCHEMA, EditChange, edit
from models.queries.imports import overtaken, require_import, require_version
from models.queries.remains import Part, require_kept
from models.tables import ImportJob

# In one request.
MOST_AT_ONCE = 1_000
APPLIED = "Row {row} was settled already, so it cannot be edited any more."


@dataclass(frozen=True, slots=True)
class CellEdit:
    """What a cell is to say, by its column's header; None: what the source says."""

    row: int
    column: str
    value: str | None


def edit_rows(
    deps: Deps,
    actor: Actor,
    import_id: str,
    *,
    version: int | None,
    edits: Sequence[CellEdit],
    exclude_rows: Sequence[int],
    include_rows: Sequence[int],
) -> ImportJob:
    """Correct cells, leave rows out, or take either back.

    Raises InvalidRequest (unknown_row, unknown_column, edited_twice), WrongState (row_applied) and LimitExceeded (too_many_edits,
    cell_too_large, edits_too_large).
    """
    require_member(actor)
    _check(deps, edits, exclude_rows, include_rows)

    def ask() -> ImportJob:
        source = find_source(deps, actor, import_id, version=version)
        change = _find_change(deps, source, edits, exclude_rows, include_rows)
        # What was looked at, the rows as they came and which of them are open, no other edit changes.
        return keep_change(deps, actor, source, change, "import.rows_edited", {}, version=version)

    return ask_again_if_overtaken(version, ask)


def keep_change(
    deps: Deps,
    actor: Actor,
    source: EditableSource,
    change: EditChange,
    action: str,
    told: Mapping[str, object],
    *,
    version: int | None,
) -> ImportJob:
    """Keep a change of the source as it was looked at. Raises WrongState (stale_version) where the import has been moved since, or is not
    at the version, if one is given.
    """
    with writing(deps.database) as tx:
        job = require_import(tx, actor.tenant_id, source.job.id)
        require_kept(tx, job, Part.CHUNKS)
        require_version(job, version)
        if (job.status, job.epoch) != (source.job.status, source.job.epoch):
            raise overtaken()
        most, most_characters = deps.settings.max_edits, deps.settings.max_edited_characters
        follow_ups = edit(tx, job, change, most=most, most_characters=most_characters, actor=actor.name, action=action, **told)
    deps.outbox.send(follow_ups)
    return job


def require_cell(deps: Deps, value: str | None, path: tuple[str, ...]) -> None:
    """Raises LimitExceeded (cell_too_large) of a text that is more than a cell may hold; `path`: where in the request it stands."""
    most = deps.settings.max_cell_characters
    if value is not None and len(value) > most:
        raise LimitExceeded(f"A cell has at most {most:,} characters (ROLODOCK_MAX_CELL_CHARACTERS).", code="cell_too_large", path=path)


def _find_change(
    deps: Deps, source: EditableSource, edits: Sequence[CellEdit], exclude_rows: Sequence[int], include_rows: Sequence[int]
) -> EditChange:
    named = {f"edits.{index}.row": each.row for index, each in enumerate(edits)}
    named |= {f"{name}.{index}": row for name, rows in _named(exclude_rows, include_rows) for index, row in enumerate(rows)}
    cells = _load_open(deps, source, named)
    _require_columns(source, edits)
    own = [cells[each.row].get(each.column) for each in edits]
    corrected = [(each.row, each.column, each.value) for each, cell in zip(edits, own, strict=True) if each.value not in (None, cell)]
    reverted = [(each.row, each.column) for each, cell in zip(edits, own, strict=True) if each.value in (None, cell)]
    return EditChange(
        cells=pl.DataFrame(corrected, schema=CELL_SCHEMA, orient="row"),
        reverted=pl.DataFrame(reverted, schema={"row": pl.Int64, "column": pl.String}, orient="row"),
        excluded=pl.Series("row", sorted(set(exclude_rows)), dtype=pl.Int64),
        included=pl.Series("row", sorted(set(include_rows)), dtype=pl.Int64),
    )


def _named(exclude_rows: Sequence[int], include_rows: Sequence[int]) -> list[tuple[str, Sequence[int]]]:
    return [("excludeRows", exclude_rows), ("includeRows", include_rows)]


def _check(deps: Deps, edits: Sequence[CellEdit], exclude_rows: Sequence[int], include_rows: Sequence[int]) -> None:
    count = len(edits) + len(exclude_rows) + len(include_rows)
    if not count:
        raise InvalidRequest("Say which cells are to be corrected, or which rows left out or taken in again.", path=("input",))
    if count > MOST_AT_ONCE:
        raise LimitExceeded(f"At most {MOST_AT_ONCE:,} cells and rows are edited at once; these are {count:,}.", code="too_many_edits")
    seen: set[tuple[int, str]] = set()
    for index, each in enumerate(edits):
        path = ("input", "edits", str(index))
        if (each.row, each.column) in seen:
            raise InvalidRequest(f"“{each.column}” of row {each.row} is edited twice.", code="edited_twice", path=path)
        seen.add((each.row, each.column))
        require_cell(deps, each.value, (*path, "value"))
    both = set(exclude_rows) & set(include_rows)
    if both:
        message = f"Row {min(both)} is to be left out and taken in at once."
        raise InvalidRequest(message, code="edited_twice", path=("input", "includeRows"))


def _load_open(deps: Deps, source: EditableSource, named: Mapping[str, int]) -> dict[int, dict[str, str | None]]:
    """The cells of rows as they came, by row and header. `named`: where in the request each row stands."""
    wanted = sorted(set(named.values()))
    headers = source.headers
    cells: dict[int, dict[str, str | None]] = {}
    closed: set[int] = set()
    for chunk in source.chunks_of(wanted):
        frame = source.load(deps.storage, chunk).frame
        found = frame.filter(pl.col("row").is_in(wanted))
        open_rows = set(source.open_rows(deps.storage, chunk, frame))
        for line in found.iter_rows(named=True):
            cells[line["row"]] = {header: line.get(f"c{index}") for index, header in enumerate(headers)}
        closed |= set(found["row"]) - open_rows
    for place, row in named.items():
        path = ("input", *place.split("."))
        if row not in cells:
            raise InvalidRequest(f"This import has no row {row}.", code="unknown_row", path=path)
        if row in closed:
            raise WrongState(APPLIED.format(row=row), code="row_applied", path=path)
    return cells


def _require_columns(source: EditableSource, edits: Sequence[CellEdit]) -> None:
    headers = set(source.headers)
    for index, each in enumerate(edits):
        if each.column not in headers:
            path = ("input", "edits", str(index), "column")
            raise InvalidRequest(f"The file has no column called “{each.column}”.", code="unknown_column", path=path)
