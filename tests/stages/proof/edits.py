"""People who edit contacts one at a time while an import runs, through what the API calls, and an account of what they touched."""

from collections.abc import Mapping
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.clock import new_id
from models.database import Writing, reading, writing
from models.errors import DatabaseBusy, InvalidRequest, NotFound, WrongState
from models.queries.claims import wanted_claims
from models.queries.contact_edits import create_contact, delete_contact, lock_contact, update_contact
from models.tables import Contact
from models.vocabulary import Consent
from tests.stages.proof.cases import KEY_COLUMNS
from tests.stages.proof.cells import CELLS
from tests.stages.proof.names import SPELLINGS, add_entries, key_of
from tests.support.rig import Rig

PERSON = "a person"
Key = tuple[str, str]


class People:
    """Edit the contacts of a rig at random, and now and then its directories.

    `edits` are those that went in, `touched` their contacts, `keys` what these held, `named` the keys of entries that were added.
    """

    def __init__(self, rig: Rig, random: Random) -> None:
        self._rig = rig
        self._random = random
        self.touched: set[str] = set()
        self.keys: set[Key] = set()
        self.named: set[Key] = set()
        self.edits: list[tuple[UUID, int]] = []

    def edit(self) -> None:
        """One edit, which may be refused: somebody else has the key, or was faster."""
        if self._random.random() < 0.25:
            self._add_entry()
            return
        with reading(self._rig.deps.database) as tx:
            live = select(Contact).where(col(Contact.tenant_id) == self._rig.tenant_id, col(Contact.deleted_at).is_(None))
            contacts = list(tx.execute(live.order_by(col(Contact.id))).scalars())
        draw = self._random.random()
        chosen = self._random.choice(contacts) if contacts and draw < 0.8 else None
        try:
            with writing(self._rig.deps.database) as tx:
                seen = self._create(tx) if chosen is None else self._change(tx, chosen, deletes=draw < 0.12)
        except (InvalidRequest, WrongState, NotFound, DatabaseBusy):
            return
        contact_id, version, held = seen
        self.touched.add(str(contact_id))
        self.keys |= held
        self.edits.append((contact_id, version))

    def _add_entry(self) -> None:
        kind = self._random.choice(list(SPELLINGS))
        name = self._random.choice(SPELLINGS[kind])
        try:
            with writing(self._rig.deps.database) as tx:
                add_entries(tx, self._rig.tenant_id, [(kind, name)])
        except (WrongState, DatabaseBusy):
            return
        self.named.add((kind, key_of(name)))

    def _create(self, tx: Writing) -> tuple[UUID, int, set[Key]]:
        values = {name: _value(self._random, name) for name in self._random.sample(KEY_COLUMNS, 2)}
        contact = create_contact(tx, self._rig.tenant_id, {"first_name": "Made", "last_name": str(new_id()), **values}, PERSON)
        return contact.id, contact.version, _keys(contact)

    def _change(self, tx: Writing, chosen: Contact, *, deletes: bool) -> tuple[UUID, int, set[Key]]:
        version = chosen.version if self._random.random() < 0.5 else None
        contact = lock_contact(tx, chosen.tenant_id, chosen.id, version)
        held = _keys(contact)
        if deletes:
            delete_contact(tx, contact, PERSON)
        else:
            before = contact.version
            update_contact(tx, contact, self._draw_values(contact), PERSON)
            if contact.version == before:
                raise WrongState("Nothing was to be changed.", code="nothing_changed")
        return contact.id, contact.version, held | _keys(contact)

    def _draw_values(self, contact: Contact) -> dict[str, Any]:
        random = self._random
        values: dict[str, Any] = {
            "first_name": random.choice(["Ann", "Bob", "Edited", None]),
            "city": random.choice(["Lyon", "Edited", None]),
            "notes": random.choice(["n1", "edited"]),
            "consent": random.choice(list(Consent)).value,
            "tags": random.choice([["vip"], ["edited", *contact.tags], []]),
            "custom": random.choice([{"tier": "gold"}, {"tier": "edited", "age": "8"}, {}]),
            **{name: _value(random, name) for name in KEY_COLUMNS},
        }
        plain = [name for name in values if name not in KEY_COLUMNS]
        names = random.sample(plain, random.randint(1, 2)) if random.random() < 0.6 else random.sample(KEY_COLUMNS, 1)
        return {name: values[name] for name in names}


def _value(random: Random, name: str) -> str | None:
    return random.choice([None, *(value for value in CELLS[name].values() if value)])


def _keys(contact: Contact) -> set[Key]:
    """Whatever of the contact may be, or become, a claim."""
    values: Mapping[str, Any] = {name: getattr(contact, name) for name in KEY_COLUMNS}
    wanted = {("phone_key", value) for name in ("phone", "mobile_phone") if (value := values[name])}
    return wanted | {(name, value) for name, value in wanted_claims(values).items() if value}
