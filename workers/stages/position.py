"""How far a long stage is, noted now and then; the note also learns whether the import has moved on."""

import time

from models.database import Writing, writing
from models.queries.stages import forgive_tries, note_position
from models.tables import ImportJob
from workers.stages.deps import Deps

SECONDS_BETWEEN_NOTES = 0.5


class Superseded(Exception):
    """The import was cancelled or changed while a stage ran; what the stage did is left to be swept."""


class Position:
    """The position of one attempt at a stage."""

    def __init__(self, deps: Deps, job: ImportJob) -> None:
        self._deps = deps
        self._job = job
        self._noted_at = 0.0

    def note(self, rows: int, seen: int, looked_up: int = 0) -> None:
        """Note the rows got through, of those seen so far, and those whose contacts were looked for. Raises Superseded where the import has
        moved on.
        """
        if time.monotonic() - self._noted_at < SECONDS_BETWEEN_NOTES:
            return
        with writing(self._deps.database) as tx:
            self.require(tx, rows, seen, looked_up)
        self._deps.ring()

    def require(self, tx: Writing, rows: int, seen: int, looked_up: int = 0) -> None:
        """Note it in a transaction of the stage's, whose other changes are then those of the newest attempt. Raises Superseded."""
        if not note_position(tx, self._job, rows, seen, looked_up):
            raise Superseded
        self._noted_at = time.monotonic()

    @property
    def has_tries_to_forgive(self) -> bool:
        return self._job.tries > 1

    def forgive(self, tx: Writing) -> None:
        """Something was done that no later attempt does again: the tries before did not fail for good. Only a stage that makes no headway
        is given up.
        """
        if self.has_tries_to_forgive:
            forgive_tries(tx, self._job)
            self._job.tries = 1
