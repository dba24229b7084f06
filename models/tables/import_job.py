"""An import: where it stands, what it reads, how, and what may be sent for it.

`stage`, `due_at` and `attempt` say which import-wide stage is to be run, when a message for it is due, and how often it was sent;
`started_attempt` is the last attempt that a worker took up, so that a second delivery is dropped; `tries` counts those of this stage.

`furthest` is the most that any attempt at the stage has seen, looked for and got through, in rows of each together, and `moved_at` when it
last grew: what is done again is no progress. `first_begun_at` is when it was first taken up since then, or since it was sent again; later
attempts do not move it. `stuck_since` and `resent_at` are set while nothing comes of an import.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, Index, SQLModel, Text, text

from models.dialects import POSTGRES, SQLITE, ordered_text
from models.tables.base import DIALECT, id_column, id_field, json_field, moment, optional_json
from models.vocabulary import ImportStatus

# What may change without the import's own row being moved. Written out, since an index of a part is used only for the very same words.
IS_MOVING = "status IN ('uploaded', 'inspecting', 'planning', 'queued', 'applying', 'cancelling', 'rolling_back')"
IS_UNPUBLISHED = "published_version <> version"


def _partial(name: str, condition: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


def _order(name: str, column: str) -> tuple[Index, Index]:
    """An index of an order of the history, with what it is filtered by.

    SQLite would otherwise read every import to the end of its row; Postgres keeps long values elsewhere, and its indexes hold none.
    """
    columns = ("tenant_id", column, "id", "status")
    kept = text("deleted_at IS NULL")
    return (
        Index(name, *columns, "search_text", sqlite_where=kept, info={DIALECT: SQLITE}).ddl_if(dialect=SQLITE),
        Index(name, *columns, postgresql_where=kept, info={DIALECT: POSTGRES}).ddl_if(dialect=POSTGRES),
    )


class ImportJob(SQLModel, table=True):
    __tablename__ = "import_job"
    __table_args__ = (
        Index("ix_import_job_tenant_created", "tenant_id", "created_at", "id"),
        Index("ix_import_job_tenant_sha256", "tenant_id", "sha256"),
        Index("ix_import_job_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_import_job_tenant_status", "tenant_id", "status", "deleted_at", "created_at", "id"),
        Index("ix_import_job_tenant_external_id", "tenant_id", "external_id"),
        # The orders of the history, which does not show what was deleted.
        *_order("ix_import_job_history_created", "created_at"),
        *_order("ix_import_job_history_filename", "filename_key"),
        *_order("ix_import_job_history_total", "total"),
        # What retention looks for: imports that have been in their status for long and still have something of the kind.
        _partial("ix_import_job_file", "file_swept_at IS NULL", "phase_started_at"),
        _partial("ix_import_job_chunks", "chunks_swept_at IS NULL", "phase_started_at"),
        _partial("ix_import_job_issues", "issues_swept_at IS NULL", "phase_started_at"),
        _partial("ix_import_job_journal", "journal_swept_at IS NULL", "phase_started_at"),
        _partial("ix_import_job_whole", "deleted_at IS NULL", "phase_started_at"),
        _partial("ix_import_job_sweeping", "sweeping_since IS NOT NULL", "sweeping_since"),
        # Small, however many imports are over: what the publisher and the sweepers look at in each round.
        _partial("ix_import_job_moving", IS_MOVING, "status"),
        _partial("ix_import_job_unpublished", IS_UNPUBLISHED, "id"),
    )

    id: UUID = id_field()
    tenant_id: UUID = id_column(foreign_key="tenant.id")
    version: int = Field(default=1)
    published_version: int = Field(default=0)
    status: str = Field(default=ImportStatus.UPLOADED.value, max_length=30)
    external_id: str | None = Field(default=None, max_length=200)
    created_by: str | None = Field(default=None, max_length=200)

    source_kind: str = Field(max_length=20)
    filename: str | None = Field(default=None, max_length=500)
    # What the history is ordered and searched by, whatever the case (see models.folding).
    filename_key: str = Field(default="", sa_column=Column(ordered_text(200), nullable=False, server_default=text("''")))
    search_text: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=text("''")))
    object_key: str = Field(max_length=300)
    size_bytes: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(max_length=64)
    format: str = Field(max_length=20)

    dialect: dict[str, Any] | None = optional_json()
    columns: list[dict[str, Any]] = json_field(list)
    head: list[Any] = json_field(list)  # the first records: [row, [cell, …]]
    mapping: dict[str, Any] = json_field()  # header -> field
    is_mapping_given: bool = Field(default=False)  # a person or program chose it; else it is the suggested one
    options: dict[str, Any] = json_field()
    auto_start: bool = Field(default=False)

    epoch: int = Field(default=0)
    plan_epoch: int | None = Field(default=None)
    total: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    # What earlier runs settled for good, by outcome; a retry adds to it.
    settled: dict[str, Any] = json_field()
    # Rows that the current stage has got through, of how many as far as it knows.
    position: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))

    stage: str | None = Field(default=None, max_length=30)
    due_at: datetime | None = moment()
    attempt: int = Field(default=0)
    started_attempt: int = Field(default=0)
    tries: int = Field(default=0)
    begun_at: datetime | None = moment()  # the newest attempt at the stage was taken up
    furthest: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    moved_at: datetime | None = moment()
    first_begun_at: datetime | None = moment()
    stuck_since: datetime | None = moment()
    resent_at: datetime | None = moment()

    failure_code: str | None = Field(default=None, max_length=60)
    failure_message: str | None = Field(default=None, max_length=1000)
    rollback_reason: str | None = Field(default=None, max_length=1000)
    rollback_by: str | None = Field(default=None, max_length=200)

    created_at: datetime = moment(nullable=False)
    queued_at: datetime | None = moment()
    started_at: datetime | None = moment()  # applying began
    phase_started_at: datetime | None = moment()  # the current status began
    completed_at: datetime | None = moment()
    rolled_back_at: datetime | None = moment()
    deleted_at: datetime | None = moment()
    # Since when nobody may count on it any more; null: it is there. `swept_at`: retention deleted the whole import.
    file_swept_at: datetime | None = moment()
    chunks_swept_at: datetime | None = moment()
    issues_swept_at: datetime | None = moment()
    journal_swept_at: datetime | None = moment()
    swept_at: datetime | None = moment()
    sweeping_since: datetime | None = moment()  # what was swept may still lie in the object store
