"""JSON and JSON Lines: item n is row n, nested objects become columns with dots, and what is damaged is named."""

import json
from typing import Any

import pytest

from models.errors import InvalidRequest, LimitExceeded, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import Reading, read_source
from workers.engine.frames import LEAST_CONFIDENCE, Decision, DialectOverrides, ReaderLimits
from workers.engine.mapping import choose_mapping


def read(text: str, format: FileFormat = FileFormat.JSON, *, sheet: str | None = None, **limits: int) -> Reading:
    return read_source(text.encode(), format=format, overrides=DialectOverrides(sheet=sheet), limits=ReaderLimits(**limits))


def read_lines(text: str) -> Reading:
    return read(text, FileFormat.JSON_LINES)


def item_of(text: str) -> dict[str, str | None]:
    """The only item, its cells by their columns."""
    reading = read(f"[{text}]")
    (cells,) = reading.cells
    return dict(zip(reading.headers, cells, strict=True))


def decision_of(reading: Reading, aspect: str) -> Decision:
    (decision,) = (decision for decision in reading.inspection.decisions if decision.aspect == aspect)
    return decision


def test_columns_are_the_keys_in_the_order_in_which_they_appear() -> None:
    reading = read('[{"email": "a@example.com"}, {"phone": "1", "email": null}, {}, {"email": "c@example.com"}]')
    assert reading.headers == ("email", "phone")
    assert reading.inspection.dialect.header_row is None
    assert reading.rows == [(1, ("a@example.com", None)), (2, ("", "1")), (4, ("c@example.com", None))]
    assert reading.issues == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12345678901234567890", "12345678901234567890"),
        ("9" * 5_000, "9" * 5_000),
        ("1.50", "1.50"),
        ("-0.0", "-0.0"),
        ("1e3", "1000"),
        ("1e-7", "0.0000001"),
        ("1E400", "1E400"),
        ("1e400000000", "1e400000000"),
        ("true", "true"),
        ("NaN", "NaN"),
        ("null", ""),
        ("[]", ""),
        ("{}", ""),
        ('["a", "b", null, 3]', "a; b; 3"),
        ('["a;b", 1.50, null, true]', '["a;b",1.50,null,true]'),
        ('"\\u0000"', "\0"),
        ('"é"', "é"),
    ],
)
def test_a_value_becomes_text_without_surprises(value: str, text: str) -> None:
    assert read(f'[{{"id": "x", "v": {value}}}]').cells == [("x", text)]


def test_half_a_surrogate_pair_is_reported() -> None:
    reading = read('[{"id": "x", "v": "a\\ud800b", "w": "\\ud83d\\ude00"}]')
    assert reading.cells == [("x", "a\ufffdb", "😀")]
    assert reading.codes == [(1, "undecodable_text")]


def test_what_is_nested_has_columns_with_dots() -> None:
    cells = item_of('{"name": {"first": "Ann"}, "emails": [{"value": "a@b.org"}, {"value": "c@d.org", "type": "home"}], "m": [[1, 2], 3]}')
    assert cells == {
        "name.first": "Ann",
        "emails.0.value": "a@b.org",
        "emails.1.value": "c@d.org",
        "emails.1.type": "home",
        "m.0": "1; 2",
        "m.1": "3",
    }


@pytest.mark.parametrize(
    ("item", "cells"),
    [
        ('{"a": 1, "a": 2, "a": 3}', {"a": "1", "a (2)": "2", "a (3)": "3"}),
        ('{"a": 1, "a (2)": 2, "a": 3}', {"a": "1", "a (2)": "2", "a (3)": "3"}),
        ('{"a": {"b": 1}, "a.b": 2}', {"a.b": "1", "a.b (2)": "2"}),
        ('{"a.b": 1, "a": {"b": 2}}', {"a.b": "1", "a.b (2)": "2"}),
        ('{"": 1, "b": 2}', {"Column 1": "1", "b": "2"}),
    ],
)
def test_no_value_is_lost_to_another_of_the_same_key(item: str, cells: dict[str, str]) -> None:
    assert item_of(item) == cells


