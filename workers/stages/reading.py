"""The source as chunks: those that were stored before, or else read now, once for each way of reading it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count

from models.database import reading
from models.queries.plans import ChunkRecord, list_chunks
from models.storage import ObjectStore
from models.tables import ImportJob
from models.tables.import_chunk import issues_key
from workers.engine.frames import Chunk
from workers.engine.plans import write_frame
from workers.engine.readers import read_chunks
from workers.stages.deps import Deps
from workers.stages.frames import load_dialect, load_frame


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk of the source: where it lies or is to lie, and what is in it unless it lies there already."""

    record: ChunkRecord
    chunk: Chunk | None


def find_pieces(deps: Deps, job: ImportJob) -> list[Piece]:
    """The chunks that are stored and recorded; none where the source is to be read."""
    with reading(deps.database) as tx:
        known = list_chunks(tx, job.id)
    return [Piece(ChunkRecord(c.number, c.first_row, c.last_row, c.row_count, c.object_key), None) for c in known]


def read_pieces(deps: Deps, job: ImportJob, prefix: str) -> Iterator[Piece]:
    """Read the source; the chunks are to lie under the prefix.

    Raises UnreadableFile and LimitExceeded.
    """
    headers = [column["header"] for column in job.columns]
    with deps.storage.open(job.object_key) as source:
        chunks = read_chunks(source, load_dialect(job), headers, deps.reader_limits())
        # Where all records were left out, a chunk without rows says why; there is nothing in it to import.
        filled = filter(lambda chunk: chunk.frame.height, chunks)
        # No name of ours holds a chunk while the next one is read.
        yield from map(partial(_make_piece, prefix), count(1), filled)


def _make_piece(prefix: str, number: int, chunk: Chunk) -> Piece:
    rows = chunk.frame["row"]
    return Piece(ChunkRecord(number, int(rows[0]), int(rows[-1]), rows.len(), f"{prefix}/chunk-{number:05}.arrow"), chunk)


def keep_piece(storage: ObjectStore, piece: Piece) -> Chunk:
    """What is in a piece, which is stored thereby if it was not yet."""
    key = piece.record.object_key
    if piece.chunk is None:
        return load_chunk(storage, piece.record)
    storage.put(key, write_frame(piece.chunk.frame))
    storage.put(issues_key(key), write_frame(piece.chunk.issues))
    return piece.chunk


def load_chunk(storage: ObjectStore, record: ChunkRecord) -> Chunk:
    """A stored chunk, with what its reader had to say."""
    return Chunk(load_frame(storage, record.object_key), load_frame(storage, issues_key(record.object_key)))


def keys_of_chunk(key: str) -> tuple[str, str]:
    """Where a chunk lies, and what its reader had to say of it."""
    return key, issues_key(key)
