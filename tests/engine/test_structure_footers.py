"""A line around a table is left out only where nobody can be meant by it: when in doubt the record stays a row."""

import pytest

from models.vocabulary import IssueCode
from tests.engine.reading import read_source
from workers.engine.readers.footers import read_saying
from workers.engine.readers.layout import Layout, survey_table
from workers.engine.readers.structure import leave_out
from workers.engine.records import Records

PEOPLE = b"Name,Email,City\nAnn,a@x.com,Rome\nDan,d@x.com,Rome\nSue,s@x.com,Rome\nTom,t@x.com,Oslo\n"
BARE_PEOPLE = b"Bob,b@x.com,Rome\nCid,c@x.com,Oslo\nDan,d@x.com,Rome\n"
COMPANIES = b"Company,Contact,City\nAcme,Ann,Rome\nBolt,Bob,Oslo\n"

ALL_ROWS = {
    "phones in digits": b"Company,Phone\nShell,442079460000\nTotal,33144556677\nBP,442079460001\nEni,390659821\n",
    "a phone at the end": b"Company,Phone\nShell,442079460000\nBP,442079460001\nEni,390659821\nTotal,33144556677\n",
    "phones of two rows": b"Company,Phone\nTotal,+33 1 44 55 66 77\nShell,+44 20 7946 0000\n",
    "companies": b"Company\nShell\nTotal\nBP\nEni\n",
    "surnames": b"Last name\nLee\nEnd\nFin\nEnde\nSmith\n",
    "only names that read like footers": b"Company\nTotal\nEnd\n",
    "birthdays": b"Name,Birthday,Email\nLee,1990-01-01,a@x.com\nEnde,1991-02-03,\nMay,1992-03-04,b@x.com\n",
    "accounts": b"Company,Account,Contact\nAcme,1001,Ann\nTotal,1002,\nShell,1003,Bob\n",
    "an account at the end": b"Company,Account,Contact\nAcme,1001,Ann\nShell,1003,Bob\nTotal,1002,\n",
    "a second text": COMPANIES + b"Created by Anna,Anna,\nPrinted by Design,Dan,\nEnd of the Line Cafe,Eve,\n",
    "a total amid the rows": PEOPLE + b"Total,,4\nZed,z@x.com,Rome\n",
    "a total of nothing": PEOPLE + b"Total,,\n",
    "a company": PEOPLE + b"Gamma Inc.,,\n",
    "a long name": PEOPLE + b"Mary Ann Lee Smith,,\n",
    "an ending of a name": PEOPLE + b"Smith Jr.,,\n",
    "titles of a person": PEOPLE.replace(b",", b";") + b"Prof. Dr. Max Kahn;;\n",
    "values that are stars": b"Rating\n***\n*****\n***\n",
    "a company first": b"Contacts Ltd,,\n" + BARE_PEOPLE,
    "a long name first": b"Ann Lee Smith Jones,,\n" + BARE_PEOPLE,
}


@pytest.mark.parametrize("data", ALL_ROWS.values(), ids=ALL_ROWS)
def test_a_record_that_may_be_somebody_is_a_row(data: bytes) -> None:
    reading = read_source(data)
    first = reading.inspection.dialect.header_row or 0
    assert [row for row, _ in reading.rows] == list(range(first + 1, data.count(b"\n") + 1))
    assert not reading.issues


@pytest.mark.parametrize("last", [b"Contact: Jane Doe jane@x.com", b"Call +44 20 7946 0000", b"C-1001"])
def test_a_line_by_which_somebody_can_be_known_is_a_row(last: bytes) -> None:
    reading = read_source(PEOPLE + b"\n" + last + b"\n")
    assert reading.rows[-1] == (7, (last.decode(), None, None))
    assert reading.codes == [(7, "too_few_cells")]


@pytest.mark.parametrize(
    "last",
    [
        b"Total,,4",
        b"Total: 4",
        b"4 records",
        b"Page 2 of 2,,",
        b"Exported on 2026-03-02 10:15 by Ann,,",
        b"Exported on,2026-03-02,",
        b"-- end --",
    ],
)
def test_what_footers_say_is_left_out_below_the_last_row(last: bytes) -> None:
    reading = read_source(PEOPLE + last + b"\n")
    assert len(reading.rows) == 4
    assert reading.codes == [(6, "footer")]


def test_a_sum_may_be_long_where_amounts_are() -> None:
    rows = b"Ann,a@x.com,12.5\nBob,b@x.com,12.5\nCid,c@x.com,12.5\n"
    assert read_source(b"Name,Email,Amount\n" + rows + b"Total,,12345678\n").codes == [(5, "footer")]
    assert read_source(b"Name,Email,Contract\n" + rows + b"Total,,12345678\n").codes == []