def test_a_key_that_comes_late_has_its_column() -> None:
    items: list[dict[str, Any]] = [{"a": n} for n in range(3_000)]
    items[2_900]["late"] = "here"
    for text, format in (
        (json.dumps(items), FileFormat.JSON),
        ("\n".join(map(json.dumps, items)), FileFormat.JSON_LINES),
    ):
        reading = read(text, format)
        assert reading.headers == ("a", "late")
        assert reading.rows[2_900] == (2_901, ("2900", "here"))
        assert reading.rows[-1] == (3_000, ("2999", None))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('{"a": 1}\n\n\n{"a": 2}\r\n{"a": 3}', [1, 2, 3]),
        ('{"a": 1}{"a": 2} {"a": 3}', [1, 2, 3]),
        ('{"a": 1},\n{"a": 2},\n{"a": 3},\n', [1, 2, 3]),
        ('{\n  "a": 1\n}\n{\n  "a": 2\n}', [1, 2]),
        ('\x1e{"a": 1}\n\x1e{"a": 2}\n', [1, 2]),
        ('{"a": "1"}\n{"a": "2"}\n{"a": "3"}\n\t', [1, 2, 3]),
    ],
)
def test_lines_are_read_however_they_are_parted(text: str, rows: list[int]) -> None:
    reading = read_lines(text)
    assert reading.rows == [(row, (str(row),)) for row in rows]
    assert reading.issues == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_a_file_may_be_in_another_encoding_than_its_standard_says(encoding: str) -> None:
    items = '[{"name": "Zoë", "city": "Besançon"}]'.encode(encoding)
    assert read_source(items, format=FileFormat.JSON).cells == [("Zoë", "Besançon")]


def test_a_chosen_encoding_is_obeyed() -> None:
    overrides = DialectOverrides(encoding="cp1252")
    reading = read_source('{"a": "é"}\n{"a": "ü"}'.encode("cp1252"), format=FileFormat.JSON_LINES, overrides=overrides)
    assert reading.cells == [("é",), ("ü",)]
    assert reading.inspection.dialect.encoding == "windows-1252"


@pytest.mark.parametrize(
    ("damage", "shown"),
    [
        ('{"a": 2', '{"a": 2'),
        ('{"a": [1,', '{"a": [1,'),
        ('{"a": "never closed}', '{"a": "never closed}'),
        ("rubbish", "rubbish"),
        ("5", "5"),
        ('["a", "b"]', '["a", "b"]'),
        ('{"a": ' + "[" * 100 + "]" * 100 + "}", '{"a": ' + "[" * 100 + "]" * 94),
        ('{"a": ' + "[" * 5_000 + "]" * 5_000 + "}", '{"a": ' + "[" * 194),
    ],
)
def test_a_damaged_line_costs_its_own_row_only(damage: str, shown: str) -> None:
    for before in (1, 30):
        good = [f'{{"a": "{n}"}}' for n in range(before)]
        reading = read_lines("\n".join([*good, damage, '{"a": "x"}', '{"a": "y"}']))
        assert reading.cells[before:] == [(None,), ("x",), ("y",)]
        assert [(issue["row"], issue["code"], issue["severity"], issue["value"]) for issue in reading.issues] == [
            (before + 1, "damaged_record", "error", shown)
        ]


def test_a_tab_within_a_text_is_a_tab() -> None:
    assert read_lines('{"a": "x\ty"}\n{"a": "z"}').cells == [("x\ty",), ("z",)]
    assert read('[{"a": "x\ty"}]').cells == [("x\ty",)]


