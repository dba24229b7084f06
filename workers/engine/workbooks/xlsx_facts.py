"""What a sheet of .xlsx tells besides its values, found by a cheap search of its bytes and by parsing it only where something is found."""

import codecs
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from models.errors import UnreadableFile
from workers.engine.workbooks.number_formats import Kind, find_digits
from workers.engine.workbooks.package import Package, local, make_parser
from workers.engine.workbooks.sheets import Merge, RowFacts, require_row_number
from workers.engine.workbooks.texts import text_of_float
from workers.engine.workbooks.xlsx_parts import Styles

_OVERLAP = 4_096
_ROOT = re.compile(rb"<((?:[\w.-]+:)?)worksheet[\s>]")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_MOST_DIGITS = 15
EXACT_NUMBER = re.compile(r"-?\d{16,}")


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """The rows in which something is odd, and the vertical merges. `has_double_rows`: of two rows with one number one would be lost."""

    rows: dict[int, RowFacts]
    merges: tuple[Merge, ...]
    has_double_rows: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """What the bytes of a sheet tell. `is_odd`: it must be parsed for what is odd."""

    merges: tuple[Merge, ...] = ()
    is_odd: bool = True
    has_double_rows: bool = False


def find_facts(package: Package, part: str, styles: Styles) -> SheetFacts:
    """What is odd in the sheet, whose cells have these styles."""
    found = search(package, part, styles)
    return SheetFacts(_parse_facts(package, part, styles) if found.is_odd else {}, found.merges, found.has_double_rows)


def search(package: Package, part: str, styles: Styles) -> Search:
    """The vertical merges of the sheet, and what else is to be looked at. Raises for numbers of rows that no sheet has."""
    pieces = package.iter_part(part)
    opening = b""
    root = None
    while root is None and len(opening) < _OVERLAP * 16:
        piece = next(pieces, None)
        if piece is None:
            break
        opening += piece
        root = _ROOT.search(opening)
    _check_prolog(opening)
    if root is None:
        # Behind a very long comment, for example: only a parser can tell.
        return Search()
    rows = _RowNumbers(root[1])
    patterns = _make_patterns(root[1], styles)
    merges: list[Merge] = []
    is_odd = False
    rest = b""
    for piece in chain((opening,), pieces):
        rows.feed(piece)
        data = rest + piece
        if not is_odd:
            is_odd = any(sign in data for sign in patterns.signs)
            is_odd = is_odd or any(sign in data and pattern.search(data) for sign, pattern in patterns.odd)
        if patterns.merge[0] in data:
            merges += _read_merges(patterns.merge[1].findall(data))
        rest = data[-_OVERLAP:] if len(data) > _OVERLAP else data
    return Search(tuple(dict.fromkeys(merges)), is_odd, rows.has_double)


def make_merge(reference: str) -> Merge | None:
    """The merge over several rows that a reference such as B2:B7 stands for; None for any other."""
    match = _RANGE.fullmatch(reference)
    if match is None:
        return None
    first, last = int(match[2]), int(match[4])
    return Merge(first, last, index_of_column(match[1])) if last > first else None


