"""What of an import's source can be corrected: the stored rows of which nothing was done yet, as one consistent look found them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from api.auth.actor import Actor
from api.commands.deps import Deps
from api.commands.ids import require_id
from models.database import Reading, reading
from models.errors import WrongState
from models.lifecycle import EDITABLE, require_one_of
from models.queries.imports import require_import, require_version
from models.queries.plans import ChunkRecord, PlannedRun, list_chunks, load_run
from models.queries.remains import SWEPT, Part, is_swept, swept_code
from models.queries.row_pages import find_account_epoch
from models.storage import ObjectStore
from models.tables import ImportJob, PlannedChunk
from models.tables.import_chunk import issues_key
from models.vocabulary import ImportStatus
from workers.engine.frames import Chunk
from workers.engine.plans import RETRIED, make_drifted_frame, read_frame, real_outcomes


@dataclass(frozen=True, slots=True)
class SourceChunk:
    """A stored chunk, and what the run that accounts for its rows made of it; None: no run does."""

    record: ChunkRecord
    planned: PlannedChunk | None


@dataclass(frozen=True, slots=True)
class EditableSource:
    """The chunks of an import, in order, and the run that accounts for their rows."""

    job: ImportJob
    chunks: list[SourceChunk]
    run: PlannedRun

    @property
    def headers(self) -> list[str]:
        return [column["header"] for column in self.job.columns]

    def load(self, storage: ObjectStore, chunk: SourceChunk) -> Chunk:
        """What is in a chunk, as it came."""
        key = chunk.record.object_key
        return Chunk(read_frame(storage.get(key)), read_frame(storage.get(issues_key(key))))

    def open_rows(self, storage: ObjectStore, chunk: SourceChunk, frame: pl.DataFrame) -> pl.Series:
        """The rows of a chunk, which has this frame, of which nothing was done yet."""
        if chunk.planned is None:
            return frame["row"]
        outcomes = read_frame(storage.get(chunk.planned.outcomes_key)).select("row", "outcome", "contact_id", "changes", "batch")
        if ImportStatus(self.job.status) is ImportStatus.PLANNED:
            # Rows without a batch were settled by an earlier run.
            return outcomes.filter(pl.col("batch").is_not_null())["row"]
        real = real_outcomes(outcomes, self.run.done, make_drifted_frame(self.run.drifted))
        return real.filter(pl.col("outcome").is_in(RETRIED))["row"]

    def chunks_of(self, rows: Sequence[int]) -> Iterator[SourceChunk]:
        """The chunks in which these rows would lie."""
        for chunk in self.chunks:
            if any(chunk.record.first_row <= row <= chunk.record.last_row for row in rows):
                yield chunk


def find_source(deps: Deps, actor: Actor, import_id: str, *, version: int | None) -> EditableSource:
    """What of an import can be corrected. Raises NotFound, and WrongState where it is not the time for it."""
    with reading(deps.database) as tx:
        job = require_import(tx, actor.tenant_id, require_id(import_id, "import"))
        require_version(job, version)
        return load_source(tx, job)


def load_source(tx: Reading, job: ImportJob) -> EditableSource:
    """The same of an import that was found. Raises WrongState (rows_not_read, or chunks_swept where the rows are gone)."""
    require_one_of(ImportStatus(job.status), EDITABLE, "edited")
    if is_swept(job, Part.CHUNKS):
        raise WrongState(SWEPT[Part.CHUNKS], code=swept_code(Part.CHUNKS))
    chunks = list_chunks(tx, job.id)
    if not chunks:
        raise WrongState("The rows of this import were not read yet: that is done when it is planned.", code="rows_not_read")
    run = load_run(tx, job, find_account_epoch(tx, job))
    planned = {chunk.number: chunk for chunk in run.chunks}
    return EditableSource(
        job=job,
        chunks=[
            SourceChunk(ChunkRecord(c.number, c.first_row, c.last_row, c.row_count, c.object_key), planned.get(c.number)) for c in chunks
        ],
        run=run,
    )