@pytest.mark.parametrize("text", ["one\ntwo\nthree", '{"a": 1}\nx\ny\n', "[1]\n[2]"])
def test_lines_that_are_hardly_json_are_refused(text: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_lines(text)
    assert refusal.value.code == "invalid_json"


@pytest.mark.parametrize("cut", ['{"a": "x', '{"a"', "{", '{"a": tru', '{"a": "\\u12', '{"a": [1, {"b": ', '{"a": 1, "b": -', '{"a": 12'])
def test_an_array_that_is_cut_off_is_read_up_to_there(cut: str) -> None:
    reading = read(f'[{{"a": "1"}}, {{"a": "2"}}, {cut}')
    assert reading.rows == [(1, ("1",)), (2, ("2",)), (3, (None,))]
    assert [(issue["row"], issue["code"], issue["value"]) for issue in reading.issues] == [(3, "damaged_record", cut)]


def test_an_array_that_is_never_closed_is_named() -> None:
    assert read('[{"a": "1"}, {"a": "2"}').codes == [(3, "damaged_record")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"a": 1},\n {"a": 2} {"a": 3}]', "line 2, column 11"),
        ('[{"a": 1},\n {"a" 2}, {"a": 3}]', "line 2, column 7"),
        ('[{"a": 1},\n\n  rubbish, {"a": 3}]', "line 3, column 3"),
        ('[{"a": 1}]\nrubbish', "line 2, column 1"),
        ('{"data": [{"a": 1}], rubbish}', "line 1, column 22"),
    ],
)
def test_an_array_with_something_else_in_it_is_refused_with_the_place(text: str, place: str) -> None:
    with pytest.raises(UnreadableFile, match=place) as refusal:
        read(text)
    assert refusal.value.code == "invalid_json"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_file"),
        ("[]", "empty_file"),
        ('[["a"], ["b"]]', "invalid_json"),
        ("[" * 100_000, "nested_too_deep"),
        ('[{"a": ' + "[" * 80 + "]" * 80 + "}]", "nested_too_deep"),
        ('{"a": ' * 80 + "1" + "}" * 80, "nested_too_deep"),
    ],
)
def test_what_holds_no_items_is_refused(text: str, code: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(text)
    assert refusal.value.code == code


def test_an_item_that_is_no_object_is_damaged() -> None:
    reading = read('[{"a": 1}, 5, {"a": 2}, {"a": 3}]')
    assert [(issue["row"], issue["code"], issue["value"]) for issue in reading.issues] == [(2, "damaged_record", "5")]
    assert [row for row, _ in reading.rows] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"data": [{"email": "a@b.org"}], "total": 1}', "data"),
        ('{"result": {"count": 1, "items": [{"email": "a@b.org"}]}}', "result.items"),
        ('{"meta": [{"page": 1}], "contacts": [{"email": "a@b.org"}]}', "contacts"),
        ('{"name": "My list", "empty": [], "members": [{"name": "Ann", "email": "a@b.org"}], "tags": ["x"]}', "members"),
    ],
)
def test_the_list_with_the_contacts_is_found(text: str, path: str) -> None:
    reading = read(text)
    assert reading.inspection.dialect.sheet == path
    assert decision_of(reading, "sheet").confidence > LEAST_CONFIDENCE
    assert path in decision_of(reading, "sheet").reason
    assert "a@b.org" in reading.cells[0]


def test_which_of_two_lists_is_asked() -> None:
    text = '{"a": [{"k": 1}], "b": {"c": [{"k": 2}, {"k": 3}]}}'
    reading = read(text)
    decision = decision_of(reading, "sheet")
    assert (decision.value, decision.alternatives) == ("a", ("b.c",))
    assert decision.confidence < LEAST_CONFIDENCE
    assert reading.inspection.dialect.sheets == ("a", "b.c")
    assert read(text, sheet="b.c").cells == [("2",), ("3",)]
    with pytest.raises(InvalidRequest, match=r"b\.c") as refusal:
        read(text, sheet="c")
    assert refusal.value.code == "sheet_not_found"


