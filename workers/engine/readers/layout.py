"""The table within the records: where its header stands, what it says, and the kinds of its columns, learnt from its first rows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from workers.engine.readers.footers import filled_cells
from workers.engine.readers.kinds import ColumnKind, Record, learn_kinds
from workers.engine.records import BLANK_CHARACTERS, Records, is_blank

# As many records below the header decide what the columns look like, in an inspection and in the chunks alike.
LEARNT_ROWS = 200
_MAX_OPEN_ROWS = 2_000
_MIN_PADDED = 3
_LEAST_PADDED_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table stands. `header_row` 0: it has no header. `is_grid`: no cell can be missing or misplaced, as in a workbook."""

    width: int
    header_row: int
    header_rows: int = 1
    is_grid: bool = False

    @property
    def first_data_row(self) -> int:
        return self.header_row + self.header_rows if self.header_row else 1


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first records tell of the table.

    `names`: the last record of the header as it stands; `headers`: the folded cells of each of its records. `is_padded`: several rows
    end with more delimiters than they need, which then says nothing about one of them.
    """

    layout: Layout
    names: tuple[str, ...]
    headers: tuple[tuple[str, ...], ...]
    kinds: tuple[ColumnKind, ...]
    usual_filled: int
    usual_width: int
    is_regular: bool
    is_padded: bool = False


def survey_table(blocks: Iterable[Records], layout: Layout) -> tuple[Survey, Iterator[Records]]:
    """What the first blocks tell, and all blocks, those among them."""
    source = iter(blocks)
    seen: list[Records] = []
    cells: list[Record] = []
    for block in source:
        seen.append(block)
        # Rows that a sheet left open; far more of them than a header stands below say nothing.
        cells += [()] * min(block.first_row - 1 - len(cells), _MAX_OPEN_ROWS)
        cells += block.cells
        if len(cells) >= layout.first_data_row - 1 + LEARNT_ROWS:
            break
    start = layout.first_data_row - 1
    headers = tuple(fold_names(record) for record in cells[layout.header_row - 1 : start]) if layout.header_row else ()
    first_table = _cut_off_next_table(cells[start : start + LEARNT_ROWS], headers)
    sample = [record for record in first_table if not is_blank(record) and fold_names(record) not in headers]
    if layout.is_grid:
        sample = [[*record[: layout.width], *("",) * (layout.width - len(record))] for record in sample]
    widths = Counter(map(len, sample))
    usual_width = max(widths, key=lambda width: widths[width], default=layout.width)
    if usual_width > layout.width:
        # Every line ends with delimiters.
        sample = [
            record[: layout.width] if len(record) == usual_width and is_blank(record[layout.width :]) else record for record in sample
        ]
    padded = sum(len(record) > layout.width and is_blank(record[layout.width :]) for record in sample)
    is_padded = padded >= _MIN_PADDED and padded >= _LEAST_PADDED_SHARE * len(sample)
    sound = [record for record in sample if len(record) == layout.width]
    counts = sorted(len(filled_cells(record)) for record in sound)
    usual_filled = counts[len(counts) // 2] if counts else layout.width
    full = [record for record in sound if 3 * len(filled_cells(record)) > usual_filled or layout.width == 1]
    names = tuple(cell or "" for cell in cells[start - 1]) if headers and start <= len(cells) else ()
    is_regular = 10 * len(sound) >= 6 * len(sample)
    survey = Survey(layout, names, headers, learn_kinds(full, layout.width), usual_filled, usual_width, is_regular, is_padded)
    return survey, chain(seen, source)


def _cut_off_next_table(cells: Sequence[Record], headers: Sequence[tuple[str, ...]]) -> Sequence[Record]:
    """The records up to a gap below which something begins as a table does: with a title, or with words only."""
    for index in range(1, len(cells)):
        if not is_blank(cells[index - 1]) or is_blank(cells[index]) or fold_names(cells[index]) in headers:
            continue
        filled = filled_cells(cells[index])
        if len(filled) == 1 or not any(character.isdigit() or character == "@" for text in filled for character in text):
            return cells[:index]
    return cells


def fold_names(record: Sequence[str | None]) -> tuple[str, ...]:
    """The cells of a header as they are compared: without case and white space around, nor blank ones at the end."""
    names = [" ".join((cell or "").strip(BLANK_CHARACTERS).casefold().split()) for cell in record]
    while names and not names[-1]:
        names.pop()
    return tuple(names)
