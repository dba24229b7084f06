import random
import re

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata

from workers.engine.judging.digit_languages import EVERYTHING, accepts, after, behind, combine, read, unite
from workers.engine.judging.digit_patterns import list_literals, parse_pattern
from workers.engine.judging.phone_rules import read_rules, read_valid


def belongs(digits: str, language: int) -> bool:
    for digit in digits:
        language = after(language)[int(digit)]
    return accepts(language)


def iter_patterns(region: str) -> list[str]:
    metadata = PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    kinds = (metadata.general_desc, metadata.fixed_line, metadata.mobile, metadata.toll_free, metadata.voip)
    return [kind.national_number_pattern for kind in kinds if kind is not None and kind.national_number_pattern]


@pytest.mark.parametrize("region", ["AR", "BR", "CN", "DE", "FR", "GB", "IN", "JP", "US"])
def test_a_pattern_accepts_what_its_expression_accepts(region: str) -> None:
    rng = random.Random(region)
    example = phonenumbers.example_number(region)
    assert example is not None
    for expression in iter_patterns(region):
        language = read(parse_pattern(expression))
        for _ in range(300):
            digits = list(str(example.national_number))
            digits[rng.randrange(len(digits))] = rng.choice("0123456789")
            text = "".join(digits)[: rng.randint(len(digits) - 1, len(digits))] + rng.choice(("", "", "7"))
            assert belongs(text, language) == bool(re.fullmatch(expression, text)), (expression, text)


def test_equal_languages_have_equal_numbers() -> None:
    assert read(parse_pattern("1[2-4]|15")) == read(parse_pattern("1(?:[23]|[45])"))
    assert unite((read(parse_pattern("12")), read(parse_pattern("13")))) == read(parse_pattern("1[23]"))
    assert combine((read(parse_pattern(r"\d{2}")), read(parse_pattern("1[23]"))), all) == read(parse_pattern("1[23]"))
    assert behind("00", read(parse_pattern("1"))) == read(parse_pattern("001"))
    assert read(parse_pattern("1?"), EVERYTHING) == EVERYTHING


@pytest.mark.parametrize(
    ("expression", "literals"), [("0", ["0"]), ("[08]", ["0", "8"]), ("0|90", ["0", "90"]), ("80?", ["8", "80"]), ("1{2}", ["11"])]
)
def test_few_literals_are_spelled_out(expression: str, literals: list[str]) -> None:
    assert list_literals(parse_pattern(expression), 4) == literals
    assert list_literals(parse_pattern(rf"{expression}\d"), 4) is None


@pytest.mark.parametrize("expression", ["1*", "a", "1)", "[x]", "1.2"])
def test_what_is_no_pattern_of_digits_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_pattern(expression)


def test_the_metadata_of_every_region_can_be_read() -> None:
    for region in phonenumbers.SUPPORTED_REGIONS:
        rules = read_rules(region)
        assert rules is not None
        example = phonenumbers.example_number(region)
        assert example is not None
        assert belongs(phonenumbers.national_significant_number(example), read_valid(rules.country_code))
