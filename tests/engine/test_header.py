"""Where the header stands, over how many rows, and how sure that is."""

import csv
import io
from collections.abc import Sequence

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InvalidRequest
from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.detection import inspect_source
from workers.engine.detection.header import find_header, join_names, make_headers
from workers.engine.detection.tables import find_table
from workers.engine.frames import LEAST_CONFIDENCE, DialectOverrides, Inspection, ReaderLimits
from workers.engine.mapping import choose_mapping

ROWS = [["Ann", f"ann{index}@example.com", f"+1 555 010 {index:04}"] for index in range(8)]
HEADER = ["Name", "Email", "Phone"]


@given(st.lists(st.text(st.characters(categories=["Ll", "Lu", "Zs"], max_codepoint=0x17F), max_size=60), max_size=60))
def test_a_known_header_is_found_below_any_preamble(lines: list[str]) -> None:
    header = find_header([*([line] for line in lines), HEADER, *ROWS])
    assert (header.row, header.rows) == (len(lines) + 1, 1)
    assert header.confidence == 1


def test_an_ordinary_file_is_certain_and_says_why() -> None:
    header = find_header([HEADER, *ROWS])
    assert header.confidence == 1
    assert header.reason == "Row 1 holds known names of columns (Name, Email, Phone), and the rows below have values of these kinds."


@pytest.mark.parametrize(
    ("records", "row"),
    [
        ([["Guest", "Arrives"], ["Ann", "2026-03-01"], ["Bob", "2026-03-02"]], 1),
        ([["guest", "table"], ["Ann", "North"], ["Bob", "South"]], 1),
        ([["guest_name", "seat"], ["Ann", "North"], ["Bob", "south"]], 1),
        (ROWS, None),
        ([["Ann", "12"], ["Bob", "13"]], None),
        ([["Ann", "Paris"], ["Bob", "Rome"], ["Eve", "Paris"]], None),
    ],
)
def test_what_a_person_would_see_is_no_question(records: list[list[str]], row: int | None) -> None:
    header = find_header(records)
    assert header.row == row
    assert header.confidence >= LEAST_CONFIDENCE


def test_words_above_words_are_a_question_with_both_answers() -> None:
    header = find_header([["Ann", "Paris"], ["Bob", "Rome"], ["Eve", "Oslo"]])
    assert (header.row, header.alternatives) == (1, ("0",))
    assert header.confidence < LEAST_CONFIDENCE


def test_two_tables_of_contacts_are_a_question() -> None:
    other = [["Full name", "E-mail", "City"], *(["Bob", f"bob{index}@example.com", "Rome"] for index in range(8))]
    header = find_header([HEADER, *ROWS, [], *other])
    assert (header.row, header.alternatives) == (1, ("11",))
    assert header.confidence < LEAST_CONFIDENCE


def test_the_table_that_looks_more_like_contacts_is_taken() -> None:
    orders = [["Name", "Reference"], ["Pen", "A-1"], ["Cup", "A-2"]]
    assert find_header([*orders, [], [*HEADER, "City"], *([*row, "Oslo"] for row in ROWS)]).row == 5


def test_an_override_is_no_question() -> None:
    records = [["Ann", "Paris"], ["Bob", "Rome"]]
    for wanted, row in ((0, None), (2, 2)):
        (decision,) = find_table(records, DialectOverrides(header_row=wanted)).decisions
        assert (decision.aspect, decision.value, decision.confidence) == ("header_row", None if row is None else str(row), 1)


def test_a_header_over_two_rows_has_one_name_a_column() -> None:
    groups = [["Person", "", "Reach", ""], ["First name", "Last name", "Email", "Phone"]]
    data = [["Ann", "Lee", f"ann{index}@example.com", "+1 555 010 1001"] for index in range(4)]
    table = find_table([*groups, *data], DialectOverrides())
    assert (table.header_row, table.header_rows) == (1, 2)
    assert [decision.aspect for decision in table.decisions] == ["header_row", "header_rows"]
    assert join_names(groups) == ["Person First name", "Person Last name", "Reach Email", "Reach Phone"]
    assert join_names([["Name", "", "Email"], ["First", "Last", ""]]) == ["Name First", "Name Last", "Email"]


