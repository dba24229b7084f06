"""A table as it stands in a text file: records of written cells, which a corruption changes, and what each of them truly says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random

Cells = tuple[str, ...]


class DoesNotApply(Exception):
    """The corruption makes no sense for this table."""


class Forgiven(Enum):
    """What a reader may add or leave out without being wrong."""

    BLANKS_AROUND = auto()
    NUL = auto()


class Role(Enum):
    HEADER = auto()
    ROW = auto()
    NOISE = auto()


@dataclass(frozen=True, slots=True)
class Style:
    """How a table is written. `escape` None: a quote within quotes is doubled."""

    delimiter: str = ","
    quote: str = '"'
    escape: str | None = None
    quotes_all: bool = False
    line_end: str = "\n"

    def write(self, cell: str) -> str:
        """The cell as it is written."""
        return self.enclose(cell) if self.quotes_all or self.needs_quotes(cell) else cell

    def needs_quotes(self, cell: str) -> bool:
        """Whether the cell cannot stand without quotes."""
        return any(text in cell for text in (self.delimiter, self.quote, "\r", "\n"))

    def enclose(self, cell: str) -> str:
        """The cell within quotes."""
        if self.escape is None:
            return self.quote + cell.replace(self.quote, 2 * self.quote) + self.quote
        cell = cell.replace(self.escape, 2 * self.escape).replace(self.quote, self.escape + self.quote)
        return self.quote + cell + self.quote


@dataclass(slots=True)
class Record:
    """One record. `pieces` are its cells as written, `truth` is what a person would read; None: it is not part of the table.

    `also` holds readings of a cell that are as right as the truth, by column. `encoding` None: that of the file.
    """

    role: Role
    pieces: list[str]
    style: Style
    end: str
    truth: Cells | None = None
    also: dict[int, tuple[str, ...]] = field(default_factory=dict)
    encoding: str | None = None
    is_hit: bool = False
    text: str | None = None

    @property
    def line(self) -> str:
        """The record as written, without its line end."""
        return self.style.delimiter.join(self.pieces) if self.text is None else self.text

    def is_enclosed(self, index: int) -> bool:
        """Whether the piece stands within quotes."""
        piece = self.pieces[index]
        return len(piece) > 1 and piece.startswith(self.style.quote) and piece.endswith(self.style.quote)

    def rewrite(self, style: Style | None = None) -> None:
        """Write the true cells again, in another style if one is given."""
        assert self.truth is not None
        self.style = style or self.style
        self.pieces = [self.style.write(cell) for cell in self.truth]

    def change(self, index: int, cell: str) -> None:
        """Put another cell there, in the file and in truth."""
        assert self.truth is not None
        self.truth = (*self.truth[:index], cell, *self.truth[index + 1 :])
        self.pieces[index] = self.style.write(cell)


@dataclass(slots=True)
class Document:
    """The records of a file in order, and the encoding of it."""

    style: Style
    records: list[Record]
    width: int
    encoding: str = "utf-8"
    signature: bytes = b""
    forgiven: set[Forgiven] = field(default_factory=set)

    @property
    def header(self) -> Record | None:
        """The record of names that counts: the last of them above the first row."""
        return next((record for record in self.records if record.role is Role.HEADER and record.truth is not None), None)

    @property
    def header_index(self) -> int:
        """Where the header stands, or the first row, if there is none."""
        return next(index for index, record in enumerate(self.records) if record.role is not Role.NOISE)

    def rows(self, fits: Callable[[Record], bool] = lambda record: True) -> list[Record]:
        """The rows of the table that fit."""
        return [record for record in self.records if record.role is Role.ROW and fits(record)]

    def pick(self, rng: Random, fits: Callable[[Record], bool] = lambda record: True) -> list[Record]:
        """The rows to corrupt: one of forty, at least one."""
        rows = self.rows(fits)
        if not rows:
            raise DoesNotApply
        picked = rng.sample(rows, min(len(rows), max(1, len(self.rows()) // 40)))
        for record in picked:
            record.is_hit = True
        return picked

    def noise(self, line: str) -> Record:
        """A record that is not part of the table."""
        return Record(Role.NOISE, [line], self.style, self.style.line_end)

    def to_bytes(self) -> bytes:
        """The file."""
        return self.signature + b"".join((record.line + record.end).encode(record.encoding or self.encoding) for record in self.records)


def make_document(header: Cells | None, rows: list[Cells], style: Style) -> Document:
    """The clean table as a file."""
    records = [Record(Role.HEADER, [style.write(name) for name in header], style, style.line_end, header)] if header else []
    records += [Record(Role.ROW, [style.write(cell) for cell in row], style, style.line_end, row) for row in rows]
    return Document(style, records, len(rows[0]))
