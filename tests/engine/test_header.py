"""Where the header stands, over how many rows, and how sure that is."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import FileFormat
from workers.engine.detection import inspect_source
from workers.engine.detection.header import find_header, join_names, make_headers
from workers.engine.detection.tables import find_table
from workers.engine.frames import LEAST_CONFIDENCE, DialectOverrides, ReaderLimits

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
