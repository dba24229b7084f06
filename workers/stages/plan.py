"""Planning: what every row would do, before any contact is touched.

Two passes over the chunks, each with several at a time: judging, which needs one row, and settling, which needs all keys of the file. What
is known in between is little for a row, and lies in files of this machine once it is much.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from models.database import reading, writing
from models.errors import LimitExceeded, UnreadableFile
from models.queries.edits import list_edits
from models.queries.imports import try_move
from models.queries.plans import ChunkRecord, find_earlier_run, record_chunks, record_plan
from models.queries.sending import FollowUp
from models.queries.transitions import start_or_queue
from models.tables import ImportJob
from models.vocabulary import ErrorPolicy, ImportStatus
from workers.engine.ahead import map_ahead
from workers.engine.edits import Edits, edit_chunk
from workers.engine.judging import DateEvidence
from workers.engine.plans import BatchCutter
from workers.stages.date_orders import DateOrders, needs_evidence, settle_date_orders
from workers.stages.deps import Deps
from workers.stages.directory import resolve_chunks
from workers.stages.frames import load_options
from workers.stages.gathering import Gathered
from workers.stages.judging import THREADS, JudgedChunk, judge_pieces
from workers.stages.plan_writer import PlanWriter
from workers.stages.position import Position, Superseded
from workers.stages.reading import Piece, find_pieces, keep_piece, read_pieces
from workers.stages.scratch import open_scratch
from workers.stages.settling import Settlement


def plan(deps: Deps, job: ImportJob) -> list[FollowUp]:
    """Plan the rows that no earlier run settled; record the plan, and apply it if nobody wants to see it first.

    Raises UnreadableFile, InvalidRequest and LimitExceeded for a source that cannot be planned.
    """
    prefix = f"imports/{job.id}/{job.epoch}-{job.attempt}"
    position = Position(deps, job)
    with reading(deps.database) as tx:
        earlier = find_earlier_run(tx, job)
        edits = list_edits(tx, job)
    known = find_pieces(deps, job)
    pieces: Iterable[Piece] = known or read_pieces(deps, job, prefix)
    evidence = None
    if needs_evidence(job):
        evidence = DateEvidence([column["header"] for column in job.columns], job.mapping)
        pieces = list(_keep(deps, job, pieces, evidence, edits, position))
    dates = settle_date_orders(job, evidence)
    if dates.question is not None and earlier is None:
        return _ask(deps, job, dates, [] if known else [piece.record for piece in pieces])
    options = load_options(job, dates.orders)
    with open_scratch() as scratch:
        gathered = Gathered(scratch, BatchCutter(deps.settings.batch_rows))
        judged = _noting(judge_pieces(deps, job, pieces, options, edits, earlier, prefix), position)
        for chunk in resolve_chunks(deps, job, options, judged, prefix):
            gathered.add(chunk)
        _check(deps, job, gathered)
        writer = PlanWriter(deps.storage, deps.settings, prefix, gathered, earlier, is_one_batch=_is_all_or_nothing(job))
        with reading(deps.database) as tx:
            done, total = 0, gathered.source_row_count
            settlement = Settlement(tx, deps.storage, job, options, gathered, lambda: position.note(0, total))
            for stored in settlement.settle(writer):
                writer.add(stored)
                done += stored.record.row_count
                position.note(done, total)
        record = writer.finish()
    with writing(deps.database) as tx:
        if not try_move(tx, job, ImportStatus.PLANNED, plan_epoch=job.epoch, total=total, position=total, dialect=dates.dialect):
            raise Superseded
        if not known:
            record_chunks(tx, job, [chunk.source for chunk in gathered.chunks])
        record_plan(tx, job, record)
        if not job.auto_start:
            return []
        settings = deps.settings
        return start_or_queue(
            tx, job, concurrent_imports=settings.concurrent_imports, in_flight=settings.batches_in_flight, actor=job.created_by
        )


def _noting(chunks: Iterable[JudgedChunk], position: Position) -> Iterator[JudgedChunk]:
    """The chunks, noting how many rows were seen."""
    seen = 0
    for chunk in chunks:
        seen += chunk.source.row_count
        position.note(0, seen)
        yield chunk


def _keep(deps: Deps, job: ImportJob, pieces: Iterable[Piece], evidence: DateEvidence, edits: Edits, position: Position) -> Iterator[Piece]:
    """Store the pieces, looking at how their dates are written once they are corrected."""
    headers = [column["header"] for column in job.columns]
    seen = 0
    for piece, chunk in map_ahead(lambda piece: (piece, keep_piece(deps.storage, piece)), pieces, THREADS):
        evidence.add(edit_chunk(chunk, headers, edits)[0].frame)
        seen += piece.record.row_count
        position.note(0, seen)
        yield Piece(piece.record, None)


def _ask(deps: Deps, job: ImportJob, dates: DateOrders, new: Sequence[ChunkRecord]) -> list[FollowUp]:
    """Wait for a person to say in which order the dates are written. The chunks are kept: the answer does not change them."""
    question = dates.question
    assert question is not None
    told: dict[str, Any] = {"dialect": dates.dialect, "failure_code": question.code, "failure_message": question.message, "position": 0}
    with writing(deps.database) as tx:
        if not try_move(tx, job, ImportStatus.NEEDS_MAPPING, **told):
            raise Superseded
        if new:
            record_chunks(tx, job, new)
    return []


def _is_all_or_nothing(job: ImportJob) -> bool:
    return bool(job.options["error_policy"] == ErrorPolicy.ALL_OR_NOTHING.value)


def _check(deps: Deps, job: ImportJob, gathered: Gathered) -> None:
    if not gathered.chunks:
        raise UnreadableFile("The file has a header but no rows below it.", code="no_data_rows")
    most = deps.settings.all_or_nothing_max_rows
    if _is_all_or_nothing(job) and gathered.row_count > most:
        raise LimitExceeded(
            f"ALL_OR_NOTHING applies at most {most:,} rows in its one transaction (ROLODOCK_ALL_OR_NOTHING_MAX_ROWS); "
            f"this import has {gathered.row_count:,}.",
            code="too_many_rows",
        )
