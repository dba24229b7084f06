"""Files that have one of everything."""

from typing import Any
from uuid import UUID

from models.vocabulary import DuplicateStrategy
from tests.support.rig import Rig

KNOWN: list[dict[str, str]] = [
    {"external_id": "a", "email": "ada@old.example", "first_name": "Ada", "phone": "+33123456789", "tags": "vip"},
    {"external_id": "b", "email": "ben@old.example", "first_name": "Ben", "company": "Old"},
    {"external_id": "c", "email": "cleo@old.example", "first_name": "Cleo", "notes": "keep"},
    {"email": "dora@old.example", "first_name": "Dora", "consent": "unsubscribed"},
    {"phone": "+33199000001", "mobile_phone": "", "first_name": "Emil"},
]

# Against KNOWN under UPDATE: changes, exchanged keys, folded rows, a released key, conflicts, and what cannot be used.
MESSY: list[dict[str, str]] = [
    {"external_id": "n1", "email": "n1@new.example", "first_name": "New"},
    {"external_id": "a", "email": "ben@old.example", "first_name": "Ada"},
    {"external_id": "b", "email": "ada@old.example", "first_name": "Ben"},
    {"external_id": "n2", "email": "not an address", "first_name": "Bad"},
    {"email": "n3@new.example", "first_name": "One", "tags": "x"},
    {"email": "n4@new.example", "phone": "12"},
    {"email": "n3@new.example", "first_name": "Two", "tags": "y"},
    {"external_id": "c", "email": "cleo@new.example", "first_name": "Cleo"},
    {"external_id": "n5", "email": "cleo@old.example", "first_name": "Heir"},
    {"email": "dora@old.example", "consent": "subscribed", "first_name": "Dora"},
    {"phone": "+33199000001", "first_name": "Emile", "tags": "z"},
    {"external_id": "n6", "email": "ada@old.example", "first_name": "Conflict"},
    {"first_name": "Nobody"},
    {"email": "n3@new.example", "first_name": "Two"},
    {"external_id": "a", "email": "ada@new.example"},
    {"external_id": "n7", "email": "n7@new.example", "website": "example.com", "country": "France"},
    {"external_id": "b", "email": "ada@old.example", "first_name": "Ben"},
]


def seed(rig: Rig) -> UUID:
    """The contacts of KNOWN."""
    return rig.import_rows(KNOWN)


def messy_options(rig: Rig, **options: Any) -> dict[str, Any]:
    return {"duplicate_strategy": DuplicateStrategy.UPDATE, "tags": ("spring",), **options}


def seed_by_hand(rig: Rig) -> None:
    """The same contacts, entered by a person; `address_line2`, which no import here touches, tells them apart."""
    for number, known in enumerate(KNOWN):
        fields = {name: value for name, value in known.items() if value and name != "tags"}
        rig.create(**fields, address_line2=str(number), tags=[known["tags"]] if "tags" in known else [], custom={})
