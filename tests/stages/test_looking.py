"""However the contacts of a file are looked for, the same ones are found."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from models.database import reading
from models.queries import candidates
from models.vocabulary import DuplicateStrategy, MatchMode
from tests.stages.accounts import Account, take_account
from tests.support.rig import Rig
from workers.stages import looking, settling

_MAPPING = {name: name for name in ("email", "external_id", "phone", "company", "tags")}


def _rows() -> list[dict[str, str]]:
    """Five chunks: of nobody whom anybody knows, of people known by each kind of key, in one chunk and in several, and of both."""
    new = [{"email": f"new{number}@example.com", "company": "A"} for number in range(6)]
    by_email = [{"email": f"c{number % 7}@example.com", "company": f"B{number}", "tags": "vip"} for number in range(8)]
    by_id = [{"external_id": f"x{number}", "company": "C"} for number in range(4)]
    by_phone = [{"phone": f"+1212555010{number}", "company": "D"} for number in range(3)]
    both = [{"external_id": "x1", "email": "c2@example.com", "company": "E"}, {"email": "no address", "external_id": "x2"}]
    twins = [{"email": "twin@example.com", "company": "F"}, {"email": "gone@example.com", "company": "G"}]
    return [dict.fromkeys(_MAPPING, "") | row for row in new + by_email + by_id + by_phone + both + twins]


def _import(rig: Rig, **options: Any) -> Account:
    for number in range(5):
        rig.create(email=f"c{number}@example.com", company="Old", phone=f"+1212555020{number}")
        rig.create(external_id=f"x{number}", notes="Old")
    rig.create(phone="+12125550101", company="Old")
    rig.create(external_id="x9", email="twin@example.com")
    rig.remove(rig.create(email="gone@example.com"))
    return take_account(rig, [rig.import_rows(_rows(), mapping=_MAPPING, **options)])


@pytest.mark.parametrize(
    ("strategy", "mode"),
    [
        (DuplicateStrategy.UPDATE, MatchMode.IDENTITY),
        (DuplicateStrategy.UPDATE, MatchMode.ANY),
        (DuplicateStrategy.MERGE, MatchMode.ANY),
        (DuplicateStrategy.SKIP, MatchMode.IDENTITY),
        (DuplicateStrategy.SKIP, MatchMode.ANY),
        (DuplicateStrategy.CREATE, MatchMode.IDENTITY),
        (DuplicateStrategy.CREATE, MatchMode.ANY),
    ],
)
def test_whoever_is_asked_for_first_the_same_contacts_are_found(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, strategy: DuplicateStrategy, mode: MatchMode
) -> None:
    accounts = []
    # Always by all keys; first which are known, over the borders of windows and of what is asked at a time; and as it comes.
    for most_known, rows, keys in ((-1.0, 10, 3), (2.0, 10, 3), (2.0, 15, 2), (0.5, 500, 50)):
        monkeypatch.setattr(looking, "MOST_KNOWN", most_known)
        monkeypatch.setattr(looking, "ROWS_AT_A_TIME", rows)
        monkeypatch.setattr(looking, "KEYS_AT_A_TIME", keys)
        accounts.append(_import(replace(rig, tenant_id=rig.add_tenant()), duplicate_strategy=strategy, match_mode=mode))
    assert accounts[0].contacts
    assert accounts == [accounts[0]] * len(accounts)


def test_where_nobody_is_known_only_the_first_chunk_asks_for_contacts(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    find = candidates.find_claims
    monkeypatch.setattr(looking, "find_claims", lambda *given: asked.append(given[2]) or find(*given))
    rig.create(email="c0@example.com")
    rig.import_rows([{"email": f"new{number}@example.com"} for number in range(23)], mapping={"email": "email"})
    assert [len(keys["email_key"]) for keys in asked] == [5]


def test_contacts_to_update_are_loaded_as_they_are_found(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked for a second time by their ids, they cost as much again."""
    found = []
    find = candidates.find_claims
    monkeypatch.setattr(looking, "find_claims", lambda *given: found.append(given[3]) or find(*given))
    monkeypatch.setattr(settling, "load_claims", None)
    for number in range(12):
        rig.create(email=f"c{number}@example.com", company="Old")
    rows = [{"email": f"c{number}@example.com", "company": "New"} for number in range(12)]
    job = rig.import_rows(rows, mapping={"email": "email", "company": "company"}, duplicate_strategy=DuplicateStrategy.UPDATE)
    assert rig.counts(job).updated == 12
    assert {contact.company for contact in rig.contacts()} == {"New"}
    assert all("version" in columns and "notes" not in columns for columns in found)


def test_known_are_the_keys_that_a_live_contact_claims(rig: Rig) -> None:
    rig.create(email="c0@example.com", phone="+12125550101")
    rig.remove(rig.create(email="c1@example.com"))
    asked = pl.Series(["c0@example.com", "c1@example.com", "c2@example.com"])
    with reading(rig.deps.database) as tx:
        assert candidates.find_known(tx, rig.tenant_id, "email_key", asked).to_list() == ["c0@example.com"]
        assert candidates.find_known(tx, rig.tenant_id, "phone_key", pl.Series(["+12125550101"])).is_empty()
