"""Any table of text that csv.writer can write is read back cell for cell."""

import csv
import io

import polars as pl
from hypothesis import assume, given
from hypothesis import strategies as st

from models.vocabulary import FileFormat, IssueCode
from tests.engine.reading import read_source
from workers.engine.detection import inspect_source
from workers.engine.frames import Dialect, DialectOverrides, ReaderLimits
from workers.engine.readers import read_chunks
from workers.engine.readers.delimited import iter_delimited
from workers.engine.readers.footers import reads_as_footer
from workers.engine.readers.issues import LEFT_OUT
from workers.engine.readers.repair import repair_text
from workers.engine.records import is_blank

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "windows-1252")
# U+FFFD stands for damage wherever it is met, and half a surrogate pair is no character.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd\ufeff")
AWKWARD = st.text(st.sampled_from("a,;|\t\"' \r\n\0é\u2028\x0b\x85"), max_size=8)
CELLS = st.one_of(AWKWARD, st.text(CHARACTERS, max_size=12))
TABLES = st.integers(1, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12))


@given(
    table=TABLES,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(ENCODINGS),
    chunk_rows=st.sampled_from([1, 2, 5, 20_000]),
)
def test_what_was_written_is_read(
    table: list[list[str]], delimiter: str, quoting: int, line_end: str, encoding: str, chunk_rows: int
) -> None:
    # A lone carriage return is written without quotes where lines end otherwise, and is a line end when read.
    assume(line_end == "\r\n" or quoting == csv.QUOTE_ALL or not any("\r" in cell for row in table for cell in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end)  # type: ignore[arg-type]  # drawn from its values
    writer.writerows(table)
    data = encode(text.getvalue(), encoding)
    assume(data is not None)
    assert data is not None
    dialect = Dialect(FileFormat.CSV, encoding, delimiter, '"', header_row=None)
    width = len(table[0])
    chunks = list(read_chunks(io.BytesIO(data), dialect, [f"h{i}" for i in range(width)], ReaderLimits(chunk_rows=chunk_rows)))
    read = [(row, cells) for chunk in chunks for row, *cells in chunk.frame.iter_rows()]
    issues = [(row, code) for chunk in chunks for row, code in chunk.issues.select("row", "code").iter_rows()]
    # Text that looks as if it had been encoded twice is restored, and what says only what lines below a table say is left out; both are
    # named. Nothing else becomes another cell, and no other row is left out.
    left_out = {row for row, code in issues if code in LEFT_OUT}
    assert all(reads_as_footer(table[row - 1]) for row in left_out)
    restored = {row: [repair_text(cell) or cell for cell in cells] for row, cells in enumerate(table, start=1)}
    assert read == [(row, restored[row]) for row, cells in enumerate(table, start=1) if not is_blank(cells) and row not in left_out]
    repaired = {row for row, cells in enumerate(table, start=1) if restored[row] != cells and not is_blank(cells)} - left_out
    assert {issue for issue in issues if issue[0] not in left_out} == {(row, IssueCode.TEXT_REPAIRED.value) for row in repaired}
    assert all(chunk.frame.height <= chunk_rows for chunk in chunks)


@given(
    values=st.lists(st.tuples(st.text("abcdé '-", min_size=1, max_size=9), st.text("xyz ,;\n", max_size=9)), min_size=2, max_size=9),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(ENCODINGS),
)
def test_a_table_with_a_header_needs_no_dialect(values: list[tuple[str, str]], delimiter: str, encoding: str) -> None:
    rows = [(f"user{number}@example.com", f"n{first}n", f"n{second}n") for number, (first, second) in enumerate(values)]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("email", "name", "notes"), *rows])
    data = encode(text.getvalue(), encoding)
    assert data is not None
    reading = read_source(data)
    assert reading.headers == ("email", "name", "notes")
    assert reading.inspection.dialect.delimiter == delimiter
    assert reading.rows == list(enumerate(rows, start=2))


