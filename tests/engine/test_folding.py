"""The rules of docs/semantics.md by example."""

import json
from datetime import date
from typing import Any

import polars as pl
import pytest

from models.vocabulary import MAX_LENGTH, TEXT_FIELDS, DuplicateStrategy, EmptyCellPolicy, FieldPolicy, MatchField, MatchMode
from workers.engine.folding import limit_by_error_rate, refuse, settle, settle_chunk
from workers.engine.frames import CANDIDATE_SCHEMA, CREATE_SCHEMA, ISSUE_SCHEMA, OUTCOME_SCHEMA, UPDATE_SCHEMA, EngineOptions, Settled
from workers.engine.matching import extract_keys, find_hits, plan_matches

# What a new tenant has.
NOBODY = pl.DataFrame(schema=CANDIDATE_SCHEMA)
UPDATE = {"duplicate_strategy": DuplicateStrategy.UPDATE}
MERGE = {"duplicate_strategy": DuplicateStrategy.MERGE}
CREATE = {"duplicate_strategy": DuplicateStrategy.CREATE}
CLEAR = {**UPDATE, "empty_cells": EmptyCellPolicy.CLEAR}


def options(**changes: Any) -> EngineOptions:
    return EngineOptions(**{"mapping": {"E-mail": "email"}, "today": date(2026, 11, 20), **changes})


def judged(*rows: dict[str, Any]) -> pl.DataFrame:
    names = dict.fromkeys(name for row in rows for name in row if name not in ("row", "failed"))
    schema = {name: pl.List(pl.String()) if name == "tags" else pl.String() for name in names}
    lines = [{"row": number, "failed": False, **row} for number, row in enumerate(rows, start=2)]
    return pl.DataFrame(lines, schema={"row": pl.Int64(), "failed": pl.Boolean(), **schema})


def tenant(*contacts: dict[str, Any]) -> pl.DataFrame:
    """Contacts which claim their external id, e-mail and, without these, phone, unless they say otherwise."""
    blank: dict[str, Any] = {**dict.fromkeys(TEXT_FIELDS), "version": 1, "consent": "unknown", "tags": [], "custom": "{}", "lists": []}
    lines = []
    for contact in contacts:
        phone = None if contact.get("external_id") or contact.get("email") else contact.get("phone") or contact.get("mobile_phone")
        claims = {"external_id_key": contact.get("external_id"), "email_key": contact.get("email"), "phone_key": phone}
        lines.append({**blank, **claims, **contact})
    return pl.DataFrame(lines, schema=CANDIDATE_SCHEMA)


def make_ids(rows: pl.Series) -> pl.Series:
    return pl.Series([f"new-{row}" for row in rows], dtype=pl.String)


def plan(rows: pl.DataFrame, candidates: pl.DataFrame, **changes: Any) -> Settled:
    return settle([rows], candidates, options(**changes), make_ids=make_ids)


def outcomes(settled: Settled) -> list[str]:
    return settled.outcomes["outcome"].to_list()


def codes(settled: Settled) -> list[tuple[int, str]]:
    return list(settled.issues.select("row", "code").iter_rows())


ANN = {"id": "ann", "email": "ann@x.io", "first_name": "Ann"}
BOB = {"id": "bob", "email": "bob@x.io", "consent": "subscribed"}


def test_plans_have_the_agreed_shapes() -> None:
    settled = plan(judged({"email": "ann@x.io", "first_name": "Anna"}, {"email": "b@x.io"}), tenant(ANN), **UPDATE)
    empty = plan(judged(), NOBODY)
    for one in (settled, empty):
        assert dict(one.outcomes.schema) == OUTCOME_SCHEMA
        assert dict(one.creates.schema) == CREATE_SCHEMA
        assert dict(one.updates.schema) == UPDATE_SCHEMA
        assert dict(one.issues.schema) == ISSUE_SCHEMA