def test_a_title_of_two_cells_is_no_group() -> None:
    records = [["Report", "March"], HEADER, *ROWS]
    assert (find_header(records).row, find_header(records).rows) == (2, 1)


def test_a_column_without_name_and_value_is_none() -> None:
    blank = [[*row, "", " "] for row in [HEADER, *ROWS]]
    assert find_table(blank, DialectOverrides()).width == 3
    blank[4][4] = "x"
    assert find_table(blank, DialectOverrides()).width == 5


def test_names_lose_what_nobody_sees() -> None:
    assert make_headers(["\u200bE\u00admail\u00a0", "\ufeff", "Last\u00a0name"], 3) == ("Email", "Column 2", "Last name")


ORDINARY = (
    "Name,Email\nAnn Lee,ann@example.com\n",
    "First name,Last name\nAnn,Lee\n",
    "Name\nAnn\nBob\n",
    "First Name,Last Name,Email\n",
    "Guest,Table\n",
    "Prénom;Nom;Ville\nZoé;Moreau;Besançon\nÉlodie;Petit;Orléans\n",
    "Société;Contact;Fonction\nAcme;Zoé Moreau;Directrice\n",
    "Vorname;Nachname;Ort\nAnna;Schmidt;Köln\nJörg;Weiß;Bonn\n",
    "Firma;Ansprechpartner;Ort\nMüller GmbH;Anna Schmidt;Köln\nMeier AG;Jörg Weiß;Bonn\n",
    "Kunde;Stadt\nMüller;Köln\nMeier;Bonn\n",
    "姓,名,都市\n山田,太郎,東京\n佐藤,花子,大阪\n",
    "会社名,部署,役職,氏名\n株式会社山田,営業部,部長,佐藤花子\n鈴木商店,総務部,課長,田中一郎\n",
    "Nombre,Apellidos,Ciudad\nAna,López,Madrid\nLuis,Pérez,Bilbao\n",
    "Имя;Фамилия;Город\nЮлия;Белова;Пермь\nИван;Петров;Тверь\n",  # noqa: RUF001
    "姓名,公司,城市\n王伟,百度,北京\n李娜,阿里,杭州\n",
    "Student,Class,Teacher\nAnn Lee,4B,Mr Roe\nBob Roe,5A,Ms Doe\n",
    "Guest,Diet,Attending\nAnn,Vegan,Yes\nBob,None,No\n",
)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_small_file_asks_nothing(text: str) -> None:
    inspection = inspect_source(io.BytesIO(text.encode()), format=FileFormat.CSV, overrides=DialectOverrides(), limits=ReaderLimits())
    assert inspection.dialect.header_row == 1
    assert [decision for decision in inspection.decisions if decision.confidence < LEAST_CONFIDENCE] == []


@pytest.mark.parametrize(
    ("records", "row"),
    [
        ([["crew", "watch"], *(["Ann Lee" if index % 2 else "Bob Roe", "Port" if index < 5 else "Starboard"] for index in range(10))], 1),
        ([["Crewmate", "Berth"], ["Ann Lee", "A"], ["Bob Roe", "B"], ["Eve Doe", "C"]], 1),
        ([["Crewmate", "Aboard"], ["Ann", "yes"], ["Bob", "no"]], 1),
        ([["Ann", "Volunteer"], ["Bob", "Member"], ["Eve", "Volunteer"]], None),
    ],
)
def test_the_form_of_the_values_tells_words_that_nobody_knows(records: list[list[str]], row: int | None) -> None:
    header = find_header(records)
    assert header.row == row
    assert header.confidence >= LEAST_CONFIDENCE


def test_words_that_are_names_and_values_count_only_together() -> None:
    assert find_header([["Ann", "Volunteer"], ["Bob", "Guest"], ["Eve", "Coach"]]).confidence < LEAST_CONFIDENCE
    assert find_header([["Guest", "Coach"], ["Bob", "Tim"], ["Eve", "Jo"]]).confidence >= LEAST_CONFIDENCE


def as_workbook(text: bytes) -> bytes:
    """The same cells in a sheet."""
    workbook = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(text.decode())):
        workbook.worksheets[0].append([cell or None for cell in row])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def confidence_of_header(inspection: Inspection) -> float:
    return next(decision.confidence for decision in inspection.decisions if decision.aspect == "header_row")


BOTH_FORMATS = pytest.mark.parametrize("format", [FileFormat.CSV, FileFormat.XLSX])


