"""Tells where another table begins among the records of a table: at a header of its own, whose rows do not fit ours."""

from collections.abc import Sequence

from workers.engine.mapping.usual_names import is_usual_name
from workers.engine.readers.footers import filled_cells, reads_as_footer
from workers.engine.readers.kinds import LOUD_KINDS, Kind, Record, find_loud_kind, fold_cell, is_of
from workers.engine.readers.layout import Survey, fold_names

_MAX_NAME_CHARACTERS = 60
_MIN_KNOWN_NAMES = 2
_MIN_ROWS_OF_WORDS = 2


def extent(record: Record) -> int:
    """How many cells there are up to the last one with something in it."""
    end = len(record)
    while end and not fold_cell(record[end - 1]):
        end -= 1
    return end


def is_header_like(record: Record) -> bool:
    """Whether all cells with something in them could be names of columns: short, different, and no values."""
    texts = filled_cells(record)
    if len(texts) < 2 or len({text.casefold() for text in texts}) < len(texts):
        return False
    return all(len(text) <= _MAX_NAME_CHARACTERS and find_loud_kind(text) is None and not is_of(Kind.NUMBER, text) for text in texts)


def count_known_names(record: Record) -> int:
    """How many of the cells are names that people give to columns of contacts."""
    return sum(is_usual_name(text) for text in filled_cells(record))


def opens_table(record: Record, following: Sequence[Record], survey: Survey, *, has_gap: bool, has_title: bool = False) -> bool:
    """Whether the record is the header of another table, given the records with something in them that follow.

    Its names must be usual ones, or a title stand above it, or values below it that our columns never hold: words above words may be rows
    of ours that lack cells.
    """
    if not is_header_like(record) or reads_as_footer(record):
        return False
    width = survey.layout.width
    mine = extent(record)
    is_mine = _fits(record, survey)
    known = count_known_names(record)
    if known >= _MIN_KNOWN_NAMES and 2 * known >= len(filled_cells(record)) and (not is_mine or (has_gap and mine != width)):
        return True
    if not (has_gap or has_title) or not following:
        return False
    same = 0
    for other in following:
        if extent(other) > mine or (2 * extent(other) < mine) or fold_names(other) in survey.headers:
            break
        same += 1
    if not same:
        return False
    rows = following[:same]
    if not (has_title or known >= _MIN_KNOWN_NAMES or any(_has_other_kind(other, mine, survey) for other in rows)):
        return False
    if mine == width:
        return not is_mine and not any(_fits(other, survey) for other in rows)
    has_values = any(_shows_value(fold_cell(cell)) for other in rows for cell in other[:mine])
    return not _has_proof(rows, survey) and survey.is_regular and (has_values or same >= _MIN_ROWS_OF_WORDS)


def _has_other_kind(row: Record, width: int, survey: Survey) -> bool:
    """Whether a value in the row can neither stand in its place nor have slipped there from another column of ours."""
    strict = [kind for kind in survey.kinds if kind.is_strict]
    cells = [(fold_cell(cell), kind) for cell, kind in zip(row[:width], survey.kinds, strict=False)]
    return any(_shows_value(text) and not kind.admits(text) and not any(other.admits(text) for other in strict) for text, kind in cells)


def _shows_value(text: str) -> bool:
    return bool(text) and (is_of(Kind.NUMBER, text) or find_loud_kind(text) is not None)


def _fits(record: Record, survey: Survey) -> bool:
    return all(kind.admits(fold_cell(cell)) for cell, kind in zip(record, survey.kinds, strict=False))


def _has_proof(rows: Sequence[Record], survey: Survey) -> bool:
    """Whether one of the rows has values where a row of our table has values that are known by their form."""
    for row in rows:
        cells = [(fold_cell(cell), kind) for cell, kind in zip(row, survey.kinds, strict=False)]
        proofs = any(text and kind.kind in LOUD_KINDS and kind.admits(text) for text, kind in cells)
        if proofs and all(kind.admits(text) for text, kind in cells):
            return True
    return False