def test_row_order_decides_and_not_the_order_of_arrival() -> None:
    rows = judged({"email": "b@x.io", "first_name": "Bob"}, {"email": "b@x.io", "first_name": "Bobby"})
    late_first = settle([rows.slice(1), rows.slice(0, 1)], NOBODY, options(**UPDATE), make_ids=make_ids)
    in_order = settle([rows], NOBODY, options(**UPDATE), make_ids=make_ids)
    assert late_first.creates.to_dicts() == in_order.creates.to_dicts()
    assert late_first.outcomes.to_dicts() == in_order.outcomes.to_dicts()
    assert in_order.creates["first_name"].to_list() == ["Bobby"]


def test_a_failed_row_touches_nothing() -> None:
    settled = plan(judged({"email": "ann@x.io", "failed": True}, {"email": "ann@x.io", "first_name": "Anna"}), tenant(ANN), **UPDATE)
    assert outcomes(settled) == ["failed", "updated"]
    assert settled.outcomes["owner_row"].to_list() == [2, 3]
    assert settled.outcomes["contact_id"].to_list() == [None, "ann"]
    assert settled.outcomes["duplicate"].to_list() == [False, True]


def test_match_fields_limit_what_finds_and_not_what_is_claimed() -> None:
    settled = plan(judged({"external_id": "x1", "email": "ann@x.io"}), tenant(ANN), **UPDATE, match_fields=(MatchField.EXTERNAL_ID,))
    assert outcomes(settled) == ["failed"]
    issue = settled.issues.row(0, named=True)
    assert (issue["code"], issue["field"], issue["column"], issue["value"]) == ("key_conflict", "email", "E-mail", "ann@x.io")


def test_a_key_of_another_contact_fails_the_row_whole() -> None:
    candidates = tenant(ANN, {"id": "bob", "external_id": "x1"})
    settled = plan(judged({"external_id": "x1", "email": "ann@x.io", "first_name": "Bob"}), candidates, **UPDATE)
    assert outcomes(settled) == ["failed"]
    assert codes(settled) == [(2, "key_conflict")]
    assert settled.updates.is_empty()


def test_an_updated_twin_goes_on_claiming_nothing() -> None:
    twin = {"id": "twin", "external_id": "x2", "email": "ann@x.io", "email_key": None}
    settled = plan(judged({"external_id": "x2", "email": "ann@x.io", "first_name": "Tess"}), tenant(ANN, twin), **UPDATE)
    assert settled.updates.select("id", "external_id_key", "email_key", "email").row(0) == ("twin", "x2", None, "ann@x.io")


def test_a_released_key_can_be_claimed_by_a_later_row() -> None:
    contact = {"id": "ann", "external_id": "x1", "email": "old@x.io"}
    rows = judged({"external_id": "x1", "email": "new@x.io"}, {"external_id": None, "email": "old@x.io"})
    settled = plan(rows, tenant(contact), **UPDATE)
    assert outcomes(settled) == ["updated", "created"]
    assert settled.updates["email_key"].to_list() == ["new@x.io"]
    assert settled.creates["email_key"].to_list() == ["old@x.io"]


def test_a_phone_is_released_by_a_contact_that_gets_an_e_mail() -> None:
    contact = {"id": "ann", "phone": "+1"}
    settled = plan(judged({"email": "ann@x.io", "phone": "+1"}), tenant(contact), **UPDATE, match_mode=MatchMode.ANY)
    assert settled.updates.select("email_key", "phone_key", "phone").row(0) == ("ann@x.io", None, "+1")


def test_writes_between_which_a_key_passes_share_an_anchor() -> None:
    contact = {"id": "ann", "external_id": "x1", "email": "old@x.io"}
    rows = judged({"external_id": "x9"}, {"external_id": "x1", "email": "new@x.io"}, {"external_id": None, "email": "old@x.io"})
    settled = plan(rows, tenant(contact), **UPDATE)
    assert settled.outcomes["owner_row"].to_list() == [2, 3, 4]
    assert settled.outcomes["anchor_row"].to_list() == [2, 3, 3]
    assert settled.creates["anchor_row"].to_list() == [2, 3]
    assert settled.updates["anchor_row"].to_list() == [3]