@BOTH_FORMATS
@pytest.mark.parametrize("names", ["2022,2023,2024", "2024-01-01", "www.example.com", "2023-2024", "2024-01-01,2024-02-01,2024-03-01"])
def test_a_year_a_date_or_a_site_beside_known_names_heads_a_column(names: str, format: FileFormat) -> None:
    more = names.count(",") * ",5"
    text = f"Name,Email,{names}\nAnn,ann@example.com,10{more}\nBob,bob@example.com,5{more}\n".encode()
    reading = read_source(text if format is FileFormat.CSV else as_workbook(text), format=format)
    assert reading.headers == ("Name", "Email", *names.split(","))
    assert len(reading.rows) == 2
    assert confidence_of_header(reading.inspection) == 1


def test_an_address_or_a_phone_number_beside_known_names_is_somebodys() -> None:
    for value in ("ann@example.com", "020 7946 0000"):
        assert find_header([["Name", "Note", value], ["Bob", "Roe", "x"]]).row is None


def test_years_beside_one_known_name_head_columns() -> None:
    assert find_header([["Name", "2023", "2024"], ["Ann", "4", "5"], ["Bob", "1", "2"]]).row == 1
    assert find_header([["Ann", "2023", "2024"], ["Bob", "4", "5"], ["Eve", "1", "2"]]).row is None


@BOTH_FORMATS
@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("Ann Lee,020 7946 0000\nBob May,020 7946 0001\nName,Phone\nCid,020 7946 0002\n", 2),
        ("Ann,Lee\nBob,May\nFirst,Last\nCid,Ray\n", 2),
        ("Ann,Lee,020 7946 0000\nFirst,Last,Phone\nBob,May,020 7946 0001\n", 1),
        ("".join(f"Ann,ann{index}@example.com\n" for index in range(6)) + "Name,Email\nBob,bob@example.com\n", 6),
    ],
)
def test_rows_of_the_table_above_its_header_are_named_and_a_question(text: str, above: int, format: FileFormat) -> None:
    reading = read_source(text.encode() if format is FileFormat.CSV else as_workbook(text.encode()), format=format)
    assert reading.codes == [(row, "other_table") for row in range(1, above + 1)]
    assert confidence_of_header(reading.inspection) < LEAST_CONFIDENCE
    assert find_header([line.split(",") for line in text.splitlines()]).alternatives == ("0",)


@pytest.mark.parametrize("above", ["Report,Contacts\n", "Date:,2024-01-01\n", "Company,Acme\n", "Contact list,March 2024\n"])
def test_titles_and_preambles_as_wide_as_the_table_are_no_rows_of_it(above: str) -> None:
    reading = read_source(f"{above}Name,Email\nAnn,ann@example.com\nBob,bob@example.com\n".encode())
    assert (reading.inspection.dialect.header_row, reading.codes) == (2, [])
    assert confidence_of_header(reading.inspection) == 1


def test_another_table_of_the_same_width_above_is_named() -> None:
    reading = read_source(b"Pen,3\nCup,4\n\nName,Email\nAnn,ann@example.com\nBob,bob@example.com\n")
    assert reading.codes == [(1, "other_table"), (2, "other_table")]
    assert confidence_of_header(reading.inspection) == 1


@BOTH_FORMATS
@pytest.mark.parametrize(("text", "header_row"), [(b"Name,Email\n", 1), (b"Name,Email\nAnn,ann@example.com\n", 2)])
def test_a_header_that_goes_on_past_the_end_is_refused(text: bytes, header_row: int, format: FileFormat) -> None:
    data = text if format is FileFormat.CSV else as_workbook(text)
    for wanted in (header_row, None) if header_row == 1 else (header_row,):
        with pytest.raises(InvalidRequest) as refusal:
            read_source(data, format=format, overrides=DialectOverrides(header_row=wanted, header_rows=2))
        assert refusal.value.code == "header_row_not_found"


