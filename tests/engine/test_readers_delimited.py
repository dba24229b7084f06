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
from workers.engine.readers.delimited import iter_delimited
from workers.engine.readers.delimited.lines import Tape
from workers.engine.readers.delimited.separators import Separators
from workers.engine.readers.delimited.single_lines import split_line
from workers.engine.readers.delimited.splitting import Splitter

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
    assert reading.codes == [(2, "quote_repaired")]
    assert reading.issues[0]["severity"] == "warning"
    assert reading.rows[0] == (2, ("Ann", "forgotten", "ann@example.com"))
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
    reading = read_source(HEADER + b"a,b,c\n,,,,beyond\n")
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

    assert peak_of(300_000) < 1.3 * peak_of(100_000)


SOUND = b"".join(b'Ann %d,"Paris, %d",ann%d@example.com\n' % (number, number, number) for number in range(9))


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"Bob;Rome, Italy;bob@example.com", "other_dialect"),
        (b"Bob\tRome, Italy\tbob@example.com", "other_dialect"),
        (b"Bob|'Rome, Italy'|bob@example.com", "other_dialect"),
        (b"'Bob','Rome, Italy','bob@example.com'", "other_dialect"),
        (b'Bob, "Rome, Italy", bob@example.com', "other_dialect"),
        (b'Bob,"Rome, Italy,bob@example.com', "quote_repaired"),
        (b'Bob,Rome, Italy",bob@example.com', "quote_repaired"),
        (b'"Bob,"Rome, Italy",bob@example.com', "quote_repaired"),
        (b'Bob","Rome, Italy",bob@example.com', "quote_repaired"),
        (b'Bob,"Rome, Italy",bob"@example.com', "quote_repaired"),
        (b'Bob,"Rome, Italy""bob@example.com"', "cells_realigned"),
    ],
)
def test_a_damaged_line_is_read_in_the_one_way_that_makes_sense_of_it(line: bytes, code: str) -> None:
    reading = read_source(b"name,place,email\n" + SOUND + line + b"\n" + SOUND)
    assert reading.rows[9] == (11, ("Bob", "Rome, Italy", "bob@example.com"))
    assert reading.codes == [(11, code)]
    assert len(reading.rows) == 19


def test_a_row_with_backslashes_before_its_quotes_is_read_amid_doubled_ones() -> None:
    data = HEADER + SOUND + b'Bob,"the \\"old\\" town, Rome",bob@example.com\n'
    (chunk,) = read_chunks(io.BytesIO(data), DIALECT, ["name", "notes", "email"], ReaderLimits())
    assert chunk.frame.row(9) == (11, "Bob", 'the "old" town, Rome', "bob@example.com")
    assert chunk.issues["code"].to_list() == ["other_dialect"]


@pytest.mark.parametrize("line", [b'Bob,5"nail,bob@example.com', b'Bob,the "old" town,bob@example.com'])
def test_a_quote_that_may_belong_to_the_value_is_kept_and_reported(line: bytes) -> None:
    reading = read_source(b"name,place,email\n" + SOUND + line + b"\n")
    assert reading.rows[9][1] == tuple(line.decode().split(","))
    assert reading.codes == [(11, "stray_quote")]


def test_inches_in_a_bare_cell_are_not_worth_a_word() -> None:
    reading = read_source(b"name,place,email\n" + SOUND + b'Bob,5" nail,bob@example.com\n')
    assert reading.rows[9][1] == ("Bob", '5" nail', "bob@example.com")
    assert reading.codes == []


def test_of_a_row_that_is_cut_off_within_quotes_the_whole_cells_are_read() -> None:
    reading = read_source(b"email,name,place\n" + b'"ann@example.com","Ann","Rome, Italy"\n' * 5 + b'"bob@example.com","Bob","Rome, It')
    assert reading.rows[5] == (7, ("bob@example.com", "Bob", None))
    assert reading.codes == [(7, "quote_repaired"), (7, "too_few_cells")]
    assert {issue["severity"] for issue in reading.issues} == {"warning"}


def test_an_address_in_quotes_of_its_own_is_unwrapped_in_a_file_of_one_column() -> None:
    reading = read_source(b"email\n" + b"ann@example.com\n" * 9 + b"'bob@example.com'\n")
    assert reading.rows[9][1] == ("bob@example.com",)
    assert reading.codes == [(11, "other_dialect")]