def test_a_twin_that_held_a_released_value_shares_the_anchor_though_it_leaves_it() -> None:
    candidates = tenant(
        {"id": "a", "external_id": "x1", "email": "a@x.io"},
        {"id": "twin", "external_id": "x2", "email": "a@x.io", "email_key": None},
    )
    settled = plan(judged({"external_id": "x1", "email": "b@x.io"}, {"external_id": "x2", "email": "c@x.io"}), candidates, **UPDATE)
    assert settled.updates.select("id", "anchor_row").rows() == [("a", 2), ("twin", 2)]


def test_two_contacts_can_exchange_a_key_by_way_of_a_third_value() -> None:
    candidates = tenant({"id": "a", "external_id": "x1", "email": "a@x.io"}, {"id": "b", "external_id": "x2", "email": "b@x.io"})
    rows = judged(
        {"external_id": "x1", "email": "c@x.io"},
        {"external_id": "x2", "email": "a@x.io"},
        {"external_id": "x1", "email": "b@x.io"},
    )
    settled = plan(rows, candidates, **UPDATE)
    assert settled.updates.select("id", "email_key", "anchor_row").rows() == [("a", "b@x.io", 2), ("b", "a@x.io", 2)]


def test_the_external_id_decides_before_the_e_mail() -> None:
    settled = plan(judged({"external_id": "x1", "email": "ann@x.io"}), tenant(ANN, {"id": "bob", "external_id": "x1"}))
    assert settled.outcomes["contact_id"].to_list() == ["bob"]


def test_a_new_external_id_with_the_e_mail_of_somebody_else_is_a_conflict() -> None:
    candidates = tenant({**ANN, "external_id": "x1"})
    rows = judged({"external_id": "x2", "email": "ann@x.io"})
    assert outcomes(plan(rows, candidates)) == ["failed"]
    assert outcomes(plan(rows, candidates, **CREATE)) == ["created"]
    assert outcomes(plan(rows, candidates, match_mode=MatchMode.ANY)) == ["skipped"]
    assert outcomes(plan(rows, candidates, match_fields=(MatchField.EMAIL,))) == ["skipped"]


def test_the_e_mail_finds_a_contact_without_an_external_id() -> None:
    settled = plan(judged({"external_id": "x2", "email": "ann@x.io"}), tenant(ANN), **UPDATE)
    assert settled.updates.select("id", "external_id_key", "email_key").row(0) == ("ann", "x2", "ann@x.io")


def test_a_phone_finds_only_for_a_row_that_has_nothing_else() -> None:
    candidates = tenant({"id": "desk", "phone": "+1"})
    rows = judged({"email": None, "mobile_phone": "+1"}, {"email": "b@x.io", "mobile_phone": "+1"})
    settled = plan(rows, candidates)
    assert settled.outcomes["contact_id"].to_list() == ["desk", "new-3"]
    assert settled.creates["phone_key"].to_list() == [None]


def test_any_fails_a_row_that_finds_two_contacts() -> None:
    candidates = tenant(ANN, {"id": "desk", "phone": "+1"})
    rows = judged({"email": "ann@x.io", "phone": "+1"})
    assert codes(plan(rows, candidates, match_mode=MatchMode.ANY)) == [(2, "ambiguous_match")]
    assert outcomes(plan(rows, candidates)) == ["skipped"]


def test_skip_leaves_the_contact_of_an_earlier_row() -> None:
    settled = plan(judged({"email": "b@x.io", "first_name": "Bob"}, {"email": "b@x.io", "first_name": "Bobby"}), NOBODY)
    assert outcomes(settled) == ["created", "skipped"]
    assert settled.creates["first_name"].to_list() == ["Bob"]
    assert settled.outcomes["duplicate"].to_list() == [False, True]
    assert settled.issues["message"].to_list() == ["The row is about the same person as row 2."]


