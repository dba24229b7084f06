"""What clients called their requests, so that a repeated request makes one import."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from models.database import Reading, Writing
from models.errors import DatabaseBusy, WrongState
from models.queries.imports import find_import
from models.tables import IdempotencyKey, ImportJob
from models.tenancy import scoped

KEPT_HOURS = 24


def find_repeated(tx: Reading, tenant_id: UUID, key: str, input_sha256: str) -> ImportJob | None:
    """The import that the same request made. Raises WrongState where the key came with another input."""
    kept_since = tx.now() - timedelta(hours=KEPT_HOURS)
    statement = scoped(IdempotencyKey, tenant_id).where(IdempotencyKey.key == key, IdempotencyKey.created_at > kept_since)  # type: ignore[arg-type]
    found = tx.execute(statement).scalar_one_or_none()
    job = None if found is None else find_import(tx, tenant_id, found.import_id)
    if job is not None and found is not None and found.input_sha256 != input_sha256:
        raise WrongState("This idempotencyKey was used for another input within the last 24 hours.", code="idempotency_conflict")
    return job


def keep_key(tx: Writing, tenant_id: UUID, key: str, input_sha256: str, import_id: UUID) -> None:
    """Remember what a request made; an older request of that name, which is past or whose import is gone, is forgotten.

    Raises DatabaseBusy where the same request is being answered at this moment.
    """
    tx.execute(delete(IdempotencyKey).where(IdempotencyKey.tenant_id == tenant_id, IdempotencyKey.key == key))  # type: ignore[arg-type]
    tx.add(IdempotencyKey(tenant_id=tenant_id, key=key, input_sha256=input_sha256, import_id=import_id, created_at=tx.now()))
    try:
        tx.flush()
    except IntegrityError as error:
        raise DatabaseBusy("The same request is being answered just now. Try again.", code="database_busy") from error
