"""What happens where rows fail, and where contacts change between the plan and its application."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from models.database import Writing, reading
from models.tables import Contact, ImportBatch, Report
from models.vocabulary import DuplicateStrategy, EmptyCellPolicy, ErrorPolicy, ImportStatus, InvalidValuePolicy, Stage
from tests.support.rig import Rig
from workers.stages import careful_writing
from workers.stages.drift import Drift

UPDATE = DuplicateStrategy.UPDATE
KEYS = {"external_id": "external_id", "email": "email", "company": "company"}


def _people(count: int, bad: tuple[int, ...] = ()) -> list[dict[str, str]]:
    return [{"email": "no address" if n in bad else f"p{n}@example.com", "company": "C"} for n in range(1, count + 1)]


def _tally(rig: Rig, job_id: UUID) -> dict[str, int]:
    counts = rig.counts(job_id)
    done = counts.created + counts.updated + counts.unchanged + counts.skipped + counts.failed
    assert done + counts.unprocessed == counts.total
    names = ("created", "updated", "unchanged", "skipped", "failed", "unprocessed")
    return {name: value for name in names if (value := getattr(counts, name))}


def _planned(rig: Rig, rows: list[dict[str, str]], **options: Any) -> UUID:
    """An import at the pause for its review, whose contacts may then change."""
    job_id = rig.import_rows(rows, auto_start=False, mapping={name: name for row in rows for name in row}, **options)
    assert rig.status(job_id) is ImportStatus.PLANNED
    return job_id


def _started(rig: Rig, rows: list[dict[str, str]], **options: Any) -> UUID:
    """The same without review: planned, and about to apply."""
    job_id = rig.add_rows(rows, mapping={name: name for row in rows for name in row}, **options)
    while not (rig.outbox.waiting and rig.outbox.waiting[0][0].stage is Stage.APPLY_BATCH):
        assert rig.step()
    return job_id


def _go(rig: Rig, job_id: UUID) -> dict[str, int]:
    if rig.status(job_id) is ImportStatus.PLANNED:
        rig.start(job_id)
    rig.drain_with_sweeps()
    return _tally(rig, job_id)


def _codes(rig: Rig, job_id: UUID) -> list[tuple[int, str]]:
    return [(issue.row, issue.code) for issue in rig.issues(job_id)]


def test_all_or_nothing_applies_nothing_where_a_row_fails(rig: Rig) -> None:
    job_id = rig.import_rows(_people(8, bad=(5,)), error_policy=ErrorPolicy.ALL_OR_NOTHING)
    assert rig.status(job_id) is ImportStatus.FAILED
    assert rig.job(job_id).failure_code == "rows_failed"
    assert _tally(rig, job_id) == {"failed": 1, "unprocessed": 7}
    assert rig.contacts() == []


def test_all_or_nothing_is_one_transaction(rig: Rig) -> None:
    job_id = rig.import_rows(_people(8), error_policy=ErrorPolicy.ALL_OR_NOTHING)
    assert rig.status(job_id) is ImportStatus.COMPLETED
    with reading(rig.deps.database) as tx:
        assert tx.execute(select(func.count()).where(col(ImportBatch.import_id) == job_id)).scalar_one() == 1
        moments = tx.execute(select(col(Contact.created_at)).distinct()).all()
    assert len(rig.contacts()) == 8
    assert len(moments) == 1


def test_all_or_nothing_applies_nothing_where_the_plan_no_longer_holds(rig: Rig) -> None:
    contact = rig.create(email="p3@example.com")
    job_id = _planned(rig, _people(8), error_policy=ErrorPolicy.ALL_OR_NOTHING, duplicate_strategy=UPDATE)
    rig.edit(contact, company="Edited")
    assert _go(rig, job_id) == {"unprocessed": 8}
    assert rig.status(job_id) is ImportStatus.FAILED
    assert [c.company for c in rig.contacts()] == ["Edited"]
    rig.retry(job_id)
    rig.drain()
    assert _go(rig, job_id) == {"created": 7, "updated": 1}
    assert rig.status(job_id) is ImportStatus.COMPLETED


def test_an_import_stops_at_its_error_rate(rig: Rig) -> None:
    rows = _people(20, bad=(3, 6, 9, 15))
    job_id = rig.import_rows(rows, error_policy=ErrorPolicy.STOP_AT_ERROR_RATE, max_error_rate=0.1)
    # Two failures are 10 percent of 20 rows; the third, in row 9, exceeds them.
    assert _tally(rig, job_id) == {"created": 6, "failed": 3, "unprocessed": 11}
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
    assert [c.email for c in rig.contacts()] == [f"p{n}@example.com" for n in (1, 2, 4, 5, 7, 8)]


def test_an_unusable_value_can_fail_its_row(rig: Rig) -> None:
    rows = [{"email": "a@example.com", "phone": "12"}, {"email": "b@example.com", "phone": "+33123456789"}]
    assert _tally(rig, rig.import_rows(rows, invalid_values=InvalidValuePolicy.FAIL_ROW)) == {"created": 1, "failed": 1}
    assert _tally(rig, rig.import_rows(rows)) == {"created": 1, "skipped": 1}


def test_a_key_of_somebody_else_fails_the_row_and_only_it(rig: Rig) -> None:
    rig.create(external_id="1", email="taken@example.com")
    rows = [{"external_id": "2", "email": "taken@example.com"}, {"external_id": "3", "email": "free@example.com"}]
    job_id = rig.import_rows(rows, duplicate_strategy=UPDATE)
    assert _tally(rig, job_id) == {"created": 1, "failed": 1}
    assert _codes(rig, job_id) == [(1, "key_conflict")]


def test_a_contact_edited_after_the_plan_is_left_alone(rig: Rig) -> None:
    contact = rig.create(email="p2@example.com", company="Old")
    job_id = _planned(rig, _people(4), duplicate_strategy=UPDATE)
    rig.edit(contact, company="Edited")
    assert _go(rig, job_id) == {"created": 3, "unprocessed": 1}
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
    assert _codes(rig, job_id) == [(2, "plan_drift")]
    assert rig.contact("p2@example.com").company == "Edited"
    rig.retry(job_id)
    rig.drain()
    assert _go(rig, job_id) == {"created": 3, "updated": 1}
    assert _codes(rig, job_id) == []
    assert rig.contact("p2@example.com").company == "C"


def test_a_row_that_is_left_says_what_changed_since_its_plan(rig: Rig) -> None:
    edited = rig.create(email="p1@example.com", company="Old")
    gone = rig.create(email="p2@example.com", company="Old")
    rig.create(external_id="5", company="Old")
    rows = [*_people(4), {"external_id": "5", "email": "p5@example.com"}]
    job_id = _planned(rig, rows, duplicate_strategy=UPDATE)
    rig.edit(edited, company="Edited")
    rig.remove(gone)
    rig.create(email="p3@example.com", company="Mine")
    rig.create(email="p5@example.com")
    assert _go(rig, job_id) == {"created": 1, "unprocessed": 4}
    told = {issue.row: issue.message for issue in rig.issues(job_id)}
    assert "company changed from “Old” to “Edited”" in told[1]
    assert "was deleted" in told[2]
    assert "instead of creating its own" in told[3]
    assert "can no longer go in" in told[5]
    assert all(message.endswith("Retry the import to plan this row again.") for message in told.values())


def test_a_row_that_is_left_along_with_another_names_it(rig: Rig) -> None:
    giver = rig.create(external_id="1", email="key@example.com", company="Old")
    rows = [{"external_id": "1", "email": "new@example.com", "company": "C"}, {"external_id": "2", "email": "key@example.com"}]
    job_id = _planned(rig, rows, duplicate_strategy=UPDATE)
    rig.edit(giver, company="Edited")
    assert _go(rig, job_id) == {"unprocessed": 2}
    told = {issue.row: issue.message for issue in rig.issues(job_id)}
    assert "company changed from “Old” to “Edited”" in told[1]
    assert "together with row 1" in told[2]


def test_without_review_what_is_right_now_is_done(rig: Rig) -> None:
    contact = rig.create(email="p2@example.com", company="Old")
    job_id = _started(rig, _people(4), duplicate_strategy=UPDATE)
    rig.edit(contact, company="Edited")
    rig.create(email="p3@example.com", notes="made meanwhile")
    assert _go(rig, job_id) == {"created": 2, "updated": 2}
    assert [c.company for c in rig.contacts()] == ["C"] * 4
    entry = next(c for c in rig.changes() if c.row == 2 and c.import_id == job_id)
    assert entry.changes == {"company": {"before": "Edited", "after": "C"}}
    rig.roll_back(job_id)
    rig.drain()
    assert rig.contact("p2@example.com").company == "Edited"


def test_drift_that_comes_to_nothing_stands(rig: Rig) -> None:
    contact = rig.create(email="p2@example.com", company="Old")
    job_id = _planned(rig, _people(3), duplicate_strategy=UPDATE)
    rig.edit(contact, company="C")
    assert _go(rig, job_id) == {"created": 2, "unchanged": 1}
    assert rig.status(job_id) is ImportStatus.COMPLETED


def test_drift_that_comes_to_what_was_planned_stands(rig: Rig) -> None:
    contact = rig.create(email="p2@example.com", company="Old")
    job_id = _planned(rig, _people(3), duplicate_strategy=UPDATE)
    rig.edit(contact, notes="something else")
    assert _go(rig, job_id) == {"created": 2, "updated": 1}
    assert rig.contact("p2@example.com").company == "C"
    assert rig.contact("p2@example.com").notes == "something else"


def test_a_contact_deleted_after_the_plan_is_not_made_anew(rig: Rig) -> None:
    contact = rig.create(email="p2@example.com", company="Old")
    job_id = _planned(rig, _people(3), duplicate_strategy=UPDATE)
    rig.remove(contact)
    assert _go(rig, job_id) == {"created": 2, "unprocessed": 1}
    assert _codes(rig, job_id) == [(2, "plan_drift")]


@pytest.mark.parametrize("is_reviewed", [True, False])
def test_a_planned_key_that_somebody_took_is_no_second_contact(rig: Rig, is_reviewed: bool) -> None:
    job_id = (_planned if is_reviewed else _started)(rig, _people(5))
    rig.create(email="p4@example.com", company="Mine")
    # Under SKIP the row now finds the contact, which is nothing to do: it stands in both cases.
    assert _go(rig, job_id) == {"created": 4, "skipped": 1}
    assert rig.contact("p4@example.com").company == "Mine"
    assert len(rig.contacts()) == 5


@pytest.mark.parametrize("is_reviewed", [True, False])
def test_a_key_that_an_update_wants_and_somebody_took_fails_that_row_alone(rig: Rig, is_reviewed: bool) -> None:
    rig.create(external_id="1", email="old@example.com")
    rows = [{"external_id": str(n), "email": f"p{n}@example.com", "company": "C"} for n in (1, 2, 3)]
    job_id = (_planned if is_reviewed else _started)(rig, rows, duplicate_strategy=UPDATE)
    rig.create(email="p1@example.com", company="Mine")
    came = _go(rig, job_id)
    assert came == ({"created": 2, "unprocessed": 1} if is_reviewed else {"created": 2, "failed": 1})
    assert _codes(rig, job_id) == [(1, "plan_drift" if is_reviewed else "key_conflict")]
    assert rig.contact("old@example.com").company is None


def test_a_row_that_failed_only_while_applying_is_reported_with_its_reason(rig: Rig) -> None:
    job_id = _started(rig, [{"external_id": "1", "email": "p1@example.com"}])
    rig.create(external_id="2", email="p1@example.com")
    assert _go(rig, job_id) == {"failed": 1}
    with reading(rig.deps.database) as tx:
        key = tx.execute(select(Report.object_key).where(col(Report.import_id) == job_id)).scalar_one()
    assert key is not None
    header, line = csv.reader(io.StringIO(rig.deps.storage.get(key).decode("utf-8-sig")))
    told = dict(zip(header, line, strict=True))
    assert (told["email"], told["row"], told["code"]) == ("p1@example.com", "1", "KEY_CONFLICT")
    assert told["message"]


def test_an_edit_between_judging_again_and_writing_is_not_overwritten(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = _started(rig, [{"email": "p1@example.com", "company": "Imported"}], duplicate_strategy=DuplicateStrategy.UPDATE)
    contact = rig.create(email="p1@example.com", first_name="Old")
    judge_drift = careful_writing.judge_drift

    def edited_at_once(tx: Writing, *rest: Any) -> Drift:
        drift = judge_drift(tx, *rest)
        monkeypatch.undo()
        tx.execute(update(Contact).where(col(Contact.id) == contact.id).values(first_name="New", version=col(Contact.version) + 1))
        return drift

    monkeypatch.setattr(careful_writing, "judge_drift", edited_at_once)
    rig.step(Stage.APPLY_BATCH)
    # The edit went with the transaction that it was slipped into; what counts is that its values were not taken for the newest.
    assert rig.contact("p1@example.com").company is None
    rig.drain_with_sweeps()
    assert rig.contact("p1@example.com").company == "Imported"
    assert rig.status(job_id) is ImportStatus.COMPLETED


@pytest.mark.parametrize("is_reviewed", [True, False])
def test_writes_between_which_a_key_passes_go_together_or_not_at_all(rig: Rig, is_reviewed: bool) -> None:
    giver = rig.create(external_id="1", email="key@example.com")
    rows = [{"external_id": "1", "email": "new@example.com"}, {"external_id": "2", "email": "key@example.com"}]
    rows += [{"external_id": "3", "email": "three@example.com"}]
    job_id = (_planned if is_reviewed else _started)(rig, rows, duplicate_strategy=UPDATE)
    # The giver changes, and somebody takes another key of the batch, so that it is written with care.
    rig.edit(giver, company="Edited", email="elsewhere@example.com")
    rig.create(email="three@example.com")
    came = _go(rig, job_id)
    held = {c.external_id: (c.email, c.email_key) for c in rig.contacts()}
    if is_reviewed:
        assert came["unprocessed"] >= 1
        rig.retry(job_id)
        rig.drain()
        _go(rig, job_id)
        held = {c.external_id: (c.email, c.email_key) for c in rig.contacts()}
    assert held["1"] == ("new@example.com", "new@example.com")
    assert held["2"] == ("key@example.com", "key@example.com")


def test_a_write_that_waits_for_a_key_is_left_with_the_one_that_keeps_it(rig: Rig) -> None:
    giver = rig.create(external_id="1", email="key@example.com")
    rows = [{"external_id": "1", "email": "new@example.com", "company": "C"}, {"external_id": "2", "email": "key@example.com"}]
    rows += [{"external_id": "3", "email": "three@example.com"}]
    job_id = _planned(rig, rows, duplicate_strategy=UPDATE)
    rig.edit(giver, company="Edited")
    assert _go(rig, job_id) == {"created": 1, "unprocessed": 2}
    assert _codes(rig, job_id) == [(1, "plan_drift"), (2, "plan_drift")]
    assert {c.external_id: c.email_key for c in rig.contacts()} == {"1": "key@example.com", "3": "three@example.com"}


def test_a_key_passed_on_within_a_batch_is_not_taken_for_somebody_elses(rig: Rig) -> None:
    rig.create(external_id="1", email="key@example.com")
    rows = [{"external_id": "1", "email": "new@example.com"}, {"external_id": "2", "email": "key@example.com"}]
    rows += [{"external_id": "3", "email": "three@example.com"}]
    job_id = _planned(rig, rows, duplicate_strategy=UPDATE)
    rig.create(email="three@example.com")
    assert _go(rig, job_id) == {"created": 1, "updated": 1, "unprocessed": 1}
    assert {c.external_id: c.email_key for c in rig.contacts()}["2"] == "key@example.com"


def test_a_blank_cell_clears_where_it_is_told_to(rig: Rig) -> None:
    rig.create(email="a@example.com", company="Old")
    rig.import_rows([{"email": "a@example.com", "company": ""}], duplicate_strategy=UPDATE)
    assert rig.contact("a@example.com").company == "Old"
    rig.import_rows([{"email": "a@example.com", "company": ""}], duplicate_strategy=UPDATE, empty_cells=EmptyCellPolicy.CLEAR)
    assert rig.contact("a@example.com").company is None


def test_issues_that_are_kept_piece_by_piece_are_all_kept(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.stages.kept_issues._ROWS_AT_A_TIME", 2)
    bad = tuple(range(1, 60, 3))
    job_id = rig.import_rows(_people(60, bad=bad))
    assert [issue.row for issue in rig.issues(job_id)] == list(bad)


def test_issues_that_are_not_kept_are_counted(rig: Rig, small_settings: Any) -> None:
    from tests.support.rig import make_rig

    few = make_rig(small_settings.model_copy(update={"stored_issues_per_kind": 2}))
    job_id = few.import_rows(_people(9, bad=(1, 4, 7, 8)))
    assert [issue.row for issue in few.issues(job_id)] == [1, 4]
    from models.queries.issue_pages import IssueFilter, count_issues

    with reading(few.deps.database) as tx:
        assert count_issues(tx, few.tenant_id, job_id, IssueFilter(code="invalid_email")) == 4
    few.deps.database.close()