def test_create_makes_a_twin_that_claims_nothing_taken() -> None:
    settled = plan(judged({"external_id": "x9", "email": "ann@x.io"}), tenant(ANN), **CREATE)
    assert outcomes(settled) == ["created"]
    assert settled.outcomes["duplicate"].to_list() == [True]
    assert settled.creates.select("email", "email_key", "external_id_key").row(0) == ("ann@x.io", None, "x9")


@pytest.mark.parametrize("said", ["subscribed", "unknown", "unsubscribed", "", None])
def test_a_twin_of_who_unsubscribed_is_created_unsubscribed(said: str | None) -> None:
    rows = [{"email": "ann@x.io", "consent": said}, {"email": "bob@x.io", "consent": said}]
    settled = plan(judged(*rows), tenant({**ANN, "consent": "unsubscribed"}, BOB), **CREATE)
    assert settled.creates["consent"].to_list() == ["unsubscribed", said or "unknown"]
    # Told also where the cell is blank, since the contact comes out other than the row.
    assert codes(settled) == ([] if said == "unsubscribed" else [(2, "consent_kept")])


def test_a_twin_of_a_row_that_unsubscribes_is_created_unsubscribed() -> None:
    rows = [{"email": "new@x.io", "consent": "unsubscribed"}, {"email": "new@x.io", "consent": "subscribed"}]
    settled = plan(judged(*rows), NOBODY, **CREATE)
    assert settled.creates["consent"].to_list() == ["unsubscribed", "unsubscribed"]
    assert codes(settled) == [(3, "consent_kept"), (3, "duplicate_row")]


def test_a_twin_that_unsubscribes_and_claims_nothing_is_heard_by_the_twins_below_it() -> None:
    rows = [{"email": "ann@x.io", "consent": said} for said in ("subscribed", "unsubscribed", "subscribed", "")]
    settled = plan(judged(*rows), tenant({**ANN, "consent": "subscribed"}), **CREATE)
    assert settled.creates["consent"].to_list() == ["subscribed", "unsubscribed", "unsubscribed", "unsubscribed"]
    assert [code for code in codes(settled) if code[1] == "consent_kept"] == [(4, "consent_kept"), (5, "consent_kept")]


def test_a_blank_cell_clears_only_under_clear() -> None:
    rows = judged({"email": "ann@x.io", "first_name": ""})
    settled = plan(rows, tenant(ANN), **CLEAR)
    assert settled.updates["first_name"].to_list() == [None]
    assert json.loads(settled.updates["changes"][0]) == {"first_name": {"before": "Ann", "after": None}}
    assert outcomes(plan(rows, tenant(ANN), **UPDATE)) == ["unchanged"]
    assert outcomes(plan(rows, tenant(ANN), **{**CLEAR, **MERGE})) == ["unchanged"]


def test_an_absent_cell_clears_nothing() -> None:
    assert outcomes(plan(judged({"email": "ann@x.io", "first_name": None}), tenant(ANN), **CLEAR)) == ["unchanged"]


def test_merge_fills_blanks_only() -> None:
    settled = plan(judged({"email": "ann@x.io", "first_name": "Anna", "city": "Bern"}), tenant(ANN), **MERGE)
    assert settled.updates.select("first_name", "city").row(0) == ("Ann", "Bern")


@pytest.mark.parametrize("strategy", [UPDATE, MERGE])
@pytest.mark.parametrize("said", ["subscribed", "unknown"])
def test_an_import_never_subscribes_who_unsubscribed(strategy: dict[str, Any], said: str) -> None:
    candidates = tenant({**ANN, "consent": "unsubscribed"})
    settled = plan(judged({"email": "ann@x.io", "consent": said}), candidates, **strategy)
    assert outcomes(settled) == ["unchanged"]
    assert codes(settled) == [(2, "consent_kept")]
    twice = plan(judged({"email": "ann@x.io", "consent": said}, {"email": "ann@x.io", "consent": "subscribed"}), candidates, **strategy)
    assert outcomes(twice) == ["unchanged", "unchanged"]


