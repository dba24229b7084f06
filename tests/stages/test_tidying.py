"""Files that nothing records go, and nothing else does."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from models.clock import new_id, utc_now
from models.database import reading, writing
from models.queries.imports import add_import
from models.storage import ObjectStore
from models.tables import ImportJob, Upload
from models.vocabulary import ImportStatus
from tests.support.retention import sweep_what_is_old
from tests.support.rig import Rig, csv_bytes
from workers.stages.tidy import tidy_attempts, tidy_uploads

FILE = csv_bytes(["email"], [[f"p{number}@example.com"] for number in range(12)])


def add_upload(rig: Rig, key: str, *, hours_ago: int) -> None:
    rig.deps.storage.put(key, b"email\n")
    then = utc_now() - timedelta(hours=hours_ago)
    with writing(rig.deps.database) as tx:
        tx.add(Upload(tenant_id=rig.tenant_id, filename="a.csv", object_key=key, created_at=then, expires_at=then))


def uploads(rig: Rig) -> set[str | None]:
    with reading(rig.deps.database) as tx:
        return set(tx.execute(select(col(Upload.object_key))).scalars())


def keys(storage: ObjectStore, prefix: str) -> set[str]:
    return set(storage.iter_keys(prefix))


def test_uploads_that_waited_in_vain_go(rig: Rig) -> None:
    add_upload(rig, "sources/old", hours_ago=3)
    add_upload(rig, "sources/fresh", hours_ago=0)
    tidy_uploads(rig.deps, "one")
    assert uploads(rig) == {"sources/fresh"}
    assert keys(rig.deps.storage, "sources") == {"sources/fresh"}


def test_what_an_import_was_made_of_stays(rig: Rig) -> None:
    job = rig.job(rig.add_file(FILE))
    add_upload(rig, job.object_key, hours_ago=3)
    tidy_uploads(rig.deps, "one")
    assert uploads(rig) == set()
    assert rig.deps.storage.exists(job.object_key)


def test_only_one_worker_tidies(rig: Rig) -> None:
    tidy_uploads(rig.deps, "one")
    add_upload(rig, "sources/old", hours_ago=3)
    tidy_uploads(rig.deps, "another")
    assert uploads(rig) == {"sources/old"}


def test_sources_of_which_nothing_speaks_go_after_a_day(rig: Rig) -> None:
    sources = f"sources/{rig.tenant_id}"
    old, young, waiting, foreign = (f"{sources}/{name}" for name in (_id(25), _id(23), _id(26), "a file"))
    kept, deleted = (f"{sources}/{_id(hours)}" for hours in (27, 28))
    for key in (old, young, foreign, kept, deleted):
        rig.deps.storage.put(key, FILE)
    add_upload(rig, waiting, hours_ago=0)
    with writing(rig.deps.database) as tx:
        for key, deleted_at in ((kept, None), (deleted, tx.now())):
            job = ImportJob(tenant_id=rig.tenant_id, source_kind="file", object_key=key, sha256="0" * 64, format="csv")
            add_import(tx, job, "tester")
            job.deleted_at = deleted_at
    sweep_what_is_old(rig.deps, "one")
    assert keys(rig.deps.storage, "sources") == {young, waiting, foreign, kept, deleted}


def _id(hours_ago: int) -> UUID:
    return new_id(utc_now() - timedelta(hours=hours_ago))


def test_overtaken_attempts_go_and_recorded_files_stay(rig: Rig) -> None:
    job_id = rig.add_file(FILE)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    job = rig.job(job_id)
    before = keys(rig.deps.storage, f"imports/{job_id}")
    overtaken, later = f"imports/{job_id}/{job.epoch}-77/chunk-00001.arrow", f"imports/{job_id}/{job.epoch + 1}-1/chunk-00001.arrow"
    rig.deps.storage.put(overtaken, b"")
    rig.deps.storage.put(later, b"")
    tidy_attempts(rig.deps, job)
    assert keys(rig.deps.storage, f"imports/{job_id}") == before | {later}
    rig.roll_back(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.ROLLED_BACK
