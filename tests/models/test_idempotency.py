"""What a client called its request stands for one import, however two of the same request meet."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.clock import new_id
from models.database import Database, Writing, reading, writing
from models.dialects import SQLITE
from models.errors import DatabaseBusy
from models.queries.idempotency import KEPT_HOURS, find_repeated, keep_key
from models.queries.imports import add_import
from models.tables import IdempotencyKey, ImportJob

KEY = "order 66"
SHA256 = "0" * 64


def _add(tx: Writing, tenant_id: UUID) -> UUID:
    job = ImportJob(id=new_id(), tenant_id=tenant_id, source_kind="file", object_key="sources/a", sha256=SHA256, format="csv")
    add_import(tx, job, "tester")
    keep_key(tx, tenant_id, KEY, SHA256, job.id)
    return job.id


def _made(database: Database, tenant_id: UUID) -> UUID | None:
    with reading(database) as tx:
        job = find_repeated(tx, tenant_id, KEY, SHA256)
        return None if job is None else job.id


def test_a_request_that_was_answered_since_another_looked_for_it_is_not_answered_twice(database: Database, tenant_id: UUID) -> None:
    if database.dialect_name == SQLITE:
        return  # There one transaction that writes begins when the other has ended.
    made = []

    def answer_both() -> None:
        with writing(database) as late:
            assert find_repeated(late, tenant_id, KEY, SHA256) is None
            with writing(database) as first:
                made.append(_add(first, tenant_id))
            _add(late, tenant_id)

    with pytest.raises(DatabaseBusy):
        answer_both()
    assert [_made(database, tenant_id)] == made
    with reading(database) as tx:
        assert tx.execute(select(col(ImportJob.id))).scalars().all() == made


def test_a_key_that_holds_is_not_given_to_another_import(database: Database, tenant_id: UUID) -> None:
    with writing(database) as tx:
        import_id = _add(tx, tenant_id)
    with pytest.raises(DatabaseBusy), writing(database) as tx:
        _add(tx, tenant_id)
    assert _made(database, tenant_id) == import_id


def test_a_key_that_is_past_is_free(database: Database, tenant_id: UUID) -> None:
    with writing(database) as tx:
        _add(tx, tenant_id)
    with writing(database) as tx:
        tx.execute(update(IdempotencyKey).values(created_at=tx.now() - timedelta(hours=KEPT_HOURS, seconds=1)))
    assert _made(database, tenant_id) is None
    with writing(database) as tx:
        import_id = _add(tx, tenant_id)
    assert _made(database, tenant_id) == import_id


def test_a_key_whose_import_was_deleted_is_free(database: Database, tenant_id: UUID) -> None:
    with writing(database) as tx:
        _add(tx, tenant_id)
    with writing(database) as tx:
        tx.execute(update(ImportJob).values(deleted_at=tx.now()))
    with writing(database) as tx:
        import_id = _add(tx, tenant_id)
    assert _made(database, tenant_id) == import_id