def test_a_contact_may_unsubscribe_and_merge_decides_only_the_unknown() -> None:
    rows = judged({"email": "ann@x.io", "consent": "unsubscribed"})
    subscribed = tenant({**ANN, "consent": "subscribed"})
    assert plan(rows, subscribed, **UPDATE).updates["consent"].to_list() == ["unsubscribed"]
    assert outcomes(plan(rows, subscribed, **MERGE)) == ["unchanged"]
    assert plan(rows, tenant(ANN), **MERGE).updates["consent"].to_list() == ["unsubscribed"]


def test_tags_are_only_added() -> None:
    contact = {**ANN, "tags": ["VIP", "old"]}
    settled = plan(judged({"email": "ann@x.io", "tags": ["vip", "new"]}), tenant(contact), **UPDATE, tags=("Fair", "NEW"))
    assert settled.updates["tags"].to_list() == [["VIP", "old", "new", "Fair"]]
    assert settled.updates["tags_added"].to_list() == [["new", "Fair"]]
    assert settled.updates["changes"].to_list() == ["{}"]
    assert json.loads(settled.outcomes["changes"][0])["tags"] == {"before": ["VIP", "old"], "after": ["VIP", "old", "new", "Fair"]}
    assert outcomes(plan(judged({"email": "ann@x.io", "tags": []}), tenant(contact), **CLEAR)) == ["unchanged"]


def policies(**chosen: FieldPolicy) -> dict[str, Any]:
    return {"field_policies": chosen}


def test_a_field_policy_overrules_the_strategy() -> None:
    contact = {**ANN, "first_name": "Ann", "city": None, "company": "Old", "custom": '{"tier":"gold"}'}
    row = {"email": "ann@x.io", "first_name": "Anna", "city": "Bern", "company": "New", "custom.tier": "tin"}
    chosen = {"field_policies": {"company": FieldPolicy.FILL_BLANK, "city": FieldPolicy.FILL_BLANK, "custom.tier": FieldPolicy.KEEP}}
    updated = plan(judged(row), tenant(contact), **UPDATE, **chosen).updates
    assert updated.select("first_name", "city", "company", "custom").row(0) == ("Anna", "Bern", "Old", '{"tier":"gold"}')
    merged = plan(judged(row), tenant(contact), **MERGE, **policies(company=FieldPolicy.OVERWRITE)).updates
    assert merged.select("first_name", "city", "company").row(0) == ("Ann", "Bern", "New")


def test_a_created_contact_gets_its_values_whatever_the_policies() -> None:
    row = {"email": "b@x.io", "first_name": "Bob", "notes": "n", "tags": ["t"], "custom.tier": "tin", "assigned_owner": "olga"}
    chosen = {"field_policies": dict.fromkeys([*row, "owner"], FieldPolicy.KEEP)}
    for rows in (judged(row), judged(row, {**row, "first_name": "Bobby", "tags": ["u"]})):
        created = plan(rows, NOBODY, **UPDATE, **chosen).creates
        assert created.select("first_name", "notes", "owner", "custom").row(0) == ("Bob", "n", "olga", '{"tier":"tin"}')
        assert created["tags"].to_list() == [["t"]]


def test_a_kept_owner_is_not_assigned_either() -> None:
    assert outcomes(
        plan(judged({"email": "ann@x.io", "assigned_owner": "paul"}), tenant(ANN), **policies(owner=FieldPolicy.KEEP), **UPDATE)
    ) == ["unchanged"]


def test_blank_cells_clear_only_what_is_overwritten() -> None:
    contact = {**ANN, "city": "Bern", "company": "Old", "notes": "n"}
    row = {"email": "ann@x.io", "first_name": "", "city": "", "company": "", "notes": ""}
    chosen = policies(city=FieldPolicy.FILL_BLANK, company=FieldPolicy.KEEP, notes=FieldPolicy.APPEND)
    updated = plan(judged(row), tenant(contact), **CLEAR, **chosen).updates
    assert updated.select("first_name", "city", "company", "notes").row(0) == (None, "Bern", "Old", "n")
    cleared = plan(judged(row), tenant(contact), **{**CLEAR, **MERGE}, **policies(city=FieldPolicy.OVERWRITE)).updates
    assert cleared.select("first_name", "city").row(0) == ("Ann", None)


