"""A rollback beside something else: whichever statement of it the other comes between, the outcome is one of the lawful ones."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.database import reading
from models.errors import ServiceError
from models.queries import undo
from models.queries.counts import rollback_totals
from models.tables import ImportBatch, ImportJob
from models.vocabulary import DuplicateStrategy, ImportStatus, RunKind, Stage
from tests.stages.interrupting import Interruption, deliver_interrupted, fields_by_email, fresh, moments, require_claims, step_until
from tests.support.rig import Rig

UPDATE, CREATE = DuplicateStrategy.UPDATE, DuplicateStrategy.CREATE


def test_a_rollback_that_races_an_import_undoes_what_it_wrote_and_nothing_else(rig: Rig) -> None:
    for at in moments(rig, range(2, 38, 5)):
        _race_import_and_rollback(fresh(rig), at)


def _race_import_and_rollback(rig: Rig, at: int) -> None:
    """The contacts of the import that is undone come out as of before it, or as of the later import where that was faster."""
    rig.create(email="a@example.com", company="0")
    options: dict[str, Any] = {"duplicate_strategy": UPDATE, "tenant_id": rig.tenant_id}
    rows = [{"email": "a@example.com", "company": "1"}, {"email": "b@example.com", "company": "1"}]
    one = rig.import_rows(rows, **options)
    two = rig.add_rows([{**row, "company": "2"} for row in rows], **options)
    step_until(rig, Stage.APPLY_BATCH)
    (applying,) = rig.outbox.waiting
    rig.outbox.waiting.clear()
    rig.roll_back(one)
    found = deliver_interrupted(rig, Stage.ROLL_BACK_BATCH, at, lambda: rig.deliver(*applying))
    found.require()
    assert rig.status(two) is ImportStatus.COMPLETED
    companies = {email: fields["company"] for email, fields in fields_by_email(rig).items()}
    assert companies == {"a@example.com": "2", "b@example.com": "2"}
    with reading(rig.deps.database) as tx:
        removed, restored, kept = rollback_totals(tx, tx.get_one(ImportJob, one))
    # The import came first and all is kept, or last and found the contacts restored and gone.
    assert (removed, restored, kept) in ((0, 0, 2), (1, 1, 0))
    assert rig.status(one) is (ImportStatus.PARTIALLY_ROLLED_BACK if kept else ImportStatus.ROLLED_BACK)
    assert (rig.counts(two).created, rig.counts(two).updated) == ((0, 2) if kept else (1, 1))
    rig.roll_back(two)
    rig.drain_with_sweeps()
    assert fields_by_email(rig) == {"a@example.com": {"email": "a@example.com", "company": "0"}}
    require_claims(rig)


def test_of_two_rollbacks_at_once_one_is_refused(rig: Rig) -> None:
    for at in range(0, 15, 3):
        _race_same_rollback(fresh(rig), at)


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


def test_rollbacks_of_two_imports_at_once_come_to_what_was_before_both(rig: Rig) -> None:
    for at in moments(rig, range(2, 38, 5)):
        _race_rollbacks(fresh(rig), at)


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
    found = deliver_interrupted(rig, Stage.ROLL_BACK_BATCH, at, lambda: rig.deliver(*second))
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
    for at in moments(rig, BATCH_MOMENTS):
        _race_batches_of_a_rollback(fresh(rig), at, is_higher_first, is_crossed)


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
    found = deliver_interrupted(rig, Stage.ROLL_BACK_BATCH, at, lambda: rig.deliver(*second))
    found.require()
    assert rig.status(job_id) is ImportStatus.ROLLED_BACK
    assert {(c.import_id, c.email_key) for c in rig.contacts()} == {(left, "v@example.com"), (left, "w@example.com")}
    require_claims(rig)
    # None had to be tried again, as one of two would that waited for each other.
    with reading(rig.deps.database) as tx:
        batches = select(ImportBatch.tries).where(col(ImportBatch.import_id) == job_id, col(ImportBatch.kind) == RunKind.ROLLBACK.value)
        assert tx.execute(batches).scalars().all() == [1, 1]


def _first_row(rig: Rig, batch_id: UUID) -> int:
    with reading(rig.deps.database) as tx:
        return tx.get_one(ImportBatch, batch_id).first_row


@pytest.mark.parametrize("lets_go", ["deleted", "changed"])
def test_what_a_person_lets_go_while_its_heir_is_undone_passes_to_the_next(rig: Rig, lets_go: str) -> None:
    for at in moments(rig, BATCH_MOMENTS):
        _race_edit_and_heir(fresh(rig), at, lets_go)


def _race_edit_and_heir(rig: Rig, at: int, lets_go: str) -> None:
    holder = rig.create(email="v@example.com")
    options: dict[str, Any] = {"tenant_id": rig.tenant_id, "duplicate_strategy": CREATE}
    job_id, left = (rig.import_rows([{"email": "v@example.com"}], **options) for _ in range(2))
    rig.roll_back(job_id)
    assert rig.step()

    def let_go() -> None:
        rig.remove(holder) if lets_go == "deleted" else rig.edit(holder, email="w@example.com")

    found = deliver_interrupted(rig, Stage.ROLL_BACK_BATCH, at, let_go)
    found.require()
    assert found.error is None
    assert {c.import_id: c.email_key for c in rig.contacts()}[left] == "v@example.com"
    require_claims(rig)
