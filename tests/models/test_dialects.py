"""What differs between SQLite and Postgres comes to the same."""

import json
from datetime import UTC
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import insert, literal, select
from sqlalchemy.exc import StatementError
from sqlmodel import col

from models.bulk import insert_frame
from models.clock import new_id, utc_now
from models.database import Database, reading, writing
from models.dialects import SQLITE, Id, insert_new, is_one_of, json_array_contains, moment_from_now
from models.errors import DatabaseBusy
from models.tables import Contact, ListMember
from models.tenancy import scoped

AWKWARD = ["plain", "tab\tand\nline", "quote\" and ' and \\ and \\N", "", "ünïcödé 漢字 🙂", "\\.", "a,b;c|d", " spaces "]


def _insert(database: Database, tenant_id: UUID, rows: list[tuple[str, str, str | None, str]]) -> None:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("id", "notes", "email_key", "tags"), pl.String()), orient="row")
    with writing(database) as tx:
        table = Contact.__table__  # type: ignore[attr-defined]
        insert_frame(tx.connection(), table, frame, moments=("created_at", "updated_at"), tenant_id=tenant_id)


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
    _insert(database, tenant_id, [(str(i), text, None, "[]") for i, text in zip(ids, AWKWARD, strict=True)])
    with reading(database) as tx:
        for text in AWKWARD:
            condition = is_one_of(tx.dialect_name, col(Contact.notes), [text, "nothing"])
            assert [c.notes for c in tx.execute(scoped(Contact, tenant_id).where(condition)).scalars()] == [text]
        for wanted in (ids[:3], [str(i) for i in ids[:3]], [i.hex for i in ids[:3]]):
            condition = is_one_of(tx.dialect_name, col(Contact.id), wanted)
            assert {c.id for c in tx.execute(scoped(Contact, tenant_id).where(condition)).scalars()} == set(ids[:3])
        for wrong in ([str(ids[0]), ""], [ids[0].hex[:30], ids[1].hex + "00"], [ids[0].hex + ids[1].hex], ["zz" * 16]):
            if database.dialect_name == SQLITE:
                with pytest.raises(ValueError, match="hexadecimal"):
                    is_one_of(tx.dialect_name, col(Contact.id), wrong)
        for numbers in ([1, 7], [1, *range(2, 3_000)]):
            is_first = is_one_of(tx.dialect_name, col(Contact.version), numbers)
            assert {c.id for c in tx.execute(scoped(Contact, tenant_id).where(is_first)).scalars()} == set(ids)
        none = is_one_of(tx.dialect_name, col(Contact.notes), [])
        assert tx.execute(scoped(Contact, tenant_id).where(none)).scalars().all() == []
        # More than either database takes as parameters one by one.
        many = is_one_of(tx.dialect_name, col(Contact.notes), [str(n) for n in range(70_000)])
        assert tx.execute(scoped(Contact, tenant_id).where(many)).scalars().all() == []
        # Each is found once among many, whatever it holds and however often it is asked for.
        among_many = is_one_of(tx.dialect_name, col(Contact.notes), [*AWKWARD, *AWKWARD, *(str(n) for n in range(2_000))])
        assert sorted(c.notes for c in tx.execute(scoped(Contact, tenant_id).where(among_many)).scalars()) == sorted(AWKWARD)
        many_ids = is_one_of(tx.dialect_name, col(Contact.id), [*ids, *(new_id() for _ in range(2_000))])
        assert {c.id for c in tx.execute(scoped(Contact, tenant_id).where(many_ids)).scalars()} == set(ids)


def test_an_id_in_a_statement_is_one_of_the_column_or_is_refused(database: Database, tenant_id: UUID) -> None:
    """SQLAlchemy would send it to SQLite as text, and find nobody."""
    contact_id = new_id()
    _insert(database, tenant_id, [(str(contact_id), "Ada", None, "[]")])
    found = scoped(Contact, tenant_id)
    with reading(database) as tx:
        assert tx.execute(found.where(col(Contact.id) == literal(contact_id, Id))).scalar_one().notes == "Ada"
        assert tx.execute(select(literal(contact_id, Id))).scalar_one() == contact_id
        untyped = select(literal(contact_id))
        if database.dialect_name == SQLITE:
            with pytest.raises(StatementError, match="needs its type"):
                tx.execute(untyped)
        else:
            assert tx.execute(untyped).scalar_one() == contact_id


def test_a_json_array_contains_a_text_wholly(database: Database, tenant_id: UUID) -> None:
    _insert(database, tenant_id, [(str(new_id()), text, None, json.dumps([text, "other"])) for text in AWKWARD])
    with reading(database) as tx:
        for text in AWKWARD:
            condition = json_array_contains(tx.dialect_name, col(Contact.tags), text)
            assert [c.notes for c in tx.execute(scoped(Contact, tenant_id).where(condition)).scalars()] == [text]
        assert not tx.execute(scoped(Contact, tenant_id).where(json_array_contains(tx.dialect_name, col(Contact.tags), "plai"))).all()


def test_the_databases_clock_tells_the_time(database: Database) -> None:
    with reading(database) as tx:
        assert abs((tx.now() - utc_now()).total_seconds()) < 5
        assert tx.now().tzinfo is UTC


def test_a_moment_in_a_statement_is_the_same_as_one_that_was_asked_for(database: Database, tenant_id: UUID) -> None:
    with writing(database) as tx:
        for id, seconds in ((now_id := new_id(), 0.0), (later_id := new_id(), 90.25)):
            values = {"tenant_id": tenant_id, "id": id, "created_at": moment_from_now(tx.dialect_name, seconds)}
            tx.execute(insert(Contact).values(**values, updated_at=tx.now()))
    with reading(database) as tx:
        told = {contact.id: contact.created_at - contact.updated_at for contact in tx.execute(scoped(Contact, tenant_id)).scalars()}
        is_before = tx.execute(scoped(Contact, tenant_id).where(col(Contact.created_at) <= tx.now())).scalars().all()
    assert abs(told[now_id].total_seconds()) < 5
    assert abs(told[later_id].total_seconds() - 90.25) < 5
    assert [contact.id for contact in is_before] == [now_id]


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
