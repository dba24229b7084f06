"""What clients called their requests, so that a repeated request makes one import."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from models.database import Reading, Writing
from models.errors import DatabaseBusy, WrongState
from models.queries.imports import find_import
from models.tables import IdempotencyKey, ImportJob
from models.tenancy import scoped, scoped_columns

KEPT_HOURS = 24


def find_repeated(tx: Reading, tenant_id: UUID, key: str, input_sha256: str) -> ImportJob | None:
    """The import that the same request made. Raises WrongState where the key came with another input."""
    statement = scoped(IdempotencyKey, tenant_id).where(IdempotencyKey.key == key, IdempotencyKey.created_at > _kept_since(tx))  # type: ignore[arg-type]
    found = tx.execute(statement).scalar_one_or_none()
    job = None if found is None else find_import(tx, tenant_id, found.import_id)
    if job is not None and found is not None and found.input_sha256 != input_sha256:
        raise WrongState("This idempotencyKey was used for another input within the last 24 hours.", code="idempotency_conflict")
    return job


def keep_key(tx: Writing, tenant_id: UUID, key: str, input_sha256: str, import_id: UUID) -> None:
    """Remember what a request made; an older request of that name, which is past or whose import is gone, is forgotten.

    Raises DatabaseBusy where the same request is being answered at this moment, or was since this one looked for it.
    """
    table: Any = IdempotencyKey
    # Not one that still holds: it was not there when this request looked, and came since. The primary key then tells.
    imports = scoped_columns(tenant_id, ImportJob, col(ImportJob.id)).where(col(ImportJob.deleted_at).is_(None))
    is_past = or_(table.created_at <= _kept_since(tx), table.import_id.not_in(imports))
    tx.execute(
        delete(IdempotencyKey).where(table.tenant_id == tenant_id, table.key == key, is_past).execution_options(synchronize_session=False)
    )
    tx.add(IdempotencyKey(tenant_id=tenant_id, key=key, input_sha256=input_sha256, import_id=import_id, created_at=tx.now()))
    try:
        tx.flush()
    except IntegrityError as error:
        raise DatabaseBusy("The same request is being answered just now. Try again.", code="database_busy") from error


def _kept_since(tx: Reading) -> datetime:
    return tx.now() - timedelta(hours=KEPT_HOURS)
