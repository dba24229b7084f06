"""Moves between the states of an import: only the legal ones, and each only once."""

from typing import Any
from uuid import UUID

import pytest

from models.clock import new_id, utc_now
from models.database import Database, reading, writing
from models.errors import WrongState
from models.lifecycle import (
    CANCELLABLE,
    EDITABLE,
    LEGAL_MOVES,
    REMAPPABLE,
    RETRYABLE,
    ROLLBACKABLE,
    STARTABLE,
    describe,
    require_move,
    require_one_of,
)
from models.queries.imports import add_import, find_import, require_version, try_move
from models.tables import AuditEntry, ImportJob
from models.tables.import_options import ImportOptions
from models.tenancy import scoped
from models.vocabulary import FINAL_STATUSES, ImportStatus

S = ImportStatus
# As DESIGN.md tells it: the arrows, and CANCELLED from everything before APPLYING.
ARROWS = {
    (S.UPLOADED, S.INSPECTING),
    (S.INSPECTING, S.NEEDS_MAPPING),
    (S.INSPECTING, S.PLANNING),
    (S.NEEDS_MAPPING, S.PLANNING),
    (S.PLANNING, S.PLANNED),
    (S.PLANNING, S.NEEDS_MAPPING),
    (S.PLANNED, S.PLANNING),
    (S.PLANNED, S.QUEUED),
    (S.PLANNED, S.APPLYING),
    (S.QUEUED, S.APPLYING),
    (S.APPLYING, S.COMPLETED),
    (S.APPLYING, S.COMPLETED_WITH_ERRORS),
    (S.APPLYING, S.FAILED),
    (S.APPLYING, S.CANCELLING),
    (S.CANCELLING, S.CANCELLED),
    *((early, S.CANCELLED) for early in (S.UPLOADED, S.INSPECTING, S.NEEDS_MAPPING, S.PLANNING, S.PLANNED, S.QUEUED)),
    *((ended, S.PLANNING) for ended in (S.COMPLETED_WITH_ERRORS, S.CANCELLED, S.FAILED)),
    *((ended, S.ROLLING_BACK) for ended in (S.COMPLETED, S.COMPLETED_WITH_ERRORS, S.CANCELLED, S.FAILED, S.PARTIALLY_ROLLED_BACK)),
    (S.ROLLING_BACK, S.ROLLED_BACK),
    (S.ROLLING_BACK, S.PARTIALLY_ROLLED_BACK),
}
# Never, whatever else may be added: what is over is not begun again, what is being undone is not applied.
NEVER = {
    *((S.ROLLED_BACK, to) for to in S),
    *((S.COMPLETED, to) for to in S if to is not S.ROLLING_BACK),
    *((S.ROLLING_BACK, to) for to in S if to not in (S.ROLLED_BACK, S.PARTIALLY_ROLLED_BACK)),
    *((S.CANCELLING, to) for to in S if to is not S.CANCELLED),
    *((early, S.APPLYING) for early in (S.UPLOADED, S.INSPECTING, S.NEEDS_MAPPING)),
    (S.APPLYING, S.CANCELLED),
    (S.APPLYING, S.PLANNING),
    (S.QUEUED, S.FAILED),
}


@pytest.mark.parametrize("current", list(S))
@pytest.mark.parametrize("to", list(S))
def test_exactly_the_legal_moves_can_be_made(current: S, to: S) -> None:
    if to in LEGAL_MOVES[current]:
        assert (current, to) not in NEVER
        require_move(current, to)
    else:
        assert (current, to) not in ARROWS
        with pytest.raises(WrongState):
            require_move(current, to)


def test_verbs_are_allowed_where_their_move_is_legal() -> None:
    assert all(S.CANCELLED in LEGAL_MOVES[s] or S.CANCELLING in LEGAL_MOVES[s] for s in CANCELLABLE)
    assert all(S.PLANNING in LEGAL_MOVES[s] for s in RETRYABLE | REMAPPABLE)
    assert all(S.ROLLING_BACK in LEGAL_MOVES[s] for s in ROLLBACKABLE)
    assert CANCELLABLE.isdisjoint(FINAL_STATUSES)
    with pytest.raises(WrongState, match="completed cannot be retried"):
        require_one_of(S.COMPLETED, RETRYABLE, "retried")


