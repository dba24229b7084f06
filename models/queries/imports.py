"""Finding an import and moving it from one status to the next."""

from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models.database import Reading, Writing
from models.errors import WrongState
from models.folding import fold_case
from models.lifecycle import require_move
from models.queries import audit
from models.queries.sending import FollowUp
from models.tables import ImportJob
from models.tenancy import require_found, scoped
from models.vocabulary import ImportStatus, Stage

# Names that begin alike for so long are ordered by id.
FILENAME_KEY_CHARACTERS = 200


def find_import(tx: Reading, tenant_id: UUID, import_id: UUID) -> ImportJob | None:
    """The tenant's import; None: there is none, or it was deleted from the history."""
    statement = scoped(ImportJob, tenant_id).where(col(ImportJob.id) == import_id, col(ImportJob.deleted_at).is_(None))
    return tx.execute(statement).scalar_one_or_none()


def require_import(tx: Reading, tenant_id: UUID, import_id: UUID) -> ImportJob:
    """The tenant's import. Raises NotFound."""
    return require_found(find_import(tx, tenant_id, import_id), "import")


def require_version(job: ImportJob, version: int | None) -> None:
    """Raises WrongState (stale_version) where the client has seen an older version; None: it does not care."""
    if version is not None and version != job.version:
        raise WrongState(
            f"The import has changed since: you have version {version}, it is at {job.version}. Load it again.", code="stale_version"
        )


def overtaken() -> WrongState:
    """What is told where somebody else moved the import since it was looked at."""
    return WrongState("The import was changed by somebody else just now. Load it again.", code="stale_version")


def add_import(tx: Writing, job: ImportJob, actor: str | None) -> list[FollowUp]:
    """Keep a new import and ask for its inspection."""
    now = tx.now()
    job.status = ImportStatus.UPLOADED.value
    job.stage = Stage.INSPECT.value
    job.created_at = job.phase_started_at = job.due_at = now
    job.filename_key = fold_case(job.filename or "")[:FILENAME_KEY_CHARACTERS]
    job.search_text = "\n".join(fold_case(name) for name in (job.filename, job.external_id, job.created_by) if name)
    tx.add(job)
    tx.flush()
    audit.record_import(tx, job, actor, "import.created", sha256=job.sha256)
    return [FollowUp(Stage.INSPECT, job.id)]


def try_move(tx: Writing, job: ImportJob, to: ImportStatus, *, actor: str | None = None, keep_stage: bool = False, **values: Any) -> bool:
    """Move the import as it was loaded to a status, by compare-and-set on status and epoch; False: somebody else moved it first.

    `values` are set along. Moving clears the stage that was pending, unless `values` name another one or it is kept.
    Raises WrongState where the move is not legal.
    """
    current = ImportStatus(job.status)
    require_move(current, to)
    now = tx.now()
    fresh = {"furthest": 0, "moved_at": None, "first_begun_at": None, "stuck_since": None, "resent_at": None}
    no_stage = {"stage": None, "due_at": None, "attempt": 0, "started_attempt": 0, "tries": 0, "begun_at": None}
    settings: dict[str, Any] = fresh | values if keep_stage else fresh | no_stage | values
    if values.get("stage") is not None:
        settings["due_at"] = now
    statement = (
        update(ImportJob)
        .where(col(ImportJob.id) == job.id, col(ImportJob.status) == current.value, col(ImportJob.epoch) == job.epoch)
        .values(status=to.value, version=col(ImportJob.version) + 1, phase_started_at=now, **settings)
        .execution_options(synchronize_session=False)
    )
    if not tx.execute(statement).rowcount:  # type: ignore[attr-defined]
        return False
    # A stage loads the import in one transaction and moves it in another.
    tx.add(job)
    tx.refresh(job)
    audit.record_import(tx, job, actor, f"import.{to.value}", was=current.value, epoch=job.epoch, reason=values.get("rollback_reason"))
    return True


def move(tx: Writing, job: ImportJob, to: ImportStatus, *, actor: str | None = None, **values: Any) -> None:
    """As `try_move`. Raises WrongState (stale_version) where somebody else moved the import first."""
    if not try_move(tx, job, to, actor=actor, **values):
        raise overtaken()
