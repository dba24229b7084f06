"""What an OpenDocument sheet tells besides its values: displayed digits, errors, hidden rows, merges, formulas without a result."""

import re
from dataclasses import dataclass, field

from models.errors import UnreadableFile
from workers.engine.workbooks.package import PROTECTED, Package, check_prolog, make_parser, parse
from workers.engine.workbooks.sheets import Merge, RowFacts
from workers.engine.workbooks.texts import FIRST_ROUNDED
from workers.engine.workbooks.xlsx_facts import SheetFacts

_LAST_ROW = 1_048_576
_MANIFEST = "META-INF/manifest.xml"
# Any of these in the bytes, and the sheet is parsed.
_SIGNS = re.compile(
    rb"min-integer-digits=.(?:[2-9]|\d\d)|visibility=.(?:collapse|filter)|number-rows-spanned=.(?:[2-9]|\d\d)|value-type=.error"
    rb"|<table:table-cell(?=[^>]*table:formula=)(?![^>]*office:value-type=)|>\s*[(+]{0,2}0\d|>#"
)
_OVERLAP = 4_096
_ERROR_TEXT = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)|Err:\d{3}")


def check_ods(package: Package, content: str) -> None:
    """Refuse a document that is locked, or that declares entities."""
    is_locked = False

    def begin(tag: str, _: dict[str, str]) -> None:
        nonlocal is_locked
        is_locked = is_locked or tag.endswith("encryption-data")

    parse(package.iter_part(_MANIFEST), begin)
    if is_locked:
        raise UnreadableFile(PROTECTED, code="encrypted_file")
    check_prolog(package.iter_part(content))


def find_ods_facts(package: Package, part: str, name: str) -> SheetFacts:
    """What is odd in the sheet of this name."""
    rest = b""
    is_odd = False
    # To its end even where something was found: what it unpacks to is checked on the way.
    for piece in package.iter_part(part):
        data = rest + piece
        is_odd = is_odd or _SIGNS.search(data) is not None
        rest = data[-_OVERLAP:]
    if not is_odd:
        return SheetFacts({}, ())
    parser = _Parser(name)
    for piece in package.iter_part(part):
        parser.expat.Parse(piece, False)
    parser.expat.Parse(b"", True)
    return SheetFacts(parser.rows, tuple(parser.merges))


@dataclass(slots=True)
class _Cell:
    kind: str
    value: str
    is_formula: bool
    is_covered: bool
    repeated: int
    rows_spanned: int
    paragraphs: list[str] = field(default_factory=list)


class _Parser:
    """Goes through the rows of one table; repeated rows and cells stand once in the file."""

    def __init__(self, name: str) -> None:
        self.expat = make_parser()
        self.expat.StartElementHandler = self._begin
        self.expat.EndElementHandler = self._end
        self.rows: dict[int, RowFacts] = {}
        self.merges: list[Merge] = []
        self._name = name
        self._is_inside = False
        self._depth = 0
        self._row = 1
        self._repeated = 1
        self._column = 0
        self._facts = RowFacts()
        self._is_filled = False
        self._cell: _Cell | None = None

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self._depth += 1
            self._is_inside = self._is_inside or attributes.get("table:name") == self._name
        elif not self._is_inside or self._depth > 1:
            return
        elif tag == "table:table-row":
            self._repeated = _count(attributes.get("table:number-rows-repeated"))
            self._facts = RowFacts(is_hidden=attributes.get("table:visibility") in ("collapse", "filter"))
            self._column, self._is_filled = 0, False
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell = _Cell(
                kind=attributes.get("office:value-type", ""),
                value=attributes.get("office:value", ""),
                is_formula="table:formula" in attributes,
                is_covered=tag == "table:covered-table-cell",
                repeated=_count(attributes.get("table:number-columns-repeated")),
                rows_spanned=_count(attributes.get("table:number-rows-spanned")),
            )
            if attributes.get("calcext:value-type") == "error":
                self._cell.kind = "error"
        elif tag == "text:p" and self._cell is not None:
            self._cell.paragraphs.append("")
            self.expat.CharacterDataHandler = self._add_text

    def _add_text(self, data: str) -> None:
        if self._cell is not None and self._cell.paragraphs:
            self._cell.paragraphs[-1] += data

    def _end(self, tag: str) -> None:
        if tag == "table:table":
            self._depth -= 1
            self._is_inside = self._is_inside and self._depth > 0
        elif not self._is_inside or self._depth > 1:
            return
        elif tag == "text:p":
            self.expat.CharacterDataHandler = None
        elif tag in ("table:table-cell", "table:covered-table-cell") and self._cell is not None:
            self._note(self._cell)
            self._column += self._cell.repeated
            self._cell = None
        elif tag == "table:table-row":
            if self._is_filled and self._facts:
                for row in range(self._row, min(self._row + self._repeated, _LAST_ROW + 1)):
                    self.rows[row] = self._facts
            self._row += self._repeated

    def _note(self, cell: _Cell) -> None:
        shown = "\n".join(cell.paragraphs)
        self._is_filled = self._is_filled or bool(cell.kind or shown or cell.is_formula)
        if cell.rows_spanned > 1 and not cell.is_covered:
            self.merges.append(Merge(self._row, self._row + cell.rows_spanned - 1, self._column))
        columns = range(self._column, self._column + min(cell.repeated, 16_384))
        if cell.kind == "error" or (cell.is_formula and _ERROR_TEXT.fullmatch(shown)):
            self._facts.errors.update(dict.fromkeys(columns, shown or "#ERROR!"))
        elif cell.is_formula and not cell.kind and not shown:
            self._facts.formulas.extend(columns)
        elif cell.kind == "float" and (digits := _digits_shown(cell.value, shown)) is not None:
            self._facts.texts.update(dict.fromkeys(columns, digits))


def _digits_shown(value: str, shown: str) -> str | None:
    """The digits of a whole number where more of them are shown than it has, or a plus before them."""
    digits = re.sub(r"[ ()/.\-\u00a0]", "", shown)
    bare = digits.removeprefix("+")
    try:
        number = float(value)
    except ValueError:
        return None
    if not (bare.isascii() and bare.isdecimal() and number.is_integer() and 0 <= number < FIRST_ROUNDED):
        return None
    plain = str(int(number))
    return digits if bare.lstrip("0") == plain.lstrip("0") and digits != plain else None


def _count(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and int(text) else 1