def test_an_object_of_objects_is_a_row_for_each() -> None:
    text = '{"-Na": {"name": "Ann", "email": "a@b.org", "key": "own"}, "-Nb": {"name": "Bob", "email": "b@b.org", "tel": {"home": 1}}}'
    reading = read(text)
    assert reading.headers == ("key", "name", "email", "key (2)", "tel.home")
    assert reading.rows == [(1, ("-Na", "Ann", "a@b.org", "own", None)), (2, ("-Nb", "Bob", "b@b.org", None, "1"))]
    assert reading.inspection.dialect.sheet == "*"
    assert decision_of(reading, "sheet").confidence > LEAST_CONFIDENCE
    inner = read(f'{{"version": 3, "contacts": {text}}}')
    assert (inner.inspection.dialect.sheet, inner.rows) == ("contacts.*", reading.rows)


def test_an_object_of_very_many_objects_is_read_whole() -> None:
    text = json.dumps({f"-N{n}": {"name": f"Ann {n}", "email": f"a{n}@b.org", "phones": [{"value": str(n)}]} for n in range(5_000)})
    assert read(text).rows[-1] == (5_000, ("-N4999", "Ann 4999", "a4999@b.org", "4999"))


@pytest.mark.parametrize(("cut", "is_read"), [('{"name": "Eve"', True), ("{", True), ('{"name": "E', False), ("", False)])
def test_an_object_of_objects_that_is_cut_off_loses_nothing_in_silence(cut: str, is_read: bool) -> None:
    text = '{"a": {"name": "Ann", "email": "a@b.org"}, "b": {"name": "Bob", "email": "b@b.org"}, "c": ' + cut
    if is_read:
        assert read(text).codes == [(3, "damaged_record")]
    else:
        with pytest.raises(UnreadableFile) as refusal:
            read(text)
        assert refusal.value.code == "invalid_json"


def test_the_addresses_of_one_contact_are_no_contacts() -> None:
    addresses = '{"home": {"street": "A", "city": "B"}, "work": {"street": "C", "city": "D"}}'
    assert read(f'{{"name": "Ann", "email": "a@b.org", "addresses": {addresses}}}').cells == [("Ann", "a@b.org", "A", "B", "C", "D")]


def test_columns_of_values_by_index_are_rows() -> None:
    reading = read('{"name": {"0": "Ann", "1": "Bob", "2": null}, "email": {"0": "a@b.org", "1": "b@b.org", "2": "c@b.org"}}')
    assert reading.headers == ("name", "email")
    assert reading.rows == [(1, ("Ann", "a@b.org")), (2, ("Bob", "b@b.org")), (3, ("", "c@b.org"))]
    by_row = read('{"0": {"name": "Ann", "email": "a@b.org"}, "1": {"name": "Bob", "email": "b@b.org"}}')
    assert by_row.rows == [(1, ("0", "Ann", "a@b.org")), (2, ("1", "Bob", "b@b.org"))]
    with pytest.raises(UnreadableFile, match="“tags”") as refusal:
        read('{"name": {"0": "Ann", "1": "Bob"}, "email": {"0": "a@b.org", "1": "b@b.org"}, "tags": ["x"]}')
    assert refusal.value.code == "invalid_json"


def test_contacts_within_an_object_win_over_the_fields_of_their_owner() -> None:
    owner = '{"page": 1, "email": "owner@x.com", "name": "My list", "phone": "1", "contacts": [%s]}'
    two = '{"name": "Ann", "email": "a@b.org"}, {"name": "Bob", "email": "b@b.org"}'
    reading = read(owner % two)
    assert reading.cells == [("Ann", "a@b.org"), ("Bob", "b@b.org")]
    assert "3 fields of a contact itself" in decision_of(reading, "sheet").reason
    assert decision_of(reading, "sheet").confidence > LEAST_CONFIDENCE
    assert decision_of(read(owner % two.partition(", {")[0]), "sheet").confidence < LEAST_CONFIDENCE


