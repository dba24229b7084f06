"""Rows that hang together, are ambiguous or say who they are in vain: the worked examples of docs/semantics.md, from cells to plan."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from models.vocabulary import TEXT_FIELDS, AssignmentMode, DuplicateStrategy, MatchMode
from workers.engine.folding import settle
from workers.engine.frames import CANDIDATE_SCHEMA, Assignment, EngineOptions, Settled
from workers.engine.judging import judge_rows

SKIP, UPDATE, MERGE = DuplicateStrategy.SKIP, DuplicateStrategy.UPDATE, DuplicateStrategy.MERGE
PHONE = "+33199000001"


def _contacts(*held: dict[str, str]) -> pl.DataFrame:
    """Contacts c1, c2, …, which claim what they can."""
    blank: dict[str, Any] = {**dict.fromkeys(TEXT_FIELDS), "version": 1, "consent": "unknown", "tags": [], "custom": "{}", "lists": []}
    lines = []
    for number, fields in enumerate(held, start=1):
        phone = None if {"external_id", "email"} & fields.keys() else fields.get("phone")
        claims = {"external_id_key": fields.get("external_id"), "email_key": fields.get("email"), "phone_key": phone}
        lines.append({**blank, "id": f"c{number}", **claims, **fields})
    return pl.DataFrame(lines, schema=CANDIDATE_SCHEMA)


def _plan(rows: list[dict[str, str]], *held: dict[str, str], **choices: Any) -> Settled:
    """The plan of rows 1, 2, …; who row n creates is n."""
    headers = list(dict.fromkeys(name for row in rows for name in row))
    mapping = {name: name for name in headers if name in TEXT_FIELDS}
    options = EngineOptions(**{"mapping": mapping, "today": date(2026, 11, 20), "duplicate_strategy": UPDATE, **choices})
    judged = judge_rows([(n, [row.get(name) for name in headers]) for n, row in enumerate(rows, start=1)], headers, options)
    settled = settle([judged.rows], _contacts(*held), options, make_ids=lambda rows: rows.cast(pl.String))
    return Settled(settled.outcomes, settled.creates, settled.updates, pl.concat([judged.issues, settled.issues]))


def _came(settled: Settled) -> list[tuple[str, str | None]]:
    return list(settled.outcomes.select("outcome", "contact_id").iter_rows())


def _told(settled: Settled, *but: str) -> list[tuple[int, str]]:
    return [line for line in settled.issues.select("row", "code").iter_rows() if line[1] not in but]


@pytest.mark.parametrize("mode", list(MatchMode))
def test_rows_that_each_share_a_claimed_key_with_an_earlier_one_are_one_contact(mode: MatchMode) -> None:
    rows = [{"external_id": "x1", "email": "a@x.io"}, {"email": "a@x.io", "phone": PHONE}, {"external_id": "x1", "phone": PHONE}]
    assert _came(_plan(rows, match_mode=mode)) == [("created", "1"), ("updated", "1"), ("unchanged", "1")]


def test_a_phone_beside_an_e_mail_makes_no_chain() -> None:
    rows = [{"email": "a@x.io", "phone": PHONE}, {"phone": PHONE}, {"email": "b@x.io", "phone": PHONE}, {"phone": PHONE}]
    assert _came(_plan(rows)) == [("created", "1"), ("created", "2"), ("created", "3"), ("unchanged", "2")]


def test_under_any_a_phone_leads_to_who_has_nothing_else_and_is_given_up_for_an_e_mail() -> None:
    rows = [{"email": "a@x.io", "phone": PHONE}, {"phone": PHONE}, {"email": "b@x.io", "phone": PHONE}, {"phone": PHONE}]
    settled = _plan(rows, match_mode=MatchMode.ANY)
    assert _came(settled) == [("created", "1"), ("created", "2"), ("updated", "2"), ("created", "4")]


@pytest.mark.parametrize(
    ("mode", "came"), [(MatchMode.IDENTITY, ("updated", "1")), (MatchMode.ANY, ("failed", None))], ids=["identity", "any"]
)
def test_a_row_that_finds_the_contacts_of_two_earlier_rows_joins_them_never(mode: MatchMode, came: tuple[str, str | None]) -> None:
    rows = [{"email": "a@x.io"}, {"phone": PHONE}, {"email": "a@x.io", "phone": PHONE}]
    settled = _plan(rows, match_mode=mode)
    assert _came(settled) == [("created", "1"), ("created", "2"), came]
    assert [code for _, code in _told(settled, "duplicate_row")] == (["ambiguous_match"] if mode is MatchMode.ANY else [])


@pytest.mark.parametrize(("mode", "code"), [(MatchMode.IDENTITY, "key_conflict"), (MatchMode.ANY, "ambiguous_match")])
def test_the_row_that_ties_two_keys_together_must_come_first(mode: MatchMode, code: str) -> None:
    one, two, both = {"external_id": "x1"}, {"email": "a@x.io"}, {"external_id": "x1", "email": "a@x.io"}
    late = _plan([one, two, both], match_mode=mode)
    assert _came(late) == [("created", "1"), ("created", "2"), ("failed", None)]
    assert _told(late) == [(3, code)]
    assert _came(_plan([both, one, two], match_mode=mode)) == [("created", "1"), ("unchanged", "1"), ("unchanged", "1")]


@pytest.mark.parametrize(
    ("strategy", "came"),
    [(SKIP, ("skipped", "c1")), (UPDATE, ("failed", None)), (MERGE, ("failed", None)), (DuplicateStrategy.CREATE, ("created", "1"))],
)
def test_an_external_id_of_one_contact_beside_the_e_mail_of_another(strategy: DuplicateStrategy, came: tuple[str, str | None]) -> None:
    row = {"external_id": "x1", "email": "b@x.io"}
    settled = _plan([row], {"external_id": "x1"}, {"email": "b@x.io"}, duplicate_strategy=strategy)
    assert _came(settled) == [came]
    assert _told(settled) == ([(1, "key_conflict")] if came[0] == "failed" else [])


def test_merge_leaves_an_e_mail_alone_that_would_be_somebody_elses() -> None:
    row = {"external_id": "x1", "email": "b@x.io"}
    settled = _plan([row], {"external_id": "x1", "email": "a@x.io"}, {"email": "b@x.io"}, duplicate_strategy=MERGE)
    assert _came(settled) == [("unchanged", "c1")]


def test_blank_keys_and_placeholders_make_nobody_the_same() -> None:
    rows = [
        {"external_id": "x1", "email": "n/a"},
        {"external_id": "x2", "email": "N/A"},
        {"external_id": "-", "email": "none", "phone": PHONE},
        {"external_id": "", "email": "", "phone": "null"},
    ]
    settled = _plan(rows)
    assert _came(settled) == [("created", "1"), ("created", "2"), ("created", "3"), ("failed", None)]
    assert _told(settled) == [(4, "no_match_key")]
    assert settled.creates.select("external_id_key", "email_key", "phone_key").rows() == [
        ("x1", None, None),
        ("x2", None, None),
        (None, None, PHONE),
    ]


def test_an_unusable_key_that_decides_fails_the_row_whatever_else_it_has() -> None:
    settled = _plan([{"email": "no address", "phone": PHONE}, {"external_id": "x1", "email": "no address"}])
    assert _came(settled) == [("failed", None), ("created", "2")]


def test_a_key_can_pass_along_a_row_of_contacts() -> None:
    rows = [{"external_id": "x1", "email": "new@x.io"}, {"external_id": "x2", "email": "a@x.io"}, {"external_id": "x3", "email": "b@x.io"}]
    held = [{"external_id": "x1", "email": "a@x.io"}, {"external_id": "x2", "email": "b@x.io"}, {"external_id": "x3", "email": "c@x.io"}]
    settled = _plan(rows, *held)
    assert settled.updates.select("id", "email_key", "anchor_row").rows() == [
        ("c1", "new@x.io", 1),
        ("c2", "a@x.io", 1),
        ("c3", "b@x.io", 1),
    ]
    # The other way round each wants a key that is not let go yet.
    assert [outcome for outcome, _ in _came(_plan(rows[::-1], *held))] == ["failed", "failed", "updated"]


def test_of_folded_rows_the_turn_of_the_first_counts() -> None:
    turns = Assignment(AssignmentMode.ROUND_ROBIN, ("rita", "sam", "tess"))
    rows = [{"email": "a@x.io"}, {"email": "a@x.io"}, {"email": "b@x.io"}]
    settled = _plan(rows, assignment=turns)
    assert settled.creates["owner"].to_list() == ["rita", "tess"]


def test_a_failed_row_uses_up_its_turn() -> None:
    turns = Assignment(AssignmentMode.ROUND_ROBIN, ("rita", "sam"))
    settled = _plan([{"email": "a@x.io"}, {"email": "no address"}, {"email": "b@x.io"}], assignment=turns)
    assert settled.creates["owner"].to_list() == ["rita", "rita"]