@given(
    table=TABLES,
    delimiter=st.sampled_from([",", ";", "\t", "|", "^", ":", "\x01", "\x1f", "||", "::", "~|~", "\ue000", " | "]),
    quote=st.sampled_from(['"', "'", "`", "\ue001"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC, csv.QUOTE_NONE]),
    is_escaped=st.booleans(),
    skip_space=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]),
)
def test_any_dialect_is_read_back_as_it_was_written(
    table: list[list[str]], delimiter: str, quote: str, quoting: int, is_escaped: bool, skip_space: bool, line_end: str
) -> None:
    # What the writer leaves bare where a reader must take it otherwise: line ends of other kinds, blanks that are to be skipped, and
    # the characters of a delimiter that the writer knows as one.
    awkward = "\r\n" + ("" if len(delimiter) == 1 else delimiter)
    if quoting != csv.QUOTE_ALL:
        table = [["".join("_" if sign in awkward else sign for sign in cell).strip(" ") or "x" for cell in row] for row in table]
        quote = '"' if quoting == csv.QUOTE_NONE else quote
    escape = "\\" if is_escaped or quoting == csv.QUOTE_NONE else None
    sign = delimiter if len(delimiter) == 1 else "\uf8ff"
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=sign,
        quotechar=quote,
        quoting=quoting,  # type: ignore[arg-type]  # drawn from its values
        escapechar=escape,
        doublequote=escape is None,
        lineterminator=line_end,
    )
    assume(sign == delimiter or not any(sign in cell for row in table for cell in row))
    writer.writerows(table)
    data = text.getvalue().replace(sign, delimiter).encode()
    is_bare = quoting == csv.QUOTE_NONE
    dialect = Dialect(FileFormat.CSV, "utf-8", delimiter, "" if is_bare else quote, escape, None, skip_space, header_row=None)
    read = [cells for block in iter_delimited(io.BytesIO(data), dialect, ReaderLimits(), width=len(table[0])) for cells in block.cells]
    assert read == table


@given(data=st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_an_error_of_ours(data: bytes) -> None:
    dialect = Dialect(FileFormat.CSV, "utf-8", ",", '"', header_row=None)
    chunks = list(read_chunks(io.BytesIO(data), dialect, ["a", "b"], ReaderLimits(chunk_rows=3)))
    rows = [row for chunk in chunks for row in chunk.frame["row"]]
    assert rows == sorted(set(rows))
    assert {row for chunk in chunks for row in chunk.issues["row"]} <= set(rows)


@given(text=st.text(st.sampled_from('a,"\n\r'), max_size=60))
def test_no_character_of_a_text_full_of_quotes_is_lost_in_silence(text: str) -> None:
    dialect = Dialect(FileFormat.CSV, "utf-8", ",", '"', header_row=None)
    chunks = list(read_chunks(io.BytesIO(text.encode()), dialect, ["x"] * 70, ReaderLimits()))
    kept = "".join(cell or "" for chunk in chunks for _, *cells in chunk.frame.iter_rows() for cell in cells)
    # Lines that are too bare to be rows of such a wide table are left out, and told.
    told = "".join(value or "" for chunk in chunks for value in chunk.issues.filter(pl.col("code").is_in(LEFT_OUT))["value"])
    assert kept.count("a") + told.count("a") == text.count("a")


@given(
    encoding=st.sampled_from(ENCODINGS),
    names=st.lists(st.sampled_from(["Zoé", "François", "Jürgen", "Hélène", "Muñoz", "Chloë", "Jérôme"]), min_size=3, max_size=20),
)
def test_accents_survive_every_encoding(encoding: str, names: list[str]) -> None:
    data = encode("name,email\r\n" + "".join(f"{name},user@example.com\r\n" for name in names), encoding)
    assert data is not None
    inspection = inspect_source(io.BytesIO(data), format=FileFormat.CSV, overrides=DialectOverrides(), limits=ReaderLimits())
    assert inspection.dialect.encoding == encoding
    assert [cells[0] for _, cells in inspection.head] == names


def encode(text: str, encoding: str) -> bytes | None:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return None
