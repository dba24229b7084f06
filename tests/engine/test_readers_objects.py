"""JSON rows: columns are keys, item n is row n, and every value becomes text."""

import json

import pytest

from models.errors import InvalidRequest, LimitExceeded, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import Reading, read_source
from workers.engine.frames import ReaderLimits


def read(text: str, **limits: int) -> Reading:
    return read_source(text.encode(), format=FileFormat.JSON, limits=ReaderLimits(**limits))


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
        ("1.50", "1.50"),
        ("1e3", "1000"),
        ("1e-7", "0.0000001"),
        ("1e400000000", "1E+400000000"),
        ("true", "true"),
        ("null", ""),
        ('{"a": [1, 2.5, null]}', '{"a":[1,2.5,null]}'),
        ('"\\ud800"', "?"),
        ('"é"', "é"),
    ],
)
def test_a_value_becomes_text_without_surprises(value: str, text: str) -> None:
    assert read(f'[{{"id": "x", "v": {value}}}]').cells == [("x", text)]


@pytest.mark.parametrize("text", ['[{"a": 1}, 5]', '{"a": 1}'])
def test_what_is_no_object_is_refused_by_its_index(text: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read(text)
    assert refusal.value.code == "invalid_row"
    if text.startswith("["):
        assert "1" in refusal.value.message
        assert refusal.value.path == ("rows", "1")


@pytest.mark.parametrize("text", ["[", "", "[" * 100_000, '[{"a": ' + "9" * 5_000 + "}]"])
def test_what_is_no_json_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(text)
    assert refusal.value.code == "invalid_json"


def test_limits_hold() -> None:
    with pytest.raises(LimitExceeded):
        read(json.dumps([{f"k{i}": 1 for i in range(30)}]), max_columns=20)
    with pytest.raises(LimitExceeded):
        read('[{"a": 1}, {"a": 2}]', max_rows=1)


def test_names_of_fields_are_mapped_with_certainty() -> None:
    columns = read('[{"firstName": "Ann", "email": "x", "custom.shoe_size": 42}]').inspection.columns
    assert [[(s.field, s.confidence) for s in column.suggestions] for column in columns] == [
        [("first_name", 1.0)],
        [("email", 1.0)],
        [("custom.shoe_size", 1.0)],
    ]
