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
