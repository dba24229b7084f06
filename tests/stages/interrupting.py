"""Letting another one come between two statements of the one that works.

On Postgres the other really writes meanwhile, from a thread of its own, and waits for what is locked; SQLite lets one write at a time, so
there the other waits for the whole transaction.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, select
from sqlmodel import col

from models.database import reading
from models.errors import DatabaseBusy, WrongState
from models.queries.claims import CLAIMS
from models.tables import Contact
from models.vocabulary import Stage
from tests.stages.accounts import fields_of
from tests.support.rig import Rig

# How long the one that was stopped waits for the other: it may itself be what the other waits for.
WAIT_SECONDS = 0.15


class Interruption:
    """At its n-th statement or commit, or the first that begins so, the thread that works lets another one do something, and goes on when
    that is done or is waiting.
    """

    def __init__(self, rig: Rig, at: int | str, meanwhile: Callable[[], Any], seconds: float = WAIT_SECONDS) -> None:
        self._at, self._meanwhile, self._seconds, self._seen = at, meanwhile, seconds, 0
        self._worker = threading.current_thread()
        self.other: threading.Thread | None = None
        self.error: BaseException | None = None
        self._rig = rig

    def look(self, *told: Any) -> None:
        if threading.current_thread() is not self._worker or self.other is not None:
            return
        statement = told[2] if len(told) > 2 else "COMMIT"
        if self._seen == self._at or (isinstance(self._at, str) and statement.startswith(self._at)):
            self.other = threading.Thread(target=self._run)
            self.other.start()
            self.other.join(self._seconds)
        self._seen += 1

    def _run(self) -> None:
        try:
            self._meanwhile()
        except (WrongState, DatabaseBusy) as error:
            self.error = error

    def require(self) -> None:
        """Raises AssertionError where the thread that works came to its end first: the two never met."""
        assert self.other is not None

    @contextmanager
    def watching(self) -> Iterator[None]:
        engine = self._rig.deps.database.writer
        names = ("before_cursor_execute", "commit")
        for name in names:
            event.listen(engine, name, self.look)
        try:
            yield
        finally:
            for name in names:
                event.remove(engine, name, self.look)
            if self.other is not None:
                self.other.join(60)
                assert not self.other.is_alive()


def deliver_interrupted(rig: Rig, stage: Stage, at: int | str, meanwhile: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Interruption:
    """Deliver the messages of a stage until one was interrupted, at a statement counted over them all; then everything else.

    The first message of an import only asks for its turn to write. It is stopped for so many `seconds` at most: where the other waits for
    nothing that it holds, and the outcome is told from what the other did, as many as a busy machine may need.
    """
    found = Interruption(rig, at, meanwhile, seconds)
    with found.watching():
        while found.other is None and rig.step(stage):
            pass
    rig.drain_with_sweeps()
    return found


def step_until(rig: Rig, stage: Stage) -> None:
    """Deliver messages until one of the stage is waiting."""
    while not any(follow_up.stage is stage for follow_up, _ in rig.outbox.waiting):
        assert rig.step()


def fresh(rig: Rig) -> Rig:
    """The same for another tenant, who has nothing yet."""
    return Rig(rig.deps, rig.add_tenant(), rig.outbox, rig.runner)


def moments(rig: Rig, all_of_them: Sequence[int]) -> Sequence[int]:
    """Every second one on SQLite: from within a transaction the other waits for its end, so that neighbours come to the same."""
    return all_of_them[::2] if rig.deps.database.dialect_name == "sqlite" else all_of_them


def fields_by_email(rig: Rig) -> dict[str, dict[str, Any]]:
    """What each contact has in its fields."""
    return {str(contact.email): fields_of(contact) for contact in rig.contacts()}


def require_claims(rig: Rig) -> None:
    """Every live value is claimed, and by one contact, which has it; who is deleted claims nothing."""
    with reading(rig.deps.database) as tx:
        contacts = tx.execute(select(Contact).where(col(Contact.tenant_id) == rig.tenant_id)).scalars().all()
    live = [contact for contact in contacts if contact.deleted_at is None]
    assert not any(getattr(contact, name) for contact in contacts if contact.deleted_at for name in CLAIMS)
    assert all(contact.email_key in (None, contact.email) for contact in live)
    emails = [contact.email for contact in live if contact.email]
    assert sorted({*emails}) == sorted(contact.email_key for contact in live if contact.email_key)
    for name in CLAIMS:
        held = [value for contact in live if (value := getattr(contact, name))]
        assert len(held) == len(set(held))