def index_of_column(letters: str) -> int:
    """The index of column A, B, … AA."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _check_prolog(opening: bytes) -> None:
    if opening.startswith(_WIDE):
        raise UnreadableFile("A sheet of the workbook is in UTF-16. Save the workbook anew in a spreadsheet program and try again.")
    make_parser().Parse(opening, False)


class _RowNumbers:
    """The numbers of the rows, by the tags in the pieces of a sheet."""

    def __init__(self, prefix: bytes) -> None:
        self._pattern = re.compile(rb"<%brow(?=[\s/>])(?:\s(?:[^<>]*?\s)?r=[\"'](\d+))?" % re.escape(prefix))
        self._numbers = array("L")
        self._is_rising = True
        self._last = 0
        self._rest = b""

    @property
    def has_double(self) -> bool:
        """Whether a number occurred twice."""
        return not self._is_rising and len(set(self._numbers)) < len(self._numbers)

    def feed(self, piece: bytes) -> None:
        """Take in the tags that end in the piece."""
        data = self._rest + piece
        end = data.rfind(b">") + 1
        for stated in self._pattern.findall(data, 0, end):
            number = int(stated[:_MOST_DIGITS]) if stated else self._last + 1
            require_row_number(number)
            self._is_rising = self._is_rising and number > self._last
            self._numbers.append(number)
            self._last = number
        # What is longer is a text, of which no tag begins.
        start = max(end, data.rfind(b"<"))
        self._rest = data[start:] if len(data) - start < _OVERLAP else b""


@dataclass(frozen=True, slots=True)
class _Patterns:
    """What to look for in a sheet: plain bytes, and patterns that are tried where some plain bytes are found."""

    signs: list[bytes]
    odd: tuple[tuple[bytes, re.Pattern[bytes]], ...]
    merge: tuple[bytes, re.Pattern[bytes]]


def _make_patterns(prefix: bytes, styles: Styles) -> _Patterns:
    p = re.escape(prefix)
    signs = [b' t="e"', b" t='e'", b" hidden="]
    signs += [b' s="%d"' % style for style in styles.digits] + [b" s='%d'" % style for style in styles.digits]
    # A formula after which its cell ends, or whose value is blank; a number with more digits than a spreadsheet keeps.
    unsaved = rb"(?:</%bf>|<%bf(?:\s[^<>]*)?/>)\s*(?:<%bv\s*/>|<%bv>\s*</%bv>)?\s*</%bc>" % (p, p, p, p, p, p)
    long = rb"<%bv(?:\s[^<>]*)?>\s*-?\d{16}" % p
    if Kind.DATE in styles.kinds.values():
        signs.append(b"<" + prefix + b"v>-")
    merge = rb"<%bmergeCell\s[^>]*?ref=[\"']([^\"']+)[\"']" % p
    return _Patterns(
        signs,
        ((b"<" + prefix + b"f", re.compile(unsaved)), (b"<" + prefix + b"v", re.compile(long))),
        (b"<" + prefix + b"mergeCell ", re.compile(merge)),
    )


def _read_merges(references: list[bytes]) -> Iterator[Merge]:
    for reference in references:
        if (merge := make_merge(reference.decode("ascii", "replace"))) is not None:
            yield merge


def _parse_facts(package: Package, part: str, styles: Styles) -> dict[int, RowFacts]:
    parser = _FactsParser(styles)
    for piece in package.iter_part(part):
        parser.expat.Parse(piece, False)
    parser.expat.Parse(b"", True)
    return parser.rows


class _FactsParser:
    """Goes through every cell of a sheet and keeps the facts of the odd ones."""

    def __init__(self, styles: Styles) -> None:
        self.expat = make_parser()
        self.expat.StartElementHandler = self._begin
        self.expat.EndElementHandler = self._end
        self.rows: dict[int, RowFacts] = {}
        self._styles = styles
        self._row = 0
        self._cell = -1
        self._facts = RowFacts()
        self._style = 0
        self._type = "n"
        self._has_formula = False
        self._has_value = False
        self._value: list[str] = []

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "c":
            reference = attributes.get("r")
            self._cell = index_of_column(reference.rstrip("0123456789")) if reference else self._cell + 1
            self._type = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdecimal() else 0
            self._has_formula = self._has_value = False
            self._value = []
        elif name == "v":
            self._has_value = True
            self.expat.CharacterDataHandler = self._value.append
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._cell = -1
            self._facts = RowFacts(is_hidden=attributes.get("hidden") in ("1", "true", "on"))

    def _end(self, tag: str) -> None:
        name = local(tag)
        if name == "v":
            self.expat.CharacterDataHandler = None
        elif name == "c":
            note_cell(self._facts, self._cell, self._type, "".join(self._value), self._styles, self._style, self._unsaved())
        elif name == "row" and self._facts:
            self.rows[self._row] = self._facts

    def _unsaved(self) -> bool:
        return self._has_formula and not (self._has_value and self._type == "str")


def note_cell(facts: RowFacts, cell: int, kind: str, value: str, styles: Styles, style: int, is_unsaved: bool) -> None:
    """Keep what is odd in one cell. `is_unsaved`: a formula, and one whose blank value is not the text "" that it results in."""
    if not value:
        if is_unsaved:
            facts.formulas.append(cell)
    elif kind == "e":
        facts.errors[cell] = value
    elif kind == "n":
        text = _odd_number(value, styles, style)
        if text is not None:
            facts.texts[cell] = text
            if _is_rounded(text):
                facts.rounded.append(cell)


def _is_rounded(digits: str) -> bool:
    """Whether a number has nothing but zeros after the 15 digits that a spreadsheet keeps, and has such."""
    beyond = digits.lstrip("-+0")[15:]
    return bool(beyond) and not beyond.strip("0")


def _odd_number(value: str, styles: Styles, style: int) -> str | None:
    if EXACT_NUMBER.fullmatch(value):
        # With all its digits, if it was written by another program than a spreadsheet.
        return value
    if (sections := styles.digits.get(style)) is not None:
        return find_digits(float(value), sections)
    if styles.kinds.get(style) is Kind.DATE and (number := float(value)) < 0:
        # No date is that early; a spreadsheet shows #### and keeps the number.
        return text_of_float(number)
    return None
