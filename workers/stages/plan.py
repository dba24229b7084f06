"""Planning: what every row would do, before any contact is touched.

Two passes over the chunks, each with several at a time: judging, which needs one row, and settling, which needs all keys of the file. In
between, what is known of a row is little, and lies in files of this machine once it is much.
"""

from collections.abc import Iterable

from models.database import reading, writing
from models.errors import LimitExceeded, UnreadableFile
from models.queries.imports import try_move
from models.queries.plans import find_earlier_run, record_chunks, record_plan
from models.queries.sending import FollowUp
from models.queries.transitions import start_or_queue
from models.tables import ImportJob
from models.vocabulary import ContactField, ErrorPolicy, ImportStatus
from workers.engine.ahead import map_ahead
from workers.engine.judging import DateEvidence
from workers.engine.plans import BatchCutter
from workers.stages.deps import Deps
from workers.stages.frames import load_options
from workers.stages.gathering import Gathered
from workers.stages.judging import THREADS, judge_pieces
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
    known = find_pieces(deps, job)
    date_orders: dict[str, str | None] = {}
    pieces = known or read_pieces(deps, job, prefix)
    if ContactField.BIRTHDAY in job.mapping.values():
        pieces, date_orders = _decide_dates(deps, job, pieces, position)
    options = load_options(job, date_orders)
    with open_scratch() as scratch:
        gathered = Gathered(scratch, BatchCutter(deps.settings.batch_rows))
        for judged in judge_pieces(deps, job, pieces, options, earlier, prefix):
            gathered.add(judged)
            position.note(0, gathered.source_row_count)
        _check(deps, job, gathered)
        writer = PlanWriter(deps.storage, deps.settings, prefix, gathered, earlier, is_one_batch=_is_all_or_nothing(job))
        with reading(deps.database) as tx:
            done = 0
            for stored in Settlement(tx, deps.storage, job, options, gathered).settle(writer):
                writer.add(stored)
                done += stored.record.row_count
                position.note(done, gathered.source_row_count)
        record = writer.finish()
    with writing(deps.database) as tx:
        total = gathered.source_row_count
        if not try_move(tx, job, ImportStatus.PLANNED, plan_epoch=job.epoch, total=total, position=total):
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


def _decide_dates(deps: Deps, job: ImportJob, pieces: Iterable[Piece], position: Position) -> tuple[list[Piece], dict[str, str | None]]:
    """Day or month first, for each date column, from all of its values; the pieces are stored thereby."""
    evidence = DateEvidence([column["header"] for column in job.columns], job.mapping)
    stored: list[Piece] = []
    seen = 0
    for piece, chunk in map_ahead(lambda piece: (piece, keep_piece(deps.storage, piece)), pieces, THREADS):
        evidence.add(chunk.frame)
        stored.append(Piece(piece.record, None))
        seen += piece.record.row_count
        position.note(0, seen)
    return stored, evidence.decide()


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
