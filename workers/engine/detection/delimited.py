"""Inspects delimited text: its encoding, separators, header and columns."""

from dataclasses import replace
from typing import BinaryIO

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.detection.sampling import read_sample
from workers.engine.detection.separators import detect_separators
from workers.engine.detection.tables import EXAMINED_ROWS, find_table, make_inspection, read_beginning
from workers.engine.detection.widths import usual_width
from workers.engine.frames import Decision, Dialect, DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers.chunking import check_column_count
from workers.engine.readers.delimited import iter_delimited
from workers.engine.readers.encoding import detect_encoding, require_encoding
from workers.engine.records import BLANK_CHARACTERS

_LONGEST_DELIMITER = 10
_NO_VALUES = BLANK_CHARACTERS + ",;|\"'"


def inspect_delimited(stream: BinaryIO, overrides: DialectOverrides, limits: ReaderLimits) -> Inspection:
    """How the text is to be read, as detected or as overruled, and what its head holds."""
    _check_separators(overrides)
    encoding = _decide_encoding(stream, overrides.encoding)
    sample = read_sample(stream, encoding.value or "utf-8")
    if not any(line.strip(_NO_VALUES) for part in sample for line in part):
        raise UnreadableFile("There is nothing but separators and white space in the file.", code="empty_file")
    separators, decisions = detect_separators(sample, overrides)
    dialect = Dialect(
        FileFormat.CSV,
        encoding.value,
        separators.delimiter,
        separators.quote,
        separators.escape,
        separators.comment,
        separators.skip_space,
    )
    wanted_row = overrides.header_row or 0
    records = read_beginning(iter_delimited(stream, dialect, limits), wanted_row).records
    # Before thousands of names are looked up in vain.
    check_column_count(usual_width(records), limits)
    table = find_table(records[: wanted_row + EXAMINED_ROWS + 1], overrides)
    dialect = replace(dialect, header_row=table.header_row, header_rows=table.header_rows)
    # Read again with the width known, as the chunks are: it settles where a forgotten quote ends.
    beginning = read_beginning(iter_delimited(stream, dialect, limits, width=table.width), table.header_row or 0)
    return make_inspection(dialect, beginning, table.width, limits, (encoding, *decisions, *table.decisions))


def _check_separators(overrides: DialectOverrides) -> None:
    delimiter, quote, escape = overrides.delimiter, overrides.quote, overrides.escape
    if delimiter is not None and (not 0 < len(delimiter) <= _LONGEST_DELIMITER or any(sign in delimiter for sign in "\r\n\"'")):
        raise InvalidRequest(
            f"The delimiter is one character, such as a comma, or up to {_LONGEST_DELIMITER}; quotes and line breaks are none.",
            code="invalid_delimiter",
        )
    for name, sign in (("quote", quote), ("escape", escape)):
        if sign and (len(sign) != 1 or sign in "\r\n "):
            raise InvalidRequest(f"The {name} is one character, or blank for none.", code=f"invalid_{name}")
    signs = [sign for sign in (delimiter, quote, escape) if sign]
    if len(set(signs)) < len(signs):
        raise InvalidRequest("Delimiter, quote and escape must differ from each other.", code="invalid_delimiter")


def _decide_encoding(stream: BinaryIO, wanted: str | None) -> Decision:
    return detect_encoding(stream) if not wanted else Decision("encoding", require_encoding(wanted), 1.0, "It was chosen.")
