"""Writes small .xlsb workbooks, record by record ([MS-XLSB] 2.1.4): no library writes them."""

import io
import struct
import zipfile
from collections.abc import Collection, Mapping, Sequence

from tests.support.sheet_xml import TYPES, relationships

# A text, a truth, a number with its style, an error.
Cell = str | bool | tuple[float, int] | tuple[str]
_ERRORS = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D, "#NUM!": 0x24, "#N/A": 0x2A}


def make_xlsb(
    rows: Mapping[int, Sequence[Cell]],
    *,
    formats: Mapping[int, str] | None = None,
    hidden: Collection[int] = (),
    merged: Sequence[tuple[int, int, int]] = (),
) -> bytes:
    """A workbook with one sheet: rows by number, formats by style, merges as first row, last row and index of the column."""
    workbook = (
        _record(131) + _record(143) + _record(156, struct.pack("<II", 0, 1) + _text("s1") + _text("People")) + _record(144) + _record(132)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="bin" '
        'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>',
        "_rels/.rels": relationships(a=("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": workbook,
        "xl/_rels/workbook.bin.rels": relationships(s1=("worksheet", "worksheets/sheet1.bin"), s2=("styles", "styles.bin")),
        "xl/worksheets/sheet1.bin": _sheet(rows, hidden, merged),
        "xl/styles.bin": _styles(formats or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def _sheet(rows: Mapping[int, Sequence[Cell]], hidden: Collection[int], merged: Sequence[tuple[int, int, int]]) -> bytes:
    width = max(map(len, rows.values()), default=1)
    content = _record(129) + _record(148, struct.pack("<IIII", min(rows) - 1, max(rows) - 1, 0, width - 1)) + _record(145)
    for number, cells in rows.items():
        flags = 0x10 if number in hidden else 0
        content += _record(0, struct.pack("<IIHBBBI", number - 1, 0, 300, 0, flags, 0, 0))
        for column, cell in enumerate(cells):
            content += _cell(column, cell)
    content += _record(146)
    if merged:
        content += _record(177, struct.pack("<I", len(merged)))
        content += b"".join(_record(176, struct.pack("<IIII", first - 1, last - 1, column, column)) for first, last, column in merged)
        content += _record(178)
    return content + _record(130)


def _cell(column: int, cell: Cell) -> bytes:
    if isinstance(cell, bool):
        return _record(4, struct.pack("<IIB", column, 0, cell))
    if isinstance(cell, str):
        return _record(6, struct.pack("<II", column, 0) + _text(cell)) if cell else _record(1, struct.pack("<II", column, 0))
    if isinstance(cell[0], str):
        return _record(3, struct.pack("<IIB", column, 0, _ERRORS[cell[0]]))
    value, style = cell  # type: ignore[misc]  # the only kind that is left
    return _record(5, struct.pack("<IId", column, style, value))


def _styles(formats: Mapping[int, str]) -> bytes:
    content = _record(278) + _record(615, struct.pack("<I", len(formats)))
    content += b"".join(_record(44, struct.pack("<H", 164 + style) + _text(code)) for style, code in formats.items())
    content += _record(616) + _record(617, struct.pack("<I", max(formats, default=0) + 1))
    for style in range(max(formats, default=0) + 1):
        content += _record(47, struct.pack("<HHHHHBBHH", 0, 164 + style if style in formats else 0, 0, 0, 0, 0, 0, 0, 0))
    return content + _record(618) + _record(279)


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(number: int, body: bytes = b"") -> bytes:
    head = bytes((number,)) if number < 0x80 else bytes((number & 0x7F | 0x80, number >> 7))
    length = len(body)
    size = b""
    while True:
        size += bytes((length & 0x7F | (0x80 if length > 0x7F else 0),))
        length >>= 7
        if not length:
            return head + size + body
