"""An import: where it stands, what it reads, how, and what may be sent for it.

`stage`, `due_at` and `attempt` say which import-wide stage is to be run, when a message for it is due, and how often it was sent;
`started_attempt` is the last attempt that a worker took up, so that a second delivery is dropped; `tries` counts those of this stage.

`furthest` is the most that any attempt at the stage has got through and seen, and `moved_at` when it last grew: what is done again is no
progress. `stuck_since` and `resent_at` are set while nothing comes of an import.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import BigInteger, Column, Field, Index, SQLModel, text

from models.tables.base import id_field, json_field, moment, optional_json
from models.vocabulary import ImportStatus

# What may change without the import's own row being moved. Written out, since an index of a part is used only for the very same words.
IS_MOVING = "status IN ('uploaded', 'inspecting', 'planning', 'queued', 'applying', 'cancelling', 'rolling_back')"
IS_UNPUBLISHED = "published_version <> version"


class ImportJob(SQLModel, table=True):
    __tablename__ = "import_job"
    __table_args__ = (
        Index("ix_import_job_tenant_created", "tenant_id", "created_at", "id"),
        Index("ix_import_job_tenant_sha256", "tenant_id", "sha256"),
        Index("ix_import_job_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_import_job_tenant_status", "tenant_id", "status"),
        # Small, however many imports are over: what the publisher and the sweepers look at in each round.
        Index("ix_import_job_moving", "status", sqlite_where=text(IS_MOVING), postgresql_where=text(IS_MOVING)),
        Index("ix_import_job_unpublished", "id", sqlite_where=text(IS_UNPUBLISHED), postgresql_where=text(IS_UNPUBLISHED)),
    )

    id: UUID = id_field()
    tenant_id: UUID = Field(foreign_key="tenant.id")
    version: int = Field(default=1)
    published_version: int = Field(default=0)
    status: str = Field(default=ImportStatus.UPLOADED.value, max_length=30)
    external_id: str | None = Field(default=None, max_length=200)
    created_by: str | None = Field(default=None, max_length=200)

    source_kind: str = Field(max_length=20)
    filename: str | None = Field(default=None, max_length=500)
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
