"""Makes chunks of columns out of records: the header skipped, rows numbered, ragged and oversized ones reported, blank ones left out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from models.errors import LimitExceeded
from models.vocabulary import IssueCode, IssueSeverity
from workers.engine.frames import ROW, Chunk, Issue, ReaderLimits, make_issue_frame
from workers.engine.readers.cells import check_cells
from workers.engine.readers.columns import Columns
from workers.engine.readers.issues import LEFT_OUT, make_issue
from workers.engine.readers.kinds import ColumnKind, Record
from workers.engine.readers.realignment import Verdict, find_shifted, realign, realign_shifted
from workers.engine.records import BLANK_CHARACTERS, Mark, Records, is_blank

# Long cells end a chunk early, so that its memory does not depend on the file.
_MAX_CHUNK_SIZE = 32_000_000
# Nearly every record is a row; more are not looked at for one.
_LOOKED_AT = 64


@dataclass(frozen=True, slots=True)
class Shape:
    """What the columns are called, and whether the source is a grid, in which no cell can be missing or misplaced.

    `delimiter`, of delimited text, parts cells that may have slipped; `kinds` says then where they belong. `is_padded`: a blank cell too
    many says nothing.
    """

    headers: tuple[str, ...]
    is_grid: bool
    delimiter: str | None = None
    kinds: tuple[ColumnKind, ...] = ()
    is_padded: bool = False


@dataclass(slots=True)
class _Pending:
    """Parts that wait for their chunk to be full."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    height: int = 0
    size: int = 0


def iter_chunks(records: Iterable[Records], shape: Shape, header_row: int | None, limits: ReaderLimits) -> Iterator[Chunk]:
    """Chunks of at most `chunk_rows` records each; `header_row` is the last one of the header.

    A chunk in which all are blank is left out, and what was found in it goes on to the next one, or else to the last. Where no chunk has
    rows, one without any tells what was found. So a chunk waits for the next one, but where it is plain already that one follows.
    """
    row_count = 0
    carried: list[pl.DataFrame] = []
    waiting: Chunk | None = None
    for frame, issues, is_followed in _iter_full(records, shape, header_row or 0, limits):
        chunk = _make_chunk(frame, issues, shape, limits)
        row_count += chunk.frame.height
        if row_count > limits.max_rows:
            raise LimitExceeded(f"The file has more than {limits.max_rows:,} rows (ROLODOCK_MAX_ROWS).", code="too_many_rows")
        if not chunk.frame.height:
            carried += [chunk.issues] if chunk.issues.height else []
            continue
        if waiting is not None:
            yield waiting
        waiting = Chunk(chunk.frame, pl.concat([*carried, chunk.issues])) if carried else chunk
        carried = []
        if is_followed:
            yield waiting
            waiting = None
    if waiting is not None:
        yield Chunk(waiting.frame, pl.concat([waiting.issues, *carried])) if carried else waiting
    elif carried:
        yield Chunk(_make_empty_frame(shape), pl.concat(carried))


def check_column_count(count: int, limits: ReaderLimits) -> None:
    """Raise where a source has more columns than we take."""
    if count > limits.max_columns:
        raise LimitExceeded(
            f"The file has {count:,} columns; at most {limits.max_columns:,} are accepted (ROLODOCK_MAX_COLUMNS).", code="too_many_columns"
        )


def _iter_full(
    blocks: Iterable[Records], shape: Shape, header_row: int, limits: ReaderLimits
) -> Iterator[tuple[pl.DataFrame, list[Issue], bool]]:
    """Frames of `chunk_rows` records, blank ones among them, with what was found wrong so far, and whether a row is known to follow."""
    pending = _Pending()
    for block in blocks:
        data = _skip_header(block, header_row)
        pending.issues += [_issue_of_mark(mark, shape) for mark in block.marks if mark.row <= header_row and mark.code in LEFT_OUT]
        if not data.cells:
            continue
        # Block by block, because a few records become columns much faster than many: their cells are still at hand.
        frame, issues = _make_frame(data, shape)
        pending.frames.append(frame)
        pending.issues += issues
        pending.height += frame.height
        pending.size += data.size
        while pending.height >= limits.chunk_rows or (pending.size > _MAX_CHUNK_SIZE and pending.height):
            full, pending = _split_off(pending, limits.chunk_rows)
            yield *full, _holds_row(pending.frames[0])
            del full
    if pending.height:
        yield *_split_off(pending, pending.height)[0], False
    elif pending.issues:
        yield _make_empty_frame(shape), pending.issues, False


def _make_empty_frame(shape: Shape) -> pl.DataFrame:
    return pl.DataFrame(schema={ROW: pl.Int64(), **{f"c{index}": pl.String() for index in range(len(shape.headers))}})


def _skip_header(block: Records, header_row: int) -> Records:
    skipped = header_row + 1 - block.first_row
    if skipped <= 0:
        return block
    marks = tuple(mark for mark in block.marks if mark.row > header_row)
    return Records(header_row + 1, block.cells[skipped:], marks, block.size)


def _split_off(pending: _Pending, count: int) -> tuple[tuple[pl.DataFrame, list[Issue]], _Pending]:
    frame = pl.concat(pending.frames, rechunk=True)
    full, rest = frame.head(count), frame.slice(count)
    last_row: int = full[ROW][-1]
    return (
        (full, [issue for issue in pending.issues if issue.row <= last_row]),
        _Pending([rest], [issue for issue in pending.issues if issue.row > last_row], rest.height),
    )


