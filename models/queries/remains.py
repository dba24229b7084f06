"""What is left of an import that has ended, and what therefore cannot be asked of it any more (docs/operations.md, Retention)."""

from enum import StrEnum
from typing import Any

from models.database import Writing
from models.errors import DatabaseBusy, WrongState
from models.queries.imports import overtaken
from models.tables import ImportJob


class Part(StrEnum):
    """What retention takes of an import that stays in the history."""

    FILE = "file"
    CHUNKS = "chunks"
    ISSUES = "issues"
    JOURNAL = "journal"


SWEPT = {
    Part.FILE: "The stored file of this import was deleted after its time, so it cannot be read again. Import the file anew.",
    Part.CHUNKS: "The stored rows of this import were deleted after their time. Import the file anew.",
    Part.ISSUES: "The issues of this import were deleted after their time.",
    Part.JOURNAL: "The journal of what this import changed was deleted after its time, so it cannot be undone any more."
    " What a retry of it changes cannot be undone either.",
}
# What another attempt makes anew.
MADE_ANEW: dict[str, Any] = {"issues_swept_at": None}
READ_ANEW: dict[str, Any] = {**MADE_ANEW, "chunks_swept_at": None, "journal_swept_at": None}


def swept_column(part: Part) -> str:
    """The column that says since when the part is gone."""
    return f"{part.value}_swept_at"


def is_swept(job: ImportJob, part: Part) -> bool:
    """Whether nobody may count on the part any more."""
    return getattr(job, swept_column(part)) is not None


def require_kept(tx: Writing, job: ImportJob, part: Part, *, makes_chunks: bool = False) -> None:
    """Hold an import as it was loaded, so that the part is not swept before the commit.

    Raises WrongState where it is gone (file_swept, chunks_swept, …) or where somebody moved the import since it was loaded (stale_version),
    and DatabaseBusy where chunks are to be made while earlier ones are being deleted: those are found by where they lie. Whatever else is
    being deleted is in nobody's way.
    """
    loaded = job.status, job.epoch
    tx.refresh(job, with_for_update=True)
    if (job.status, job.epoch) != loaded:
        # What was asked about it, and what is to be set by what it was, is of the past.
        raise overtaken()
    if is_swept(job, part):
        raise WrongState(SWEPT[part], code=swept_code(part))
    if makes_chunks and job.sweeping_since is not None and is_swept(job, Part.CHUNKS):
        raise DatabaseBusy("This import is being tidied up just now. Try again.")


def swept_code(part: Part) -> str:
    """What programs know it by."""
    return f"{part.value}_swept"