def test_a_remark_is_bare_and_below_a_blank_line() -> None:
    assert read_source(PEOPLE + b"\nCedar Group\n").codes == [(7, "footer")]
    assert read_source(PEOPLE + b"\nCedar Group,,\n").codes == []
    assert read_source(PEOPLE + b"Cedar Group\n").codes == [(6, "too_few_cells")]


def test_a_subtotal_above_a_gap_is_left_out() -> None:
    reading = read_source(PEOPLE + b"Subtotal,,4\n\nZed,z@x.com,Rome\n")
    assert reading.rows[-1][0] == 8
    assert reading.codes == [(6, "footer")]


@pytest.mark.parametrize("gap", [b"", b"\n"])
def test_the_last_row_of_a_page_is_no_title_of_the_next_one(gap: bytes) -> None:
    reading = read_source(PEOPLE + b"Gamma Inc.,,\n" + gap + PEOPLE)
    assert (6, ("Gamma Inc.", "", "")) in reading.rows
    assert reading.codes == [(7 + len(gap), "repeated_header")]


def test_the_last_name_in_a_sheet_is_a_row() -> None:
    rows = [[f"School {index}", f"s{index}@example.com", "Rome"] for index in range(9)]
    last = ["St. Mary the Virgin School", "", ""]
    for gap in ([], [["", "", ""]]):
        records = [["Name", "Email", "City"], *rows, *gap, last]
        survey, blocks = survey_table([Records(1, list(records))], Layout(3, 1, is_grid=True))
        (block,) = leave_out(blocks, survey)
        assert block.cells[-1] == last
        assert not block.marks


def test_rows_that_lack_a_cell_below_a_gap_are_no_other_table() -> None:
    data = b"Name,Email,City\nAnn,a@x.com,Rome\nDan,d@x.com,Rome\n\nBob,Oslo\nCid,Bonn\nEve,Bern\n"
    reading = read_source(data)
    assert [row for row, _ in reading.rows] == [2, 3, 5, 6, 7]
    assert reading.codes == [(5, "too_few_cells"), (6, "too_few_cells"), (7, "too_few_cells")]
    reading = read_source(PEOPLE + b"\nBob,unknown yet,Oslo\nCid,none given,Rome\n")
    assert [row for row, _ in reading.rows] == [2, 3, 4, 5, 7, 8]


def test_the_first_person_of_a_file_without_a_header_is_no_title() -> None:
    reading = read_source(b"Dr. Eva Maria Braun\n" + BARE_PEOPLE)
    assert [row for row, _ in reading.rows] == [1, 2, 3, 4]
    assert reading.codes == [(1, "too_few_cells")]
    assert read_source(b"Contacts 2026\n" + BARE_PEOPLE).codes == [(1, "comment_line")]


def test_where_every_record_is_left_out_the_issues_still_come() -> None:
    reading = read_source(b"Company\nTotal: 3\n3 records\n")
    assert reading.rows == []
    assert reading.codes == [(2, "footer"), (3, "footer")]


LONG = ["Total{}x", "合計{}x", "total rows of a{}x", "Exported on{}", "{}", "Page {}", "total of {}", "-- {}", "Contacts {} 2026"]


@pytest.mark.parametrize("filling", [" ", "\t", "\N{NO-BREAK SPACE}", "1", "1 ", "a@", "=-", "0-", "total "])
@pytest.mark.parametrize("text", LONG)
def test_no_text_takes_long(text: str, filling: str) -> None:
    # A pattern that tries every way of cutting these up would not return.
    long = text.format(filling * (100_000 // len(filling)))
    assert read_saying(["Ann", long]) == read_saying(["Ann", "x" * 300])
    survey, blocks = survey_table(
        [Records(1, [["Name", "Email", "City"], *[["Ann", "a@x.com", "Rome"]] * 5, [long, "", ""], [long]])], Layout(3, 1)
    )
    (block,) = leave_out(blocks, survey)
    assert {mark.code for mark in block.marks} <= {IssueCode.FOOTER}


@pytest.mark.parametrize("filling", [" ", "\t", "\N{NO-BREAK SPACE}", "1 "])
def test_no_text_in_a_header_takes_long(filling: str) -> None:
    header = f"Total{filling * 50_000}x,Email,City\n".encode()
    assert len(read_source(header + BARE_PEOPLE).rows) == 3
