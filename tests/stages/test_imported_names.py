"""Recased and parted names through whole imports: once written, the same file changes nothing."""

import pytest

from models.vocabulary import ImportStatus
from tests.support.rig import Rig, csv_bytes

PEOPLE = csv_bytes(
    ["email", "full_name"], [["ada@x.org", "ADA LOVELACE"], ["mary@x.org", "Mary Ann Smith"], ["gogh@x.org", "van Gogh, Vincent"]]
)
MAPPING = {"email": "email", "full_name": "full_name"}


@pytest.mark.parametrize("strategy", ["update", "merge"])
def test_the_same_names_again_change_nothing(rig: Rig, strategy: str) -> None:
    first = rig.add_file(PEOPLE, mapping=MAPPING, duplicate_strategy=strategy)
    rig.drain()
    names = [(contact.full_name, contact.first_name, contact.last_name) for contact in rig.contacts()]
    assert names == [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Mary Ann Smith", None, None),
        ("van Gogh, Vincent", "Vincent", "van Gogh"),
    ]
    assert [(issue.row, issue.code, issue.severity, issue.value) for issue in rig.issues(first)] == [
        (2, "name_recased", "note", "ADA LOVELACE")
    ]
    assert rig.status(first) is ImportStatus.COMPLETED
    again = rig.add_file(PEOPLE, mapping=MAPPING, duplicate_strategy=strategy, empty_cells="clear")
    rig.drain()
    counts = rig.counts(again)
    assert (counts.unchanged, counts.updated) == (3, 0)


def test_merge_keeps_the_first_name_that_a_person_gave(rig: Rig) -> None:
    rig.create(email="ada@x.org", first_name="Augusta")
    rig.add_file(PEOPLE, mapping=MAPPING, duplicate_strategy="merge")
    rig.drain()
    contact = rig.contact("ada@x.org")
    assert (contact.first_name, contact.last_name, contact.full_name) == ("Augusta", "Lovelace", "Ada Lovelace")


def test_names_stay_as_the_file_has_them_where_a_person_wants_it(rig: Rig) -> None:
    job_id = rig.add_file(PEOPLE, mapping=MAPPING, split_names=False, recase_names=False)
    rig.drain()
    contact = rig.contact("ada@x.org")
    assert (contact.full_name, contact.first_name) == ("ADA LOVELACE", None)
    assert rig.issues(job_id) == []


def test_a_recased_name_does_not_replace_one_that_differs_in_case_alone(rig: Rig) -> None:
    rig.create(email="james@x.org", first_name="LeBron", last_name="James")
    rig.create(email="ann@x.org", first_name="DeeDee", last_name="Old")
    rig.create(email="whole@x.org", first_name="DeShawn", last_name="mcCOY", full_name="DeShawn mcCOY")
    mapping = {"email": "email", "first": "first_name", "last": "last_name"}
    rows = [
        {"email": "james@x.org", "first": "LEBRON", "last": "JAMES"},
        {"email": "ann@x.org", "first": "DEEDEE", "last": "NEW"},
        # Twice, so that these are settled one by one.
        {"email": "ann@x.org", "first": "deedee", "last": "NEWER"},
    ]
    job_id = rig.import_rows(rows, mapping=mapping, duplicate_strategy="update")
    names = {contact.email: (contact.first_name, contact.last_name) for contact in rig.contacts()}
    assert names["james@x.org"] == ("LeBron", "James")
    assert names["ann@x.org"] == ("DeeDee", "Newer")
    assert (rig.counts(job_id).unchanged, rig.counts(job_id).updated) == (1, 2)
    assert [issue.code for issue in rig.issues(job_id) if issue.row == 1] == ["name_recased", "name_recased"]
    # The halves of a full name were recased with it; and what is written in both cases was written so on purpose.
    rig.import_rows(
        [{"email": "whole@x.org", "name": "DESHAWN MCCOY"}], mapping={"email": "email", "name": "full_name"}, duplicate_strategy="update"
    )
    whole = rig.contact("whole@x.org")
    assert (whole.first_name, whole.last_name, whole.full_name) == ("DeShawn", "mcCOY", "DeShawn mcCOY")
    rig.import_rows([{"email": "james@x.org", "first": "Lebron", "last": "James"}], mapping=mapping, duplicate_strategy="update")
    assert rig.contact("james@x.org").first_name == "Lebron"
