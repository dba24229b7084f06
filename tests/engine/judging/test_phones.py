import random
from collections.abc import Callable

import phonenumbers
import polars as pl
import pytest

from tests.engine.judging.judged import judge_table, judge_value
from workers.engine.judging.phones import judge_phones, parse_phone


@pytest.mark.parametrize(
    ("cell", "country", "value"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", None, "+33612345678"),
        ("0033 6 12 34 56 78", None, "+33612345678"),
        ("0033612345678", "US", "+33612345678"),
        ("(202) 225-4965", "US", "+12022254965"),
        ("1-202-225-4965", "US", "+12022254965"),
        ("202.225.4965", "CA", "+12022254965"),
        ("tel:+1-202-225-4965", None, "+12022254965"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("030 901820", "DE", "+4930901820"),
        ("02 1234 5678", "AU", "+61212345678"),
        ("06 698 12345", "IT", "+390669812345"),
        ("\u202a+33 6 12 34 56 78\u202c", None, "+33612345678"),
        ("n/a", "FR", ""),
        ("--", "FR", ""),
        (None, "FR", None),
    ],
)
def test_phone_becomes_e164(cell: str | None, country: str | None, value: str | None) -> None:
    found, codes = judge_value("phone", cell, default_country=country)
    assert found == value
    assert codes in ([], ["control_characters"])


@pytest.mark.parametrize(
    ("cell", "country", "code"),
    [
        ("12", "FR", "invalid_phone"),
        ("06 12 34 56", "FR", "invalid_phone"),
        ("555-0123", "US", "invalid_phone"),
        ("+999 123456", None, "invalid_phone"),
        ("call me", None, "invalid_phone"),
        ("06 12 34 56 78", None, "phone_country_unknown"),
        ("9" * 300, "FR", "invalid_phone"),
    ],
)
def test_unusable_phone_is_told_and_left_out(cell: str, country: str | None, code: str) -> None:
    assert judge_value("phone", cell, default_country=country) == (None, [code])


@pytest.mark.parametrize("cell", ["(202) 225-4965 x12", "202-225-4965 ext. 12", "+1 202 225 4965;ext=12"])
def test_extension_is_left_out_and_told(cell: str) -> None:
    assert judge_value("phone", cell, default_country="US") == ("+12022254965", ["phone_extension"])


def test_row_country_is_tried_before_the_default_country() -> None:
    judged = judge_table(
        ["phone", "country"],
        [["06 12 34 56 78", "France"], ["(202) 225-4965", "France"], ["030 901820", "Deutschland"], ["030 901820", "Atlantis"]],
        default_country="US",
    )
    assert judged.rows["phone"].to_list() == ["+33612345678", "+12022254965", "+4930901820", None]


def test_country_column_after_the_phone_column_counts_too() -> None:
    assert judge_table(["country", "phone"], [["FR", "0612345678"]]).rows["phone"].to_list() == ["+33612345678"]
    assert judge_table(["phone", "country"], [["0612345678", "FR"]]).rows["phone"].to_list() == ["+33612345678"]


REGIONS = [
    "US",
    "CA",
    "FR",
    "GB",
    "DE",
    "IT",
    "ES",
    "CH",
    "BE",
    "NL",
    "AU",
    "IN",
    "BR",
    "RU",
    "KZ",
    "JM",
    "PR",
    "NO",
    "FI",
    "MA",
    "MX",
    "JP",
    "GG",
    "RE",
]


def generated_phones(region: str, count: int) -> list[str]:
    """Numbers round about the region's example numbers, written in many ways, right and wrong."""
    rng = random.Random(region)
    examples = [
        str(phonenumbers.national_significant_number(number))
        for kind in (0, 1, 2, 3, 4, 6)
        if (number := phonenumbers.example_number_for_type(region, kind)) is not None
    ]
    code = str(phonenumbers.country_code_for_region(region))
    prefixes: list[Callable[[], str]] = [
        lambda: "",
        lambda: "0",
        lambda: "1",
        lambda: "8",
        lambda: "+" + code,
        lambda: "+" + code + "0",
        lambda: "00" + code,
        lambda: code,
        lambda: "011" + code,
        lambda: "+" + str(rng.randint(1, 999)),
        lambda: "(+" + code + ")",
    ]
    separators = ["", "", " ", "-", ".", ") ", " (", "/", " x", "  "]

    def spelled(digits: str) -> str:
        return "".join(digit + (rng.choice(separators) if rng.random() < 0.15 else "") for digit in digits).strip()

    def changed(digits: str) -> str:
        kept = rng.randint(0, len(digits))
        return digits[:kept] + "".join(str(rng.randint(0, 9)) for _ in range(len(digits) - kept + rng.choice((0, 0, 0, 0, -1, 1))))

    return [rng.choice(prefixes)() + spelled(changed(rng.choice(examples))) for _ in range(count)]


@pytest.mark.parametrize("region", REGIONS)
def test_patterns_and_library_agree_on_generated_numbers(region: str) -> None:
    texts = pl.Series(generated_phones(region, 1_000)).str.strip_chars().unique(maintain_order=True)
    for country in (region, None):
        verdict = judge_phones(texts, None, country)
        expected = [parse_phone(text, None, country).value for text in texts]
        assert [case for case in zip(texts, verdict["value"], expected, strict=True) if case[1] != case[2] and case[0]] == []
