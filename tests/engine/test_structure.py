"""What is no row is left out under its number, and what is a row never is."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import FileFormat, IssueCode
from tests.engine.reading import read_source
from workers.engine.frames import Dialect, ReaderLimits
from workers.engine.readers.chunking import Shape, iter_chunks
from workers.engine.readers.layout import Layout, survey_table
from workers.engine.readers.structure import leave_out
from workers.engine.readers.table import read_table
from workers.engine.records import Records

HEADER = ["First name", "Last name", "Email", "Phone", "City"]
DIALECT = Dialect(FileFormat.CSV, "utf-8", ",", '"', header_row=1)

names = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=1, max_size=12)
people = st.lists(
    st.builds(
        lambda first, last, number, city: [first, last, f"user{number}@example.com", f"+1 555 {number:07}", city],
        names,
        names,
        st.integers(0, 9_999_999),
        names,
    ),
    min_size=4,
    max_size=30,
)
FOOTERS = (
    ["Total", "", "", "", "12"],
    ["Total: 12"],
    ["Exported on 2026-03-02"],
    ["3 records"],
    ["-- end --"],
    ["© 2026 Example"],
    ["=" * 20],
)


def blocks_of(records: list[list[str]], size: int) -> list[Records]:
    return [Records(start + 1, list(records[start : start + size])) for start in range(0, len(records), size)]


def left_out(records: list[list[str]], size: int, header_row: int = 1) -> tuple[list[list[str]], dict[int, IssueCode]]:
    survey, blocks = survey_table(blocks_of(records, size), Layout(len(HEADER), header_row))
    after: list[list[str]] = []
    marks: dict[int, IssueCode] = {}
    for block in leave_out(blocks, survey):
        assert block.first_row == len(after) + 1
        after += [[cell or "" for cell in record] for record in block.cells]
        marks |= {mark.row: mark.code for mark in block.marks}
    return after, marks


@given(people, st.integers(1, 40))
def test_a_table_with_nothing_odd_comes_out_as_it_went_in(rows: list[list[str]], size: int) -> None:
    assert left_out([HEADER, *rows], size) == ([HEADER, *rows], {})


@settings(max_examples=200)
@given(people, st.integers(1, 40), st.data())
def test_what_is_put_between_the_rows_is_left_out_and_every_row_keeps_its_number(
    rows: list[list[str]], size: int, data: st.DataObject
) -> None:
    records = [HEADER]
    truth: dict[int, list[str]] = {}
    copies = set()
    footers = set()
    for row in rows:
        odd = data.draw(st.sampled_from(["", "", "", "blank", "empty", "header", "capitals"]))
        if odd in ("blank", "empty"):
            records.append([] if odd == "empty" else [""] * len(HEADER))
        elif odd:
            records.append([name.upper() for name in HEADER] if odd == "capitals" else HEADER)
            copies.add(len(records))
        records.append(row)
        truth[len(records)] = row
    for footer in data.draw(st.lists(st.sampled_from(FOOTERS), max_size=3, unique_by=tuple)):
        records.append(footer)
        footers.add(len(records))
    after, marks = left_out(records, size)
    assert {number: record for number, record in enumerate(after, start=1) if any(record) and number > 1} == truth
    assert marks == dict.fromkeys(copies, IssueCode.REPEATED_HEADER) | dict.fromkeys(footers, IssueCode.FOOTER)


def chunked(records: list[list[str]], chunk_rows: int) -> tuple[list[int], list[tuple[int, str]]]:
    chunks = list(read_table(blocks_of(records, 7), DIALECT, HEADER, ReaderLimits(chunk_rows=chunk_rows)))
    assert all(chunk.frame.height for chunk in chunks)
    rows = [row for chunk in chunks for row in chunk.frame["row"]]
    return rows, [(issue["row"], issue["code"]) for chunk in chunks for issue in chunk.issues.to_dicts()]


def test_no_issue_is_lost_where_a_whole_chunk_is_left_out() -> None:
    rows = [[f"A{'x' * (index % 5)}", "Lee", f"a{index}@example.com", f"+1 555 010 {index:04}", "Paris"] for index in range(12)]
    copies = [HEADER] * 9
    numbers, issues = chunked([HEADER, *copies, *rows, *copies, *rows, *copies], chunk_rows=3)
    assert numbers == [*range(11, 23), *range(32, 44)]
    assert issues == [(row, "repeated_header") for row in (*range(2, 11), *range(23, 32), *range(44, 53))]


def test_a_chunk_is_given_as_soon_as_a_row_is_known_to_follow() -> None:
    records = [[f"a{number}@example.com"] if number not in (7, 8) else [""] for number in range(1, 25)]
    read: list[int] = []

    def blocks() -> Iterator[Records]:
        for block in blocks_of(records, 4):
            read.append(block.first_row)
            yield block

    given = []
    for chunk in iter_chunks(blocks(), Shape(("Email",), is_grid=False), 0, ReaderLimits(chunk_rows=6)):
        given.append((chunk.frame["row"].to_list(), len(read)))
    # What the second block has below row 6 is blank, and nothing is left of the third below row 12; in the fifth row 19 follows row 18.
    assert given == [([1, 2, 3, 4, 5, 6], 3), ([9, 10, 11, 12], 5), ([13, 14, 15, 16, 17, 18], 5), ([19, 20, 21, 22, 23, 24], 6)]


def test_a_surname_that_reads_like_a_footer_is_a_row_where_somebody_can_be_known() -> None:
    data = b"last name,first name,email,phone,city\n" + b"Lee,Ann,ann@example.com,+1 555 010 1001,Paris\n" * 5
    reading = read_source(data + b"Total,,total@example.com,,\nTotal,,,+1 555 010 1002,\n")
    assert [row for row, _ in reading.rows] == [2, 3, 4, 5, 6, 7, 8]
    assert not reading.issues


def test_somebody_of_whom_only_the_name_is_known_is_no_footer() -> None:
    data = b"name,email,phone,city\n" + b"Ann,ann@example.com,+1 555 010 1001,Paris\n" * 5
    assert read_source(data + b"Bob Roe,,,\n").rows[-1] == (7, ("Bob Roe", "", "", ""))
    assert read_source(data + b"\nBob Roe,,,\n").rows[-1] == (8, ("Bob Roe", "", "", ""))


def test_rows_of_another_table_above_the_header_are_named() -> None:
    reading = read_source(b"Office,Desks,Floor\nNorth,12,3\nSouth,9,1\n\nname,email,phone\n" + b"Ann,ann@example.com,+1 555 010 1001\n" * 4)
    assert reading.inspection.dialect.header_row == 5
    assert reading.codes == [(1, "other_table"), (2, "other_table"), (3, "other_table")]
    assert len(reading.rows) == 4


def test_a_head_that_is_cut_off_has_no_footer() -> None:
    rows = [["Ann", "Lee", f"a{index}@example.com", "+1 555 010 1001", "Paris"] for index in range(20)]
    survey, blocks = survey_table([Records(1, [HEADER, *rows, [], ["A line that goes on, perhaps"]])], Layout(5, 1))
    (block,) = leave_out(blocks, survey, is_cut=True)
    assert not block.marks
    (block,) = leave_out([Records(1, [HEADER, *rows, [], ["A line at the very end."]])], survey)
    assert [mark.code for mark in block.marks] == [IssueCode.FOOTER]


def test_the_title_of_a_table_without_a_header_is_left_out_and_told() -> None:
    rows = b"".join(b"Ann,Lee,ann%d@example.com,+1 555 010 1001,Paris\n" % number for number in range(9))
    reading = read_source(b"Contacts 2026,,,,\n,,,,\n" + rows)
    assert reading.inspection.dialect.header_row is None
    assert [row for row, _ in reading.rows] == [*range(3, 12)]
    assert reading.codes == [(1, "comment_line")]
    assert [row for row, _ in reading.inspection.head] == [*range(3, 12)]


def test_somebody_of_whom_only_the_name_is_known_is_no_title() -> None:
    rows = b"".join(b"Ann,Lee,ann%d@example.com,+1 555 010 1001,Paris\n" % number for number in range(9))
    assert read_source(b"Bob,,,,\n" + rows).rows[0] == (1, ("Bob", "", "", "", ""))


def test_a_row_that_has_an_issue_is_in_the_head_too() -> None:
    rows = [b"Ann,Lee,ann%d@example.com,+1 555 010 1001,Paris\n" % number for number in range(9)]
    reading = read_source(b"first name,last name,email,phone,city\n" + b"".join([*rows[:3], b'"\n', *rows[3:]]))
    assert [row for row, _ in reading.inspection.head] == [row for row, _ in reading.rows]
    assert 5 in [row for row, _ in reading.rows]


def test_a_long_head_is_how_the_rows_begin() -> None:
    rows = [b"Ann,Lee,ann%d@example.com,+1 555 010 1001,Paris\n" % number for number in range(2_000)]
    header = b"first name,last name,email,phone,city\n"
    # Records that are no rows, more of them than the head is long.
    reading = read_source(header + b"".join([*rows[:40], *([header] * 300), b"Total: 40\n", *([b"\n"] * 200), *rows[40:]]))
    assert [row for row, _ in reading.inspection.head] == [row for row, _ in reading.rows][:100]


def test_a_delimiter_that_was_lost_is_not_made_up_for_by_one_at_the_end() -> None:
    rows = [b"Ann,Lee,ann%d@example.com,+1 555 010 1001,Paris,\n" % number for number in range(20)]
    reading = read_source(b"first name,last name,email,phone,city,\n" + b"".join(rows) + b"BobRoe,bob@example.com,+1 555 010 1002,Lyon,\n")
    assert len(reading.headers) == 5
    assert [(issue["row"], issue["code"], issue["severity"]) for issue in reading.issues] == [(22, "too_few_cells", "error")]
