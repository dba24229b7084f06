"""Reads a sheet of .xlsx row by row through openpyxl's parser: in the memory of one row and of the shared texts, and more slowly."""

import sys
from collections.abc import Iterator
from typing import Any

# openpyxl takes numpy where it is installed, and with it seconds and memory for types of numbers that no file holds.
sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # None is how an import is refused
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser  # noqa: E402
from openpyxl.xml.constants import SHEET_MAIN_NS  # noqa: E402

from models.errors import UnreadableFile  # noqa: E402
from workers.engine.workbooks.number_formats import Kind  # noqa: E402
from workers.engine.workbooks.package import Package, PartStream  # noqa: E402
from workers.engine.workbooks.sheets import RowFacts, SheetContent, SheetRow  # noqa: E402
from workers.engine.workbooks.texts import decode_escapes, make_cells, text_of_iso, text_of_serial, trim  # noqa: E402
from workers.engine.workbooks.xlsx_facts import note_cell, search  # noqa: E402
from workers.engine.workbooks.xlsx_parts import Styles, read_strings, read_styles, read_xlsx_parts, require_sheet  # noqa: E402

_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_TRANSITIONAL = SHEET_MAIN_NS.encode()
_TEXT, _RUN = f"{{{SHEET_MAIN_NS}}}t", f"{{{SHEET_MAIN_NS}}}r"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class StreamedWorkbook:
    """A workbook of which a sheet is never held as a whole."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._parts = read_xlsx_parts(package)
        self._styles = read_styles(package, self._parts.styles_part)
        self._strings: list[str] | None = None
        self.sheets = self._parts.sheets

    def read(self, name: str) -> SheetContent:
        """The rows of a sheet, one at a time."""
        sheet = require_sheet(self.sheets, name)
        if self._strings is None:
            self._strings = read_strings(self._package, self._parts.strings_part)
        merges = search(self._package, sheet.part, Styles({}, {})).merges
        stream = PartStream(_in_transitional_namespace(self._package.iter_part(sheet.part)))
        parser = _RowParser(stream, self._strings, self._styles, self._parts.has_1904_dates)
        return SheetContent(parser.iter_rows(), merges)


class _RowParser(WorkSheetParser):
    """openpyxl's parser of a sheet, with an eye on what it leaves out: formats, hidden rows, formulas without a result.

    It is told of no date formats, so that every number comes as it is.
    """

    def __init__(self, stream: PartStream, strings: list[str], styles: Styles, has_1904_dates: bool) -> None:
        super().__init__(stream, strings, data_only=True)
        self._styles = styles
        self._has_1904_dates = has_1904_dates
        self._facts = RowFacts()

    def iter_rows(self) -> Iterator[SheetRow]:
        """The rows in the file's order, which must be the sheet's."""
        last = added = 0
        for stated, cells in self.parse():
            if stated < last:
                raise UnreadableFile("The rows of the sheet are out of order. Save it anew in a spreadsheet program and try again.")
            # Two rows of one number are two rows; those below them move down.
            added += stated == last
            last = stated
            number = stated + added
            facts: RowFacts | None = self._facts if self._facts else None
            values: list[object] = []
            for cell in cells:
                index = cell["column"] - 1
                if index < len(values):
                    values[index] = cell["value"]
                    continue
                values.extend([None] * (index - len(values)))
                values.append(cell["value"])
            # It keeps what it knows of every row that has a height.
            self.row_dimensions.clear()
            texts, facts = make_cells(values, facts)
            yield SheetRow(number, texts, facts)

    def parse_row(self, row: Any) -> Any:
        """As openpyxl does, after a fresh start with the facts."""
        self._facts = RowFacts(is_hidden=row.get("hidden") in ("1", "true", "on"))
        return super().parse_row(row)

    def parse_cell(self, element: Any) -> Any:
        """As openpyxl does, with the value made the text or the plain number that it is."""
        cell = super().parse_cell(element)
        kind = element.get("t", "n")
        value = cell["value"]
        style = cell["style_id"]
        raw = element.findtext(VALUE_TAG)
        is_formula = element.find(FORMULA_TAG) is not None and not (raw is not None and kind == "str")
        note_cell(self._facts, cell["column"] - 1, kind, raw or "", self._styles, style, is_formula)
        if kind == "e":
            cell["value"] = None
        elif kind == "inlineStr":
            cell["value"] = _text_of_inline(element)
        elif kind == "s":
            pass
        elif isinstance(value, str):
            cell["value"] = decode_escapes(value)
        elif kind == "d" and value is not None:
            cell["value"] = text_of_iso(raw or "")
        elif kind == "n" and value is not None:
            cell["value"] = self._read_number(float(value), style)
        return cell

    def _read_number(self, number: float, style: int) -> float | str:
        kind = self._styles.kinds.get(style)
        if kind is None:
            return number
        text = text_of_serial(number, has_1904_dates=self._has_1904_dates, is_duration=kind is Kind.DURATION)
        return number if text is None else text


def _text_of_inline(element: Any) -> str | None:
    """The text within the cell, from its runs; readings in another script beside them are left out."""
    inline = element.find(f"{{{SHEET_MAIN_NS}}}is")
    if inline is None:
        return None
    parts = (*inline.findall(_TEXT), *inline.findall(f"{_RUN}/{_TEXT}"))
    return decode_escapes("".join(trim(part.text or "", part.get(_SPACE)) for part in parts))


def _in_transitional_namespace(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The sheet with the namespace that openpyxl knows, where it has the strict one; it stands in the first element."""
    opening = b""
    for piece in pieces:
        opening += piece
        if len(opening) >= 4_096:
            break
    yield opening.replace(_STRICT, _TRANSITIONAL)
    yield from pieces
