"""Splits whole passages into columns at one go, where that is proven to give what csv.reader and the repairs after it would give.

A plain line holds as many delimiters as the table needs, and no quotes but around whole cells, and doubled within. Where other lines
hold quotes, all lines that do are read by csv.reader apart from the rest, and put back in their places; each must be a record by itself.
Whatever else is in a passage, it is not split here.
"""

import codecs
import csv
import re
from dataclasses import dataclass

import polars as pl

from workers.engine.readers.columns import Columns
from workers.engine.readers.delimited.oddities import OddityFinder, Record
from workers.engine.readers.delimited.separators import RecordReader, Separators

# What polars would leave out or take for a compressed file: gzip, zlib in its usual levels, Zstandard.
_SIGNATURES = (codecs.BOM_UTF8, b"\x1f\x8b", b"x\x01", b"x^", b"\x28\xb5\x2f\xfd")
# Stands for a delimiter that is not one byte. No text has it that anybody reads; where one does, it is not split here.
_SIGN = b"\x1f"
_PLACE = "place"


@dataclass(frozen=True, slots=True)
class PlainSplit:
    """The plain lines of a passage as columns, and those that hold quotes: which they are, their texts and records.

    `odd` are the places of those among the latter that are still to be settled.
    """

    frame: pl.DataFrame
    indices: list[int]
    lines: list[str]
    records: list[Record]
    odd: list[int]

    def join(self) -> Columns:
        """All records of the passage, in their order."""
        if not self.indices:
            return Columns(self.frame)
        quoted = pl.DataFrame(list(zip(*self.records, strict=True)), schema=self.frame.schema, orient="col")
        rows = pl.Series(self.indices, dtype=pl.Int64)
        others = pl.int_range(self.frame.height + len(rows), eager=True)
        others = others.filter(~others.is_in(rows.implode()))
        return Columns(
            pl.concat([self.frame.with_columns(others.alias(_PLACE)), quoted.with_columns(rows.alias(_PLACE))]).sort(_PLACE).drop(_PLACE)
        )


