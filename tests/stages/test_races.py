"""Two that touch one contact at a time: whichever statement of the one the other comes between, the outcome is one of the lawful ones.

On Postgres the other really writes meanwhile, from a thread of its own, and waits for what is locked; SQLite lets one write at a time, so
there the other waits for the whole transaction.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from models.database import reading
from models.errors import DatabaseBusy, ServiceError, WrongState
from models.queries import undo
from models.queries.claims import CLAIMS
from models.queries.counts import rollback_totals
from models.tables import Contact, ImportBatch, ImportJob
from models.vocabulary import BatchStatus, DuplicateStrategy, ErrorPolicy, ImportStatus, InvalidValuePolicy, RunKind, Stage
from tests.stages.accounts import fields_of
from tests.support.rig import Rig
from workers.stages import writes

UPDATE, CREATE = DuplicateStrategy.UPDATE, DuplicateStrategy.CREATE
# How long the one that was stopped waits for the other: it may itself be what the other waits for.
WAIT_SECONDS = 0.15


class Interruption:
    """At its n-th statement or commit, or the first that begins so, the thread that works lets another one do something, and goes on when
    that is done or is waiting.
    """

    def __init__(self, rig: Rig, at: int | str, meanwhile: Callable[[], Any]) -> None:
        self._at, self._meanwhile, self._seen = at, meanwhile, 0
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
            self.other.join(WAIT_SECONDS)
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


def _deliver_interrupted(rig: Rig, stage: Stage, at: int | str, meanwhile: Callable[[], Any]) -> Interruption:
    """Deliver the messages of a stage until one was interrupted, at a statement counted over them all; then everything else.

    The first message of an import only asks for its turn to write.
    """
    found = Interruption(rig, at, meanwhile)
    with found.watching():
        while found.other is None and rig.step(stage):
            pass
    rig.drain_with_sweeps()
    return found


def _until(rig: Rig, stage: Stage) -> None:
    while not any(follow_up.stage is stage for follow_up, _ in rig.outbox.waiting):
        assert rig.step()


def _fresh(rig: Rig) -> Rig:
    return Rig(rig.deps, rig.add_tenant(), rig.outbox, rig.runner)


def _moments(rig: Rig, all_of_them: range) -> range:
    """Every second one on SQLite: from within a transaction the other waits for its end, so that neighbours come to the same."""
    return all_of_them[::2] if rig.deps.database.dialect_name == "sqlite" else all_of_them


def _fields(rig: Rig) -> dict[str, dict[str, Any]]:
    return {str(contact.email): fields_of(contact) for contact in rig.contacts()}


def _require_claims(rig: Rig) -> None:
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


@pytest.mark.parametrize("is_later_first", [False, True])
@pytest.mark.parametrize("first", range(0, 25, 5))
def test_two_imports_that_touch_one_contact_come_to_one_after_the_other(rig: Rig, first: int, is_later_first: bool) -> None:
    # 50 interleavings: each of the two is stopped at one statement after another.
    for at in _moments(rig, range(first + 1, first + 6)):
        _race_imports(_fresh(rig), at, is_later_first)


def _race_imports(rig: Rig, at: int, is_later_first: bool) -> None:
    rig.create(email="a@example.com", company="0")
    options: dict[str, Any] = {"duplicate_strategy": UPDATE, "tenant_id": rig.tenant_id}
    one = rig.add_rows([{"email": "a@example.com", "company": "1", "city": "1"}, {"email": "b@example.com", "company": "1"}], **options)
    two = rig.add_rows([{"email": "a@example.com", "company": "2", "notes": "2"}, {"email": "b@example.com", "notes": "2"}], **options)
    for stage in (Stage.INSPECT, Stage.INSPECT, Stage.PLAN, Stage.PLAN):
        assert rig.step(stage)
    first, second = reversed(rig.outbox.waiting) if is_later_first else rig.outbox.waiting
    rig.outbox.waiting[:] = [first]
    found = _deliver_interrupted(rig, Stage.APPLY_BATCH, at, lambda: rig.deliver(*second))
    found.require()
    assert {rig.status(one), rig.status(two)} == {ImportStatus.COMPLETED}
    winner = _fields(rig)["a@example.com"]["company"]
    assert winner in "12"
    assert _fields(rig)["a@example.com"] == {"email": "a@example.com", "company": winner, "city": "1", "notes": "2"}
    assert _fields(rig)["b@example.com"] == {"email": "b@example.com", "company": "1", "notes": "2"}
    assert sorted((rig.counts(job).created, rig.counts(job).updated) for job in (one, two)) == [(0, 2), (1, 1)]
    # Whichever came last, undoing both leaves what was there before both.
    for job in Random(at).sample((one, two), 2):
        rig.roll_back(job)
        rig.drain_with_sweeps()
    assert _fields(rig) == {"a@example.com": {"email": "a@example.com", "company": "0"}}
    _require_claims(rig)


def test_a_rollback_that_races_an_import_undoes_what_it_wrote_and_nothing_else(rig: Rig) -> None:
    for at in _moments(rig, range(2, 38, 5)):
        _race_import_and_rollback(_fresh(rig), at)


def _race_import_and_rollback(rig: Rig, at: int) -> None:
    """The contacts of the import that is undone come out as of before it, or as of the later import where that was faster."""
    rig.create(email="a@example.com", company="0")
    options: dict[str, Any] = {"duplicate_strategy": UPDATE, "tenant_id": rig.tenant_id}
    rows = [{"email": "a@example.com", "company": "1"}, {"email": "b@example.com", "company": "1"}]
    one = rig.import_rows(rows, **options)
    two = rig.add_rows([{**row, "company": "2"} for row in rows], **options)
    _until(rig, Stage.APPLY_BATCH)
    (applying,) = rig.outbox.waiting
    rig.outbox.waiting.clear()
    rig.roll_back(one)
    found = _deliver_interrupted(rig, Stage.ROLL_BACK_BATCH, at, lambda: rig.deliver(*applying))
    found.require()
    assert rig.status(two) is ImportStatus.COMPLETED
    companies = {email: fields["company"] for email, fields in _fields(rig).items()}
    assert companies == {"a@example.com": "2", "b@example.com": "2"}
    with reading(rig.deps.database) as tx:
        removed, restored, kept = rollback_totals(tx, tx.get_one(ImportJob, one))
    # The import came first and all is kept, or last and found the contacts restored and gone.
    assert (removed, restored, kept) in ((0, 0, 2), (1, 1, 0))
    assert rig.status(one) is (ImportStatus.PARTIALLY_ROLLED_BACK if kept else ImportStatus.ROLLED_BACK)
    assert (rig.counts(two).created, rig.counts(two).updated) == ((0, 2) if kept else (1, 1))
    rig.roll_back(two)
    rig.drain_with_sweeps()
    assert _fields(rig) == {"a@example.com": {"email": "a@example.com", "company": "0"}}
    _require_claims(rig)


def test_of_two_rollbacks_at_once_one_is_refused(rig: Rig) -> None:
    for at in range(0, 15, 3):
        _race_same_rollback(_fresh(rig), at)


def _race_same_rollback(rig: Rig, at: int) -> None:
    job_id = rig.import_rows([{"email": f"p{n}@example.com"} for n in range(7)], tenant_id=rig.tenant_id)
    found = Interruption(rig, at, lambda: rig.roll_back(job_id))
    refused = 0
    with found.watching():
        try:
            rig.roll_back(job_id)
        except ServiceError:
            refused += 1
    found.require()
    assert refused + (found.error is not None) == 1
    rig.drain_with_sweeps()
    assert rig.status(job_id) is ImportStatus.ROLLED_BACK
    with reading(rig.deps.database) as tx:
        assert rollback_totals(tx, tx.get_one(ImportJob, job_id)) == (7, 0, 0)
    assert rig.contacts() == []


def test_of_two_retries_at_once_one_is_refused_and_no_count_is_lost(rig: Rig) -> None:
    for at in _moments(rig, range(9)):
        _race_retries(_fresh(rig), at)


def _race_retries(rig: Rig, at: int) -> None:
    rows = [{"email": f"p{n}@example.com", "website": "ftp://wrong" if n % 3 else ""} for n in range(6)]
    job_id = rig.import_rows(rows, invalid_values=InvalidValuePolicy.FAIL_ROW, tenant_id=rig.tenant_id)
    assert (rig.counts(job_id).created, rig.counts(job_id).failed) == (2, 4)

    def retry_and_plan() -> None:
        rig.retry(job_id)
        rig.step(Stage.PLAN)

    found = Interruption(rig, at, retry_and_plan)
    refused = 0
    with found.watching():
        try:
            rig.retry(job_id)
        except ServiceError:
            refused += 1
    if found.other is None:
        # The other would have come after the end of the first, which is no race.
        return
    assert refused + (found.error is not None) == 1
    epoch = rig.job(job_id).epoch
    rig.drain_with_sweeps()
    assert rig.job(job_id).epoch == epoch
    assert (rig.counts(job_id).created, rig.counts(job_id).failed) == (2, 4)
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS


def test_rollbacks_of_two_imports_at_once_come_to_what_was_before_both(rig: Rig) -> None:
    for at in _moments(rig, range(2, 38, 5)):
        _race_rollbacks(_fresh(rig), at)


def _race_rollbacks(rig: Rig, at: int) -> None:
    """Keys changed hands: what the one gives back the other may hold just then."""
    rig.create(external_id="a", email="a@example.com")
    rig.create(external_id="b", email="b@example.com")
    before = {(c.external_id, c.email, c.email_key) for c in rig.contacts()}
    options: dict[str, Any] = {"duplicate_strategy": UPDATE, "tenant_id": rig.tenant_id}
    one = rig.import_rows([{"external_id": "a", "email": "c@example.com"}], **options)
    two = rig.import_rows([{"external_id": "b", "email": "a@example.com"}, {"external_id": "n", "email": "b@example.com"}], **options)
    rig.roll_back(one)
    rig.roll_back(two)
    first, second = rig.outbox.waiting
    rig.outbox.waiting[:] = [first]
    found = _deliver_interrupted(rig, Stage.ROLL_BACK_BATCH, at, lambda: rig.deliver(*second))
    found.require()
    assert {rig.status(one), rig.status(two)} == {ImportStatus.ROLLED_BACK}
    assert {(c.external_id, c.email, c.email_key) for c in rig.contacts()} == before


# Statements of a rollback's batch: as it begins, around the one that removes contacts, and at its end.
BATCH_MOMENTS = (7, 10, 12, 17)


@pytest.mark.parametrize("is_crossed", [False, True])
@pytest.mark.parametrize("is_higher_first", [False, True])
def test_what_two_batches_of_a_rollback_let_go_passes_to_who_is_left(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, is_higher_first: bool, is_crossed: bool
) -> None:
    monkeypatch.setattr(undo, "BATCH_ROWS", 2)
    for at in _moments(rig, BATCH_MOMENTS):
        _race_batches_of_a_rollback(_fresh(rig), at, is_higher_first, is_crossed)


def _race_batches_of_a_rollback(rig: Rig, at: int, is_higher_first: bool, is_crossed: bool) -> None:
    """The higher batch has the heirs of the lower one, or each an heir of the other, and contacts of another import wait behind both."""
    options: dict[str, Any] = {"tenant_id": rig.tenant_id, "duplicate_strategy": CREATE}
    rows = [{"external_id": str(n), "email": f"{name}@example.com"} for n, name in enumerate("vwvw")]
    job_id = rig.import_rows(rows, **options)
    if is_crossed:
        # The second row's contact gives its e-mail to the fourth one's, and has it back without the claim.
        rig.roll_back(rig.import_rows([{"external_id": "1", "email": "x@example.com"}], tenant_id=rig.tenant_id, duplicate_strategy=UPDATE))
        rig.drain()
    left = rig.import_rows([{"email": "v@example.com"}, {"email": "w@example.com"}], **options)
    assert {c.external_id for c in rig.contacts() if c.email_key} == ({"0", "3"} if is_crossed else {"0", "1"})
    rig.roll_back(job_id)
    # The first one to come asks for the import's turn to write, and waits again.
    assert rig.step()
    lower, higher = sorted(rig.outbox.waiting, key=lambda message: _first_row(rig, message[0].id))
    first, second = (higher, lower) if is_higher_first else (lower, higher)
    rig.outbox.waiting[:] = [first]
    found = _deliver_interrupted(rig, Stage.ROLL_BACK_BATCH, at, lambda: rig.deliver(*second))
    found.require()
    assert rig.status(job_id) is ImportStatus.ROLLED_BACK
    assert {(c.import_id, c.email_key) for c in rig.contacts()} == {(left, "v@example.com"), (left, "w@example.com")}
    _require_claims(rig)
    # None had to be tried again, as one of two would that waited for each other.
    with reading(rig.deps.database) as tx:
        batches = select(ImportBatch.tries).where(col(ImportBatch.import_id) == job_id, col(ImportBatch.kind) == RunKind.ROLLBACK.value)
        assert tx.execute(batches).scalars().all() == [1, 1]


def _first_row(rig: Rig, batch_id: UUID) -> int:
    with reading(rig.deps.database) as tx:
        return tx.get_one(ImportBatch, batch_id).first_row


@pytest.mark.parametrize("lets_go", ["deleted", "changed"])
def test_what_a_person_lets_go_while_its_heir_is_undone_passes_to_the_next(rig: Rig, lets_go: str) -> None:
    for at in _moments(rig, BATCH_MOMENTS):
        _race_edit_and_heir(_fresh(rig), at, lets_go)


def _race_edit_and_heir(rig: Rig, at: int, lets_go: str) -> None:
    holder = rig.create(email="v@example.com")
    options: dict[str, Any] = {"tenant_id": rig.tenant_id, "duplicate_strategy": CREATE}
    job_id, left = (rig.import_rows([{"email": "v@example.com"}], **options) for _ in range(2))
    rig.roll_back(job_id)
    assert rig.step()

    def let_go() -> None:
        rig.remove(holder) if lets_go == "deleted" else rig.edit(holder, email="w@example.com")

    found = _deliver_interrupted(rig, Stage.ROLL_BACK_BATCH, at, let_go)
    found.require()
    assert found.error is None
    assert {c.import_id: c.email_key for c in rig.contacts()}[left] == "v@example.com"
    _require_claims(rig)


def test_a_cancel_in_the_middle_of_a_batch_leaves_what_is_counted(rig: Rig) -> None:
    for at in _moments(rig, range(1, 36, 4)):
        _race_batch_and_cancel(_fresh(rig), at)


def _race_batch_and_cancel(rig: Rig, at: int) -> None:
    """The batch under way is written whole, or not at all; the cancel is answered without waiting for it where others can write."""
    job_id = rig.add_rows([{"email": f"p{n:02}@example.com"} for n in range(9)], tenant_id=rig.tenant_id)
    _until(rig, Stage.APPLY_BATCH)
    found = _deliver_interrupted(rig, Stage.APPLY_BATCH, at, lambda: rig.cancel(job_id))
    found.require()
    _require_ended(rig, job_id, ImportStatus.CANCELLED if found.error is None else ImportStatus.COMPLETED)
    if found.error is None and rig.counts(job_id).unprocessed:
        rig.retry(job_id)
        rig.drain_with_sweeps()
        _require_ended(rig, job_id, ImportStatus.COMPLETED)


def test_a_large_transaction_breaks_off_once_it_is_cancelled(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "PIECE_ROWS", 2)
    rows = [{"email": f"p{n:02}@example.com"} for n in range(9)]
    job_id = rig.add_rows(rows, error_policy=ErrorPolicy.ALL_OR_NOTHING)
    _until(rig, Stage.APPLY_BATCH)
    is_alone = rig.deps.database.dialect_name == "sqlite"
    found = _deliver_interrupted(
        rig, Stage.APPLY_BATCH, 'INSERT INTO "contact"' if is_alone else "SELECT import_job.epoch", lambda: rig.cancel(job_id)
    )
    found.require()
    # Where others can write meanwhile it hears of the cancel; SQLite's one writer ends what it is at, and the cancel waits.
    _require_ended(rig, job_id, ImportStatus.CANCELLED)
    assert rig.counts(job_id).created == (9 if is_alone else 0)
    if not is_alone:
        rig.retry(job_id)
        rig.drain_with_sweeps()
        _require_ended(rig, job_id, ImportStatus.COMPLETED)


@pytest.mark.parametrize("is_careful", [False, True])
def test_a_batch_of_an_import_that_was_cancelled_meanwhile_is_not_committed(rig: Rig, is_careful: bool) -> None:
    contact = rig.create(email="p@example.com", company="0")
    rows = [{"email": "p@example.com", "company": "1"}]
    job_id = rig.add_rows(rows, duplicate_strategy=UPDATE, list_ids=[str(rig.add_list("guests"))])
    _until(rig, Stage.APPLY_BATCH)
    if is_careful:
        rig.edit(contact, city="Ulm")
    is_alone = rig.deps.database.dialect_name == "sqlite"
    beginning = 'INSERT INTO "list_member"' if is_alone else "INSERT INTO list_member"
    _deliver_interrupted(rig, Stage.APPLY_BATCH, beginning, lambda: rig.cancel(job_id)).require()
    assert rig.status(job_id) is ImportStatus.CANCELLED
    # The one writer of SQLite ends what it is at, and the cancel is answered after it.
    assert rig.counts(job_id).updated == is_alone
    assert rig.contact("p@example.com").company == ("1" if is_alone else "0")
    assert len(rig.members()) == is_alone


def test_of_a_cancel_and_the_end_of_an_import_one_is_lawful(rig: Rig) -> None:
    for at in range(0, 14, 2):
        _race_end_and_cancel(_fresh(rig), at)


def _race_end_and_cancel(rig: Rig, at: int) -> None:
    job_id = rig.add_rows([{"email": f"p{n:02}@example.com"} for n in range(2)], tenant_id=rig.tenant_id)
    _until(rig, Stage.FINALIZE)
    found = _deliver_interrupted(rig, Stage.FINALIZE, at, lambda: rig.cancel(job_id))
    found.require()
    is_cancelled = found.error is None
    _require_ended(rig, job_id, ImportStatus.CANCELLED if is_cancelled else ImportStatus.COMPLETED)
    assert rig.counts(job_id).created == 2


def _require_ended(rig: Rig, job_id: UUID, status: ImportStatus) -> None:
    """Nothing is under way any more, and the counts say what is there."""
    assert rig.status(job_id) is status
    with reading(rig.deps.database) as tx:
        left = tx.execute(select(ImportBatch.status).where(col(ImportBatch.import_id) == job_id)).scalars().all()
    assert BatchStatus.PENDING.value not in left
    counts = rig.counts(job_id)
    assert counts.created == len(rig.contacts())
    assert counts.created + counts.unprocessed == counts.total
