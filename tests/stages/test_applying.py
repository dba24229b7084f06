"""What a batch writes: what the plan changes, as it stands in the file, and nothing else; in few statements."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from models.dialects import SQLITE
from models.queries import events
from models.vocabulary import DuplicateStrategy, ImportStatus, Stage
from tests.support.rig import Rig

UPDATE = {"duplicate_strategy": DuplicateStrategy.UPDATE}
TEXTS = [
    "plain",
    "back\\slash \\N \\.",
    "\\N",
    "quote \" and '",
    "a,b;c|d",
    "ünïcödé 漢字 🙂",
    "%s ?",
    "line\nand line\ttab",
    "long " * 3_000,
]


def _drain_to(rig: Rig, stage: Stage) -> None:
    while rig.outbox.waiting[0][0].stage is not stage:
        rig.step()


def test_awkward_texts_are_created_updated_and_journalled_as_they_are(rig: Rig) -> None:
    people = [{"external_id": f"{n}", "notes": text} for n, text in enumerate(TEXTS)]
    job_id = rig.import_rows(people)
    assert rig.status(job_id) is ImportStatus.COMPLETED
    kept = {contact.external_id: contact.notes for contact in rig.contacts()}
    changed = [{"external_id": f"{n}", "notes": TEXTS[n - 1]} for n in range(len(TEXTS))]
    job_id = rig.import_rows(changed, **UPDATE)
    assert rig.counts(job_id).updated == len(TEXTS)
    now = {contact.external_id: contact.notes for contact in rig.contacts()}
    assert now == {f"{n}": kept[f"{(n - 1) % len(TEXTS)}"] for n in range(len(TEXTS))}
    names = {contact.id: contact.external_id for contact in rig.contacts()}
    told = {names[change.contact_id]: change.changes for change in rig.changes()}
    assert told == {name: {"notes": {"before": kept[name], "after": now[name]}} for name in names.values()}
    assert {contact.version for contact in rig.contacts()} == {2}


def test_a_claim_that_a_contact_inherits_after_the_plan_stays(rig: Rig) -> None:
    """The heir's version does not rise, and its update speaks of other fields."""
    first = rig.create(external_id="first", email="both@example.com")
    rig.import_rows([{"external_id": "heir", "email": "both@example.com"}], duplicate_strategy=DuplicateStrategy.CREATE)
    rig.add_rows([{"external_id": "heir", "company": "New"}], **UPDATE)
    _drain_to(rig, Stage.APPLY_BATCH)
    rig.remove(first)
    rig.drain()
    (heir,) = rig.contacts()
    assert (heir.company, heir.email_key, heir.external_id_key) == ("New", "both@example.com", "heir")


def test_what_a_batch_does_not_change_is_not_written(rig: Rig) -> None:
    contact = rig.create(external_id="x", company="Old", notes="keep", tags=["a"], consent="subscribed")
    rig.import_rows([{"external_id": "x", "company": "New", "notes": "keep"}], **UPDATE)
    (updated,) = rig.contacts()
    assert (updated.company, updated.notes, updated.tags, updated.consent) == ("New", "keep", ["a"], "subscribed")
    assert (updated.created_at, updated.version) == (contact.created_at, 2)
    assert updated.updated_at >= contact.updated_at


@contextmanager
def _counted(rig: Rig) -> Iterator[list[str]]:
    told: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        # Heartbeats have a thread of their own, and come as time passes.
        if not statement.startswith("BEGIN") and threading.current_thread() is threading.main_thread():
            told.append(statement)

    event.listen(rig.deps.database.writer, "before_cursor_execute", note)
    yield told
    event.remove(rig.deps.database.writer, "before_cursor_execute", note)


@pytest.mark.parametrize("is_update", [False, True])
def test_a_batch_takes_a_handful_of_statements(rig: Rig, is_update: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rows it has: each is a round trip, and a million rows are a hundred batches."""
    # Whether an event is due depends on how fast the test is; here none is.
    monkeypatch.setattr(events, "GAP_SECONDS", 3_600.0)
    rows = [{"email": f"p{n}@example.com", "company": "Old"} for n in range(9)]
    if is_update:
        rig.import_rows(rows)
        rows = [row | {"company": "New"} for row in rows]
    rig.add_rows(rows, **UPDATE)
    _drain_to(rig, Stage.APPLY_BATCH)
    # The first asks for the turn and comes again.
    rig.step()
    rig.step(Stage.APPLY_BATCH)
    with _counted(rig) as told:
        rig.step(Stage.APPLY_BATCH)
    # Three mark the next batch as sent; COPY is counted nowhere. On SQLite, where a statement is no round trip, six tell how far it is, one
    # asks for small imports beside it, and one whose turn it is.
    most = (13 if is_update else 10) + (8 if rig.deps.database.dialect_name == SQLITE else 0)
    assert len(told) <= most, told
    assert {contact.company for contact in rig.contacts()} == ({"Old", "New"} if is_update else {"Old"})
