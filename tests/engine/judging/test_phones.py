import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import phonenumbers
import polars as pl
import pytest

from tests.engine.judging.generated import generate_phones, list_phone_disagreements
from tests.engine.judging.judged import judge_table, judge_value
from tests.support.stack import ROOT
from workers.engine.judging.phone_rules import read_rules
from workers.engine.judging.phone_tables import ASK, TABLES
from workers.engine.judging.phones import classify, judge_phones, read_answers, read_spellings


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


REMARKED = [
    ("030 901820 Fr. Maier", "DE", "+4930901820"),
    ("030 901820 DW 12", "DE", "+4930901820"),
    ("0171 2345678 (abends)", "DE", "+491712345678"),
    ("Tel. 030 901820, Zentrale", "DE", "+4930901820"),
    ("06 12 34 56 78 ou 01 40 20 53 17", "FR", "+33612345678"),
    ("+33 6 12 34 56 78 - after six, ask for Ann", None, "+33612345678"),
    ("(202) 225-4965 office", "US", "+12022254965"),
    ("(202) 225-4965 office 2", "US", "+12022254965"),
    ("090-1234-5678 自宅", "JP", "+819012345678"),
    ("030 901820 2. Stock", "DE", "+4930901820"),
    ("030 901820 (2. Stock)", "DE", "+4930901820"),
    ("030 901820 / 2. OG", "DE", "+4930901820"),
    ("030 901820 2x klingeln", "DE", "+4930901820"),
    ("030 901820 9-17 Uhr", "DE", "+4930901820"),
    ("030 901820 24h", "DE", "+4930901820"),
    ("030 901820 Fr. Maier x12", "DE", "+4930901820"),
    ("030 901820 Fr. Maier, int 12", "DE", "+4930901820"),
    ("030 901820 BUERO", "DE", "+4930901820"),
    ("030 901820 " + "please let it ring for long, " * 5, "DE", "+4930901820"),
    ("08-508 290 00 W", "SE", "+46850829000"),
    ("+49 89 2180 12 (p)", None, "+4989218012"),
    ("06 12 34 56 78 2 enfants", "FR", "+33612345678"),
    ("030 901820 (2 Personen)", "DE", "+4930901820"),
    ("0171 23 45 67 8 privat", "DE", "+491712345678"),
    ("+43 1 53115 2. Stock", None, "+43153115"),
    ("030 901820-12 Fr. Maier", "DE", "+493090182012"),
    ("(202) 225-4965 2nd line", "US", "+12022254965"),
    ("06 12 34 56 78 18h", "FR", "+33612345678"),
    ("030 901820 / 0171 2345678", "DE", "+4930901820"),
    ("030 901820, 0171 2345678", "DE", "+4930901820"),
    ("030/901820 / 0171/2345678", "DE", "+4930901820"),
    ("01 40 20 53 17 / 06 12 34 56 78", "FR", "+33140205317"),
    ("(202) 225-4965 / (202) 225-3121", "US", "+12022254965"),
]


@pytest.mark.parametrize(("cell", "country", "value"), REMARKED)
def test_remark_behind_a_number_is_left_out_and_told(cell: str, country: str | None, value: str) -> None:
    assert judge_value("phone", cell, default_country=country) == (value, ["phone_remark"])


def test_remarks_behind_many_numbers_are_told_as_behind_one() -> None:
    for cell, country, value in REMARKED:
        verdict = judge_phones(pl.Series([cell] * 1_000), None, country)
        assert verdict.unique().rows() == [(value, "phone_remark", None)], cell


@pytest.mark.parametrize(
    ("cell", "country", "value"),
    [
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("1-800-555-TALK", "US", "+18005558255"),
        ("1300 22 4 FIX", "AU", "+611300224349"),
        ("1300 88 TAXI", "AU", "+611300888294"),
    ],
)
def test_letters_of_a_keypad_belong_to_a_number_that_is_none_without_them(cell: str, country: str, value: str) -> None:
    assert judge_value("phone", cell, default_country=country) == (value, ["phone_letters"])
    # What is a number in the row's own country is not looked for elsewhere.
    assert judge_table(["phone", "country"], [[cell, country]], default_country="AT").rows["phone"].to_list() == [value]
    assert judge_phones(pl.Series([cell] * 1_000), None, country)["value"].unique().to_list() == [value]


def test_what_is_no_number_with_or_without_a_remark_is_refused() -> None:
    for cell in ("10115 Berlin", "12 / 34567890", "030 901820 0171 2345678"):
        assert judge_value("phone", cell, default_country="DE") == (None, ["invalid_phone"])
    assert judge_value("phone", "06 12 34 56 78 le soir", default_country=None) == (None, ["phone_country_unknown"])


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


@pytest.mark.parametrize("default_country", ["US", "FR", None])
def test_tables_and_library_agree_on_20000_generated_numbers(default_country: str | None) -> None:
    seed = random.randrange(2**32)
    phones = generate_phones(20_000, random.Random(seed))
    assert (seed, list_phone_disagreements(phones, default_country)) == (seed, [])


