"""What is left of an import that has ended, and what therefore cannot be asked of it any more (docs/operations.md, Retention)."""

from enum import StrEnum
from typing import Any

from models.database import Writing
from models.errors import DatabaseBusy, WrongState
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
    Part.JOURNAL: "The journal of what this import changed was deleted after its time, so it cannot be undone any more.",
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


def needed_to_retry(*, was_planned: bool) -> Part:
    """What a retry reads: the chunks and plans of an import that had rows, else the file."""
    return Part.CHUNKS if was_planned else Part.FILE


def require_kept(tx: Writing, job: ImportJob, part: Part) -> None:
    """Hold an import so that nothing of it is swept before the commit.

    Raises WrongState where the part is gone (file_swept, chunks_swept, …), and DatabaseBusy while something of it is being deleted.
    """
    tx.refresh(job, with_for_update=True)
    if is_swept(job, part):
        raise WrongState(SWEPT[part], code=swept_code(part))
    if job.sweeping_since is not None:
        raise DatabaseBusy("This import is being tidied up just now. Try again.")


def swept_code(part: Part) -> str:
    """What programs know it by."""
    return f"{part.value}_swept"