def test_an_array_of_arrays_under_one_with_names_is_a_table() -> None:
    reading = read('[["name", "email"], ["Ann", "a@b.org"], ["Bob"], ["Eve", "e@b.org", 5], 7]')
    assert reading.headers == ("name", "email", "Column 3")
    assert reading.rows == [(2, ("Ann", "a@b.org", None)), (3, ("Bob", None, None)), (4, ("Eve", "e@b.org", "5")), (5, (None, None, None))]
    assert reading.codes == [(5, "damaged_record")]
    for text in ('[["Ann", "Paris"], ["Bob", "Rome"]]', '[["Ann", "a@b.org"], ["Bob", "b@b.org"]]', "[[1, 2], [3, 4]]"):
        with pytest.raises(UnreadableFile, match="names first") as refusal:
            read(text)
        assert refusal.value.code == "invalid_json"


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("{}", FileFormat.JSON),
        ("[{}]", FileFormat.JSON),
        ("[{}, 5]", FileFormat.JSON),
        ("{}\n{}\n", FileFormat.JSON_LINES),
        ("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n", FileFormat.VCARD),
    ],
)
def test_items_without_any_field_are_an_empty_file(text: str, format: FileFormat) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(text, format)
    assert refusal.value.code == "empty_file"


def test_two_lists_of_one_path_are_told_apart() -> None:
    assert read('{"a": [{"k": 1}], "a": [{"k": 2}]}', sheet="a (2)").cells == [("2",)]


def test_an_object_alone_is_one_row() -> None:
    assert read('{"name": "Ann", "age": 3}').rows == [(1, ("Ann", "3"))]
    reading = read('{"first_name": "Ann", "title": "Clerk", "company": "X", "emails": [{"value": "a@b.org"}, {"value": "c@d.org"}]}')
    assert reading.cells == [("Ann", "Clerk", "X", "a@b.org", "c@d.org")]
    assert choose_mapping(reading.inspection.columns)["emails.0.value"] == "email"


def test_lines_that_were_taken_for_an_object_are_lines() -> None:
    reading = read('{"a": 1}\n{"a": 2}')
    assert reading.inspection.dialect.format is FileFormat.JSON_LINES
    assert reading.cells == [("1",), ("2",)]


def test_arrays_one_behind_the_other_are_one() -> None:
    assert read('[{"a": 1}]\n[{"a": 2}, {"a": 3}]').rows == [(1, ("1",)), (2, ("2",)), (3, ("3",))]


def test_limits_hold() -> None:
    many = {f"k{i}": 1 for i in range(30)}
    for text, format in ((json.dumps([many]), FileFormat.JSON), (json.dumps(many), FileFormat.JSON_LINES)):
        with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_COLUMNS"):
            read(text, format, max_columns=20)
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_ROWS"):
        read('[{"a": 1}, {"a": 2}]', max_rows=1)


@pytest.mark.parametrize(("format", "opening"), [(FileFormat.JSON, '[{"a": 1}, '), (FileFormat.JSON_LINES, '{"a": 1}\n')])
def test_an_item_beyond_the_bound_is_refused(format: FileFormat, opening: str) -> None:
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_CELL_CHARACTERS") as refusal:
        read(opening + '{"a": "' + "x" * 3_000_000, format, max_cell_characters=1_000)
    assert refusal.value.code == "row_too_large"


def test_a_long_item_within_the_bound_is_read() -> None:
    text = "x" * 900_000
    assert read(f'[{{"a": "{text}"}}, {{"a": "y"}}]').cells == [(text,), ("y",)]
    assert read_lines(f'{{"a": "{text}"}}\n{{"a": "y"}}').cells == [(text,), ("y",)]


def test_names_of_fields_are_mapped_with_certainty() -> None:
    columns = read('[{"firstName": "Ann", "email": "x", "custom": {"shoe_size": 42}}]').inspection.columns
    assert [[(s.field, s.confidence) for s in column.suggestions] for column in columns] == [
        [("first_name", 1.0)],
        [("email", 1.0)],
        [("custom.shoe_size", 1.0)],
    ]
