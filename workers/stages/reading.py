"""Reading a source into stored chunks, once for each way of reading it."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.database import reading
from models.queries.plans import ChunkRecord, list_chunks
from models.storage import ObjectStore
from models.tables import ImportJob
from workers.engine.ahead import map_ahead
from workers.engine.frames import Chunk
from workers.engine.plans import write_frame
from workers.engine.readers import read_chunks
from workers.stages.deps import Deps
from workers.stages.frames import load_dialect, load_frame
from workers.stages.position import Position


@dataclass(frozen=True, slots=True)
class Source:
    """The stored chunks of a source."""

    chunks: list[ChunkRecord]
    is_new: bool

    @property
    def row_count(self) -> int:
        return sum(chunk.row_count for chunk in self.chunks)


def load_source(deps: Deps, job: ImportJob, prefix: str, position: Position) -> Source:
    """The chunks of the import: those recorded, or else read now and stored under the prefix."""
    with reading(deps.database) as tx:
        known = [ChunkRecord(c.number, c.first_row, c.last_row, c.row_count, c.object_key) for c in list_chunks(tx, job.id)]
    if known:
        return Source(known, is_new=False)
    return Source(list(_read(deps, job, prefix, position)), is_new=True)


def _read(deps: Deps, job: ImportJob, prefix: str, position: Position) -> Iterator[ChunkRecord]:
    headers = [column["header"] for column in job.columns]
    seen = 0
    with deps.storage.open(job.object_key) as source:
        # Where all records were left out, a chunk without rows says why; there is nothing in it to import.
        chunks = (chunk for chunk in read_chunks(source, load_dialect(job), headers, deps.reader_limits()) if chunk.frame.height)
        for record in map_ahead(lambda part: _store(deps.storage, prefix, *part), enumerate(chunks, start=1)):
            seen += record.row_count
            position.note(0, seen)
            yield record


def _store(storage: ObjectStore, prefix: str, number: int, chunk: Chunk) -> ChunkRecord:
    key = f"{prefix}/chunk-{number:05}.arrow"
    storage.put(key, write_frame(chunk.frame))
    storage.put(_issues_key(key), write_frame(chunk.issues))
    rows = chunk.frame["row"]
    return ChunkRecord(number, int(rows[0]), int(rows[-1]), chunk.frame.height, key)


def load_chunk(storage: ObjectStore, record: ChunkRecord) -> Chunk:
    """A stored chunk, with what its reader had to say."""
    return Chunk(load_frame(storage, record.object_key), load_frame(storage, _issues_key(record.object_key)))


def keys_of_chunk(key: str) -> tuple[str, str]:
    """Where a chunk lies, and what its reader had to say of it."""
    return key, _issues_key(key)


def _issues_key(key: str) -> str:
    return key.removesuffix(".arrow") + ".issues.arrow"