def test_notes_are_appended_unless_they_stand_there_as_whole_lines() -> None:
    def notes(held: str | None, *said: str) -> list[Any]:
        rows = judged(*({"email": "ann@x.io", "notes": text} for text in said))
        return plan(rows, tenant({**ANN, "notes": held}), **UPDATE, **policies(notes=FieldPolicy.APPEND)).updates["notes"].to_list()

    assert notes("one", "two") == ["one\ntwo"]
    assert notes(None, "two") == ["two"]
    assert notes("one\ntwo\nthree", "two\nthree") == []
    assert notes("one\ntwo", "one\nthree") == ["one\ntwo\none\nthree"]
    assert notes("twofold", "two", "fold", "two") == ["twofold\ntwo\nfold"]


def test_notes_that_would_be_too_long_are_left_as_they_are() -> None:
    held, chosen = "n" * (MAX_LENGTH["notes"] - 4), policies(notes=FieldPolicy.APPEND)
    fits = plan(judged({"email": "ann@x.io", "notes": "abc"}), tenant({**ANN, "notes": held}), **UPDATE, **chosen)
    assert (fits.updates["notes"].str.len_chars().to_list(), codes(fits)) == ([MAX_LENGTH["notes"]], [])
    full = plan(judged({"email": "ann@x.io", "notes": "abcd"}), tenant({**ANN, "notes": held}), **UPDATE, **chosen)
    assert (outcomes(full), codes(full)) == (["unchanged"], [(2, "notes_full")])
    assert full.issues["severity"].to_list() == ["warning"]


def test_overwritten_tags_keep_the_place_and_spelling_of_those_that_stay() -> None:
    contact = {**ANN, "tags": ["VIP", "old", "Press"]}
    chosen = policies(tags=FieldPolicy.OVERWRITE)
    settled = plan(judged({"email": "ann@x.io", "tags": ["new", "press", "vip"]}), tenant(contact), **UPDATE, **chosen, tags=("Fair",))
    assert settled.updates.select("tags", "tags_added", "tags_removed").row(0) == (
        ["VIP", "Press", "new", "Fair"],
        ["new", "Fair"],
        ["old"],
    )
    both = {"before": ["VIP", "old", "Press"], "after": ["VIP", "Press", "new", "Fair"]}
    assert json.loads(settled.updates["changes"][0]) == {"tags": both}
    assert outcomes(plan(judged({"email": "ann@x.io", "tags": ["press", "OLD", "vip"]}), tenant(contact), **UPDATE, **chosen)) == [
        "unchanged"
    ]
    back = judged({"email": "ann@x.io", "tags": ["new"]}, {"email": "ann@x.io", "tags": ["press", "old", "vip"]})
    assert outcomes(plan(back, tenant(contact), **UPDATE, **chosen)) == ["unchanged", "unchanged"]


def test_tags_fill_only_where_there_are_none_or_stay_as_they_are() -> None:
    row = judged({"email": "ann@x.io", "tags": ["new"]})
    fills, keeps = policies(tags=FieldPolicy.FILL_BLANK), policies(tags=FieldPolicy.KEEP)
    assert outcomes(plan(row, tenant({**ANN, "tags": ["old"]}), **UPDATE, **fills, tags=("fair",))) == ["unchanged"]
    assert plan(row, tenant(ANN), **UPDATE, **fills, tags=("fair",)).updates["tags"].to_list() == [["new", "fair"]]
    assert outcomes(plan(row, tenant(ANN), **UPDATE, **keeps, tags=("fair",))) == ["unchanged"]


