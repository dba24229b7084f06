"""What separates cells is found from the whole evidence, with a reason; what cannot be decided is a question."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import InvalidRequest
from models.vocabulary import FileFormat
from tests.engine.reading import read_source
from workers.engine.detection import inspect_source
from workers.engine.detection.separators import detect_separators
from workers.engine.frames import LEAST_CONFIDENCE, Decision, DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers.delimited.lines import split_lines

HEADER = ["First name", "Email", "Phone", "Notes"]
ROWS = [
    ["Ann", "ann@example.com", "+33 1 23 45 67 89", "met in Paris"],
    ["Bob", "bob@example.org", "+44 20 7946 0018", "calls back"],
    ["Eve", "eve@example.net", "+1 202 555 0101", "prefers mail"],
    ["Zoé", "zoe@example.com", "+49 30 901820", "new"],
]
DELIMITERS = (",", ";", "\t", "|", "^", "~", ":", "\x01", "\x1f", "§", "||", "::", "~|~", "<>", "|~|", "^^", " | ")


def inspect(text: str, **overrides: str) -> Inspection:
    chosen = DialectOverrides(**overrides)  # type: ignore[arg-type]  # each has its type
    return inspect_source(io.BytesIO(text.encode()), format=FileFormat.CSV, overrides=chosen, limits=ReaderLimits())


def decision_of(inspection: Inspection, aspect: str) -> Decision:
    (decision,) = (decision for decision in inspection.decisions if decision.aspect == aspect)
    return decision


def write(rows: list[list[str]], delimiter: str, line_end: str = "\r\n") -> str:
    return "".join(delimiter.join(row) + line_end for row in rows)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_any_delimiter_is_found(delimiter: str) -> None:
    reading = read_source(write([HEADER, *ROWS], delimiter).encode())
    assert reading.inspection.dialect.delimiter == delimiter
    assert [list(cells) for cells in reading.cells] == ROWS
    decision = decision_of(reading.inspection, "delimiter")
    assert decision.confidence >= LEAST_CONFIDENCE
    assert "4 cells" in decision.reason


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_any_line_end_is_one_line_end(line_end: str) -> None:
    reading = read_source(write([HEADER, *ROWS], ";", line_end).encode())
    assert reading.rows == [(number, tuple(row)) for number, row in enumerate(ROWS, start=2)]


def test_the_delimiter_of_the_table_is_found_below_a_long_preamble() -> None:
    preamble = [f"Line {number}, of a letter, that says nothing" for number in range(500)]
    table = [["id", "email", "name"], *([str(n), f"a{n}@example.com", f"Ann {n}"] for n in range(5_000))]
    text = "\n".join(preamble) + "\n" + write(table, ";", "\n")
    separators, _ = detect_separators((split_lines(text)[:400], split_lines(text)[2_000:2_150], split_lines(text)[-150:]))
    assert separators.delimiter == ";"


@pytest.mark.parametrize(("text", "quote"), [("'Last, First',a@b.co", "'"), ('"Last, First",a@b.co', '"'), ("`Last, First`,a@b.co", "`")])
def test_any_quote_is_found(text: str, quote: str) -> None:
    reading = read_source(("Name,Email\n" + f"{text}\n" * 4).encode())
    assert reading.inspection.dialect.quote == quote
    assert reading.cells == [("Last, First", "a@b.co")] * 4


def test_quotes_that_are_never_closed_are_no_quotes() -> None:
    reading = read_source(b'name\temail\n"Ann\ta@b.co\n"Bob\tb@b.co\n"Eve\te@b.co\n')
    assert reading.inspection.dialect.quote == ""
    assert reading.cells == [('"Ann', "a@b.co"), ('"Bob', "b@b.co"), ('"Eve', "e@b.co")]


def test_a_backslash_before_quotes_is_an_escape_and_one_before_a_letter_is_text() -> None:
    reading = read_source(b'name,email,path\n"say \\"hi, you\\"",a@b.co,C:\\data\n"b\\\\c, \\"d\\"",b@b.co,D:\\x\n')
    assert reading.inspection.dialect.escape == "\\"
    assert reading.cells == [('say "hi, you"', "a@b.co", "C:\\data"), ('b\\c, "d"', "b@b.co", "D:\\x")]


def test_a_path_that_ends_in_a_backslash_is_no_escape() -> None:
    reading = read_source(b'name,path,email\n"Ann","C:\\dir\\","a@b.co"\n"Bob","D:\\dir\\","b@b.co"\n')
    assert reading.inspection.dialect.escape is None
    assert reading.cells == [("Ann", "C:\\dir\\", "a@b.co"), ("Bob", "D:\\dir\\", "b@b.co")]


def test_blanks_around_quotes_are_no_part_of_the_cells() -> None:
    reading = read_source(b'name, email, notes\nAnn, a@b.co, "Last, First"\n "Bob" , b@b.co, "x"\n')
    assert reading.inspection.dialect.skip_space
    assert [cells[2] for cells in reading.cells] == ["Last, First", "x"]
    assert reading.cells[1][0] == "Bob"


def test_comments_are_left_out_under_their_row_numbers() -> None:
    text = (
        "# made by hand, today\nname,email,notes\nAnn,a@b.co,x\nEve,e@b.co,y\nZed,z@b.co,z\n"
        '# second, "comment, here\nBob,b@b.co,"first\n#not, one"\n'
    )
    reading = read_source(text.encode())
    assert reading.inspection.dialect.comment == "#"
    assert decision_of(reading.inspection, "comment").value == "#"
    assert [row for row, _ in reading.rows] == [3, 4, 5, 7]
    assert reading.cells[3] == ("Bob", "b@b.co", "first\n#not, one")
    assert [row for row, code in reading.codes if code == "comment_line"] == [1, 6]


def test_rows_that_begin_with_a_number_sign_are_no_comments() -> None:
    reading = read_source(b"ticket,email\n#1,a@b.co\n#2,b@b.co\n3,c@b.co\n4,d@b.co\n5,e@b.co\n")
    assert reading.inspection.dialect.comment is None
    assert len(reading.rows) == 5


def test_the_separator_that_excel_states_is_obeyed() -> None:
    for line in ("sep=^", '"sep=^"', "SEP=^"):
        inspection = inspect(f"{line}\nname^email\nAnn^a@b.co\n")
        assert (inspection.dialect.delimiter, inspection.dialect.header_row) == ("^", 2)
        assert decision_of(inspection, "delimiter").confidence == 1.0


def test_two_delimiters_that_explain_a_text_alike_are_a_question() -> None:
    decision = decision_of(inspect("x1;x2,x3\ny1;y2,y3\nz1;z2,z3\n"), "delimiter")
    assert decision.confidence < LEAST_CONFIDENCE
    assert {decision.value, *decision.alternatives} >= {",", ";"}


def test_one_column_is_no_question() -> None:
    inspection = inspect("email\nann@example.com\nbob@example.com\n")
    assert len(inspection.columns) == 1
    assert decision_of(inspection, "delimiter").confidence >= LEAST_CONFIDENCE


@pytest.mark.parametrize(
    "text",
    [
        "email\nann@example.com",
        "name,email\nAnn,ann@example.com\n",
        "a,b\n1,2\n",
        "Name\nAnn Lee\nBob Roe\n",
        "Company\nLee, Roe and sons\n",
    ],
)
def test_a_small_file_is_no_question(text: str) -> None:
    inspection = inspect(text)
    assert len(inspection.columns) == len(text.split("\n")[0].split(","))
    assert all(decision.confidence >= LEAST_CONFIDENCE for decision in inspection.decisions)


def test_many_lines_of_prose_above_a_small_table_of_unknown_names_are_a_question() -> None:
    remarks = "".join(f"Remark {number}: nothing to see\n" for number in range(12))
    decision = decision_of(inspect(remarks + "alpha,beta,gamma,delta\n" + "p,q,r,s\n" * 9), "delimiter")
    assert "," in (decision.value, *decision.alternatives)
    assert decision.value == "," or decision.confidence < LEAST_CONFIDENCE


def test_what_is_chosen_stands_and_is_no_question() -> None:
    inspection = inspect("a;b||c\n'd;e||f\n", delimiter="||", quote="", escape="\\")
    assert (inspection.dialect.delimiter, inspection.dialect.quote, inspection.dialect.escape) == ("||", "", "\\")
    assert all(decision_of(inspection, aspect).confidence == 1.0 for aspect in ("delimiter", "quote", "escape"))


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"delimiter": ""}, "invalid_delimiter"),
        ({"delimiter": ",\n"}, "invalid_delimiter"),
        ({"delimiter": '"'}, "invalid_delimiter"),
        ({"delimiter": "x" * 11}, "invalid_delimiter"),
        ({"delimiter": "\\", "escape": "\\"}, "invalid_delimiter"),
        ({"quote": "''"}, "invalid_quote"),
        ({"escape": "\n"}, "invalid_escape"),
    ],
)
def test_separators_that_cannot_be_are_refused(overrides: dict[str, str], code: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        inspect("a,b\n1,2\n", **overrides)
    assert refusal.value.code == code


@settings(deadline=None)
@given(
    notes=st.lists(st.text(st.sampled_from("abc é,;\n'"), max_size=8), min_size=3, max_size=12),
    delimiter=st.sampled_from(DELIMITERS),
    quote=st.sampled_from("\"'"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC, csv.QUOTE_MINIMAL]),
    is_escaped=st.booleans(),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_a_plausible_table_in_any_dialect_is_read_without_being_told(
    notes: list[str], delimiter: str, quote: str, quoting: int, is_escaped: bool, line_end: str
) -> None:
    # What a backslash or an apostrophe is for shows in quotes within quotes, and in cells that need none.
    notes += [f"say {quote}hello{quote}"] * 2
    written = io.StringIO(newline="")
    sign = delimiter if len(delimiter) == 1 else "\ue000"
    rows = [[f"Person {number}", f"user{number}@example.com", f"+33 1 23 45 67 {number:02}", note] for number, note in enumerate(notes)]
    csv.writer(
        written,
        delimiter=sign,
        quotechar=quote,
        quoting=csv.QUOTE_ALL if is_escaped or quote == "'" else quoting,  # type: ignore[arg-type]  # drawn from its values
        escapechar="\\" if is_escaped else None,
        doublequote=not is_escaped,
        lineterminator=line_end,
    ).writerows([HEADER, *rows])
    reading = read_source(written.getvalue().replace(sign, delimiter).encode())
    assert (reading.inspection.dialect.delimiter or "").strip(" ") == delimiter.strip(" ")
    assert [list(cells) for cells in reading.cells] == rows


@pytest.mark.parametrize(
    "text",
    ["Ann Lee\nBob Roe\n", "Phone\n+1 555 010 1001\n", "First name\nMary Ann\nBob Lee\n", "12 Main Street\n4 Oak Avenue\n"],
)
def test_blanks_between_words_part_no_columns(text: str) -> None:
    assert len(read_source(text.encode()).headers) == 1


@pytest.mark.parametrize(
    "text", ["Ann Lee ann@b.co\nBob Roe bob@b.co\n", "name email\nann a@b.co\n", '"Ann Lee" "Rome"\n"Bob Roe" "Oslo"\n']
)
def test_blanks_between_cells_part_columns(text: str) -> None:
    assert read_source(text.encode()).inspection.dialect.delimiter == " "


def test_a_name_of_a_column_in_another_language_may_stand_alone() -> None:
    assert read_source(b"Vorname\nLee, Ann\nRoe, Bob\n").cells == [("Lee, Ann",), ("Roe, Bob",)]
