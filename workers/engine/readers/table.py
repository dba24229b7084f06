"""From records to chunks of rows: what is no row is left out, what has slipped is put back. Inspections and imports both read this way."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from models.vocabulary import WORKBOOK_FORMATS, FileFormat
from workers.engine.frames import Chunk, Dialect, ReaderLimits
from workers.engine.readers.chunking import Shape, iter_chunks
from workers.engine.readers.layout import Layout, survey_table
from workers.engine.readers.structure import leave_out
from workers.engine.records import Records, is_blank


def read_table(
    records: Iterable[Records], dialect: Dialect, columns: Sequence[str], limits: ReaderLimits, *, is_cut: bool = False
) -> Iterator[Chunk]:
    """The rows among the records of a source. `is_cut`: the source goes on after them."""
    is_grid = dialect.format in WORKBOOK_FORMATS
    if not is_grid and dialect.format is not FileFormat.CSV:
        # Items name their own cells: none is out of place, and each is a row.
        yield from iter_chunks(records, Shape(tuple(columns), is_grid=False), dialect.header_row, limits)
        return
    layout = Layout(len(columns), dialect.header_row or 0, dialect.header_rows, is_grid)
    survey, blocks = survey_table(records, layout)
    shape = Shape(tuple(columns), is_grid, None if is_grid else dialect.delimiter or ",", () if is_grid else survey.kinds, survey.is_padded)
    if not is_grid and survey.usual_width > layout.width:
        blocks = _drop_trailing(blocks, layout.width, survey.usual_width)
    yield from iter_chunks(leave_out(blocks, survey, is_cut=is_cut), shape, layout.first_data_row - 1, limits)


def _drop_trailing(blocks: Iterable[Records], width: int, usual: int) -> Iterator[Records]:
    """The records without the blank cells that the delimiters at the end of every line make.

    A shorter record loses as many: its own delimiter is the one that is missing, and not one of those at the end.
    """
    surplus = usual - width
    for block in blocks:
        cells = [
            record[:-surplus] if surplus < len(record) <= usual and is_blank(record[-surplus:]) and not is_blank(record) else record
            for record in block.cells
        ]
        yield replace(block, cells=cells)
