"""What differs between SQLite and Postgres comes to the same."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from models.clock import new_id, utc_now
from models.database import Database, reading, writing
from models.dialects import insert_many, insert_new, is_one_of, json_array_contains
from models.errors import DatabaseBusy
from models.tables import Contact, ListMember
from models.tenancy import scoped

AWKWARD = ["plain", "tab\tand\nline", "quote\" and ' and \\ and \\N", "", "ünïcödé 漢字 🙂", "\\.", "a,b;c|d", " spaces "]


def _insert(database: Database, tenant_id: UUID, rows: list[tuple[str, str, str | None, str]]) -> None:
    with writing(database) as tx:
        moment = datetime(2026, 2, 3, 4, 5, 6, 789012, timezone(timedelta(hours=2)))
        columns = ("id", "notes", "email_key", "tags")
        constants = {"tenant_id": tenant_id, "version": 1, "created_at": moment, "updated_at": moment, "consent": "unknown", "custom": "{}"}
        insert_many(tx.connection(), Contact.__table__, columns, rows, **constants)  # type: ignore[attr-defined]


def test_many_rows_are_stored_as_the_orm_would(database: Database, tenant_id: UUID) -> None:
    ids = [new_id() for _ in AWKWARD]
    _insert(database, tenant_id, [(i.hex, text, None, json.dumps([text])) for i, text in zip(ids, AWKWARD, strict=True)])
    with reading(database) as tx:
        found = {contact.id: contact for contact in tx.execute(scoped(Contact, tenant_id)).scalars()}
    assert [found[i].notes for i in ids] == AWKWARD
    assert [found[i].tags for i in ids] == [[text] for text in AWKWARD]
    assert {contact.created_at for contact in found.values()} == {datetime(2026, 2, 3, 2, 5, 6, 789012, UTC)}
    with writing(database) as tx:
        alike = Contact(tenant_id=tenant_id, id=new_id(), created_at=found[ids[0]].created_at, updated_at=utc_now(), tags=["plain"])
        tx.add(alike)
    with reading(database) as tx:
        same = tx.execute(scoped(Contact, tenant_id).where(col(Contact.created_at) == alike.created_at)).scalars().all()
    assert len(same) == len(AWKWARD) + 1


def test_a_violation_is_an_integrity_error_and_nothing_stays(database: Database, tenant_id: UUID) -> None:
    rows = [(new_id().hex, "x", "a@example.com", "[]"), (new_id().hex, "y", "a@example.com", "[]")]
    with pytest.raises(IntegrityError):
        _insert(database, tenant_id, rows)
    with reading(database) as tx:
        assert tx.execute(scoped(Contact, tenant_id)).scalars().all() == []


def test_no_rows_are_no_statement(database: Database, tenant_id: UUID) -> None:
    _insert(database, tenant_id, [])


def test_what_is_there_already_is_passed_over(database: Database, tenant_id: UUID) -> None:
    list_id, contact_id = new_id(), new_id()
    row = {"list_id": list_id, "contact_id": contact_id, "tenant_id": tenant_id}
    with writing(database) as tx:
        for rows in ([row], [row, {**row, "contact_id": new_id()}], []):
            insert_new(tx.connection(), ListMember.__table__, rows)  # type: ignore[attr-defined]
    with reading(database) as tx:
        assert len(tx.execute(scoped(ListMember, tenant_id)).scalars().all()) == 2


def test_one_of_many_values_and_ids(database: Database, tenant_id: UUID) -> None:
    ids = [new_id() for _ in AWKWARD]
    _insert(database, tenant_id, [(i.hex, text, None, "[]") for i, text in zip(ids, AWKWARD, strict=True)])
    with reading(database) as tx:
        for text in AWKWARD:
            condition = is_one_of(tx.dialect_name, col(Contact.notes), [text, "nothing"])
            assert [c.notes for c in tx.execute(scoped(Contact, tenant_id).where(condition)).scalars()] == [text]
        for wanted in (ids[:3], [str(i) for i in ids[:3]], [i.hex for i in ids[:3]]):
            condition = is_one_of(tx.dialect_name, col(Contact.id), wanted)
            assert {c.id for c in tx.execute(scoped(Contact, tenant_id).where(condition)).scalars()} == set(ids[:3])
        none = is_one_of(tx.dialect_name, col(Contact.notes), [])
        assert tx.execute(scoped(Contact, tenant_id).where(none)).scalars().all() == []
        # More than either database takes as parameters one by one.
        many = is_one_of(tx.dialect_name, col(Contact.notes), [str(n) for n in range(70_000)])
        assert tx.execute(scoped(Contact, tenant_id).where(many)).scalars().all() == []


def test_a_json_array_contains_a_text_wholly(database: Database, tenant_id: UUID) -> None:
    _insert(database, tenant_id, [(new_id().hex, text, None, json.dumps([text, "other"])) for text in AWKWARD])
    with reading(database) as tx:
        for text in AWKWARD:
            condition = json_array_contains(tx.dialect_name, col(Contact.tags), text)
            assert [c.notes for c in tx.execute(scoped(Contact, tenant_id).where(condition)).scalars()] == [text]
        assert not tx.execute(scoped(Contact, tenant_id).where(json_array_contains(tx.dialect_name, col(Contact.tags), "plai"))).all()


def test_the_databases_clock_tells_the_time(database: Database) -> None:
    with reading(database) as tx:
        assert abs((tx.now() - utc_now()).total_seconds()) < 5
        assert tx.now().tzinfo is UTC


def test_a_database_that_is_away_is_busy() -> None:
    from models.database import make_database

    away = make_database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    with pytest.raises(DatabaseBusy), reading(away) as tx:
        tx.execute(select(1))
    away.close()


def test_a_transaction_that_breaks_leaves_nothing(database: Database, tenant_id: UUID) -> None:
    def write_and_break() -> None:
        with writing(database) as tx:
            tx.add(Contact(tenant_id=tenant_id, id=new_id(), created_at=utc_now(), updated_at=utc_now()))
            tx.flush()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_and_break()
    with reading(database) as tx:
        assert tx.execute(scoped(Contact, tenant_id)).scalars().all() == []
