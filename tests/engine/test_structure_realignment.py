"""Damaged rows are put right where there is one way only; with planted damage none is ever put wrong."""

from random import Random

import pytest

from tests.engine.reading import read_source
from workers.engine.readers.kinds import Kind, learn_kinds
from workers.engine.readers.realignment import Verdict, realign, realign_shifted

SEPARATOR = "\x01"


def make_rows(random: Random, count: int) -> list[list[str]]:
    def pick(*choices: str) -> str:
        return random.choice(choices)

    return [
        [
            str(1_000 + index),
            pick("Ann", "Bob", "Zoe", "Eve", "Max", "Ida") + pick("", "", "-Mae", " Lou"),
            pick("Lee", "Roe", "Doe", "Moreau", "Smith", "Diaz") + pick("", "son", "s"),
            f"user{index}@example.com",
            f"+1 555 {random.randrange(1_000):03} {random.randrange(10_000):04}",
            pick("Acme, Inc", "Globex", "Initech", "", "Studio 54"),
            pick("Paris", "Lyon", "Oslo", "New York"),
            f"{random.randrange(90_000) + 10_000}",
            pick("FR", "US", "NO"),
            pick("", "met at fair", f"call back later {index}"),
        ]
        for index in range(count)
    ]


def damage(random: Random, row: list[str], kind: str) -> tuple[list[str], list[str]]:
    """The row with one damage, and what a right repair of it gives."""
    line = SEPARATOR.join(row)
    separators = [index for index, character in enumerate(line) if character == SEPARATOR]
    position = random.randrange(len(line))
    lost = random.choice(separators)
    column = random.randrange(len(row))
    match kind:
        case "separator added":
            return (line[:position] + SEPARATOR + line[position:]).split(SEPARATOR), row
        case "separator lost":
            return (line[:lost] + line[lost + 1 :]).split(SEPARATOR), row
        case "cell lost":
            return [*row[:column], *row[column + 1 :]], [*row[:column], "", *row[column + 1 :]]
        case "blank cell added":
            return [*row[:column], "", *row[column:]], row
        case _:
            added = line[:lost] + SEPARATOR + line[lost:]
            other = random.choice([index for index, character in enumerate(added) if character == SEPARATOR])
            return (added[:other] + added[other + 1 :]).split(SEPARATOR), row


@pytest.mark.parametrize("kind", ["separator added", "separator lost", "cell lost", "blank cell added", "one added, one lost"])
def test_no_row_is_put_wrong(kind: str) -> None:
    random = Random(kind)
    rows = make_rows(random, 120)
    kinds = learn_kinds(rows, 10)
    repaired = 0
    for row in rows * 10:
        damaged, right = damage(random, row, kind)
        if len(damaged) == len(row):
            cells = None if damaged == row else realign_shifted(damaged, kinds)
        else:
            outcome = realign(damaged, kinds, ",")
            cells = outcome.cells if outcome.verdict is Verdict.REALIGNED else None
        if cells is not None:
            repaired += 1
            assert [cell or "" for cell in cells] == right
    assert repaired > 20


def test_sound_rows_of_full_width_are_never_moved() -> None:
    rows = make_rows(Random(3), 200)
    kinds = learn_kinds(rows, 10)
    assert [realign_shifted(row, kinds) for row in rows] == [None] * 200


def test_columns_have_the_kinds_of_their_values() -> None:
    kinds = [column.kind for column in learn_kinds(make_rows(Random(4), 200), 10)]
    assert kinds[0] is Kind.NUMBER
    assert kinds[3:5] == [Kind.EMAIL, Kind.PHONE]
    assert kinds[8] is Kind.COUNTRY


HEADER = b"first name,last name,email,phone,city\n"
ROWS = b"".join(f"Ann,Lee,ann{index}@example.com,+1 555 010 {index:04},Paris\n".encode() for index in range(20))


def test_values_that_have_slipped_without_proof_fail_their_row() -> None:
    reading = read_source(HEADER + ROWS + b"KimPark,kim@example.com,+1 555 010 2000,Seoul\n")
    (issue,) = reading.issues
    assert (issue["row"], issue["code"], issue["severity"]) == (22, "too_few_cells", "error")
    assert issue["value"] == "KimPark,kim@example.com,+1 555 010 2000,Seoul"


def test_cells_that_are_missing_at_the_end_are_a_warning_as_before() -> None:
    reading = read_source(HEADER + ROWS + b"Kim,Park,kim@example.com\n")
    (issue,) = reading.issues
    assert (issue["code"], issue["severity"]) == ("too_few_cells", "warning")
    assert reading.rows[-1] == (22, ("Kim", "Park", "kim@example.com", None, None))


def test_a_row_that_was_put_right_shows_how_it_stood() -> None:
    reading = read_source(HEADER + ROWS + b"Kim,Park,kim@example.com,Seoul\n")
    (issue,) = reading.issues
    assert (issue["code"], issue["severity"], issue["value"]) == ("cells_realigned", "warning", "Kim,Park,kim@example.com,Seoul")
    assert reading.rows[-1] == (22, ("Kim", "Park", "kim@example.com", None, "Seoul"))


def test_a_blank_cell_too_many_is_told_where_a_value_may_have_been_cut_in_two() -> None:
    doubtful = b"Kim,Park,kim@example.com,+1 555 010 20,00,\n"
    reading = read_source(HEADER + ROWS + doubtful + b"Kim,Park,kim@example.com,+1 555 010 2000,Seoul,\n")
    assert [(issue["row"], issue["code"], issue["severity"]) for issue in reading.issues] == [(22, "too_many_cells", "warning")]


def test_blank_cells_too_many_in_many_rows_say_nothing() -> None:
    padded = b"".join(f"Ann,Lee,ann{index}@example.com,+1 555 010 {index:04},Paris,\n".encode() for index in range(6))
    assert read_source(HEADER + ROWS + padded).issues == []
