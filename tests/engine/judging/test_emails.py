import random
import unicodedata

import polars as pl
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.judging.judged import judge_cells, judge_value
from workers.engine.judging.emails import judge_emails


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        ("  ann@example.com\u00a0", "ann@example.com"),
        ("Ann Smith <Ann@example.com>", "ann@example.com"),
        ('"Smith, Ann" <ann@example.com>', "ann@example.com"),
        ("<ann@example.com>", "ann@example.com"),
        ("mailto:ann@example.com?subject=Hello", "ann@example.com"),
        ("ann+news@mail.example.co.uk", "ann+news@mail.example.co.uk"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("ann@MÜNCHEN.de", "ann@münchen.de"),
        ("ann@xn--mnchen-3ya.de", "ann@münchen.de"),
        ("\ufeffann@example.com\u200b", "ann@example.com"),
        ("n/a", ""),
        ("-", ""),
        ("NULL", ""),
        ("", ""),
        (None, None),
    ],
)
def test_email_is_normalised(cell: str | None, value: str | None) -> None:
    assert judge_value("email", cell) == (value, [])


@pytest.mark.parametrize(
    "cell",
    [
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "a b@example.com",
        "ann@exam_ple.com",
        "ann@-x.com",
        "ann..b@x.com",
        "ann@b.test",
        "é@@x.fr",
    ],
)
def test_invalid_email_is_told_and_left_out(cell: str) -> None:
    assert judge_value("email", cell) == (None, ["invalid_email"])


@pytest.mark.parametrize(
    ("cell", "suggestion"),
    [
        ("ann @example.com", "ann@example.com"),
        ("ann@example,com", "ann@example.com"),
        ("ann@example..com", "ann@example.com"),
        ("ann@example.com;", "ann@example.com"),
        ("ann@example.com; bob@example.com", "ann@example.com"),
        ("nobody here", None),
    ],
)
def test_invalid_email_is_repaired_in_the_suggestion(cell: str, suggestion: str | None) -> None:
    assert judge_cells("email", [cell]).issues["suggestion"].to_list() == [suggestion]


def test_typing_error_in_the_domain_is_told_and_the_value_kept() -> None:
    judged = judge_cells("email", ["ann@gmial.com", "ann@gmail.com"])
    assert judged.rows["email"].to_list() == ["ann@gmial.com", "ann@gmail.com"]
    assert judged.issues.select("row", "code", "severity", "suggestion").rows() == [(1, "email_domain_typo", "warning", "ann@gmail.com")]


def test_email_of_more_than_254_characters_is_too_long() -> None:
    cell = "a@" + "b" * 60 + (".c" * 100) + ".com"
    judged = judge_cells("email", [cell])
    assert judged.rows["email"].to_list() == [None]
    assert judged.issues["code"].to_list() == ["value_too_long"]
    assert judged.issues["message"].to_list() == ["The value is longer than 254 characters."]


def reference(text: str) -> str | None:
    """The library alone, asked as the engine promises: lower-cased."""
    try:
        return unicodedata.normalize("NFC", validate_email(text.lower(), check_deliverability=False).normalized.lower())
    except EmailNotValidError:
        return None


def generated_emails(count: int) -> list[str]:
    rng = random.Random(20261120)
    letters = "abcXYZ019" * 4 + "._-+'!#%&*/=?^`{|}~" + '@ ,;()<>[]:\\"é'
    tops = [
        "com",
        "ORG",
        "co.uk",
        "test",
        "local",
        "localhost",
        "onion",
        "arpa",
        "invalid",
        "c",
        "c1",
        "x-y",
        "xn--p1ai",
        "example",
        "123",
        "",
    ]

    def part(most: int) -> str:
        return "".join(
            rng.choice(letters[: rng.choice((36, 40, 55, len(letters)))]) for _ in range(rng.randint(0 if rng.random() < 0.05 else 1, most))
        )

    def domain() -> str:
        labels = [
            part(rng.choice((3, 8, 70))) if rng.random() < 0.3 else rng.choice(("mail", "a-b", "a--b", "-a", "a-", "9", "x" * 63, "x" * 64))
            for _ in range(rng.randint(1, 3))
        ]
        return ".".join([*labels, rng.choice(tops)])

    return [f"{part(rng.choice((4, 12, 70)))}@{domain()}" for _ in range(count)]


def test_pattern_and_library_agree_on_20000_generated_addresses() -> None:
    texts = generated_emails(20_000)
    # As the texts reach it after cleaning: nothing to trim. What the engine unwraps or blanks itself is not the library's to judge.
    texts = [text for text in texts if not set(text) & set("<>: ")]
    values = judge_emails(pl.Series(texts))["value"].to_list()
    expected = [reference(text) for text in texts]
    assert [(text, value) for text, value, right in zip(texts, values, expected, strict=True) if value != right and len(text) <= 254] == []
    assert sum(right is not None for right in expected) > 1000
    assert sum(right is None for right in expected) > 1000


@given(st.lists(st.emails() | st.from_regex(r"[a-z.'-]{1,5}@[a-z0-9.-]{1,9}\.[a-z]{1,4}", fullmatch=True), min_size=1, max_size=20))
def test_pattern_and_library_agree_on_any_address(texts: list[str]) -> None:
    assert judge_emails(pl.Series(texts))["value"].to_list() == [reference(text) for text in texts]
