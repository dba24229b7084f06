"""The process that parses one workbook: a request on its arguments, commands on stdin, frames on stdout, nothing else.

It ends when stdin does, so that it never outlives the worker that started it.
"""

import gc
import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Protocol
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from models.errors import LimitExceeded, ServiceError, UnreadableFile
from workers.engine.workbooks.blocks import iter_blocks
from workers.engine.workbooks.limits import limit_process, out_of_memory
from workers.engine.workbooks.package import DAMAGED, Package
from workers.engine.workbooks.sheets import Request, SheetContent, SheetName
from workers.engine.workbooks.wire import encode_block, encode_end, encode_error, encode_sheets

# The libraries trust their input: a damaged workbook surfaces as whatever the first wrong assumption raises.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, ParseError, ExpatError, EOFError, NotImplementedError, OSError),
    *(struct.error, KeyError, ValueError, TypeError, IndexError, AttributeError, AssertionError, RuntimeError, ArithmeticError),
)


class ParsedWorkbook(Protocol):
    """What every reader makes of a file."""

    sheets: tuple[SheetName, ...]

    def read(self, name: str) -> SheetContent: ...


def main() -> None:
    """Serve the commands until stdin ends."""
    request = Request(**json.loads(sys.argv[1]))
    limit_process(request)
    # Nothing here goes in circles, and there are many cells to go through.
    gc.disable()
    commands: SimpleQueue[tuple[str, int | None]] = SimpleQueue()
    Thread(target=_watch, args=(commands,), daemon=True).start()
    try:
        for frame in _answer(request, commands):
            _write(frame)
    except ServiceError as error:
        _write(encode_error(error))
    except MemoryError:
        _write(encode_error(out_of_memory(request.memory_bytes)))
    except _DAMAGE:
        _write(encode_error(UnreadableFile(DAMAGED)))
    except BaseException as error:
        # A panic in Rust is no Exception, and its type has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        _write(encode_error(UnreadableFile(DAMAGED)))


def _answer(request: Request, commands: "SimpleQueue[tuple[str, int | None]]") -> Iterator[bytes]:
    workbook = open_parsed(request)
    if len(workbook.sheets) > request.max_sheets:
        raise LimitExceeded(
            f"The workbook has {len(workbook.sheets):,} sheets; at most {request.max_sheets:,} are accepted (ROLODOCK_MAX_SHEETS).",
            code="too_many_sheets",
        )
    yield encode_sheets(workbook.sheets)
    while True:
        name, rows = commands.get()
        for records in iter_blocks(workbook.read(name), rows):
            yield encode_block(records)
        yield encode_end()


def open_parsed(request: Request) -> ParsedWorkbook:
    """The workbook, by the reader that its format and its size ask for."""
    # Each library is imported for the format that needs it.
    if request.format == "xls":
        from workers.engine.workbooks.old import OldWorkbook

        return OldWorkbook(request)
    package = Package(request)
    if request.format == "xlsx" and (request.is_streaming or _largest_sheet(package) > request.fast_bytes):
        from workers.engine.workbooks.streaming import StreamedWorkbook

        return StreamedWorkbook(package)
    from workers.engine.workbooks import fast

    match request.format:
        case "xlsx":
            return fast.open_xlsx(package)
        case "xlsb":
            return fast.open_xlsb(package, request)
        case _:
            return fast.open_ods(package, request)


def _largest_sheet(package: Package) -> int:
    return max((entry.file_size for entry in package.entries if "worksheets/" in entry.filename.lower()), default=0)


def _watch(commands: "SimpleQueue[tuple[str, int | None]]") -> None:
    for line in sys.stdin.buffer:
        name, rows = json.loads(line)
        commands.put((name, rows))
    # The parent has closed the workbook, or has died.
    os._exit(0)


def _write(frame: bytes) -> None:
    view = memoryview(frame)
    while view:
        view = view[os.write(1, view) :]


if __name__ == "__main__":
    main()