def test_blank_tags_take_away_only_where_blanks_clear_and_tags_are_overwritten() -> None:
    contact, chosen = {**ANN, "tags": ["old"]}, policies(tags=FieldPolicy.OVERWRITE)
    blank, silent = judged({"email": "ann@x.io", "tags": []}), judged({"email": "ann@x.io", "tags": None})
    assert plan(blank, tenant(contact), **CLEAR, **chosen).updates["tags_removed"].to_list() == [["old"]]
    assert plan(blank, tenant(contact), **UPDATE, **chosen, tags=("fair",)).updates["tags"].to_list() == [["old", "fair"]]
    assert plan(silent, tenant(contact), **CLEAR, **chosen, tags=("fair",)).updates["tags"].to_list() == [["old", "fair"]]


def test_no_policy_subscribes_who_unsubscribed() -> None:
    candidates, rows = tenant({**ANN, "consent": "unsubscribed"}), judged({"email": "ann@x.io", "consent": "subscribed"})
    overwrites = plan(rows, candidates, **MERGE, **policies(consent=FieldPolicy.OVERWRITE))
    assert (outcomes(overwrites), codes(overwrites)) == (["unchanged"], [(2, "consent_kept")])
    keeps = plan(rows, candidates, **UPDATE, **policies(consent=FieldPolicy.KEEP))
    assert (outcomes(keeps), codes(keeps)) == (["unchanged"], [])
    assert plan(rows, tenant({**ANN, "consent": "unknown"}), **UPDATE, **policies(consent=FieldPolicy.FILL_BLANK)).updates[
        "consent"
    ].to_list() == ["subscribed"]


def test_claims_follow_the_policies_of_the_keys() -> None:
    candidates = tenant({"id": "ann", "external_id": "x1", "email": "old@x.io"}, {"id": "bob", "email": "bob@x.io"})
    rows = judged(
        {"external_id": "x1", "email": "bob@x.io", "first_name": "Ann"}, {"external_id": None, "email": "old@x.io", "first_name": "A"}
    )
    settled = plan(rows, candidates, **UPDATE, **policies(email=FieldPolicy.KEEP))
    assert outcomes(settled) == ["updated", "updated"]
    assert settled.updates.select("id", "email", "email_key", "first_name").row(0) == ("ann", "old@x.io", "old@x.io", "A")
    assert codes(plan(rows, candidates, **UPDATE)) == [(2, "key_conflict")]
    # Who a row is about is asked before what it may write.
    kept_id = policies(external_id=FieldPolicy.KEEP)
    assert codes(plan(judged({"external_id": "x2", "email": "old@x.io"}), candidates, **UPDATE, **kept_id)) == [(2, "key_conflict")]


def test_a_new_membership_is_an_update() -> None:
    rows = judged({"email": "ann@x.io"})
    settled = plan(rows, tenant({**ANN, "lists": ["l1"]}), **UPDATE, list_ids=("l1", "l2"))
    assert outcomes(settled) == ["updated"]
    assert settled.updates["lists_added"].to_list() == [["l2"]]
    assert outcomes(plan(rows, tenant({**ANN, "lists": ["l2", "l1"]}), **UPDATE, list_ids=("l1", "l2"))) == ["unchanged"]
    assert outcomes(plan(rows, tenant(ANN), list_ids=("l1",))) == ["skipped"]


def test_an_assigned_owner_never_replaces_one() -> None:
    rows = judged({"email": "ann@x.io", "assigned_owner": "paul"}, {"email": "b@x.io", "assigned_owner": "rita"})
    settled = plan(rows, tenant({**ANN, "owner": "olga"}), **UPDATE)
    assert outcomes(settled) == ["unchanged", "created"]
    assert settled.creates["owner"].to_list() == ["rita"]
    assert plan(rows, tenant(ANN), **MERGE).updates["owner"].to_list() == ["paul"]


