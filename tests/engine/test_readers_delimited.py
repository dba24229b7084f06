"""Odd text files: no crash, no row swallowed in silence, bounded memory, and an address for every oddity."""

import io
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from models.errors import LimitExceeded, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.frames import ISSUE_SCHEMA, Dialect, ReaderLimits
from workers.engine.readers import read_chunks

HEADER = b"name,notes,email\n"
DIALECT = Dialect(FileFormat.CSV, "utf-8", ",", '"', header_row=1)


def test_chunks_have_rows_columns_and_issues_in_the_agreed_shape() -> None:
    data = HEADER + b"a,b,c\n" * 25
    chunks = list(read_chunks(io.BytesIO(data), DIALECT, ["name", "notes", "email"], ReaderLimits(chunk_rows=10)))
    assert [chunk.frame.height for chunk in chunks] == [10, 10, 5]
    assert chunks[1].frame["row"].to_list() == list(range(12, 22))
    assert chunks[0].frame.columns == ["row", "c0", "c1", "c2"]
    assert dict(chunks[0].issues.schema) == ISSUE_SCHEMA


def test_a_path_and_a_stream_give_the_same(tmp_path: Path) -> None:
    data = HEADER + b"Ann,,ann@example.com\n"
    (tmp_path / "a.csv").write_bytes(data)
    assert read_source(tmp_path / "a.csv") == read_source(data)


def test_a_cell_of_two_megabytes_is_an_issue_and_its_row_goes_on() -> None:
    for large in (b"x" * 2_000_000, b'"' + b"line\n" * 400_000 + b'"'):
        reading = read_source(HEADER + b"Ann," + large + b",ann@example.com\nBob,,bob@example.com\n")
        assert reading.rows == [(2, ("Ann", None, "ann@example.com")), (3, ("Bob", "", "bob@example.com"))]
        (issue,) = reading.issues
        assert (issue["row"], issue["column"], issue["code"]) == (2, "notes", "cell_too_large")
        assert "1,000,000" in issue["message"]
        assert len(issue["value"]) <= 200


def test_the_limit_of_a_cell_counts_characters_not_bytes() -> None:
    limits = ReaderLimits(max_cell_characters=4)
    reading = read_source("name,email\néééé,a@b.c\nééééé,abcd\n".encode(), limits=limits)
    assert reading.codes == [(2, "cell_too_large"), (3, "cell_too_large")]
    assert reading.cells == [("éééé", None), (None, "abcd")]


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_CELL_CHARACTERS"):
        read_source(HEADER + b"x" * 9_000_000)


def test_too_many_rows_are_refused_with_limit_and_setting() -> None:
    assert len(read_source(HEADER + b"a,b,c\n\n" * 5, limits=ReaderLimits(max_rows=5)).rows) == 5
    with pytest.raises(LimitExceeded, match=r"4 rows.*ROLODOCK_MAX_ROWS") as refusal:
        read_source(HEADER + b"a,b,c\n\n" * 5, limits=ReaderLimits(max_rows=4))
    assert refusal.value.code == "too_many_rows"


@pytest.mark.parametrize("row_count", [3, 300_000])
def test_a_quote_that_is_never_closed_costs_its_own_row_only(row_count: int) -> None:
    data = HEADER + b'Ann,"forgotten,ann@example.com\n' + b"Bob,fine,bob@example.com\n" * row_count
    reading = read_source(data)
    assert reading.codes == [(2, "unclosed_quote")]
    assert reading.issues[0]["severity"] == "error"
    assert len(reading.rows) == row_count + 1
    assert reading.rows[-1] == (row_count + 2, ("Bob", "fine", "bob@example.com"))


def test_an_unclosed_quote_in_the_last_line_is_reported() -> None:
    reading = read_source(HEADER + b'Ann,x,ann@example.com\nBob,y,"bob@example.com')
    assert reading.codes == [(3, "unclosed_quote")]
    assert reading.cells[1] == ("Bob", "y", '"bob@example.com')


def test_quoted_cells_with_many_lines_are_whole_across_blocks() -> None:
    cell = "line\n" * 20_000
    data = "name,notes,email\n" + "".join(f'n{i},"{cell}",e{i}\n' for i in range(20))
    reading = read_source(data.encode())
    assert reading.rows == [(i + 2, (f"n{i}", cell, f"e{i}")) for i in range(20)]
    assert reading.issues == []


def test_a_file_made_of_unclosed_quotes_is_given_up_with_an_address() -> None:
    # Each line ends within quotes, whether it began within them or not.
    data = HEADER + b'x","b,c\n' * 100_000
    with pytest.raises(UnreadableFile) as refusal:
        read_source(data, limits=ReaderLimits(max_cell_characters=1_000))
    assert refusal.value.code == "unclosed_quote"
    assert "Row " in refusal.value.message


def test_many_cells_with_bare_quotes_and_line_breaks_are_reported_one_by_one() -> None:
    reading = read_source(HEADER + b'Ann,"she said\n"hello" to me",ann@example.com\nBob,fine,bob@example.com\n' * 500)
    assert [row for row, code in reading.codes if code == "unclosed_quote"] == list(range(2, 1502, 3))
    assert len(reading.rows) == 1500
    assert {cells for row, cells in reading.rows if row % 3 == 1} == {("Bob", "fine", "bob@example.com")}


def test_a_short_row_has_no_cell_where_a_blank_one_has_a_blank() -> None:
    reading = read_source(HEADER + b"Ann,,\nBob\nEve,x,e@example.com\n")
    assert reading.cells == [("Ann", "", ""), ("Bob", None, None), ("Eve", "x", "e@example.com")]
    assert reading.codes == [(3, "too_few_cells")]


def test_blank_records_count_and_are_not_rows() -> None:
    reading = read_source(b"\n" + HEADER + b"\n \t,\xc2\xa0,\n,,\nAnn,,ann@example.com\n\n\n")
    assert reading.inspection.dialect.header_row == 2
    assert [row for row, _ in reading.rows] == [6]


def test_every_row_with_an_issue_is_there() -> None:
    reading = read_source(HEADER + b"a,b,c\n,,,beyond\n")
    assert reading.codes == [(3, "too_many_cells")]
    assert [row for row, _ in reading.rows] == [2, 3]


def test_undecodable_bytes_are_an_issue_of_their_cell() -> None:
    reading = read_source("name,email\nZoé Åsa Öz,z@example.com\n".encode() + b"B\xffb,bob@example.com\n")
    assert [(issue["row"], issue["column"], issue["code"], issue["value"]) for issue in reading.issues] == [
        (3, "name", "undecodable_text", "B\ufffdb")
    ]


def test_half_a_character_at_the_end_is_an_issue() -> None:
    reading = read_source("name,email\nZoé,z@example.com\n".encode("utf-16") + b"B")
    assert reading.codes == [(3, "too_few_cells"), (3, "undecodable_text")]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak_of(row_count: int) -> int:
        path = tmp_path / f"{row_count}.csv"
        with path.open("wb") as file:
            file.write(HEADER)
            for number in range(row_count):
                file.write(b"Ann %d,some notes,ann%d@example.com\n" % (number, number))
        chunks = read_chunks(path, DIALECT, ["name", "notes", "email"], ReaderLimits(chunk_rows=2_000))
        tracemalloc.start()
        for _ in islice(chunks, None):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_of(60_000) < 1.3 * peak_of(20_000)
