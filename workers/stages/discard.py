"""Discarding: the files and rows of an import that was deleted from the history. Its contacts and their journal stay."""

from models.database import writing
from models.queries.discarding import delete_rows, is_source_shared
from models.queries.retention import delete_issues
from models.queries.sending import FollowUp
from models.tables import ImportJob
from workers.stages.deps import Deps

ISSUES_AT_A_TIME = 5_000


def discard(deps: Deps, job: ImportJob) -> list[FollowUp]:
    """Delete what lies in the object store, then the rows that speak of it."""
    deps.storage.delete_prefix(f"imports/{job.id}")
    # A few at a time: an import may have more of them than one transaction should hold others up for.
    while True:
        with writing(deps.database) as tx:
            if not delete_issues(tx, job, ISSUES_AT_A_TIME):
                break
    with writing(deps.database) as tx:
        if not is_source_shared(tx, job):
            deps.storage.delete(job.object_key)
        delete_rows(tx, job)
    return []
