"""One import from the upload to its end, as a client of a server sees it."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.progress import Progress, TaskID

from api.cli.client import ApiClient, Refused, Snapshot
from api.cli.reading_options import accept_guesses
from models.clock import utc_now
from models.errors import Terminal
from models.vocabulary import FINAL_STATUSES, ImportStatus

LOOK_SECONDS = 0.2
WAITS_FOR_A_PERSON = {ImportStatus.NEEDS_MAPPING}
STANDS_STILL = {ImportStatus.NEEDS_MAPPING, ImportStatus.PLANNED}
STARTED = FINAL_STATUSES | {ImportStatus.QUEUED, ImportStatus.APPLYING, ImportStatus.CANCELLING, ImportStatus.ROLLING_BACK}


@dataclass(slots=True)
class ImportRun:
    """What is asked for, and in `job` the import as it was last seen; None: there is none yet."""

    file: Path
    options: dict[str, Any]
    mapping: dict[str, str | None]
    allow_duplicate_file: bool
    say: Callable[[str], None]
    accept_guesses: bool = False
    begun_at: datetime = field(default_factory=utc_now)
    job: Snapshot | None = None

    @property
    def goes_on(self) -> bool:
        """Whether a server brings the import to its end without us."""
        return self.job is not None and not ((self.mapping or self.accept_guesses) and self.job.status not in STARTED)

    def finish(self, client: ApiClient, progress: Progress) -> Snapshot:
        """Upload, create, follow to the end. A mapping of the user's own is set over the suggested one before anything is applied.

        Setting it would accept what is uncertain about the file too, so that what is asked has to be answered first.
        """
        task = progress.add_task("Uploading", total=self.file.stat().st_size)
        upload_id = client.upload(self.file, lambda size: progress.advance(task, size))
        self.job = job = self._create(client, upload_id)
        if self.mapping or self.accept_guesses:
            job = self._follow(client, job, progress, task, STANDS_STILL)
            job = self._answer(client, job, progress, task)
            if job.questions:
                return job
        if self.mapping:
            if job.status in STANDS_STILL:
                require_known_headers(job, self.mapping)
                self.job = client.set_mapping(job.id, {**job.mapping, **self.mapping})
                # What a column holds is asked only once it is known which field it is.
                job = self._answer(client, self._follow(client, self.job, progress, task, STANDS_STILL), progress, task)
            if job.status == ImportStatus.PLANNED:
                self.job = job = client.start(job.id)
        return self._follow(client, job, progress, task, WAITS_FOR_A_PERSON)

    def _answer(self, client: ApiClient, job: Snapshot, progress: Progress, task: TaskID) -> Snapshot:
        """Say every guess that can be said, where guesses are accepted, each once."""
        said: dict[str, Any] = {}
        while self.accept_guesses and (answers := accept_guesses(job.questions)) and not answers.keys() <= said.keys():
            said |= answers
            self.job = client.set_options(job.id, answers)
            job = self._follow(client, self.job, progress, task, STANDS_STILL)
        return job

    def _create(self, client: ApiClient, upload_id: str) -> Snapshot:
        """A new import, or the one that the same command began and that is under way still."""

        def create(key: str | None) -> Snapshot:
            return client.create_import(
                upload_id,
                options=self.options,
                allow_duplicate_file=self.allow_duplicate_file,
                auto_start=not self.mapping,
                idempotency_key=key,
            )

        try:
            job = create(None if self.allow_duplicate_file else self._key())
            if job.status in FINAL_STATUSES and not self._saw_the_end_of(job):
                # The key found one that was over before; whether the file may come again is for the server to say.
                job = create(None)
        except Refused as error:
            if error.code != "duplicate_file" or error.import_id is None:
                raise
            job = client.read(error.import_id)
            if job.status in FINAL_STATUSES | STANDS_STILL:
                raise
        if job.status != ImportStatus.UPLOADED:
            self.say("It is being imported already; watching it.")
        return job

    def _saw_the_end_of(self, job: Snapshot) -> bool:
        """Whether the import ended since this command began: an interrupted one goes on as soon as its server is back."""
        return job.completed_at is not None and job.completed_at >= self.begun_at

    def _key(self) -> str:
        """The same for the same bytes and the same wishes."""
        with self.file.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        digest.update(json.dumps([self.options, self.mapping, self.accept_guesses], sort_keys=True).encode())
        return f"command-{digest.hexdigest()}"

    def _follow(self, client: ApiClient, job: Snapshot, progress: Progress, task: TaskID, until: set[ImportStatus]) -> Snapshot:
        """Show how far the import is, until it is final or in one of these states."""
        while True:
            self.job = job
            words = job.status.value.replace("_", " ").capitalize()
            progress.update(task, description=words, completed=job.processed, total=job.total)
            if job.status in FINAL_STATUSES or job.status in until:
                return job
            time.sleep(LOOK_SECONDS)
            job = client.read(job.id)


def require_known_headers(job: Snapshot, mapping: dict[str, str | None]) -> None:
    """Raise Terminal for a header that the file does not have."""
    unknown = [header for header in mapping if header not in job.mapping]
    if unknown:
        raise Terminal(f"The file has no column {unknown[0]!r}; it has: {', '.join(job.mapping)}.", code="unknown_column")
