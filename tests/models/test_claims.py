"""Who takes over what nobody claims any more, however many there are."""

from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import select
from sqlmodel import col

from models.bulk import insert_frame
from models.clock import new_id
from models.database import Database, reading, writing
from models.queries import claims
from models.tables import Contact


def test_of_each_value_that_is_free_the_oldest_twin_claims_it(database: Database, tenant_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "MOST_AT_ONCE", 2)
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
