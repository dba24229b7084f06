"""Which rows must be settled together, and whom the others find."""

from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
import pytest

from models.vocabulary import TEXT_FIELDS, DuplicateStrategy, MatchField, MatchMode
from workers.engine.frames import CANDIDATE_SCHEMA, EngineOptions
from workers.engine.identity import make_contact_id, make_contact_ids
from workers.engine.matching import Matches, extract_keys, find_hits, pick_candidates, plan_matches, tie_keys

# What a new tenant has.
NOBODY = pl.DataFrame(schema=CANDIDATE_SCHEMA)
IMPORT_ID = UUID("01936a9c-1b2d-7abc-9def-0123456789ab")


UPDATE = {"duplicate_strategy": DuplicateStrategy.UPDATE}


def options(**changes: Any) -> EngineOptions:
    return EngineOptions(**{"mapping": {}, "today": date(2026, 11, 20), **changes})


def judged(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = {name: pl.String() for name in ("external_id", "email", "phone", "mobile_phone")}
    lines = [{"row": number, "failed": False, **row} for number, row in enumerate(rows, start=2)]
    return pl.DataFrame(lines, schema={"row": pl.Int64(), "failed": pl.Boolean(), **schema})


def tenant(*contacts: dict[str, Any]) -> pl.DataFrame:
    blank: dict[str, Any] = {**dict.fromkeys(TEXT_FIELDS), "version": 1, "consent": "unknown", "tags": [], "custom": "{}", "lists": []}
    return pl.DataFrame([{**blank, **contact} for contact in contacts], schema=CANDIDATE_SCHEMA)


def match(rows: pl.DataFrame, candidates: pl.DataFrame, chosen: EngineOptions) -> Matches:
    keys = extract_keys(rows, chosen)
    hits = find_hits(keys, candidates, chosen)
    return plan_matches([pl.concat([tie_keys(keys, chosen), hits.ties])], hits.special, chosen)


def contested_rows(rows: pl.DataFrame, candidates: pl.DataFrame, chosen: EngineOptions) -> list[int]:
    return match(rows, candidates, chosen).contested["row"].to_list()


def test_keys_are_null_where_they_are_blank_and_phones_where_they_cannot_find() -> None:
    rows = judged(
        {"email": "a@x.io", "phone": "+1"}, {"email": "", "mobile_phone": "+2"}, {"external_id": "", "phone": "", "mobile_phone": "+3"}
    )
    keys = extract_keys(rows, options())
    assert keys["email"].to_list() == ["a@x.io", None, None]
    assert keys["phone"].to_list() == [None, "+2", "+3"]
    assert extract_keys(rows, options(match_mode=MatchMode.ANY))["phone"].to_list() == ["+1", "+2", "+3"]


def test_keys_of_columns_that_are_not_mapped_are_null() -> None:
    rows = judged({"email": "a@x.io"}).drop("external_id", "phone", "mobile_phone")
    assert extract_keys(rows, options()).row(0) == (2, False, None, "a@x.io", None)


def test_rows_that_share_a_key_are_contested_whatever_the_match_fields() -> None:
    rows = judged({"external_id": "x1", "email": "a@x.io"}, {"external_id": "x1", "email": "b@x.io"}, {"email": "c@x.io"})
    assert contested_rows(rows, NOBODY, options(match_fields=(MatchField.EMAIL,))) == [2, 3]


def test_a_failed_row_contests_nothing() -> None:
    rows = judged({"email": "a@x.io"}, {"email": "a@x.io", "failed": True})
    assert contested_rows(rows, NOBODY, options()) == []


def test_colleagues_who_share_a_switchboard_are_not_contested() -> None:
    rows = judged({"email": "a@x.io", "phone": "+1"}, {"email": "b@x.io", "phone": "+1"})
    assert contested_rows(rows, NOBODY, options()) == []
    assert contested_rows(rows, NOBODY, options(match_mode=MatchMode.ANY)) == [2, 3]


def test_rows_that_reach_one_contact_by_different_keys_are_contested() -> None:
    contact = {"id": "c1", "external_id": "x1", "email": "a@x.io", "external_id_key": "x1", "email_key": "a@x.io"}
    rows = judged({"external_id": "x1"}, {"email": "a@x.io"}, {"email": "b@x.io"})
    assert contested_rows(rows, tenant(contact), options()) == [2, 3]


def test_a_row_that_reaches_two_contacts_is_contested() -> None:
    candidates = tenant(
        {"id": "c1", "external_id": "x1", "external_id_key": "x1"},
        {"id": "c2", "email": "a@x.io", "email_key": "a@x.io"},
    )
    assert contested_rows(judged({"external_id": "x1", "email": "a@x.io"}), candidates, options()) == [2]


def test_rows_of_twins_are_contested_though_they_share_no_key() -> None:
    candidates = tenant(
        {"id": "c1", "external_id": "x1", "email": "a@x.io", "external_id_key": "x1", "email_key": "a@x.io"},
        {"id": "c2", "external_id": "x2", "email": "a@x.io", "external_id_key": "x2"},
    )
    assert contested_rows(judged({"external_id": "x1"}, {"external_id": "x2"}), candidates, options()) == [2, 3]


def test_an_uncontested_row_knows_its_contact() -> None:
    contact = {"id": "c1", "email": "a@x.io", "email_key": "a@x.io"}
    keys = extract_keys(judged({"email": "a@x.io"}, {"email": "b@x.io"}), options())
    assert find_hits(keys, tenant(contact), options()).frame.select("row", "contact_id").rows() == [(2, "c1")]


def test_under_create_a_row_finds_nobody_and_is_still_a_duplicate() -> None:
    contact = {"id": "c1", "email": "a@x.io", "email_key": "a@x.io"}
    chosen = options(duplicate_strategy=DuplicateStrategy.CREATE)
    line = find_hits(extract_keys(judged({"email": "a@x.io"}), chosen), tenant(contact), chosen).frame.row(0, named=True)
    assert (line["contact_id"], line["duplicate"], line["email_taken"], line["special"]) == (None, True, True, False)


def test_only_candidates_that_claim_a_key_are_picked() -> None:
    candidates = tenant(
        {"id": "c1", "email": "a@x.io", "email_key": "a@x.io"}, {"id": "c2", "email": "a@x.io"}, {"id": "c3", "phone_key": "+1"}
    )
    assert pick_candidates(candidates, extract_keys(judged({"email": "a@x.io"}), options()))["id"].to_list() == ["c1"]


def test_contact_ids_rise_with_the_row() -> None:
    make_ids = make_contact_ids(IMPORT_ID)
    ids = make_ids(pl.Series([1, 2, 9, 10, 255, 256, 65_535, 65_536, 5_000_000])).to_list()
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_a_contact_id_is_a_version_8_uuid_with_the_time_of_the_import() -> None:
    contact_id = make_contact_id(IMPORT_ID, 7)
    assert contact_id.version == 8
    assert contact_id.variant == "specified in RFC 4122"
    assert contact_id.int >> 80 == IMPORT_ID.int >> 80
    assert contact_id.int & ((1 << 40) - 1) == 7
    assert make_contact_ids(IMPORT_ID)(pl.Series([7])).to_list() == [str(contact_id)]


def test_imports_of_one_millisecond_make_different_contacts() -> None:
    next_import = UUID(int=IMPORT_ID.int + 1)
    assert make_contact_id(IMPORT_ID, 7) != make_contact_id(next_import, 7)


def test_a_row_beyond_40_bits_has_no_contact_id() -> None:
    with pytest.raises(ValueError, match="40 bits"):
        make_contact_id(IMPORT_ID, 1 << 40)
