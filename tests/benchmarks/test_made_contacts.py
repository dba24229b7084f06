"""The contacts that benchmarks are run with are what the figures say they are."""

from itertools import pairwise
from pathlib import Path

import phonenumbers
import pytest

from benchmarks.made_contacts import iter_rows, write_contacts
from benchmarks.made_people import PEOPLE, Manner, iter_people

ROWS = 5_000
MAILBOX = 2


def _emails(manner: Manner) -> list[str]:
    return [row[MAILBOX].strip().lower() for row in iter_rows(ROWS, manner)]


def test_a_seed_makes_the_same_file_every_time(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        write_contacts(path, 500, Manner(seed=seed))
    first, same, other = (path.read_bytes() for path in paths)
    assert first == same != other


@pytest.mark.parametrize("first_person", [0, PEOPLE // 2, PEOPLE - 20_000])
def test_no_two_people_share_an_address(first_person: int) -> None:
    addresses = [person.email for person in iter_people(20_000, Manner(first_person=first_person))]
    assert len(set(addresses)) == len(addresses)


def test_addresses_come_in_no_order() -> None:
    addresses = [person.email for person in iter_people(ROWS)]
    rising = sum(a < b for a, b in pairwise(addresses))
    assert 0.45 < rising / ROWS < 0.55


@pytest.mark.parametrize("share", [0.0, 0.03, 0.3])
def test_so_many_rows_are_about_somebody_above(share: float) -> None:
    # Without what makes two spellings of one address differ.
    addresses = [row[MAILBOX].strip().lower().rpartition("@")[0] for row in iter_rows(ROWS, Manner(bad=0.0, duplicates=share))]
    assert 1 - len(set(addresses)) / ROWS == pytest.approx(share, abs=0.02)


def test_so_many_rows_have_an_address_that_is_none() -> None:
    bad = [email for email in _emails(Manner(bad=0.1)) if email.count("@") != 1 or email.endswith("@")]
    assert len(bad) / ROWS == pytest.approx(0.1, abs=0.02)


def test_people_have_numbers_of_their_country() -> None:
    for person in iter_people(500):
        number = phonenumbers.parse(person.phone_e164)
        assert phonenumbers.is_valid_number(number)
        assert number.country_code == int(person.place.country.calling_code)


def test_a_changed_person_keeps_the_address_and_has_a_note_where_none_was() -> None:
    before = list(iter_people(200, Manner(has_notes=False)))
    after = list(iter_people(200, Manner(changed=1.0)))
    assert [person.email for person in before] == [person.email for person in after]
    assert not any(person.notes for person in before)
    assert all(person.notes for person in after)
    assert sum(old.company != new.company for old, new in zip(before, after, strict=True)) > 190
