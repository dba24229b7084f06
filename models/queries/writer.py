"""Whose turn it is to write a tenant's contacts: one import at a time, which passes on to one that waits after a while."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import insert_new, queue_for
from models.tables import ImportJob, WriterLease
from models.vocabulary import ImportStatus

# How long an import keeps the turn while another waits.
TURN_SECONDS = 2.0
WRITING = frozenset({ImportStatus.APPLYING.value, ImportStatus.CANCELLING.value, ImportStatus.ROLLING_BACK.value})


def is_turn_of(tx: Reading, tenant_id: UUID, import_id: UUID) -> bool:
    """Whether it is the import's turn as things stand; nothing keeps it so."""
    lease = tx.execute(_lease(tenant_id)).scalar_one_or_none()
    return lease is not None and lease.import_id == import_id and not _is_overdue(tx, lease)


def has_turn(tx: Writing, tenant_id: UUID, import_id: UUID) -> bool:
    """Assert in a batch's own transaction that it is its import's turn, and keep it so until the commit.

    Batches of one import share the turn; passing it on waits for them, so that no two imports write at once.
    """
    queue_for(tx.connection(), tenant_id, alone=False)
    return is_turn_of(tx, tenant_id, import_id)


def still_has_turn(tx: Writing, tenant_id: UUID, import_id: UUID) -> bool:
    """The same for a batch that was begun in its import's turn: what was made ready by then is written as long as nobody else has the turn,
    so that two imports that take longer to make a batch ready than a turn lasts both get on.
    """
    queue_for(tx.connection(), tenant_id, alone=False)
    return turn_of(tx, tenant_id) == import_id


def ask_for_turn(tx: Writing, tenant_id: UUID, import_id: UUID) -> bool:
    """Take the turn if it is free, keep it if nobody waits for it, pass it on if it was held long enough; else be noted as waiting.

    In a transaction of its own: it changes what `has_turn` only reads, and doing both in one would deadlock two batches.
    """
    # Nobody's at first; of two batches that come first, neither may be sent away for it.
    insert_new(tx.connection(), WriterLease.__table__, [{"tenant_id": tenant_id}])  # type: ignore[attr-defined]
    queue_for(tx.connection(), tenant_id, alone=True)
    lease = tx.execute(_lease(tenant_id)).scalar_one()
    now = tx.now()
    if lease.import_id == import_id and _is_overdue(tx, lease):
        # Whoever asks first is next: an import that were noted here at once would keep a third one out for ever.
        lease.import_id, lease.waiting_import_id, lease.held_since = lease.waiting_import_id, None, now
    elif lease.import_id != import_id and (lease.import_id is None or not _is_writing(tx, lease.import_id)):
        lease.import_id, lease.held_since = import_id, now
    elif lease.import_id != import_id and lease.waiting_import_id is None:
        lease.waiting_import_id = import_id
    if lease.waiting_import_id == lease.import_id or (lease.waiting_import_id and not _is_writing(tx, lease.waiting_import_id)):
        lease.waiting_import_id = None
    tx.add(lease)
    return bool(lease.import_id == import_id)


def give_up_turn(tx: Writing, tenant_id: UUID, import_id: UUID) -> UUID | None:
    """An import that writes no more lets go; who waits is next: which import has the turn now, if any."""
    queue_for(tx.connection(), tenant_id, alone=True)
    lease: WriterLease | None = tx.execute(_lease(tenant_id)).scalar_one_or_none()
    if lease is None:
        return None
    if lease.waiting_import_id == import_id:
        lease.waiting_import_id = None
    if lease.import_id == import_id:
        lease.import_id, lease.waiting_import_id, lease.held_since = lease.waiting_import_id, None, tx.now()
    tx.add(lease)
    return lease.import_id


def turn_of(tx: Reading, tenant_id: UUID) -> UUID | None:
    """Which import of the tenant has the turn."""
    lease: WriterLease | None = tx.execute(_lease(tenant_id)).scalar_one_or_none()
    return None if lease is None else lease.import_id


def _lease(tenant_id: UUID) -> Select[WriterLease]:
    return select(WriterLease).where(col(WriterLease.tenant_id) == tenant_id).execution_options(populate_existing=True)


def _is_overdue(tx: Reading, lease: WriterLease) -> bool:
    if lease.waiting_import_id is None or lease.waiting_import_id == lease.import_id:
        return False
    now = tx.now()
    # Held since a moment that is yet to come: the clock was put back.
    return lease.held_since is None or not now - timedelta(seconds=TURN_SECONDS) <= lease.held_since <= now


def _is_writing(tx: Writing, import_id: UUID) -> bool:
    status = tx.execute(select(col(ImportJob.status)).where(col(ImportJob.id) == import_id)).scalar_one_or_none()
    return status in WRITING
