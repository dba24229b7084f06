"""Files that were announced and received before an import is made of them, and files that were not taken."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select, update

from models.database import Reading, Writing
from models.tables import ImportBatch, ImportJob, RefusedUpload, Upload
from models.tenancy import require_found, scoped
from models.vocabulary import BatchStatus, ImportStatus, RunKind

# Their contacts are there, or are being written.
APPLIED = (ImportStatus.APPLYING, ImportStatus.CANCELLING, ImportStatus.COMPLETED, ImportStatus.COMPLETED_WITH_ERRORS)
UNDONE = (ImportStatus.ROLLING_BACK, ImportStatus.ROLLED_BACK, ImportStatus.PARTIALLY_ROLLED_BACK)


def announce_upload(tx: Writing, tenant_id: UUID, *, filename: str, declared_bytes: int | None, hours: int, created_by: str) -> Upload:
    """Keep that a file will come."""
    now = tx.now()
    upload = Upload(
        tenant_id=tenant_id,
        created_by=created_by,
        filename=filename,
        declared_bytes=declared_bytes,
        created_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    tx.add(upload)
    tx.flush()
    return upload


def require_upload(tx: Reading, tenant_id: UUID, upload_id: UUID) -> Upload:
    """The tenant's upload, while it waits. Raises NotFound."""
    statement = scoped(Upload, tenant_id).where(Upload.id == upload_id, Upload.expires_at > tx.now())  # type: ignore[arg-type]
    upload: Upload | None = tx.execute(statement).scalar_one_or_none()
    return require_found(upload, "upload")


def keep_received(
    tx: Writing, tenant_id: UUID, upload_id: UUID, *, seen_key: str | None, object_key: str, size_bytes: int, sha256: str, file_format: str
) -> bool:
    """Keep what came for an upload; False: something else came for it since `seen_key` was read."""
    statement = (
        update(Upload)
        .where(Upload.tenant_id == tenant_id, Upload.id == upload_id)  # type: ignore[arg-type]
        .where(Upload.object_key.is_(None) if seen_key is None else Upload.object_key == seen_key)  # type: ignore[union-attr, arg-type]
        .values(object_key=object_key, size_bytes=size_bytes, sha256=sha256, format=file_format, received_at=tx.now())
    )
    return bool(tx.execute(statement).rowcount)  # type: ignore[attr-defined]


def is_used(tx: Reading, tenant_id: UUID, upload: Upload) -> bool:
    """Whether an import was made of what was received, even one that was deleted since."""
    if upload.object_key is None:
        return False
    statement = scoped(ImportJob, tenant_id).where(ImportJob.sha256 == upload.sha256, ImportJob.object_key == upload.object_key)  # type: ignore[arg-type]
    return tx.execute(statement.limit(1)).scalar_one_or_none() is not None


def hold_upload(tx: Writing, tenant_id: UUID, upload: Upload) -> bool:
    """Keep others from replacing what was received until the transaction ends; False: it was replaced since it was read."""
    statement = (
        update(Upload)
        .where(Upload.tenant_id == tenant_id, Upload.id == upload.id, Upload.object_key == upload.object_key)  # type: ignore[arg-type]
        .values(received_at=Upload.received_at)
    )
    return bool(tx.execute(statement).rowcount)  # type: ignore[attr-defined]


def record_refused(tx: Writing, tenant_id: UUID, *, filename: str | None, code: str) -> None:
    """Count a file that was not taken."""
    tx.add(RefusedUpload(tenant_id=tenant_id, at=tx.now(), filename=filename, code=code))


def find_applied_with_bytes(tx: Reading, tenant_id: UUID, sha256: str) -> ImportJob | None:
    """An import that brought these bytes into the contacts, was not undone and is still in the history."""
    wrote = exists(
        select(ImportBatch.id).where(  # type: ignore[call-overload]
            ImportBatch.import_id == ImportJob.id,
            ImportBatch.kind == RunKind.PLAN.value,
            ImportBatch.status == BatchStatus.DONE.value,
            ImportBatch.created + ImportBatch.updated > 0,
        )
    )
    statement = (
        scoped(ImportJob, tenant_id)
        .where(ImportJob.sha256 == sha256, ImportJob.deleted_at.is_(None))  # type: ignore[union-attr, arg-type]
        .where(ImportJob.status.not_in([status.value for status in UNDONE]))  # type: ignore[attr-defined]
        .where(or_(ImportJob.status.in_([status.value for status in APPLIED]), wrote))  # type: ignore[attr-defined]
        .order_by(ImportJob.created_at.desc())  # type: ignore[attr-defined]
        .limit(1)
    )
    return tx.execute(statement).scalar_one_or_none()