COMMON_FORMS = {
    "US": (
        "+1 202 555 0{:03}",
        "(202) 555-0{:03}",
        "202.555.0{:03}",
        "1-202-555-0{:03}",
        "(202) 225-4{:03}",
        "202-225-4{:03}",
        "555-0{:03}",
        "512 558 5{:03} ext. 12",
        "(512) 558-5{:03} x12",
        "512.558.5{:03} Ext 1234",
        "512\u2011558\u20115{:03}",
        "tel. 512 558 5{:03}",
    ),
    "FR": (
        "+33 1 99 00 1{:03}",
        "0033 6 12 34 5{:03}",
        "06 12 34 5{:03}",
        "+33 (0)6 12 34 5{:03}",
        "01.40.20.5{:03}",
        "06 12 34 {:03}",
        "Tél. : +33 6 12 34 5{:03}",
    ),
    "GB": ("020 7946 0{:03}", "+44 20 7946 0{:03}", "+44 (0)20 7946 0{:03}", "07400 123{:03}"),
    "DE": ("+49 30 12345{:03}", "030/12345{:03}", "0151 23456{:03}", "030 123{:03}"),
    "IT": ("06 698 12{:03}", "+39 06 698 12{:03}", "347 123 4{:03}"),
    "BR": ("0055 21 98866 2{:03}", "00 55 11 2345 6{:03}", "tel. +55 11 96918 5{:03}", "0015 1 202 555 0{:03}"),
    "JM": ("(876) 523-0{:03}", "+1 876 523 0{:03}"),
}


@pytest.mark.parametrize("region", COMMON_FORMS)
def test_common_spellings_are_decided_without_the_library(region: str) -> None:
    for default_country in (region, None):
        home = TABLES.find_home(region, 1_000)
        for form in COMMON_FORMS[region]:
            texts = pl.Series([form.format(number) for number in range(1_000)])
            characters = classify(texts)
            read_spellings(characters, texts)
            answers = read_answers(characters, pl.repeat(region, len(texts), eager=True), default_country)
            assert home != TABLES.asking
            assert ASK not in answers, form
            assert list_phone_disagreements([(text, region) for text in texts[::50]], default_country) == []


def test_tables_and_library_agree_on_10000_numbers_in_words() -> None:
    seed = random.randrange(2**32)
    phones = generate_phones(10_000, random.Random(seed), worded=1.0)
    default_country = random.Random(seed).choice((None, "BR", "DE"))
    assert (seed, list_phone_disagreements(phones, default_country)) == (seed, [])


@pytest.mark.parametrize("cell", ["29008", "tel: 29008 EXT: 1", "25008", "8999", "2908999"])
def test_what_is_too_long_for_a_region_loses_its_country_code_in_front(cell: str) -> None:
    """Tristan da Cunha has numbers of four digits; Saint Helena, which has its country code, also of five."""
    assert list_phone_disagreements([(cell, "TA")] * 300, None) == []


# Threads change places as often as they can, so that what one of them has half done another one meets.
FIRST_USE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
import polars as pl
from workers.engine.judging.phones import judge_phones

CELLS = ["n/a", "", "12345", "030 23125003", "(202) 555-0144", "+49 30 23125003", "06 12 34 56 78", "020 7946 0002"]
REGIONS = ["DE", "FR", "", "DE", "US", "DE", "FR", "GB"]
texts, own = pl.Series(CELLS * 1_000), pl.Series(REGIONS * 1_000)
together = Barrier(4)

def judge(_):
    together.wait()
    return judge_phones(texts, own, None)

sys.setswitchinterval(1e-6)
with ThreadPoolExecutor(4) as threads:
    verdicts = list(threads.map(judge, range(4)))
later = judge_phones(texts, own, None)
print([later.equals(verdict) for verdict in verdicts], later["value"][:8].to_list())
"""


@pytest.mark.slow
def test_threads_that_are_the_first_of_their_process_read_numbers_as_later_ones_do() -> None:
    values = ["", "", None, "+493023125003", "+12025550144", "+493023125003", "+33612345678", "+442079460002"]
    for _ in range(3):
        told = subprocess.run([sys.executable, "-c", FIRST_USE], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert told == f"{[True] * 4} {values}\n"


def test_rows_without_a_cell_say_nothing_among_numbers_in_words() -> None:
    texts = pl.Series(["tel. +33 6 12 34 56 78", None, "", "202 225 4965 x12", "none", "\u2013"])
    verdict = judge_phones(texts, pl.Series(["FR", None, "FR", "US", "", ""]), None)
    assert verdict["value"].to_list() == ["+33612345678", None, "", "+12022254965", "", ""]
    assert verdict["code"].to_list() == [None, None, None, "phone_extension", None, None]


def test_few_numbers_are_asked_and_the_same_is_said_of_many() -> None:
    texts = [f"0{number} 12 34 56 78" for number in range(1, 10)]
    few = judge_phones(pl.Series(texts), pl.Series(["RE"] * 9), None)
    many = judge_phones(pl.Series(texts * 200), pl.Series(["RE"] * 1_800), None)
    assert many.rows() == few.rows() * 200


def test_tables_are_built_once_by_threads_at_once() -> None:
    phones = generate_phones(2_000, random.Random(4))
    texts, owns = pl.Series([text for text, _ in phones]), pl.Series([own for _, own in phones])
    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(lambda _: judge_phones(texts, owns, "US").rows(), range(4)))
    assert all(verdict == verdicts[0] for verdict in verdicts)


def test_digits_that_fill_a_column_and_more_are_told() -> None:
    texts = ["1" * length for length in range(1, 40)]
    assert list_phone_disagreements([(text, "DE") for text in texts * 50], "US") == []


def test_numbers_of_more_digits_than_64_bits_hold_are_told() -> None:
    # Through a carrier, a country code, and a prefix of six digits that the library takes off before a British number.
    assert list_phone_disagreements([("005544180020764 0123 486", "BR"), ("01144180020764 0123 486", "US")] * 300, None) == []


@pytest.mark.parametrize(
    "region", [name for name in phonenumbers.SUPPORTED_REGIONS if (rules := read_rules(name)) and "0" in rules.abroad.literals]
)
def test_where_a_single_zero_is_dialled_for_plus_numbers_abroad_are_read(region: str) -> None:
    phones = [(f"{start}1 202 555 0{number:03}", region) for start in ("0", "00", "+", "0 0") for number in range(300)]
    assert list_phone_disagreements(phones, None) == []
