"""Dates as people and programs write them, and the column-wise rule against the reference."""

import random
from datetime import date

import polars as pl
import pytest

from models.vocabulary import DateOrder, IssueCode
from tests.engine.judging.judged import TODAY, judge_cells, judge_value
from workers.engine.judging.date_columns import DateEvidence, explain_date_order, suggest_date_order
from workers.engine.judging.dates import judge_dates, parse_date
from workers.engine.judging.month_names import MONTHS

ORDERS = (None, *DateOrder)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12. März 1984", "1984-03-12"),
        ("12. Maerz 1984", "1984-03-12"),
        ("5. Jänner 1984", "1984-01-05"),
        ("12 de marzo de 1984", "1984-03-12"),
        ("1º de agosto de 1984", "1984-08-01"),
        ("12 marzo 1984", "1984-03-12"),
        ("3 août 1984", "1984-08-03"),
        ("3 aout 1984", "1984-08-03"),
        ("12 maart 1984", "1984-03-12"),
        ("12 września 1984", "1984-09-12"),
        ("12 wrzesnia 1984", "1984-09-12"),
        ("12 января 1984", "1984-01-12"),
        ("3 mai 1984", "1984-05-03"),
        ("12/Mar/1984", "1984-03-12"),
        ("1984-Mar-12", "1984-03-12"),
        ("1984 March 12", "1984-03-12"),
        ("March 12th, 1984", "1984-03-12"),
        ("Mar 12 1984 12:00 AM", "1984-03-12"),
        ("12.03.1984 00:00", "1984-03-12"),
        ("13/03/1984 12:00:00 a.m.", "1984-03-13"),
        ("1984-03-12T00:00:00.000+01:00", "1984-03-12"),
        ("1984-03-12 00:00:00 UTC", "1984-03-12"),
        ("1984年3月12日", "1984-03-12"),
        ("1984년 3월 12일", "1984-03-12"),
        ("84/03/12", "1984-03-12"),
        ("Monday, March 12, 1984", "1984-03-12"),
        ("lundi 12 mars 1984", "1984-03-12"),
        ("Mo., 12.03.1984", "1984-03-12"),
        ("Ann, 12.03.1984", None),
        ("12.Mar.1984", "1984-03-12"),
        ("1984. 3. 12.", "1984-03-12"),
        ("1984.03.12.", "1984-03-12"),
        ("1984. március 12.", "1984-03-12"),
        ("05SEP1984", "1984-09-05"),
        ("19840312T000000Z", "1984-03-12"),
        ("the 12th of March, 1984", "1984-03-12"),
        ("12 Mar '84", "1984-03-12"),
        ("19840312 000000", None),
    ],
)
def test_dates_are_read_in_the_forms_of_many_countries(cell: str, value: str | None) -> None:
    assert judge_value("birthday", cell) == (value, [] if value else ["invalid_date"])


@pytest.mark.parametrize("cell", ["listopada 12, 1984", "12 lis 1984", "12 srp 1984"])
def test_a_name_that_is_another_month_in_another_language_is_not_guessed(cell: str) -> None:
    assert judge_value("birthday", cell) == (None, ["invalid_date"])


@pytest.mark.parametrize(("cell", "value"), [("30753", "1984-03-12"), ("30753.5", "1984-03-12"), ("46346", "2026-11-20")])
def test_a_day_number_of_a_spreadsheet_is_read_and_noted(cell: str, value: str) -> None:
    judged = judge_cells("birthday", [cell]).issues.filter(pl.col("field") == "birthday")
    assert judge_value("birthday", cell)[0] == value
    assert judged.select("code", "severity", "value").rows() == [("date_from_serial", "note", cell)]
    assert judge_value("birthday", str(46346 + 1)) == (None, ["invalid_date"])


