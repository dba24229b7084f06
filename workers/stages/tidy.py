"""Tidying: files that nothing records. Once in a while in one worker for uploads, at the end of each run for overtaken attempts."""

from models.database import reading, writing
from models.queries.judged_chunks import forget_runs
from models.queries.leases import hold
from models.queries.tidying import forget_upload, list_expired_uploads, list_judged_keys, list_recorded_keys
from models.tables import ImportJob
from workers.stages.deps import Deps
from workers.stages.judging import keys_of_judged
from workers.stages.reading import keys_of_chunk

LEASE = "tidy"
LEASE_SECONDS = 30.0
MOST_A_ROUND = 50


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
