"""Frames between the child that parses a workbook and its parent: a length in four bytes, then JSON, which no garbage can make run."""

import json

from models.errors import InvalidRequest, LimitExceeded, ServiceError, UnreadableFile
from models.vocabulary import IssueCode
from workers.engine.records import Mark, Records
from workers.engine.workbooks.sheets import SheetName

LENGTH_BYTES = 4
# A block holds a row at least, however long.
MOST_BYTES = 1 << 30
_ERRORS = {kind.__name__: kind for kind in (InvalidRequest, LimitExceeded, UnreadableFile)}


class Garbled(Exception):
    """What came is no frame."""


class End:
    """The sheet was read to its end."""


Frame = tuple[SheetName, ...] | Records | End


def encode_sheets(sheets: tuple[SheetName, ...]) -> bytes:
    """The first frame: which sheets there are."""
    return _encode(["sheets", [[sheet.name, sheet.is_visible] for sheet in sheets]])


def encode_block(records: Records) -> bytes:
    """Some records of a sheet."""
    marks = [[mark.row, mark.code, mark.cell, mark.value] for mark in records.marks]
    return _encode(["block", records.first_row, records.cells, marks])


def encode_end() -> bytes:
    """The end of a sheet."""
    return _encode(["end"])


def encode_error(error: ServiceError) -> bytes:
    """An error that ends it all."""
    return _encode(["error", type(error).__name__, error.message, error.code])


def decode(body: bytes) -> Frame:
    """The frame; raises the error that it is, or `Garbled`."""
    try:
        match json.loads(body):
            case ["sheets", sheets]:
                return tuple(SheetName(name, is_visible) for name, is_visible in sheets)
            case ["block", int(first_row), list(cells), marks]:
                made = tuple(Mark(row, IssueCode(code), cell, value) for row, code, cell, value in marks)
                return Records(first_row, cells, made, len(body))
            case ["end"]:
                return End()
            case ["error", str(kind), str(message), str(code)] if kind in _ERRORS:
                error = _ERRORS[kind](message, code=code)
            case _:
                raise Garbled
    except (ValueError, TypeError) as damage:
        raise Garbled from damage
    raise error


def _encode(content: list[object]) -> bytes:
    # A text may hold half of a surrogate pair, which no UTF-8 can.
    body = json.dumps(content, ensure_ascii=False, check_circular=False).encode("utf-8", "replace")
    return len(body).to_bytes(LENGTH_BYTES, "big") + body
