"""Tidying: files that nothing records. Once in a while in one worker for uploads and sources, at each run's end for overtaken attempts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from models.clock import time_of_id
from models.database import reading, writing
from models.queries.judged_chunks import forget_runs
from models.queries.leases import hold
from models.queries.tidying import forget_upload, iter_source_keys, list_expired_uploads, list_judged_keys, list_recorded_keys
from models.tables import ImportJob
from workers.stages.deps import Deps
from workers.stages.judging import keys_of_judged
from workers.stages.reading import keys_of_chunk

LEASE = "tidy"
LEASE_SECONDS = 30.0
MOST_A_ROUND = 50
RECORDED_WITHIN = timedelta(days=1)
STEP_KEYS = 1_000


def tidy_uploads(deps: Deps, holder: str) -> None:
    """Delete uploads that waited in vain, files first, so that none is left without a row that tells of it."""
    with writing(deps.database) as tx:
        if not hold(tx, LEASE, holder, LEASE_SECONDS):
            return
    with reading(deps.database) as tx:
        expired = list_expired_uploads(tx, MOST_A_ROUND)
    for upload in expired:
        if upload.object_key is not None:
            deps.storage.delete(upload.object_key)
        with writing(deps.database) as tx:
            forget_upload(tx, upload.id)


def tidy_sources(deps: Deps, now: datetime) -> Iterator[None]:
    """Delete stored sources of which nothing speaks, step by step: what a request left that ended, or was told nothing, before or while
    it was to be recorded. One that is younger than a day may still be.
    """
    # Listed before what is recorded is read: what comes meanwhile is not among them.
    left = set()
    for number, key in enumerate(deps.storage.iter_keys("sources")):
        made_at = _made_at(key)
        if made_at is not None and made_at < now - RECORDED_WITHIN:
            left.add(key)
        if not number % STEP_KEYS:
            yield
    if left:
        with reading(deps.database) as tx:
            left.difference_update(iter_source_keys(tx))
    for key in left:
        deps.storage.delete(key)
        yield


def _made_at(key: str) -> datetime | None:
    """When the id that a source's key ends with was made; None: it ends with none."""
    try:
        made = UUID(key.rpartition("/")[2])
    except ValueError:
        return None
    return time_of_id(made) if made.version == 7 else None


def tidy_attempts(deps: Deps, job: ImportJob) -> None:
    """Delete what attempts up to the import's present epoch have stored and no transaction has recorded, or only for planning them."""
    with writing(deps.database) as tx:
        forget_runs(tx, job)
    with reading(deps.database) as tx:
        recorded, judged = list_recorded_keys(tx, job.id), list_judged_keys(tx, job.id)
    kept = {name for key in recorded for name in keys_of_chunk(key)} | {name for key in judged for name in keys_of_judged(key)}
    prefix = f"imports/{job.id}/"
    for key in list(deps.storage.iter_keys(f"imports/{job.id}")):
        epoch = key.removeprefix(prefix).partition("-")[0]
        if key not in kept and epoch.isdigit() and int(epoch) <= job.epoch:
            deps.storage.delete(key)
