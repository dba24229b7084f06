"""Searching contacts: every word in some field, and a whole address by its index."""

from typing import Any

import pytest

from models.database import reading
from models.errors import InvalidRequest
from models.queries.contact_pages import ContactFilter, list_contacts
from models.queries.searching import MAX_CHARACTERS, MAX_WORDS
from models.vocabulary import DuplicateStrategy
from tests.support.rig import Rig


@pytest.fixture
def found(rig: Rig) -> Any:
    people = [
        {"email": "karl@example.com", "first_name": "Karl", "last_name": "Adler", "company": "Nord & Co", "phone": "+31201234567"},
        {"email": "carla@example.com", "first_name": "Carla", "last_name": "Adler", "company": "Karlsson", "phone": ""},
        {"email": "anna.karl@example.com", "first_name": "Anna", "last_name": "Berg", "company": "", "phone": ""},
    ]
    rig.import_rows(people)
    rig.import_rows([{"email": "karl@example.com", "first_name": "Twin"}], duplicate_strategy=DuplicateStrategy.CREATE)

    def find(search: str, **more: Any) -> list[str]:
        with reading(rig.deps.database) as tx:
            page = list_contacts(tx, rig.tenant_id, ContactFilter(search=search or None, **more), first=10, after=None)
        return sorted(contact.first_name or "" for contact in page.items)

    return find


def test_every_word_is_found_in_some_field(found: Any) -> None:
    assert found("Karl Adler") == ["Carla", "Karl"]
    assert found("adler  KARL nord") == ["Karl"]
    assert found("Karl Berg") == ["Anna"]
    assert found("Karl Nobody") == []
    assert found("+31 20 123-45 67") == found("20 1234567") == found("020 1234567") == found("0031 20/1234567") == ["Karl"]
    assert found("000000") == []
    assert found(" ") == ["Anna", "Carla", "Karl", "Twin"]


def test_an_id_is_found_with_its_noughts_and_not_without_them(rig: Rig) -> None:
    rig.import_rows([{"external_id": "0012345"}, {"external_id": "9912345"}])
    with reading(rig.deps.database) as tx:
        page = list_contacts(tx, rig.tenant_id, ContactFilter(search="0012345"), first=10, after=None)
    assert [contact.external_id for contact in page.items] == ["0012345"]


@pytest.mark.parametrize("number", ["2024-0001", "12.345.678-9", "2024/17/001", "(17) 20 2", "0000017"])
def test_an_id_of_digits_and_signs_is_found_as_it_is_written(rig: Rig, number: str) -> None:
    rig.import_rows([{"external_id": number}, {"external_id": "another", "phone": "+31201720240"}])
    with reading(rig.deps.database) as tx:
        page = list_contacts(tx, rig.tenant_id, ContactFilter(search=number), first=10, after=None)
    assert [contact.external_id for contact in page.items] == [number]


def test_letters_beyond_a_to_z_are_found_whatever_their_case(rig: Rig) -> None:
    people = ["Jäger", "JÄGER", "Österreicher", "Élodie Çelik", "Müller-Öztürk"]
    rig.import_rows([{"external_id": name, "last_name": name} for name in people], recase_names=False)
    wanted = {
        ("jäger", "JÄGER", "Jäger", "äger"): ["JÄGER", "Jäger"],
        ("österreicher", "ÖSTERREICHER"): ["Österreicher"],
        ("élodie çelik", "ÇELIK"): ["Élodie Çelik"],
        ("Müller-Öztürk", "müller-öztürk", "MÜLLER-ÖZTÜRK", "öztürk"): ["Müller-Öztürk"],
    }
    for search, names in [(search, names) for searches, names in wanted.items() for search in searches]:
        with reading(rig.deps.database) as tx:
            page = list_contacts(tx, rig.tenant_id, ContactFilter(search=search), first=10, after=None)
        assert sorted(contact.last_name or "" for contact in page.items) == names, search


def test_a_whole_address_finds_exactly_those_who_have_it(found: Any) -> None:
    assert found("Karl@example.com") == ["Karl", "Twin"]
    assert found("", email=" KARL@example.com") == ["Karl", "Twin"]
    assert found("karl@example") == ["Anna", "Karl", "Twin"]
    assert found("", email="nobody@example.com") == []


def test_a_search_has_so_many_words_at_most(found: Any) -> None:
    assert found(" ".join(["karl"] * MAX_WORDS)) == ["Anna", "Carla", "Karl", "Twin"]
    for search, code in ((" ".join(["karl"] * (MAX_WORDS + 1)), "too_many_words"), ("k" * (MAX_CHARACTERS + 1), "text_too_long")):
        with pytest.raises(InvalidRequest) as refused:
            found(search)
        assert refused.value.code == code
    assert found("%" * MAX_CHARACTERS) == []