def test_a_line_with_two_ways_to_read_it_is_not_guessed_at() -> None:
    reading = read_source(b"a,b,c\n" + b'x,"y, y",z\n' * 9 + b'p,"q,r,s"t,u\n')
    (issue,) = reading.issues
    assert (issue["row"], issue["severity"]) == (11, "error")


def test_a_short_row_that_holds_other_separators_stays_what_it_is() -> None:
    reading = read_source(b"name,place,email\n" + SOUND + b"Bob; Rob,Rome: old|new\n")
    assert reading.rows[9][1][:2] == ("Bob; Rob", "Rome: old|new")
    assert reading.codes == [(11, "too_few_cells")]


def test_repairs_of_a_file_that_is_all_damage_end_after_their_allowance() -> None:
    line = b'Bob,"' + b'"x"y,' * 30 + b"bob@example.com\n"
    data = b"name,place,email\n" + SOUND + line * 3_000
    chunks = read_chunks(io.BytesIO(data), DIALECT, ["name", "place", "email"], ReaderLimits())
    assert sum(chunk.frame.height for chunk in chunks) == 3_009


def test_characters_that_other_readers_take_for_line_ends_stay_in_their_cells() -> None:
    cells = ("a\x85b", "c\u2028d\u2029", "e\x0b\x0c\x1c\x1d\x1ef@g.co")
    reading = read_source(HEADER + ",".join(cells).encode() + b"\r\r\n" + b"x\0y,,z@g.co\r\r\n")
    assert reading.rows == [(2, cells), (3, ("x\0y", "", "z@g.co"))]


@pytest.mark.parametrize("cut", [65_534, 65_535, 65_536, 65_537])
def test_a_line_end_across_two_blocks_is_one_line_end(cut: int) -> None:
    line = b"a,b,c\r\r\n"
    data = b"x" * (cut - 7) + line + line * 2
    rows = [
        (row, cells)
        for block in iter_delimited(io.BytesIO(data), DIALECT, ReaderLimits())
        for row, cells in enumerate(block.cells, block.first_row)
    ]
    assert [cells[1:] for _, cells in rows] == [["b", "c"]] * 3


def test_a_private_character_in_a_cell_survives_a_delimiter_of_several_characters() -> None:
    cells = ["\ue000", "\ue001|", "a||b\ue002"]
    data = f'"{cells[0]}"||{cells[1]} ||"{cells[2]}"\n'.encode()
    dialect = Dialect(FileFormat.CSV, "utf-8", "||", '"', comment="\ue000#", header_row=None)
    (block,) = iter_delimited(io.BytesIO(data), dialect, ReaderLimits(), width=3)
    assert block.cells == [[cells[0], cells[1] + " ", cells[2]]]


def _count_vain(line: bytes, count: int) -> int:
    splitter = Splitter(Separators(), 3, 1_000_000)
    lines = [(HEADER + SOUND).decode(), *[line.decode()] * count]
    splitter.split(lines, 1, is_last=True)
    return splitter.vain_size


@pytest.mark.parametrize("line", [b'Ann,"forgotten,ann@example.com\n', b'Ann,"two\nlines",a@b.co\nBob,"forgotten,b@b.co\n', b'"\n'])
def test_lines_read_in_vain_grow_with_the_text_and_not_with_its_square(line: bytes) -> None:
    assert _count_vain(line, 2_000) <= 2.1 * _count_vain(line, 1_000)


def test_what_is_read_in_vain_is_bounded_by_the_longest_record_and_the_text() -> None:
    lines = ['x","b,c\n'] * 50_000
    splitter = Splitter(Separators(), 3, 10_000)
    with pytest.raises(UnreadableFile, match="Row "):
        splitter.split(lines, 1, is_last=True)
    assert splitter.vain_size < 2 * 10_000 + 2 * 25 * len(lines)


def test_hundreds_of_forgotten_quotes_in_a_large_file_cost_no_row() -> None:
    sound = b'Bob,"fine, really",bob@example.com\n' * 100
    reading = read_source(HEADER + (sound + b'Ann,"forgotten,ann@example.com\n') * 300)
    assert len(reading.rows) == 300 * 101
    assert reading.codes == [(102 + 101 * number, "quote_repaired") for number in range(300)]