def _add(database: Database, tenant_id: UUID, **values: Any) -> UUID:
    job = ImportJob(
        id=new_id(), tenant_id=tenant_id, source_kind="file", object_key="x", sha256="0" * 64, format="csv",
        options=ImportOptions().model_dump(mode="json"), created_at=utc_now(), **values,
    )  # fmt: skip
    with writing(database) as tx:
        add_import(tx, job, "me")
    return job.id


def test_of_two_moves_from_one_state_one_is_made(database: Database, tenant_id: UUID) -> None:
    job_id = _add(database, tenant_id)
    with reading(database) as tx:
        one, two = tx.get_one(ImportJob, job_id), None
    with reading(database) as tx:
        two = tx.get_one(ImportJob, job_id)
    with writing(database) as tx:
        assert try_move(tx, one, S.INSPECTING)
        assert (one.status, one.version, one.stage, one.due_at) == ("inspecting", 2, None, None)
    with writing(database) as tx:
        assert not try_move(tx, two, S.CANCELLED)
    with reading(database) as tx:
        assert tx.get_one(ImportJob, job_id).status == "inspecting"
        actions = [entry.action for entry in tx.execute(scoped(AuditEntry, tenant_id)).scalars()]
    assert sorted(actions) == ["import.created", "import.inspecting"]


def test_a_move_of_an_older_epoch_is_not_made(database: Database, tenant_id: UUID) -> None:
    job_id = _add(database, tenant_id)
    with reading(database) as tx:
        stale = tx.get_one(ImportJob, job_id)
    with writing(database) as tx:
        job = tx.get_one(ImportJob, job_id)
        assert try_move(tx, job, S.INSPECTING, epoch=5)
    stale.status = S.INSPECTING.value
    with writing(database) as tx:
        assert not try_move(tx, stale, S.PLANNING)


def test_an_illegal_move_raises_and_changes_nothing(database: Database, tenant_id: UUID) -> None:
    job_id = _add(database, tenant_id)
    with pytest.raises(WrongState), writing(database) as tx:
        try_move(tx, tx.get_one(ImportJob, job_id), S.COMPLETED)
    with reading(database) as tx:
        assert tx.get_one(ImportJob, job_id).version == 1


def test_a_deleted_import_and_another_tenants_are_not_found(database: Database, tenant_id: UUID) -> None:
    job_id = _add(database, tenant_id, deleted_at=utc_now())
    other = _add(database, tenant_id)
    with reading(database) as tx:
        assert find_import(tx, tenant_id, job_id) is None
        assert find_import(tx, new_id(), other) is None
        found = find_import(tx, tenant_id, other)
        assert found is not None
        require_version(found, None)
        require_version(found, 1)
        with pytest.raises(WrongState) as raised:
            require_version(found, 2)
    assert raised.value.code == "stale_version"


def test_a_refusal_says_in_a_sentence_how_the_import_stands() -> None:
    for status, allowed, verb, said in (
        (S.NEEDS_MAPPING, RETRYABLE, "retried", "An import that waits for its mapping cannot be retried."),
        (S.COMPLETED_WITH_ERRORS, STARTABLE, "started", "An import that was completed with errors cannot be started."),
        (
            S.NEEDS_MAPPING,
            STARTABLE,
            "started",
            "An import that waits for its mapping cannot be started. Accept its mapping or give another (updateImport), which plans it.",
        ),
        (S.PLANNING, EDITABLE, "edited", "An import that is being planned cannot be edited. Wait until it is planned."),
        (S.PLANNING, RETRYABLE, "retried", "An import that is being planned cannot be retried."),
        (S.APPLYING, FINAL_STATUSES, "deleted", "An import that is being applied cannot be deleted. Cancel it first."),
        (S.ROLLING_BACK, FINAL_STATUSES, "deleted", "An import that is being rolled back cannot be deleted. Wait until it has ended."),
        (S.PLANNED, ROLLBACKABLE, "rolled back", "An import that is planned and not started cannot be rolled back. Cancel it first."),
        (S.CANCELLING, ROLLBACKABLE, "rolled back", "An import that is being cancelled cannot be rolled back. Wait until it has ended."),
        (S.ROLLED_BACK, ROLLBACKABLE, "rolled back", "An import that was rolled back cannot be rolled back."),
    ):
        with pytest.raises(WrongState) as raised:
            require_one_of(status, allowed, verb)
        assert raised.value.message == said
    assert all(describe(status) for status in S)
