"""Rows are looked up by many values at once, on SQLite and on Postgres."""

from uuid import UUID

import polars as pl
from sqlalchemy import text
from sqlmodel import col

from models.bulk import insert_frame
from models.clock import new_id
from models.database import Database, reading, writing
from models.dialects import SQLITE
from models.lookups import MOST_AT_ONCE, look_up
from models.tables import Contact
from models.tenancy import scoped_columns

AWKWARD = [
    "plain", "tab\tand\nline", "quote\" and ' and \\ and \\N", "", "ünïcödé 漢字 🙂", "\\.", "a,b;c|d", " spaces ",
    '"', "{}", "NULL", "%s", "\\",
]  # fmt: skip
SCHEMA = {"id": pl.String(), "version": pl.Int64(), "notes": pl.String(), "city": pl.String(), "tags": pl.String()}


def _insert(database: Database, tenant_id: UUID, count: int, prefix: str = "") -> pl.Series:
    """So many contacts that each claim an e-mail; the ids in the order of the e-mails."""
    emails = pl.Series("email_key", [f"{prefix}{number:05}@example.com" for number in range(count)])
    with writing(database) as tx:
        table = Contact.__table__  # type: ignore[attr-defined]
        insert_frame(
            tx.connection(), table, pl.DataFrame({"id": [str(new_id()) for _ in emails], "email_key": emails}), tenant_id=tenant_id
        )
    return emails


def test_rows_are_found_by_awkward_values_and_come_out_unchanged(database: Database, tenant_id: UUID) -> None:
    ids = [str(new_id()) for _ in AWKWARD]
    frame = pl.DataFrame({"id": ids, "notes": AWKWARD, "tags": ['["a\\"b"]', *["[]"] * (len(AWKWARD) - 1)]})
    with writing(database) as tx:
        insert_frame(tx.connection(), Contact.__table__, frame, tenant_id=tenant_id)  # type: ignore[attr-defined]
    statement = scoped_columns(tenant_id, Contact, *(getattr(Contact, name) for name in SCHEMA))
    with reading(database) as tx:
        for column, values in ((col(Contact.notes), AWKWARD), (col(Contact.id), ids)):
            wanted = pl.Series([*values, str(new_id())])
            found = look_up(tx.connection(), statement, column, wanted, SCHEMA)
            assert found.schema == pl.Schema(SCHEMA)
            expected = [(i, 1, note, None, tags) for i, note, tags in frame.rows()]
            assert sorted(found.rows()) == sorted(expected)
        for values in (pl.Series([], dtype=pl.String), pl.Series(["nothing"])):
            nothing = look_up(tx.connection(), statement, col(Contact.notes), values, SCHEMA)
            assert nothing.schema == pl.Schema(SCHEMA)
            assert nothing.is_empty()


def test_more_values_than_fit_into_a_statement_are_all_found(database: Database, tenant_id: UUID) -> None:
    emails = _insert(database, tenant_id, MOST_AT_ONCE + 2)
    statement = scoped_columns(tenant_id, Contact, Contact.email_key)
    with reading(database) as tx:
        found = look_up(tx.connection(), statement, col(Contact.email_key), emails, {"email_key": pl.String()})
    assert found["email_key"].sort().equals(emails)


def test_each_value_asks_the_index_though_the_statistics_know_nobody_of_the_tenant(database: Database, tenant_id: UUID) -> None:
    """Were the contacts read and each compared with all values, a million would take days."""
    if database.dialect_name == SQLITE:
        return
    _insert(database, new_id(), 5_000)
    with writing(database) as tx:
        tx.execute(text("ANALYZE contact"))
    emails = _insert(database, tenant_id, 2_000)
    statement = scoped_columns(tenant_id, Contact, Contact.email_key)
    with reading(database) as tx:
        found = look_up(tx.connection(), statement, col(Contact.email_key), emails, {"email_key": pl.String()})
        asked = tx.execute(text("SELECT idx_scan FROM pg_stat_xact_user_tables WHERE relname = 'contact'")).scalar_one()
    assert found.height == asked == emails.len()
