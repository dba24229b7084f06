import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.judging.generated import generate_emails, list_email_disagreements, validate_alone
from tests.engine.judging.judged import judge_cells, judge_value
from workers.engine.judging.email_domains import DISPOSABLE_DOMAINS, ROLES, known_typos
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


@pytest.mark.parametrize(
    ("cell", "suggestion"),
    [
        ("ann@gmxail.com", "ann@gmail.com"),
        ("ann@hotmaol.com", "ann@hotmail.com"),
        ("ann@outloook.com", "ann@outlook.com"),
        ("ann@yahho.fr", "ann@yahoo.fr"),
        ("ann@lapsote.net", "ann@laposte.net"),
    ],
)
def test_one_edit_from_a_large_provider_is_taken_for_a_typing_error(cell: str, suggestion: str) -> None:
    assert judge_cells("email", [cell]).issues.select("code", "suggestion").rows() == [("email_domain_typo", suggestion)]


@pytest.mark.parametrize("domain", ["ymail.com", "mail.com", "email.com", "gmx.de", "gmx.net", "web.de", "me.com", "gail.com", "gmail.io"])
def test_a_domain_of_its_own_is_no_typing_error(domain: str) -> None:
    assert judge_value("email", f"ann@{domain}") == (f"ann@{domain}", [])


def test_no_provider_is_a_typing_error_and_every_suggestion_is_a_provider() -> None:
    typos = known_typos()
    assert not typos.keys() & set(typos.values())
    assert not typos.keys() & DISPOSABLE_DOMAINS
    assert all(validate_alone(f"ann@{domain}") == f"ann@{domain}" for domain in (*typos, *DISPOSABLE_DOMAINS))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("Info@example.com", "role_address"),
        ("no-reply@example.com", "role_address"),
        ("vertrieb@example.de", "role_address"),
        ("ann@mailinator.com", "disposable_domain"),
        ("Sales <sales@yopmail.com>", "disposable_domain"),
        ("info@gmial.com", "email_domain_typo"),
    ],
)
def test_role_and_throw_away_addresses_are_told_and_kept(cell: str, code: str) -> None:
    issues = judge_cells("email", [cell, "informer@example.com", "ann@mailinator.com.example.com"]).issues
    assert issues.select("row", "code").rows() == [(1, code)]
    assert issues["severity"].to_list() == ["warning" if code == "email_domain_typo" else "note"]


def test_every_role_is_told() -> None:
    judged = judge_cells("email", [f"{role}@example.com" for role in ROLES])
    assert judged.issues["code"].to_list() == ["role_address"] * len(ROLES)
    assert judged.rows["email"].null_count() == 0


def test_pattern_and_library_agree_on_60000_generated_addresses() -> None:
    seed = random.randrange(2**32)
    texts = generate_emails(60_000, random.Random(seed))
    assert (seed, list_email_disagreements(texts)) == (seed, [])
    right = sum(validate_alone(text) is not None for text in texts[:10_000])
    assert 2_000 < right < 8_000


@given(st.lists(st.emails() | st.from_regex(r"[a-z.'-]{1,5}@[a-z0-9.-]{1,9}\.[a-z]{1,4}", fullmatch=True), min_size=1, max_size=20))
def test_pattern_and_library_agree_on_any_address(texts: list[str]) -> None:
    assert judge_emails(pl.Series(texts))["value"].to_list() == [validate_alone(text) for text in texts]
