"""Planning: what every row would do, before any contact is touched.

The keys of the whole file are held at once; all else goes chunk by chunk through the object store.
"""

from collections.abc import Iterator

from models.database import reading, writing
from models.errors import LimitExceeded, UnreadableFile
from models.queries.imports import try_move
from models.queries.plans import PlannedRun, find_earlier_run, record_chunks, record_plan
from models.queries.sending import FollowUp
from models.queries.transitions import start_or_queue
from models.tables import ImportJob
from models.vocabulary import ContactField, ErrorPolicy, ImportStatus
from workers.engine.directory import collect_names
from workers.engine.frames import EngineOptions
from workers.engine.judging import DateEvidence, judge
from workers.engine.matching import extract_keys
from workers.engine.plans import write_frame
from workers.stages.carrying import carry
from workers.stages.deps import Deps
from workers.stages.directory import resolve_chunks
from workers.stages.frames import load_frame, load_options
from workers.stages.plan_writer import JudgedChunk, PlanWriter
from workers.stages.position import Position, Superseded
from workers.stages.reading import Source, load_chunk, load_source
from workers.stages.settling import settle_chunks


def plan(deps: Deps, job: ImportJob) -> list[FollowUp]:
    """Plan the rows that no earlier run settled; record the plan, and apply it if nobody wants to see it first.

    Raises UnreadableFile, InvalidRequest and LimitExceeded for a source that cannot be planned.
    """
    prefix = f"imports/{job.id}/{job.epoch}-{job.attempt}"
    position = Position(deps, job)
    source = load_source(deps, job, prefix, position)
    if not source.row_count:
        raise UnreadableFile("The file has a header but no rows below it.", code="no_data_rows")
    with reading(deps.database) as tx:
        earlier = find_earlier_run(tx, job)
    options = load_options(job, _decide_dates(deps, job, source))
    chunks = list(_judge(deps, job, source, options, earlier, prefix, position))
    chunks = list(resolve_chunks(deps, job, options, chunks, prefix))
    _check_limits(deps, job, sum(chunk.keys.height for chunk in chunks))
    writer = PlanWriter(deps.storage, deps.settings, prefix, chunks, is_one_batch=_is_all_or_nothing(job))
    with reading(deps.database) as tx:
        settle_chunks(tx, deps.storage, job, options, chunks, writer)
    record = writer.finish()
    with writing(deps.database) as tx:
        if not try_move(tx, job, ImportStatus.PLANNED, plan_epoch=job.epoch, total=source.row_count, position=source.row_count):
            raise Superseded
        if source.is_new:
            record_chunks(tx, job, source.chunks)
        record_plan(tx, job, record)
        if not job.auto_start:
            return []
        settings = deps.settings
        return start_or_queue(
            tx, job, concurrent_imports=settings.concurrent_imports, in_flight=settings.batches_in_flight, actor=job.created_by
        )


def _decide_dates(deps: Deps, job: ImportJob, source: Source) -> dict[str, str | None]:
    """Day or month first, for each date column, from all of its values."""
    if ContactField.BIRTHDAY not in job.mapping.values():
        return {}
    evidence = DateEvidence([column["header"] for column in job.columns], job.mapping)
    for record in source.chunks:
        evidence.add(load_frame(deps.storage, record.object_key))
    return evidence.decide()


def _judge(
    deps: Deps, job: ImportJob, source: Source, options: EngineOptions, earlier: PlannedRun | None, prefix: str, position: Position
) -> Iterator[JudgedChunk]:
    headers = [column["header"] for column in job.columns]
    done = 0
    for record in source.chunks:
        chunk = load_chunk(deps.storage, record)
        carried = carry(deps.storage, earlier, record.number)
        judged = judge(chunk, headers, options)
        rows, issues = judged.rows, judged.issues
        if carried is not None:
            settled = carried.outcomes.select("row")
            rows = rows.join(settled, on="row", how="anti", maintain_order="left")
            issues = issues.join(settled, on="row", how="anti", maintain_order="left")
        key = f"{prefix}/judged-{record.number:05}.arrow"
        deps.storage.put(key, write_frame(rows))
        done += record.row_count
        position.note(done, source.row_count)
        yield JudgedChunk(record, key, extract_keys(rows, options), issues, carried, collect_names(judged.rows, options))


def _is_all_or_nothing(job: ImportJob) -> bool:
    return bool(job.options["error_policy"] == ErrorPolicy.ALL_OR_NOTHING.value)


def _check_limits(deps: Deps, job: ImportJob, rows: int) -> None:
    most = deps.settings.all_or_nothing_max_rows
    if _is_all_or_nothing(job) and rows > most:
        raise LimitExceeded(
            f"ALL_OR_NOTHING applies at most {most:,} rows in its one transaction (ROLODOCK_ALL_OR_NOTHING_MAX_ROWS); "
            f"this import has {rows:,}.",
            code="too_many_rows",
        )
