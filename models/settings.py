"""Everything that can be set, from `ROLODOCK_*` variables. Each is explained in docs/settings.md.

Only the wiring (`api.cli`, `api.app`, `workers.main`) makes a Settings; everything below is handed what it needs.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MEBIBYTE = 1024 * 1024
LONGEST_HEARTBEAT_SECONDS = 30


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(env_prefix="ROLODOCK_", frozen=True, extra="ignore")

    data_dir: Path = Field(default=Path("rolodock-data"), description="Folder for the database, files, mail and keys of a single host.")
    database_url: str = Field(default="", description="SQLAlchemy URL; blank: SQLite in the data folder.")
    redis_url: str = Field(default="", description="Redis or Valkey URL; blank: `rolodock up` runs its own.")
    storage_url: str = Field(default="", description="Object store URL; blank: a folder in the data folder.")
    secret_key: str = Field(default="", description="Signs sessions and download links; blank: made once and kept in the data folder.")
    public_url: str = Field(default="http://127.0.0.1:8000", description="Where browsers and clients reach the service.")
    api_url: str = Field(default="", description="Where the dashboard's server reaches the API; blank: the port that it listens at.")
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Origins besides the public URL that may open a WebSocket with a session; commas between them."
    )
    log_level: str = Field(default="info", description="debug, info, warning or error.")
    session_hours: int = Field(default=12, description="How long a browser stays signed in.")
    download_minutes: int = Field(default=60, description="How long a download link works.")
    upload_hours: int = Field(default=24, description="How long a staged upload waits for its bytes and its import.")

    max_upload_bytes: int = Field(default=512 * MEBIBYTE, description="Largest file that is accepted.")
    max_rows: int = Field(default=5_000_000, description="Most rows in one source.")
    max_columns: int = Field(default=1_000, description="Most columns in one source.")
    max_cell_characters: int = Field(default=1_000_000, description="Largest cell, in characters.")
    max_decompressed_bytes: int = Field(default=2_048 * MEBIBYTE, description="Most bytes that a workbook or an archive may unpack to.")
    max_compression_ratio: int = Field(default=200, description="Most bytes that one packed byte may unpack to, from 16 MiB unpacked on.")
    max_sheets: int = Field(default=256, description="Most sheets of a workbook.")
    max_members: int = Field(default=1_000, description="Most files in an archive.")
    fast_workbook_bytes: int = Field(
        default=256 * MEBIBYTE, description="Unpacked size of a sheet up to which it is read whole; larger ones are streamed, more slowly."
    )
    workbook_memory_bytes: int = Field(default=1_024 * MEBIBYTE, description="Memory of the process that parses a workbook.")
    workbook_seconds: float = Field(default=300.0, description="Time that parsing a workbook may take.")
    chunk_rows: int = Field(default=15_000, description="Rows of a stored chunk.")
    batch_rows: int = Field(
        default=15_000, description="Most rows of a batch, once the first small ones are through; a batch lies in one chunk."
    )
    batches_at_once: int = Field(
        default=5, description="Batches that are written in one transaction on SQLite, where one writes at a time."
    )
    all_or_nothing_max_rows: int = Field(default=200_000, description="Most rows that ALL_OR_NOTHING applies in its one transaction.")
    max_edits: int = Field(default=100_000, description="Most cells of an import that are corrected, and rows that are left out, in all.")
    max_edited_characters: int = Field(default=50_000_000, description="Most characters that the corrected cells of an import have in all.")
    stored_issues_per_kind: int = Field(
        default=10_000, description="Issues kept for queries by code and field; counts and reports are whole."
    )

    retention_files: float = Field(
        default=90, ge=0, description="Days that the file of an ended import is kept; 0: for ever, here and below."
    )
    retention_chunks: float = Field(default=90, ge=0, description="Days that its rows are kept, without which it cannot be retried.")
    retention_issues: float = Field(default=90, ge=0, description="Days that its issues are kept one by one; their counts stay.")
    retention_reports: float = Field(default=90, ge=0, description="Days that an error report is kept.")
    retention_journal: float = Field(
        default=90,
        ge=0,
        description="Days that former values of contacts, and deleted contacts, are kept; no import can be undone for longer.",
    )
    retention_imports: float = Field(default=90, ge=0, description="Days that an ended import stays in the history.")
    retention_events: float = Field(default=90, ge=0, description="Days that the progress of an ended import is kept.")
    retention_audit: float = Field(default=400, ge=0, description="Days that the audit trail, and the count of refused files, goes back.")

    worker_threads: int = Field(
        default=2,
        description="Plans that one worker process makes at a time, and beside them chunks that it judges, batches, and error reports.",
    )
    worker_niceness: int = Field(
        default=5, ge=0, le=19, description="How far workers give way to everything else on their host; 0: not at all."
    )
    large_plans: int = Field(
        default=1,
        description="Plans of files from 1 MiB on (packed: 100 KiB) that one process makes at a time, beside the others.",
    )
    batches_in_flight: int = Field(default=4, description="Batches, and chunks to be judged, of one import that are sent at a time.")
    concurrent_imports: int = Field(default=3, description="Imports of one tenant that apply at a time; the next are queued.")
    attempts: int = Field(default=4, description="Tries of a stage or batch before it is called failed.")
    heartbeat_seconds: float = Field(
        default=12.0,
        gt=0,
        le=LONGEST_HEARTBEAT_SECONDS,
        description="Silence after which a stage is taken to be dead and sent again; at most 30.",
    )
    stuck_after: float = Field(
        default=900.0, description="Seconds without progress after which an import is sent again, and after as many more has failed."
    )
    sweep_seconds: float = Field(default=1.0, description="How often a worker looks for what is due.")
    publish_seconds: float = Field(default=0.1, description="How often progress is looked at anyway while something runs.")

    graphql_max_depth: int = Field(default=12, description="Deepest query.")
    graphql_max_aliases: int = Field(default=30, description="Most aliases in a query.")
    graphql_max_tokens: int = Field(default=4_000, description="Most tokens in a query.")
    max_request_bytes: int = Field(default=16 * MEBIBYTE, description="Largest request that is not an upload.")
    max_json_rows: int = Field(default=10_000, description="Most rows of a createImport with `rows`.")

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: str | tuple[str, ...]) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(part.strip().rstrip("/") for part in parts if part.strip())

    def resolved_database_url(self) -> str:
        """The URL to connect to, with the driver that we use."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.absolute() / 'rolodock.db'}"
        for scheme in ("postgres://", "postgresql://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url

    def resolved_storage_url(self) -> str:
        """The URL of the object store."""
        return self.storage_url or (self.data_dir.absolute() / "files").as_uri()

    def resolved_secret_key(self) -> str:
        """The key that signs; made at the first call and kept in the data folder, readable by its owner alone."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret-key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            # Put in place whole, so that another process reads all of it or makes none of its own.
            made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(made, path)
            made.unlink()
        return path.read_text().strip()
