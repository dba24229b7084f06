"""Planning: what every row would do, before any contact is touched.

Two passes over the chunks: judging, which needs one row, and settling, which needs all keys of the file. What is known in between is little
for a row, and lies in files of this machine once it is much.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from models.database import Writing, reading, writing
from models.errors import LimitExceeded, UnreadableFile
from models.queries.events import tell_at_once
from models.queries.imports import try_move
from models.queries.plans import find_earlier_run, list_earlier_runs, record_plan
from models.queries.sending import FollowUp
from models.queries.transitions import start_or_queue
from models.tables import ImportJob
from models.vocabulary import ErrorPolicy, ImportStatus
from workers.engine.plans import BatchCutter
from workers.stages.carrying import load_found
from workers.stages.deps import Deps
from workers.stages.directory import resolve_chunks
from workers.stages.first_pass import FirstPass, judge_source
from workers.stages.frames import load_options
from workers.stages.gathering import Gathered
from workers.stages.plan_writer import PlanWriter
from workers.stages.position import Position, Superseded
from workers.stages.scratch import open_scratch
from workers.stages.settling import Settlement


def plan(deps: Deps, job: ImportJob) -> Iterator[FollowUp]:
    """Plan the rows that no earlier run settled; record the plan, and apply it if nobody wants to see it first.

    Raises UnreadableFile, InvalidRequest and LimitExceeded for a source that cannot be planned.
    """
    prefix = f"imports/{job.id}/{job.epoch}-{job.attempt}"
    position = Position(deps, job)
    with reading(deps.database) as tx:
        earlier = find_earlier_run(tx, job)
        runs = list_earlier_runs(tx, job, job.epoch) if earlier else []
        found = load_found(tx, job, earlier)
    first_pass = yield from judge_source(deps, job, earlier, prefix, position)
    if first_pass.question is not None:
        _ask(deps, job, first_pass)
        return
    options = load_options(job, first_pass.dates.orders)
    with open_scratch() as scratch:
        gathered = Gathered(scratch, BatchCutter(deps.settings.batch_rows))
        for chunk in resolve_chunks(deps, job, options, first_pass.judged, prefix):
            gathered.add(chunk)
            position.note(0, gathered.source_row_count)
        _check(deps, job, gathered)
        writer = PlanWriter(deps.storage, deps.settings, prefix, gathered, earlier, found, is_one_batch=_is_all_or_nothing(job))
        with reading(deps.database) as tx:
            done, total = 0, gathered.source_row_count
            taken = total - first_pass.way.edits.excluded.len()
            note = partial(position.note, 0, total)
            settlement = Settlement(tx, deps.storage, job, options, gathered, runs, taken, note)
            for stored in settlement.settle(writer):
                writer.add(stored)
                done += stored.record.row_count
                position.note(done, total, total)
        record = writer.finish()
        with writing(deps.database) as tx:
            moved: dict[str, Any] = {"plan_epoch": job.epoch, "total": total, "position": total, "dialect": first_pass.dates.dialect}
            if not try_move(tx, job, ImportStatus.PLANNED, **moved):
                raise Superseded
            first_pass.record(tx, job)
            record_plan(tx, job, record)
            follow_ups = _start(deps, tx, job) if job.auto_start else []
            tell_at_once(tx, job.id)
    yield from follow_ups


def _start(deps: Deps, tx: Writing, job: ImportJob) -> list[FollowUp]:
    settings = deps.settings
    return start_or_queue(
        tx, job, concurrent_imports=settings.concurrent_imports, in_flight=settings.batches_in_flight, actor=job.created_by
    )


def _ask(deps: Deps, job: ImportJob, first_pass: FirstPass) -> None:
    """Wait for a person to say in which order the dates are written. The chunks are kept: the answer does not change them."""
    question = first_pass.question
    assert question is not None
    told: dict[str, Any] = {
        "dialect": first_pass.dates.dialect,
        "failure_code": question.code,
        "failure_message": question.message,
        "position": 0,
    }
    with writing(deps.database) as tx:
        if not try_move(tx, job, ImportStatus.NEEDS_MAPPING, **told):
            raise Superseded
        first_pass.record(tx, job)


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