def test_every_month_is_known_by_name_in_the_languages_of_most_files() -> None:
    assert {len([name for name, number in MONTHS.items() if number == month]) > 20 for month in range(1, 13)} == {True}
    assert MONTHS["january"] == MONTHS["janvier"] == MONTHS["januar"] == MONTHS["enero"] == MONTHS["gennaio"] == MONTHS["stycznia"] == 1


def test_the_column_wise_rule_agrees_with_the_reference() -> None:
    rng = random.Random(11)
    texts = []
    for _ in range(6_000):
        first, second = rng.choice(range(34)), rng.choice(range(34))
        year = rng.choice(["1984", "2000", "1900", "84", "26", "27", "1849", "1850", "2026", "2027", "0000"])
        mark, again = rng.choice([("/", "/"), ("-", "-"), (".", "."), ("/", "-")])
        width = rng.choice(["", "02"])
        texts.append(f"{first:{width}}{mark}{second:{width}}{again}{year}")
    texts += [f"{year}-{month:02}-{day:02}" for year in (1849, 1850, 1999, 2026) for month in range(14) for day in range(33)]
    for order in ORDERS:
        judged = judge_dates(pl.Series(texts, dtype=pl.String), order, TODAY)
        for text, value, code in zip(texts, judged["value"], judged["code"], strict=True):
            opinion = parse_date(text, order, TODAY)
            if value == "":
                assert text.startswith(("00", "0/0", "0-0", "0.0")), text
            else:
                assert (value, code) == (opinion.value, opinion.code), (text, order)


def test_the_rule_of_february_holds_in_every_order() -> None:
    for year, last in ((1900, 28), (2000, 29), (1984, 29), (1985, 28)):
        for day in (28, 29, 30):
            expected = date(year, 2, day).isoformat() if day <= last else None
            assert judge_value("birthday", f"{day}/2/{year}")[0] == expected
            assert judge_value("birthday", f"2/{day}/{year}")[0] == expected


def frame(first_row: int, values: list[str | None]) -> pl.DataFrame:
    rows = range(first_row, first_row + len(values))
    return pl.DataFrame({"row": rows, "c0": values}, schema={"row": pl.Int64, "c0": pl.String})


def test_evidence_names_the_first_row_whatever_the_order_of_the_chunks() -> None:
    chunks = [frame(2, ["1/2/1984"]), frame(3, [None, "13/2/1984", "14/2/1984"]), frame(6, ["15/2/1984", " "])]
    for order in (chunks, chunks[::-1]):
        evidence = DateEvidence(["born"], {"born": "birthday"})
        for chunk in order:
            evidence.add(chunk)
        (finding,) = evidence.list_findings()
        assert (finding.order, finding.either.count, finding.filled) == (DateOrder.DAY_FIRST, 1, 4)
        assert (finding.proofs[DateOrder.DAY_FIRST].row, finding.proofs[DateOrder.DAY_FIRST].count) == (4, 3)


@pytest.mark.parametrize(("country", "order"), [("US", "month_first"), ("FR", "day_first"), ("JP", None), ("CA", None), (None, None)])
def test_a_country_suggests_the_order_in_which_its_people_write(country: str | None, order: str | None) -> None:
    assert suggest_date_order(country) == order
    evidence = DateEvidence(["born"], {"born": "birthday"})
    evidence.add(frame(2, ["3/4/1984"]))
    decision = explain_date_order(evidence.list_findings()[0], country)
    assert decision is not None
    assert decision.value == (order and order.upper())
    assert decision.confidence < 0.5


def test_dates_of_which_no_value_depends_on_an_order_say_nothing_of_it() -> None:
    evidence = DateEvidence(["born"], {"born": "birthday"})
    evidence.add(frame(2, ["1984-03-04", "5/5/1984", "3.4.1984", "0/0/1984"]))
    assert explain_date_order(evidence.list_findings()[0], "US") is None
    assert judge_cells("birthday", ["5/5/1984"]).issues.filter(pl.col("code") == IssueCode.AMBIGUOUS_DATE).is_empty()
