"""What every reader of workbooks tells of a sheet: its rows in order, each with the facts that its values alone do not tell."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from models.errors import UnreadableFile

SheetCells = list[str | None]

# What spreadsheet programs have at most: 2^20 rows (ECMA-376 leaves it open, all of them agree).
MOST_ROWS = 1_048_576


@dataclass(frozen=True, slots=True)
class Request:
    """What the child is asked to parse. `fast_bytes`: unpacked size of a sheet up to which it is read whole."""

    path: str
    format: str
    is_streaming: bool
    fast_bytes: int
    max_bytes: int
    max_ratio: int
    max_sheets: int
    max_parts: int
    memory_bytes: int
    cpu_seconds: int


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet that can hold cells. `part` is where it is kept in the package, where there is one."""

    name: str
    is_visible: bool
    part: str = ""


@dataclass(slots=True)
class RowFacts:
    """What is odd in one row, by the index of the cell.

    `texts`: what is to be read instead of the value, as its number format or its own digits prove. `errors`: error values as they are
    shown. `formulas`: formulas whose result was not saved. `rounded`: numbers beyond the 15 digits that a spreadsheet keeps.
    """

    is_hidden: bool = False
    texts: dict[int, str] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    formulas: list[int] = field(default_factory=list)
    rounded: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.is_hidden or self.texts or self.errors or self.formulas or self.rounded)


@dataclass(frozen=True, slots=True)
class Merge:
    """Cells that are merged over several rows: rows are 1-based and both inclusive, `cell` is the index of the leftmost column."""

    first_row: int
    last_row: int
    cell: int


class SheetRow(NamedTuple):
    """One row under the sheet's own number. Rows between two of these are blank. (A tuple, for there are many.)"""

    number: int
    cells: SheetCells
    facts: RowFacts | None = None


@dataclass(frozen=True, slots=True)
class SheetContent:
    """The rows of a sheet in rising order, and its vertical merges by first row."""

    rows: Iterable[SheetRow]
    merges: tuple[Merge, ...] = ()


def require_row_number(number: int) -> None:
    """Refuse the number of a row that no sheet can have; further on it would make an end of the memory."""
    if not 0 < number <= MOST_ROWS:
        raise UnreadableFile(
            f"The workbook is damaged: a row has the number {number:,}, and a sheet has no more than {MOST_ROWS:,} rows. "
            "Save it anew in a spreadsheet program and try again."
        )