def test_custom_fields_follow_the_rules_key_by_key() -> None:
    contact = {**ANN, "custom": '{"tier":"gold","zone":"n"}'}
    row = {"email": "ann@x.io", "custom.tier": "tin", "custom.zone": "", "custom.age": "7"}
    assert plan(judged(row), tenant(contact), **CLEAR).updates["custom"].to_list() == ['{"age":"7","tier":"tin"}']
    assert plan(judged(row), tenant(contact), **MERGE).updates["custom"].to_list() == ['{"age":"7","tier":"gold","zone":"n"}']
    assert plan(judged({**row, "email": "b@x.io"}), NOBODY).creates["custom"].to_list() == ['{"age":"7","tier":"tin"}']


def test_rows_of_one_contact_fold_into_one_write() -> None:
    rows = judged(
        {"email": "b@x.io", "first_name": "Bob"},
        {"email": "ann@x.io", "first_name": None},
        {"email": "b@x.io", "first_name": "Bobby"},
        {"email": "b@x.io", "first_name": "Bobby"},
        {"email": "ann@x.io", "first_name": "Anna"},
    )
    settled = plan(rows, tenant({**ANN, "version": 4}), **UPDATE)
    assert outcomes(settled) == ["created", "unchanged", "updated", "unchanged", "updated"]
    assert settled.outcomes["owner_row"].to_list() == [2, 3, 2, 2, 3]
    assert settled.outcomes["contact_id"].to_list() == ["new-2", "ann", "new-2", "new-2", "ann"]
    assert settled.creates.select("row", "id", "first_name").rows() == [(2, "new-2", "Bobby")]
    assert settled.updates.select("row", "id", "version", "first_name").rows() == [(3, "ann", 4, "Anna")]
    assert json.loads(settled.outcomes["changes"][2]) == {"first_name": {"before": "Bob", "after": "Bobby"}}
    assert codes(settled) == [(4, "duplicate_row"), (5, "duplicate_row"), (6, "duplicate_row")]


def test_changes_that_cancel_out_write_nothing() -> None:
    rows = judged({"email": "ann@x.io", "first_name": "Anna"}, {"email": "ann@x.io", "first_name": "Ann"})
    settled = plan(rows, tenant(ANN), **UPDATE)
    assert outcomes(settled) == ["unchanged", "unchanged"]
    assert settled.outcomes["changes"].to_list() == [None, None]
    assert settled.updates.is_empty()


def test_all_or_nothing_leaves_every_other_row_unprocessed() -> None:
    mixed = refuse(plan(judged({"email": "b@x.io"}, {"email": "b@x.io"}, {"email": None, "failed": True}), NOBODY))
    assert outcomes(mixed) == ["unprocessed", "unprocessed", "failed"]
    assert mixed.creates.is_empty()
    assert mixed.updates.is_empty()
    assert mixed.outcomes["duplicate"].to_list() == [False, False, False]


@pytest.mark.parametrize(
    ("failed", "total", "rate", "stop"),
    [
        ([], 10, 0.0, None),
        ([7], 10, 0.0, 7),
        ([9, 3, 5], 10, 0.2, 9),
        ([9, 3], 10, 0.2, None),
        (list(range(1, 30)), 100, 0.29, None),
        (list(range(1, 31)), 100, 0.29, 30),
        (list(range(1, 11)), 10, 1.0, None),
    ],
)
def test_the_error_rate_stops_at_the_lowest_row_that_exceeds_it(failed: list[int], total: int, rate: float, stop: int | None) -> None:
    assert limit_by_error_rate(pl.Series(failed, dtype=pl.Int64), total, rate) == stop


def test_settling_a_chunk_demands_the_contacts_that_were_matched() -> None:
    rows = judged({"email": "ann@x.io"})
    hits = find_hits(extract_keys(rows, options(**UPDATE)), tenant(ANN), options(**UPDATE))
    matches = plan_matches([hits.ties], hits.special, options(**UPDATE))
    with pytest.raises(ValueError, match="not among the candidates"):
        settle_chunk(rows, hits.frame, matches, NOBODY, options(**UPDATE), make_ids=make_ids)