def _make_frame(records: Records, shape: Shape) -> tuple[pl.DataFrame, list[Issue]]:
    width = len(shape.headers)
    cells = records.cells
    issues = [_issue_of_mark(mark, shape) for mark in records.marks]
    if not isinstance(cells, Columns) and set(map(len, cells)) != {width}:
        cells = list(cells)
        issues += _fit(cells, records, shape)
    if shape.kinds and (shifted := find_shifted(cells, shape.kinds)):
        put_right = _put_right(cells, records, shape, shifted)
        if put_right:
            issues += [
                make_issue(records.first_row + index, IssueCode.CELLS_REALIGNED, value=_show(cells[index], shape)) for index in put_right
            ]
            cells = [put_right.get(index, record) for index, record in enumerate(cells)]
    rows = pl.int_range(records.first_row, records.first_row + len(cells), dtype=pl.Int64, eager=True).alias(ROW)
    if isinstance(cells, Columns):
        return pl.DataFrame([rows, *cells.frame.get_columns()]), issues
    columns = [pl.Series(f"c{index}", column, dtype=pl.String) for index, column in enumerate(zip(*cells, strict=True))]
    return pl.DataFrame([rows, *columns]), issues


def _make_chunk(frame: pl.DataFrame, issues: list[Issue], shape: Shape, limits: ReaderLimits) -> Chunk:
    frame = _drop_blank_rows(frame, kept=[issue.row for issue in issues if issue.code not in LEFT_OUT])
    frame, more = check_cells(frame, shape.headers, limits, shape.kinds)
    return Chunk(frame, make_issue_frame(sorted((*issues, *more), key=lambda issue: issue.row)))


def _issue_of_mark(mark: Mark, shape: Shape) -> Issue:
    column = None if mark.cell is None or mark.cell >= len(shape.headers) else shape.headers[mark.cell]
    return make_issue(mark.row, mark.code, column=column, value=mark.value)


def _fit(cells: list[Sequence[str | None]], records: Records, shape: Shape) -> list[Issue]:
    """Bring every record to the width of the header, in place; what that means for the data is reported, once a row."""
    width = len(shape.headers)
    marked = {mark.row for mark in records.marks if mark.code is IssueCode.UNCLOSED_QUOTE}
    issues = []
    for index, record in enumerate(cells):
        if len(record) == width:
            continue
        row = records.first_row + index
        is_blank_record = is_blank(record)
        verdict = Verdict.FITS
        if shape.kinds and row not in marked and not is_blank_record:
            realignment = realign(record, shape.kinds, shape.delimiter or ",")
            verdict = realignment.verdict
            if verdict is Verdict.REALIGNED:
                issues.append(make_issue(row, IssueCode.CELLS_REALIGNED, value=_show(record, shape)))
                cells[index] = realignment.cells
                continue
        if len(record) < width:
            cells[index] = (*record, *(("" if shape.is_grid or is_blank_record else None,) * (width - len(record))))
            if not shape.is_grid and not is_blank_record and row not in marked:
                issues.append(_report_too_few(row, record, shape, verdict))
            continue
        cells[index] = record[:width]
        has_more = not is_blank(record[width:])
        is_doubtful = verdict is Verdict.DOUBTFUL and not has_more and not shape.is_padded
        if row not in marked and (verdict is Verdict.SHIFTED or is_doubtful or has_more):
            # In a grid the cells beyond the header are left out, but those before stand where they belong.
            severity = IssueSeverity.WARNING if shape.is_grid or is_doubtful else IssueSeverity.ERROR
            value = next((cell for cell in record[width:] if cell and not is_blank((cell,))), None)
            issues.append(make_issue(row, IssueCode.TOO_MANY_CELLS, value=value or _show(record, shape), severity=severity))
    return issues


def _report_too_few(row: int, record: Sequence[str | None], shape: Shape, verdict: Verdict) -> Issue:
    if verdict is Verdict.SHIFTED:
        # Values stand in columns that are not theirs: such a row must not go in.
        return make_issue(row, IssueCode.TOO_FEW_CELLS, value=_show(record, shape), severity=IssueSeverity.ERROR)
    return make_issue(row, IssueCode.TOO_FEW_CELLS)


def _put_right(cells: Sequence[Record], records: Records, shape: Shape, indices: Iterable[int]) -> dict[int, Record]:
    """Those of the records, whose width is right and whose cells are not, that can be put right for certain: so, by index."""
    marked = {mark.row for mark in records.marks}
    ways = ((index, realign_shifted(cells[index], shape.kinds)) for index in indices if records.first_row + index not in marked)
    return {index: right for index, right in ways if right is not None}


def _show(record: Sequence[str | None], shape: Shape) -> str:
    return (shape.delimiter or ",").join(cell or "" for cell in record)


def _holds_row(frame: pl.DataFrame) -> bool:
    """Whether there is a row among the first records."""
    return _drop_blank_rows(frame.head(_LOOKED_AT), kept=()).height > 0


def _drop_blank_rows(frame: pl.DataFrame, kept: Sequence[int]) -> pl.DataFrame:
    """The frame without its blank rows, except those that have an issue and so are not nothing."""
    blank = frame
    for name in frame.columns[1:]:
        blank = blank.filter((pl.col(name).str.strip_chars(BLANK_CHARACTERS) == "").fill_null(True))
        if blank.is_empty():
            return frame
    return frame.filter(~pl.col(ROW).is_in(blank[ROW].implode()) | pl.col(ROW).is_in(list(kept)))
