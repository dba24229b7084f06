"""A retried row is below the rows that went in before it: what a higher row set stays."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from models.database import reading
from models.queries.issue_pages import list_issue_groups
from models.tables import Contact
from models.vocabulary import AssignmentMode, DuplicateStrategy, EmptyCellPolicy, FieldPolicy, ImportStatus, InvalidValuePolicy, Stage
from tests.stages.proof.world import read_account
from tests.stages.test_edits import change
from tests.support.rig import Rig

UPDATE = DuplicateStrategy.UPDATE
ANN = {"external_id": "x1", "email": "ann@example.com"}
# Fails where a value is unusable, until somebody corrects it.
WRONG = {"website": "ftp://example.com"}


def _import(rig: Rig, rows: list[dict[str, str]], **options: Any) -> UUID:
    chosen = {"duplicate_strategy": UPDATE, "invalid_values": InvalidValuePolicy.FAIL_ROW, **options}
    return rig.import_rows(rows, **chosen)


def _correct(rig: Rig, import_id: UUID, *rows: int) -> None:
    """Somebody corrects the rows, and the import is retried."""
    change(rig, import_id, {(row, "website"): "" for row in rows})
    rig.retry(import_id)
    rig.drain()


def _outcomes(rig: Rig, import_id: UUID) -> list[str]:
    return [outcome for _, (outcome, _, _) in sorted(read_account(rig, import_id).items())]


def _ann(rig: Rig) -> Contact:
    return next(contact for contact in rig.contacts() if contact.external_id == "x1")


def test_a_retried_row_leaves_what_a_higher_row_set_and_sets_the_rest(rig: Rig) -> None:
    rig.create(**ANN, company="Old", city="Old")
    import_id = _import(rig, [{**ANN, **WRONG, "company": "Y", "city": "Y"}, {**ANN, "website": "", "company": "X"}])
    assert _outcomes(rig, import_id) == ["failed", "updated"]
    _correct(rig, import_id, 1)
    assert (_ann(rig).company, _ann(rig).city) == ("X", "Y")
    assert read_account(rig, import_id)[1][2] == {"city": {"before": "Old", "after": "Y"}}
    assert rig.status(import_id) is ImportStatus.COMPLETED


def test_a_retried_row_that_may_set_nothing_is_unchanged(rig: Rig) -> None:
    rig.create(**ANN, company="Old")
    import_id = _import(rig, [{**ANN, **WRONG, "company": "Y"}, {**ANN, "website": "", "company": "X"}])
    version = _ann(rig).version
    _correct(rig, import_id, 1)
    assert _outcomes(rig, import_id) == ["unchanged", "updated"]
    assert (_ann(rig).company, _ann(rig).version) == ("X", version)


def test_what_a_retried_row_may_not_set_is_told_of_field_by_field(rig: Rig) -> None:
    """Of a field that it would have left as it is, because it says the same or nothing, there is nothing to tell."""
    rig.create(**ANN, company="Old", job_title="Old")
    said = {"company": "Y", "city": "Lyon", "state": "", "custom.size": "L", "tags": "red; blue", "job_title": "Y"}
    rows = [
        {**ANN, **WRONG, **said},
        {**ANN, "website": "", **said, "company": "X", "custom.size": "M", "tags": "red", "state": "X", "job_title": ""},
    ]
    policies = [{"field": "tags", "policy": FieldPolicy.OVERWRITE}]
    mapping = {name: name for name in rows[0]}
    import_id = _import(rig, rows, mapping=mapping, field_policies=policies)
    _correct(rig, import_id, 1)
    told = [(i.row, i.column, i.field, i.value, i.severity) for i in rig.issues(import_id) if i.code == "set_by_higher_row"]
    assert sorted(told) == [
        (1, "company", "company", "Y", "note"),
        (1, "custom.size", "custom.size", "L", "note"),
        (1, "tags", "tags", "red, blue", "note"),
    ]
    (message,) = {i.message for i in rig.issues(import_id) if i.code == "set_by_higher_row"}
    assert message.startswith("Row 2, which went in before, has set this field")
    ann = _ann(rig)
    assert (ann.company, ann.job_title, ann.tags, ann.custom) == ("X", "Y", ["red"], {"size": "M"})


def test_a_higher_row_that_said_what_was_there_already_set_it_all_the_same(rig: Rig) -> None:
    rig.create(**ANN, company="X")
    import_id = _import(rig, [{**ANN, **WRONG, "company": "Y"}, {**ANN, "website": "", "company": "X"}])
    _correct(rig, import_id, 1)
    assert _outcomes(rig, import_id) == ["unchanged", "unchanged"]
    assert _ann(rig).company == "X"


def test_a_retried_row_leaves_what_a_higher_row_created(rig: Rig) -> None:
    rows = [{**ANN, **WRONG, "company": "Y", "city": "Y"}, {**ANN, "website": "", "company": "X", "city": ""}]
    import_id = _import(rig, rows)
    _correct(rig, import_id, 1)
    assert _outcomes(rig, import_id) == ["updated", "created"]
    assert (_ann(rig).company, _ann(rig).city) == ("X", "Y")


def test_a_retried_row_between_rows_of_one_write_comes_between_them(rig: Rig) -> None:
    """The journal has the write under its lowest row, 1, which is not what 3 set."""
    rows = [
        {**ANN, "website": "", "company": "1", "city": "1"},
        {**ANN, **WRONG, "company": "2", "city": "2", "state": "2"},
        {**ANN, "website": "", "city": "3"},
    ]
    import_id = _import(rig, rows)
    _correct(rig, import_id, 2)
    assert (_ann(rig).company, _ann(rig).city, _ann(rig).state) == ("2", "3", "2")


def test_a_second_retry_knows_what_the_first_run_and_the_first_retry_set(rig: Rig) -> None:
    rows = [
        {**ANN, **WRONG, "company": "1", "city": "1", "state": "1", "notes": "1"},
        {**ANN, **WRONG, "company": "2", "city": "2"},
        {**ANN, "website": "", "company": "3"},
        {**ANN, **WRONG, "state": "4"},
    ]
    import_id = _import(rig, rows)
    _correct(rig, import_id, 2)
    assert (_ann(rig).company, _ann(rig).city, _ann(rig).state) == ("3", "2", None)
    _correct(rig, import_id, 1)
    assert (_ann(rig).company, _ann(rig).city, _ann(rig).state, _ann(rig).notes) == ("3", "2", "1", "1")
    _correct(rig, import_id, 4)
    assert (_ann(rig).company, _ann(rig).city, _ann(rig).state) == ("3", "2", "4")
    assert rig.status(import_id) is ImportStatus.COMPLETED


@pytest.mark.parametrize(("cells", "city"), [(EmptyCellPolicy.CLEAR, None), (EmptyCellPolicy.KEEP, "Y")])
def test_a_blank_cell_that_clears_sets_the_field_too(rig: Rig, cells: EmptyCellPolicy, city: str | None) -> None:
    rig.create(**ANN, city="Old")
    import_id = _import(rig, [{**ANN, **WRONG, "city": "Y"}, {**ANN, "website": "", "city": ""}], empty_cells=cells)
    _correct(rig, import_id, 1)
    assert _ann(rig).city == city


@pytest.mark.parametrize("strategy", [UPDATE, DuplicateStrategy.MERGE])
def test_what_a_person_edits_since_stays_where_a_higher_row_set_it(rig: Rig, strategy: DuplicateStrategy) -> None:
    rig.create(**ANN)
    rows = [{**ANN, **WRONG, "company": "Y", "city": "Y"}, {**ANN, "website": "", "company": "X", "city": ""}]
    import_id = _import(rig, rows, duplicate_strategy=strategy)
    rig.edit(_ann(rig), company=None, state="by hand")
    _correct(rig, import_id, 1)
    assert (_ann(rig).company, _ann(rig).city, _ann(rig).state) == (None, "Y", "by hand")


def test_adding_is_not_overwriting(rig: Rig) -> None:
    rig.create(**ANN, notes="old", tags=["old"])
    rows = [{**ANN, **WRONG, "notes": "one", "tags": "one"}, {**ANN, "website": "", "notes": "two", "tags": "two"}]
    import_id = _import(rig, rows, field_policies=({"field": "notes", "policy": FieldPolicy.APPEND},))
    _correct(rig, import_id, 1)
    assert (_ann(rig).notes, _ann(rig).tags) == ("old\ntwo\none", ["old", "two", "one"])


def test_tags_that_a_higher_row_replaced_stay(rig: Rig) -> None:
    rig.create(**ANN, tags=["old"])
    rows = [{**ANN, **WRONG, "tags": "one"}, {**ANN, "website": "", "tags": "two"}]
    import_id = _import(rig, rows, field_policies=({"field": "tags", "policy": FieldPolicy.OVERWRITE},))
    _correct(rig, import_id, 1)
    assert _ann(rig).tags == ["two"]


def test_a_key_that_a_higher_row_gave_the_contact_stays(rig: Rig) -> None:
    rig.create(**ANN)
    rows = [{**ANN, **WRONG, "email": "one@example.com"}, {**ANN, "website": "", "email": "two@example.com"}]
    import_id = _import(rig, rows)
    _correct(rig, import_id, 1)
    assert (_ann(rig).email, _ann(rig).email_key) == ("two@example.com", "two@example.com")


def test_an_owner_that_a_higher_row_was_assigned_stays(rig: Rig) -> None:
    rig.create(**ANN)
    rows = [{**ANN, **WRONG, "owner": "olga"}, {**ANN, "website": "", "owner": ""}]
    import_id = _import(rig, rows, assignment={"mode": AssignmentMode.SINGLE, "owners": ["rita"]})
    _correct(rig, import_id, 1)
    assert _ann(rig).owner == "rita"


def test_who_a_retried_row_unsubscribes_is_not_kept_by_a_higher_row(rig: Rig) -> None:
    """In row order nobody would have been subscribed again."""
    rig.create(**ANN)
    rows = [{**ANN, **WRONG, "consent": "unsubscribed"}, {**ANN, "website": "", "consent": "subscribed"}]
    import_id = _import(rig, rows)
    _correct(rig, import_id, 1)
    assert _ann(rig).consent == "unsubscribed"


@pytest.mark.parametrize("strategy", [DuplicateStrategy.SKIP, DuplicateStrategy.CREATE])
def test_where_nobody_who_is_found_is_changed_a_retry_changes_nobody(rig: Rig, strategy: DuplicateStrategy) -> None:
    import_id = _import(rig, [{**ANN, **WRONG, "company": "Y"}, {**ANN, "website": "", "company": "X"}], duplicate_strategy=strategy)
    _correct(rig, import_id, 1)
    assert next(contact for contact in rig.contacts() if contact.import_row == 2).company == "X"
    assert _outcomes(rig, import_id)[0] == ("skipped" if strategy is DuplicateStrategy.SKIP else "created")


@pytest.mark.parametrize("is_folded", [True, False])
def test_a_retried_row_whose_contact_changed_since_its_plan_is_judged_again_with_what_it_leaves(rig: Rig, is_folded: bool) -> None:
    rig.create(**ANN, company="Old")
    more = [{**ANN, **WRONG, "city": "2"}] if is_folded else []
    rows = [{**ANN, **WRONG, "company": "Y", "state": "Y"}, *more, {**ANN, "website": "", "company": "X"}]
    import_id = _import(rig, rows)
    change(rig, import_id, {(row, "website"): "" for row in range(1, len(rows))})
    rig.retry(import_id)
    _work_until(rig, lambda: rig.outbox.waiting[0][0].stage is Stage.APPLY_BATCH)
    rig.edit(_ann(rig), company="by hand")
    rig.drain()
    assert (_ann(rig).company, _ann(rig).state, _ann(rig).city) == ("by hand", "Y", "2" if is_folded else None)


def _work_until(rig: Rig, is_enough: Callable[[], bool]) -> None:
    while not is_enough():
        assert rig.step()


def test_what_was_found_while_applying_is_still_told_after_a_retry(rig: Rig) -> None:
    """Also after a second one, and after one that was planned and given up."""
    ann = rig.create(**ANN, consent="subscribed")
    rows = [{**ANN, "consent": "subscribed", "first_name": "Ann", "website": ""}, {"email": "b@example.com", **WRONG}]
    import_id = rig.add_rows(rows, duplicate_strategy=UPDATE, invalid_values=InvalidValuePolicy.FAIL_ROW)
    rig.step(Stage.INSPECT)
    rig.step(Stage.PLAN)
    rig.edit(ann, consent="unsubscribed")
    rig.drain()
    told = {issue.row: issue.code for issue in rig.issues(import_id)}
    assert told == {1: "consent_kept", 2: "invalid_website"}
    counted = _counted(rig, import_id)
    for stop in (None, Stage.PLAN, None):
        rig.retry(import_id)
        if stop is not None:
            rig.step(stop)
            rig.cancel(import_id)
        rig.drain()
        assert {issue.row: issue.code for issue in rig.issues(import_id)} == told
        assert _counted(rig, import_id) == counted
    _correct(rig, import_id, 2)
    assert {issue.row: issue.code for issue in rig.issues(import_id)} == {1: "consent_kept"}


def _counted(rig: Rig, import_id: UUID) -> list[tuple[str, int]]:
    with reading(rig.deps.database) as tx:
        return [(group.code, group.count) for group in list_issue_groups(tx, rig.tenant_id, import_id)]
