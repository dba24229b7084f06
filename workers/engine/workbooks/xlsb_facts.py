"""What a binary workbook (.xlsb) tells besides its values, by walking its records ([MS-XLSB] 2.1.4); calamine shows errors as blanks."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from models.errors import UnreadableFile
from workers.engine.workbooks.number_formats import DigitSection, find_digits
from workers.engine.workbooks.package import DAMAGED, Package
from workers.engine.workbooks.sheets import Merge, RowFacts, SheetName
from workers.engine.workbooks.xlsx_facts import SheetFacts
from workers.engine.workbooks.xlsx_parts import make_styles

# Numbers of records, [MS-XLSB] 2.3.
_ROW_HEADER, _RK, _CELL_ERROR, _REAL, _FORMULA_NUMBER, _FORMULA_ERROR = 0, 2, 3, 5, 9, 11
_FORMAT, _STYLE, _SHEET, _MERGE = 44, 47, 156, 176
_BEGIN_CELL_STYLES, _END_CELL_STYLES = 617, 618
_ERROR_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}


@dataclass(frozen=True, slots=True)
class XlsbParts:
    """The sheets of cells, and the number formats that prove digits, by style."""

    sheets: tuple[SheetName, ...]
    digits: dict[int, tuple[DigitSection, ...]]


def read_xlsb_parts(package: Package) -> XlsbParts:
    """The workbook part and the styles."""
    part = package.find_workbook()
    related = package.relationships(part)
    sheets = []
    for number, body in _iter_records(package, part):
        if number == _SHEET and len(body) >= 12:
            state = struct.unpack_from("<I", body)[0]
            reference, position = _read_text(body, 8)
            name, _ = _read_text(body, position)
            target, kind = related.get(reference, ("", ""))
            if kind == "worksheet":
                sheets.append(SheetName(name, state == 0, target))
    styles_part = next((target for target, kind in related.values() if kind == "styles"), "")
    return XlsbParts(tuple(sheets), _read_digits(package, styles_part))


def find_xlsb_facts(package: Package, part: str, digits: dict[int, tuple[DigitSection, ...]]) -> SheetFacts:
    """Error values, hidden rows, lost digits and vertical merges of a sheet."""
    rows: dict[int, RowFacts] = {}
    merges: list[Merge] = []
    row, facts = 0, RowFacts()
    for number, body in _iter_records(package, part):
        if number == _ROW_HEADER and len(body) >= 12:
            if facts:
                rows[row] = facts
            row, facts = struct.unpack_from("<I", body)[0] + 1, RowFacts(is_hidden=bool(body[11] & 0x10))
        elif number in (_CELL_ERROR, _FORMULA_ERROR) and len(body) >= 9:
            facts.errors[struct.unpack_from("<I", body)[0]] = _ERROR_TEXTS.get(body[8], "#ERROR!")
        elif digits and number in (_RK, _REAL, _FORMULA_NUMBER):
            _note_digits(facts, number, body, digits)
        elif number == _MERGE and len(body) >= 16:
            first, last, left = struct.unpack_from("<III", body)
            if last > first:
                merges.append(Merge(first + 1, last + 1, left))
    if facts:
        rows[row] = facts
    return SheetFacts(rows, tuple(merges))


def _note_digits(facts: RowFacts, number: int, body: bytes, digits: dict[int, tuple[DigitSection, ...]]) -> None:
    cell, style = struct.unpack_from("<II", body)
    sections = digits.get(style & 0xFFFFFF)
    if sections is None:
        return
    value = _read_rk(struct.unpack_from("<I", body, 8)[0]) if number == _RK else struct.unpack_from("<d", body, 8)[0]
    if (text := find_digits(value, sections)) is not None:
        facts.texts[cell] = text


def _read_rk(packed: int) -> float:
    """A number in 30 bits, [MS-XLSB] 2.5.122: whole or the upper half of a double, and perhaps to be divided by 100."""
    if packed & 2:
        value = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _read_digits(package: Package, part: str) -> dict[int, tuple[DigitSection, ...]]:
    codes: dict[int, str] = {}
    styles: list[int] = []
    is_inside = False
    for number, body in _iter_records(package, part):
        if number == _FORMAT and len(body) >= 6:
            codes[struct.unpack_from("<H", body)[0]] = _read_text(body, 2)[0]
        elif number in (_BEGIN_CELL_STYLES, _END_CELL_STYLES):
            is_inside = number == _BEGIN_CELL_STYLES
        elif number == _STYLE and is_inside and len(body) >= 4:
            styles.append(struct.unpack_from("<HH", body)[1])
    return make_styles(codes, styles).digits


def _read_text(body: bytes, position: int) -> tuple[str, int]:
    if position + 4 > len(body):
        raise UnreadableFile(DAMAGED)
    length = struct.unpack_from("<I", body, position)[0]
    if length == 0xFFFFFFFF:
        return "", position + 4
    end = position + 4 + 2 * length
    return body[position + 4 : end].decode("utf-16-le", "replace"), end


def _iter_records(package: Package, part: str) -> Iterator[tuple[int, bytes]]:
    """Number and body of each record: number in one or two bytes, length in one to four, seven bits each."""
    data = b""
    for piece in package.iter_part(part):
        data += piece
        position, size = 0, len(data)
        while True:
            start = position
            if size - position < 6:
                break
            number = data[position]
            position += 1
            if number & 0x80:
                number = (number & 0x7F) | (data[position] & 0x7F) << 7
                position += 1
            length = shift = 0
            while True:
                byte = data[position]
                position += 1
                length |= (byte & 0x7F) << shift
                shift += 7
                if not byte & 0x80 or shift == 28:
                    break
            if position + length > size:
                position = start
                break
            yield number, data[position : position + length]
            position += length
        data = data[position:]
