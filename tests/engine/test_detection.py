"""How a text is to be read."""

import io
import os

import pytest

from models.errors import InvalidRequest, LimitExceeded, Terminal, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.detection import detect_format, inspect_source
from workers.engine.detection.header import make_headers
from workers.engine.frames import DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers.encoding import detect_encoding, require_encoding


def inspect(data: bytes, **overrides: str | int) -> Inspection:
    chosen = DialectOverrides(**overrides)  # type: ignore[arg-type]  # each has its type
    return inspect_source(io.BytesIO(data), format=FileFormat.CSV, overrides=chosen, limits=ReaderLimits())


def test_the_encoding_is_decided_on_the_whole_file() -> None:
    far = b"name,email\n" * 300_000
    assert detect_encoding(io.BytesIO(far)).value == "utf-8"
    assert detect_encoding(io.BytesIO(far + "Zoé\n".encode())).value == "utf-8"
    assert detect_encoding(io.BytesIO(far + "Zoé\n".encode("cp1252"))).value == "windows-1252"
    # A multi-byte character lies across the border of two blocks.
    assert detect_encoding(io.BytesIO(b"x" * ((1 << 20) - 1) + "é".encode() * 9)).value == "utf-8"


def test_an_encoding_is_known_by_any_of_its_names() -> None:
    assert require_encoding(" CP1252 ") == require_encoding("windows-1252") == "windows-1252"
    assert require_encoding("latin1") == "iso8859-1"
    for name in ("klingon", "base64", "idna", "unicode_escape", "", "a\0b"):
        with pytest.raises(InvalidRequest) as refusal:
            require_encoding(name)
        assert refusal.value.code == "unknown_encoding"


def test_overrides_win() -> None:
    data = "a;b,c\nÃ©;2,3\n".encode("cp1252")
    assert inspect(data).dialect.delimiter == ";"
    inspection = inspect(data, encoding="utf-8", delimiter=",", header_row=0)
    assert (inspection.dialect.encoding, inspection.dialect.delimiter, inspection.dialect.header_row) == ("utf-8", ",", None)
    assert inspection.head == ((1, ("a;b", "c")), (2, ("é;2", "3")))
    assert inspect(b"a,b\nc,d\ne,f\n", header_row=2).columns[0].header == "c"


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"encoding": "klingon"}, "unknown_encoding"),
        ({"delimiter": ";\n"}, "invalid_delimiter"),
        ({"header_row": 9}, "header_row_not_found"),
    ],
)
def test_an_override_that_cannot_be_is_refused(overrides: dict[str, str | int], code: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        inspect(b"a,b\n1,2\n", **overrides)
    assert refusal.value.code == code


@pytest.mark.parametrize("data", [b"", b"\n\n \n", b"\xef\xbb\xbf", b",,,\n,,,\n"])
def test_a_file_with_nothing_in_it_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        inspect(data)
    assert refusal.value.code == "empty_file"


def test_too_many_columns_are_refused_with_limit_and_setting() -> None:
    data = (",".join(f"c{i}" for i in range(5_000)) + "\n").encode()
    with pytest.raises(LimitExceeded, match=r"1,000.*ROLODOCK_MAX_COLUMNS") as refusal:
        inspect(data)
    assert refusal.value.code == "too_many_columns"


def test_samples_are_distinct_and_the_fill_rate_is_that_of_the_head() -> None:
    (email, city) = inspect(b"email,city\n" + b"a@example.com,\nb@example.com,Paris\nb@example.com,Paris\nc@example.com, \n").columns
    assert email.samples == ("a@example.com", "b@example.com", "c@example.com")
    assert (email.fill_rate, city.fill_rate) == (1.0, 0.5)
    assert city.samples == ("Paris",)


def test_headers_are_unique_and_never_blank() -> None:
    headers = make_headers(("Email", " ", None, "Email", "Column 3"), 6)
    assert headers == ("Email", "Column 2", "Column 3 (2)", "Email (2)", "Column 3", "Column 6")


def test_a_cell_of_many_bytes_does_not_hide_the_delimiter() -> None:
    reading = read_source(b"name;notes;email\nAnn;" + b"x" * 200_000 + b";ann@example.com\nBob;y;bob@example.com\n")
    assert reading.inspection.dialect.delimiter == ";"
    assert len(reading.rows) == 2


def test_any_file_is_either_accepted_or_refused_by_an_error_of_ours() -> None:
    for length in (1, 2, 3, 7, 100, 70_000):
        data = os.urandom(length)
        try:
            detected = detect_format(data, "noise.csv")
            inspect_source(io.BytesIO(data), format=detected, overrides=DialectOverrides(), limits=ReaderLimits())
        except Terminal as error:
            assert error.code  # noqa: PT017  # either is right; which one depends on the noise


def test_a_header_row_far_down_can_be_chosen_within_bounds() -> None:
    data = b"x,y\n" * 499 + b"email,name\nann@example.com,Ann\n"
    assert [column.header for column in inspect(data, header_row=500).columns] == ["email", "name"]
    for impossible in (-1, 1_001, 2_000_000_000):
        with pytest.raises(InvalidRequest):
            inspect(data, header_row=impossible)


def test_a_first_row_with_a_gap_where_values_stand_is_data() -> None:
    assert inspect(b"Ann,,Paris\nBob,bob@example.com,Rome\nEve,eve@example.com,Oslo\n").dialect.header_row is None
    assert inspect(b"Who,,Where\nBob,some text,Rome\nEve,more text,Oslo\n").dialect.header_row == 1
    assert inspect(b"Name,,City\nBob,bob@example.com,Rome\nEve,eve@example.com,Oslo\n").dialect.header_row == 1


def test_what_is_shown_and_stored_holds_no_nul_and_is_bounded() -> None:
    inspection = inspect(b"na\0me,email\n" + b"A\0nn,ann@example.com\n" + b"x" * 50_000 + b",b@example.com\n")
    assert inspection.columns[0].header == "na me"
    assert inspection.columns[0].samples == ("A\ufffdnn", "x" * 200)
    assert inspection.head[0][1] == ("A\ufffdnn", "ann@example.com")
    assert len(inspection.head[1][1][0] or "") == 20_001
