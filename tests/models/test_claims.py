"""Who takes over what nobody claims any more, however many there are."""

from typing import Any
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import event, select
from sqlmodel import col

from models.bulk import insert_frame
from models.clock import new_id, utc_now
from models.database import Database, make_database, reading, writing
from models.queries import candidates, claims
from models.tables import Contact


@pytest.mark.parametrize("few", [0, 50])
def test_of_each_value_that_is_free_the_oldest_twin_claims_it(
    database: Database, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(claims, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(claims, "FEW", few)
    import_id, table = new_id(), Contact.__table__  # type: ignore[attr-defined]
    emails = [f"{number % 5}@example.com" for number in range(11)]
    twins = pl.DataFrame({"id": sorted(str(new_id()) for _ in emails), "email": emails})
    phones = pl.DataFrame({"id": [str(new_id())], "mobile_phone": ["+12025550123"]})
    holder = pl.DataFrame({"id": [str(new_id())], "email": ["3@example.com"], "email_key": ["3@example.com"]})
    with writing(database) as tx:
        for frame in (twins, phones, holder):
            insert_frame(tx.connection(), table, frame, tenant_id=tenant_id, import_id=import_id)
        claims.claim_what_is_free(tx, tenant_id, import_id)
    with reading(database) as tx:
        found = select(Contact.id, Contact.email_key, Contact.phone_key).where(col(Contact.tenant_id) == tenant_id)
        claimed = {str(row.id): row.email_key or row.phone_key for row in tx.execute(found)}
    oldest = {row["id"]: row["email"] for row in twins.head(5).iter_rows(named=True) if row["email"] != "3@example.com"}
    expected = {**dict.fromkeys(twins["id"]), **oldest, phones["id"][0]: "+12025550123", holder["id"][0]: "3@example.com"}
    assert claimed == expected


def test_who_is_deleted_is_found_by_no_key(database: Database, tenant_id: UUID) -> None:
    gone = pl.DataFrame({"id": [str(new_id())], "email": ["a@example.com"], "email_key": ["a@example.com"]})
    with writing(database) as tx:
        table = Contact.__table__  # type: ignore[attr-defined]
        insert_frame(tx.connection(), table, gone, tenant_id=tenant_id, deleted_at=utc_now())
        assert claims.find_claimants(tx, tenant_id, "email_key", ["a@example.com"]) == {}
        assert candidates.find_claims(tx, tenant_id, {"email_key": gone["email"]}, ["id"]).is_empty()


def test_twins_are_found_by_their_index(sqlite_url: str) -> None:
    # It does not begin with the tenant there, so each batch of an undo would look at all of the tenant's contacts instead.
    database, plans = make_database(sqlite_url), []
    try:
        with reading(database) as tx:

            @event.listens_for(tx.get_bind(), "before_cursor_execute")
            def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
                if statement.startswith("SELECT"):
                    cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                    plans.append(cursor.fetchall()[0][3])

            assert not claims.has_twins(tx, new_id())
    finally:
        database.close()
    wanted = [f"ix_contact_twin_{name}" for name in ("external_id", "email", "phone")]
    assert [name in plan for name, plan in zip(wanted, plans, strict=True)] == [True] * 3