class PlainSplitter:
    """Knows whether the lines of a passage are plain."""

    def __init__(self, separators: Separators, width: int) -> None:
        self._separators = separators
        self._width = width
        self._delimiter = separators.delimiter.encode("utf-8")
        self._quote = separators.quote.encode("utf-8")
        self._sign = self._delimiter if len(self._delimiter) == 1 else _SIGN
        self._schema = {f"c{index}": pl.String() for index in range(width)}
        self._oddities = OddityFinder(separators, width)
        self._reader = RecordReader(separators)
        # These mean something only where they stand.
        signs = [separators.escape] if separators.escape else []
        if separators.comment:
            signs.append("\n" + separators.comment)
        if separators.skip_space:
            signs += [separators.delimiter + " ", "\n "]
        self._signs = [sign.encode("utf-8") for sign in signs]
        # A code point is escaped so in polars.
        other, delimiter = self._oddities.other, "".join(f"\\x{{{ord(character):x}}}" for character in separators.delimiter)
        between = re.escape(separators.delimiter)
        self._enclosed = re.compile(f"(?:\\A|{between}|\n) *{other}(?:(?!{between})[^\n])*{other} *(?:{between}|[\r\n])".encode())
        whole = pl.first().str
        self._look = (
            whole.count_matches("\r", literal=True).alias("cr"),
            whole.count_matches("\r\n", literal=True).alias("crlf"),
            whole.contains("\n\r?\n").alias("blank"),
            whole.contains(f"{other} *(?:{delimiter}|[\r\n])").alias("other"),
        )
        # RFC 4180, section 2, rules 5 to 7, but for line ends within quotes.
        quote = re.escape(separators.quote)
        cell = f"(?:[^{quote}{delimiter}\r\n]*|{quote}(?:[^{quote}\n]|{quote}{quote})*{quote})"
        # Whether all of it is so takes half the time of counting the lines that are.
        self._orderly = whole.contains(f"\\A(?:{cell}(?:{delimiter}{cell})*\r?\n)+\\z")
        self._kept = pl.sum_horizontal(pl.all().str.count_matches(separators.quote, literal=True).sum())
        self._held = pl.sum_horizontal(pl.all().str.len_bytes().sum())

    def split(self, data: bytes) -> PlainSplit | None:
        """The columns of the passage, the lines with quotes as csv.reader gives them; None where anything else is in it."""
        if data.startswith((b"\n", b"\r\n", *_SIGNATURES)) or self._holds_signs(data):
            return None
        try:
            whole = pl.Series([data], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            return None
        cr_count, crlf_count, has_blank_line, has_other = whole.to_frame().select(*self._look).row(0)
        if cr_count != crlf_count or has_blank_line:
            return None
        quote_count = data.count(self._quote) if self._quote else 0
        if quote_count and not has_other and self._is_orderly(whole, data):
            frame = self._parse(data, cr_count, quote_count)
            return None if frame is None else PlainSplit(frame, [], [], [], [])
        plain, indices, quoted = self._take_out_quoted(data)
        if has_other and self._enclosed.search(plain):
            return None
        lines = [line.decode("utf-8") for line in quoted]
        records = self._read(lines)
        frame = None if records is None else self._parse(plain, cr_count - sum(b"\r" in line for line in quoted))
        if records is None or frame is None:
            return None
        odd = self._oddities.find_all(records, lines, "".join(lines), has_other=has_other) if records else []
        return PlainSplit(frame, indices, lines, records, odd)

    def _holds_signs(self, data: bytes) -> bool:
        if self._sign != self._delimiter and self._sign in data:
            return True
        return any(sign in data or data.startswith(sign.removeprefix(b"\n")) for sign in self._signs)

    def _is_orderly(self, whole: pl.Series, data: bytes) -> bool:
        """Whether in each line quotes stand at both ends of cells, and doubled within such cells, and nowhere else."""
        if len(self._quote) != 1 or self._sign != self._delimiter or not data.endswith(b"\n"):
            return False
        return bool(whole.to_frame().select(self._orderly).item())

    def _take_out_quoted(self, data: bytes) -> tuple[bytes, list[int], list[bytes]]:
        """The lines without quotes, and the others with their indices."""
        quote = self._quote
        place = data.find(quote) if quote else -1
        if place < 0:
            return data, [], []
        parts: list[bytes] = []
        indices: list[int] = []
        lines: list[bytes] = []
        index = start = 0
        while place >= 0:
            begin = data.rfind(b"\n", start, place) + 1 or start
            end = data.index(b"\n", place) + 1
            index += data.count(b"\n", start, begin)
            indices.append(index)
            parts.append(data[start:begin])
            lines.append(data[begin:end])
            index += 1
            start = end
            place = data.find(quote, start)
        return b"".join((*parts, data[start:])), indices, lines

    def _read(self, lines: list[str]) -> list[Record] | None:
        """The records of lines of which each is one by itself, and as wide as the table; None where one is not."""
        self._reader.begin(lines)
        try:
            records: list[Record] = [record for record, _ in self._reader.iterate(lines)]
        except csv.Error:
            return None
        is_even = all(len(record) == self._width for record in records)
        return records if is_even and len(records) == len(lines) else None

    def _parse(self, data: bytes, cr_count: int, quote_count: int = 0) -> pl.DataFrame | None:
        """The cells of lines, of which so many end at CRLF, with so many quotes; None where a line has another number of cells."""
        if not data:
            return pl.DataFrame(schema=self._schema)
        if self._sign != self._delimiter:
            data = data.replace(self._delimiter, self._sign)
        try:
            frame = pl.read_csv(
                data,
                has_header=False,
                separator=self._sign.decode(),
                quote_char=self._quote.decode() if quote_count else None,
                schema=self._schema,
                empty_string_is_null=False,
            )
        except pl.exceptions.PolarsError:
            return None
        # A line with more cells than the table was refused. So where every byte is in a cell, between two, or ends a line, none has fewer.
        held = frame.select(self._held).item()
        # Of two quotes within a cell one is held.
        kept = frame.select(self._kept).item() if quote_count and self._quote * 2 in data else 0
        return frame if held + frame.width * frame.height + cr_count + quote_count - kept == len(data) else None
