"""The first pass of planning a large source: its chunks are recorded as they are read, and judged by whichever workers have time.

Whoever plans judges along, so that nothing waits for anybody; and what is recorded or judged once is not again, whoever died.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice

import polars as pl

from models.database import reading, writing
from models.errors import Transient
from models.queries.judged_chunks import (
    WayOfJudging,
    count_unjudged,
    forget_chunks,
    give_back_chunk,
    list_chunks_of_run,
    record_chunks_to_judge,
    release_chunks,
    set_way_of_judging,
    take_chunk,
)
from models.queries.plans import ChunkRecord, record_chunks
from models.queries.sending import FollowUp
from models.tables import ImportJob, JudgedChunk
from models.vocabulary import Stage
from workers.engine.ahead import map_ahead
from workers.engine.judging import DateEvidence
from workers.stages.deps import Deps
from workers.stages.heartbeat import beating
from workers.stages.judge_chunk import judge_taken
from workers.stages.judging import THREADS, JudgedRows, load_judged
from workers.stages.position import Position
from workers.stages.reading import Piece, keep_piece, load_chunk

SECONDS_BETWEEN_LOOKS = 0.02


def record_known(deps: Deps, job: ImportJob, records: Sequence[ChunkRecord], evidence: DateEvidence | None, position: Position) -> None:
    """Record the chunks of a source that was read before, for this run, unless an earlier attempt did."""
    seen = 0
    for record in records:
        seen += record.row_count
        if evidence is not None:
            evidence.add(load_chunk(deps.storage, record).frame)
        position.note(0, seen)
    with writing(deps.database) as tx:
        position.require(tx, 0, seen)
        if [_record_of(chunk) for chunk in list_chunks_of_run(tx, job)] != list(records):
            forget_chunks(tx, job)
            record_chunks_to_judge(tx, job, records, None)


def record_read(
    deps: Deps, job: ImportJob, pieces: Iterable[Piece], way: WayOfJudging | None, evidence: DateEvidence | None, position: Position
) -> Iterator[FollowUp]:
    """Store and record the chunks of a source while it is read, and let them be judged at once if it is known how.

    What an earlier attempt recorded is read again, since where a chunk begins follows from what comes before it, but is not stored again.
    """
    with reading(deps.database) as tx:
        recorded = {chunk.number: _record_of(chunk) for chunk in list_chunks_of_run(tx, job)}
    records: list[ChunkRecord] = []
    is_as_recorded = True
    seen = 0
    store = partial(_store, deps, recorded, is_wanted=evidence is not None)
    source = iter(pieces)
    # The first is recorded before the next one is read, so that nobody waits for both.
    for record, frame in chain(map(store, islice(source, 1)), map_ahead(store, source)):
        seen += record.row_count
        records.append(record)
        if evidence is not None and frame is not None:
            evidence.add(frame)
        is_as_recorded = is_as_recorded and recorded.get(record.number) == record
        if is_as_recorded:
            position.note(0, seen)
            continue
        with writing(deps.database) as tx:
            position.require(tx, 0, seen)
            position.forgive(tx)
            forget_chunks(tx, job, first=record.number)
            record_chunks_to_judge(tx, job, [record], way)
            follow_ups = release_chunks(tx, job.id, job.epoch, deps.settings.batches_in_flight)
        yield from follow_ups
    with writing(deps.database) as tx:
        position.require(tx, 0, seen)
        forget_chunks(tx, job, first=len(records) + 1)
        record_chunks(tx, job, records)


def judge_recorded(deps: Deps, job: ImportJob, way: WayOfJudging, position: Position) -> Iterator[FollowUp]:
    """Let all recorded chunks be judged, here or elsewhere. Raises Superseded where the import has moved on."""
    with writing(deps.database) as tx:
        seen = sum(chunk.row_count for chunk in list_chunks_of_run(tx, job))
        position.require(tx, 0, seen)
        set_way_of_judging(tx, job, way)
        follow_ups = release_chunks(tx, job.id, job.epoch, deps.settings.batches_in_flight)
    yield from follow_ups
    while True:
        with writing(deps.database) as tx:
            taken = take_chunk(tx, job, deps.settings.heartbeat_seconds)
        if taken is not None:
            yield from _judge_here(deps, taken, job, position)
        elif not _wait_for_others(deps, job, position, seen):
            return
        position.note(0, seen)


def _wait_for_others(deps: Deps, job: ImportJob, position: Position, seen: int) -> bool:
    """Whether there is a chunk to take up after all: one whose worker gave it back, or died. False: all are judged."""
    while True:
        with reading(deps.database) as tx:
            unjudged, free = count_unjudged(tx, job)
        if not unjudged or free:
            return unjudged > 0
        time.sleep(SECONDS_BETWEEN_LOOKS)
        position.note(0, seen)


def load_recorded(deps: Deps, job: ImportJob) -> Iterator[JudgedRows]:
    """What came of the recorded chunks, in order, once all of them are judged."""
    with reading(deps.database) as tx:
        chunks = list_chunks_of_run(tx, job)
    yield from map_ahead(partial(_load, deps), chunks, THREADS)


def _load(deps: Deps, chunk: JudgedChunk) -> JudgedRows:
    assert chunk.judged_key is not None
    return load_judged(deps.storage, _record_of(chunk), chunk.judged_key)


def _judge_here(deps: Deps, taken: JudgedChunk, job: ImportJob, position: Position) -> list[FollowUp]:
    try:
        with beating(deps, FollowUp(Stage.JUDGE_CHUNK, taken.id), taken.attempt):
            follow_ups = judge_taken(deps, taken, job)
    except Transient:
        with writing(deps.database) as tx:
            give_back_chunk(tx, taken)
        raise
    if position.has_tries_to_forgive:
        with writing(deps.database) as tx:
            position.forgive(tx)
    return follow_ups


def _store(deps: Deps, recorded: Mapping[int, ChunkRecord], piece: Piece, *, is_wanted: bool) -> tuple[ChunkRecord, pl.DataFrame | None]:
    """The piece, stored where nothing like it is recorded, and its rows if they are wanted still."""
    assert piece.chunk is not None
    frame = piece.chunk.frame if is_wanted else None
    known = recorded.get(piece.record.number)
    if known is not None and replace(known, object_key=piece.record.object_key) == piece.record:
        return known, frame
    keep_piece(deps.storage, piece)
    return piece.record, frame


def _record_of(chunk: JudgedChunk) -> ChunkRecord:
    return ChunkRecord(chunk.number, chunk.first_row, chunk.last_row, chunk.row_count, chunk.source_key)
