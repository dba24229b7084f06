"""Judging one chunk, by whichever worker; and what follows from it: that the next one is sent."""

from uuid import UUID

from models.database import reading, writing
from models.queries.edits import list_edits
from models.queries.judged_chunks import begin_chunk, finish_chunk, release_chunks
from models.queries.plans import ChunkRecord, find_earlier_run
from models.queries.sending import FollowUp
from models.tables import ImportJob, JudgedChunk
from workers.stages.deps import Deps
from workers.stages.frames import load_options
from workers.stages.judging import judge_rows
from workers.stages.reading import load_chunk


def judge_chunk(deps: Deps, chunk_id: UUID) -> list[FollowUp]:
    """Judge a chunk, unless it was taken up since it was last sent or its import has moved on."""
    with writing(deps.database) as tx:
        begun = begin_chunk(tx, chunk_id, deps.settings.heartbeat_seconds)
    return [] if begun is None else judge_taken(deps, *begun)


def judge_taken(deps: Deps, chunk: JudgedChunk, job: ImportJob) -> list[FollowUp]:
    """Judge a chunk that was taken up, and ask for the next ones."""
    with reading(deps.database) as tx:
        earlier = find_earlier_run(tx, job)
        edits = list_edits(tx, job, chunk.first_row, chunk.last_row)
    source = ChunkRecord(chunk.number, chunk.first_row, chunk.last_row, chunk.row_count, chunk.source_key)
    # A key that no other beginning has: who was thought dead may store something still.
    key = f"imports/{job.id}/{chunk.epoch}-chunks/{chunk.id}-{chunk.tries}.arrow"
    judge_rows(deps.storage, job, source, load_chunk(deps.storage, source), load_options(job, chunk.date_orders), edits, earlier, key)
    with writing(deps.database) as tx:
        if not finish_chunk(tx, chunk, key):
            return []
        return release_chunks(tx, chunk.import_id, chunk.epoch, deps.settings.batches_in_flight)
