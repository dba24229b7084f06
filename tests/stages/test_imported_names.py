"""Recased and parted names through whole imports: once written, the same file changes nothing."""

import pytest

from models.vocabulary import ImportStatus
from tests.support.rig import Rig, csv_bytes

PEOPLE = csv_bytes(
    ["email", "full_name"], [["ada@x.org", "ADA LOVELACE"], ["mary@x.org", "Mary Ann Smith"], ["gogh@x.org", "van Gogh, Vincent"]]
)
DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"
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


def test_a_name_in_one_case_does_not_replace_one_that_differs_in_case_alone(rig: Rig) -> None:
    """Whether it was recased by a guess, or left alone for being doubtful."""
    kept = [
        ("LeBron", "James"), ("Vincent", "van Gogh"), ("Fiona", "MacDonald"), ("JP", "de Vries"), ("Иван", "Петров"), ("Γιώργος", "Παππάς"),
        ("Hans", "Großmann"), ("İbrahim", f"Y{DOTLESS}ld{DOTLESS}z"), ("bell", "hooks"), ("DeDe", "O'Brien"),
    ]  # fmt: skip
    for number, (first, last) in enumerate(kept):
        rig.create(email=f"p{number}@x.org", first_name=first, last_name=last, full_name=f"{first} {last}")
    mapping = {"email": "email", "first": "first_name", "last": "last_name"}
    shouted = [{"email": f"p{number}@x.org", "first": first.upper(), "last": last.upper()} for number, (first, last) in enumerate(kept)]
    shouted[7]["first"] = "İBRAHİM"
    job_id = rig.import_rows(shouted, mapping=mapping, duplicate_strategy="update")
    whole = [{"email": row["email"], "name": f"{row['first']} {row['last']}"} for row in shouted]
    other_id = rig.import_rows(whole, mapping={"email": "email", "name": "full_name"}, duplicate_strategy="update")
    assert [(contact.first_name, contact.last_name) for contact in rig.contacts()] == kept
    assert [contact.full_name for contact in rig.contacts()] == [f"{first} {last}" for first, last in kept]
    assert rig.counts(job_id).unchanged == rig.counts(other_id).unchanged == len(kept)


def test_another_name_in_one_case_replaces_one_and_what_is_in_both_cases_was_written_so(rig: Rig) -> None:
    rig.create(email="james@x.org", first_name="LeBron", last_name="James")
    rig.create(email="ann@x.org", first_name="DeeDee", last_name="Old")
    mapping = {"email": "email", "first": "first_name", "last": "last_name"}
    # Twice, so that these are settled one by one.
    twice = [{"email": "ann@x.org", "first": first, "last": last} for first, last in (("DEEDEE", "NEW"), ("deedee", "VAN DYK"))]
    rig.import_rows([{"email": "james@x.org", "first": "Lebron", "last": "JONES"}, *twice], mapping=mapping, duplicate_strategy="update")
    names = {contact.email: (contact.first_name, contact.last_name) for contact in rig.contacts()}
    assert names == {"james@x.org": ("Lebron", "Jones"), "ann@x.org": ("DeeDee", "VAN DYK")}


def test_names_go_in_as_they_are_written_where_they_are_not_to_be_recased(rig: Rig) -> None:
    rig.create(email="james@x.org", first_name="LeBron")
    rig.import_rows([{"email": "james@x.org", "first_name": "LEBRON"}], duplicate_strategy="update", recase_names=False)
    assert rig.contact("james@x.org").first_name == "LEBRON"
