"""The error report: the user's own columns of the rows that failed, and beside them why. It can be mended and imported again."""

import csv
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import IO, assert_never

from models.vocabulary import ReportFormat

ADDED_COLUMNS = ("row", "column", "code", "message", "suggestion")
Line = Sequence[str | int | None]


def write_report(file: IO[bytes], format: ReportFormat, headers: Sequence[str], lines: Iterable[Line]) -> None:
    """Write a line for each issue of a failed row: the row's cells, then ADDED_COLUMNS."""
    match format:
        case ReportFormat.CSV:
            _write_csv(file, [*headers, *ADDED_COLUMNS], lines)
        case ReportFormat.XLSX:
            # Loaded here: most workers write none, and would wait for the library at each start.
            from workers.exports.sheet import write_sheet

            write_sheet(file, "Errors", chain([[*headers, *ADDED_COLUMNS]], lines))
        case _:
            assert_never(format)


def _write_csv(file: IO[bytes], header: Sequence[str], lines: Iterable[Line]) -> None:
    # With a byte order mark, or Excel takes UTF-8 for the machine's own code page.
    file.write(b"\xef\xbb\xbf")
    writer = csv.writer(_Encoder(file))
    writer.writerow(header)
    writer.writerows(lines)


class _Encoder:
    """A text sink over a binary file, which leaves the file open."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())