def test_a_tape_gives_each_line_once_and_again_only_what_lies_behind_the_place_gone_back_to() -> None:
    tape = Tape(["a", "b", "c", "d"])
    lines = iter(tape)
    assert [next(lines), next(lines), next(lines), tape.position] == ["a", "b", "c", 3]
    tape.go_back(1)
    assert list(tape) == ["b", "c", "d"]
    assert tape.position == 4
    tape.go_back(3)
    assert list(tape) == ["d"]


@pytest.mark.parametrize("line", ['"a:' * 2_000, ',"' * 2_000 + "x", 'a,"b' + '" ' * 2_000 + "x", '"",' * 2_000, '"' * 2_000 + "x"])
def test_a_line_by_itself_is_looked_at_once_whatever_quotes_it_holds(line: str) -> None:
    class Counted(str):
        """Counts the characters that searches for delimiters and beginnings may look at."""

        looked_at = 0

        def rstrip(self, characters: str | None = None) -> "Counted":
            return self

        def find(self, part: str, start: int = 0) -> int:  # type: ignore[override]  # as it is called
            found = super().find(part, start)
            Counted.looked_at += (len(self) if found < 0 else found) - start + 1
            return found

    cells, _ = split_line(Counted(line), Separators())
    assert ",".join(cells).count("a") == line.count("a")
    assert Counted.looked_at <= 2 * len(line)


ADDRESSES = b"".join(b"person%d@example.com\n" % number for number in range(2, 12))


@pytest.mark.parametrize(("first", "last"), [(b'"ann@example.com', b'zoe@example.com"'), (b'"ann@example.com"', b"zoe@example.com")])
def test_quotes_of_two_rows_swallow_no_addresses_between_them(first: bytes, last: bytes) -> None:
    reading = read_source(b"Email\n" + first + b"\n" + ADDRESSES + last + b"\n")
    assert [cells[0] for _, cells in reading.rows] == ["ann@example.com", *ADDRESSES.decode().split(), "zoe@example.com"]
    assert reading.codes == ([] if first.endswith(b'"') else [(2, "quote_repaired"), (13, "quote_repaired")])


def test_quotes_of_two_rows_swallow_no_rows_though_the_width_is_right() -> None:
    line = b'Ann,"no notes,ann@example.com\nBob,none,bob@example.com\nCid,no" notes,cid@example.com\n'.replace(b'" notes', b'"')
    reading = read_source(HEADER + SOUND + line + SOUND)
    assert [row for row, _ in reading.rows] == list(range(2, 2 + len(reading.rows)))
    assert ("Bob", "none", "bob@example.com") in reading.cells
    assert {row for row, _ in reading.codes} == {11, 13}


def test_a_quoted_text_of_lines_with_delimiters_stays_one_cell() -> None:
    reading = read_source(HEADER + SOUND + b'Ann,"red, green, blue\none, two, three\nx, y, z",ann@example.com\n' + SOUND)
    assert reading.rows[9][1] == ("Ann", "red, green, blue\none, two, three\nx, y, z", "ann@example.com")
    assert reading.codes == []


def test_blanks_around_quotes_may_enclose_several_lines() -> None:
    data = b'name , notes , email\nBob , "x" , bob@example.com\nAnn , "one\n\ntwo" , "ann@example.com" \nCid , y , cid@example.com\n'
    dialect = Dialect(FileFormat.CSV, "utf-8", ",", '"', skip_space=True, header_row=1)
    (block, *_) = iter_delimited(io.BytesIO(data), dialect, ReaderLimits(), width=3)
    assert [record[1].strip(" ") for record in block.cells if record[1]] == ["notes", "x", "one\n\ntwo", "y"]
    assert block.marks == ()


def test_a_quote_without_its_escape_is_reported() -> None:
    dialect = Dialect(FileFormat.CSV, "utf-8", ",", '"', "\\", header_row=1)
    data = HEADER + SOUND + b'Ann,the 5\\" model",ann@example.com\n'
    (block, *_) = iter_delimited(io.BytesIO(data), dialect, ReaderLimits(), width=3)
    assert [(mark.row, mark.code.value) for mark in block.marks] == [(11, "stray_quote")]


def test_apostrophes_around_one_text_are_its_own() -> None:
    reading = read_source(HEADER + SOUND + b"Ann,'so be it',ann@example.com\n")
    assert reading.rows[9][1] == ("Ann", "'so be it'", "ann@example.com")
    assert reading.codes == []