def test_groups_may_be_named_over_each_of_their_columns() -> None:
    groups = "Person;Person;Kontakt;Kontakt;Adresse;Umsatz\nVorname;Nachname;E-Mail;Telefon;Ort;2025\n"
    rows = "".join(f"Ann;Lee;ann{index}@example.com;030 123400{index};Bonn;{index},50\n" for index in range(4))
    reading = read_source(f"Kundenliste\n\n{groups}{rows}".encode())
    dialect = reading.inspection.dialect
    assert (dialect.header_row, dialect.header_rows, len(reading.rows)) == (3, 2, 4)
    assert choose_mapping(reading.inspection.columns) == {
        "Person Vorname": "first_name",
        "Person Nachname": "last_name",
        "Kontakt E-Mail": "email",
        "Kontakt Telefon": "phone",
        "Adresse Ort": "city",
    }


def test_of_two_rows_of_names_the_one_with_more_of_them_names_the_columns() -> None:
    records = [["Name", "Phone", "x", "y"], ["First name", "Last name", "Email", "Phone"], *([["Ann", "Lee", "ann@example.com", "1"]] * 3)]
    assert find_header(records).row == 2


@BOTH_FORMATS
def test_the_people_of_a_meeting_are_taken_and_not_the_meeting(format: FileFormat) -> None:
    meeting = (
        b"Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants\n"
        b"1,W,01/02/2024 10:00,01/02/2024 11:00,h@example.com,60,2\n\n"
        b"Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\n"
        b"Ann,a@example.com,01/02/2024 10:00,01/02/2024 11:00,60,No\n"
        b"Bob,b@example.com,01/02/2024 10:00,01/02/2024 11:00,60,No\n"
    )
    reading = read_source(meeting if format is FileFormat.CSV else as_workbook(meeting), format=format)
    assert reading.inspection.dialect.header_row == 4
    assert [cells[0] for cells in reading.cells] == ["Ann", "Bob"]
    assert reading.codes == [(1, "other_table"), (2, "other_table")]


def test_a_table_above_that_looks_as_much_like_contacts_is_a_question() -> None:
    people = [["crew", "watch", "mail"], *(["Ann", "Port", f"ann{index}@example.com"] for index in range(8))]
    other = [["Name", "Email"], *(["Bob", f"bob{index}@example.com"] for index in range(2))]
    header = find_header([*people, [], *other])
    assert header.confidence < LEAST_CONFIDENCE
    assert {str(header.row), *header.alternatives} >= {"1", "11"}


def test_more_names_above_fewer_rows_are_a_question() -> None:
    people = [["Name", "Email"], *(["Ann", f"ann{index}@example.com"] for index in range(20))]
    vendor = [["Company", "Full name", "Email", "Phone", "City", "Country"], ["Acme", "Bob", "bob@example.com", "1", "Rome", "Italy"]]
    header = find_header([*people, [], *vendor])
    assert header.confidence < LEAST_CONFIDENCE
    assert {str(header.row), *header.alternatives} >= {"1", "23"}


def test_a_small_table_below_is_named() -> None:
    reading = read_source(
        b"First Name,Last Name,Email\nAnn,Lee,a@example.com\nBob,May,b@example.com\n\nCompany,Phone\nAcme,020 7946 0000\n"
    )
    assert [cells[0] for cells in reading.cells] == ["Ann", "Bob"]
    assert reading.codes == [(5, "other_table"), (6, "other_table")]


@pytest.mark.parametrize("numbers", [("1", "2", "3"), ("a7", "b1", "c9")])
def test_names_without_one_for_the_names_of_the_rows_belong_one_column_to_the_right(numbers: Sequence[str]) -> None:
    rows = "".join(f"{number},Ann,ann{number}@example.com,Rome\n" for number in numbers)
    reading = read_source(f"Name,Email,City\n{rows}".encode())
    assert reading.headers == ("Column 1", "Name", "Email", "City")
    assert reading.cells[0] == (numbers[0], "Ann", f"ann{numbers[0]}@example.com", "Rome")
    assert reading.codes == []
    assert "one column to the right" in next(
        decision.reason for decision in reading.inspection.decisions if decision.aspect == "header_row"
    )


@pytest.mark.parametrize(
    "text",
    [
        b"Name,Email\nAnn,a@example.com,x\nBob,b@example.com,y\n",
        b"Id,City\n1,Rome,x\n2,Oslo,y\n",
        b"City,Name\n7,Ann,x\n9,Bob,y\n",
    ],
)
def test_names_stay_where_they_are_without_proof(text: bytes) -> None:
    assert read_source(text).headers[-1] == "Column 3"
