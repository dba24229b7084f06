"""Contacts edited one at a time: claims, versions and the journal stay true."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from models.clock import new_id, utc_now
from models.database import Database, reading, writing
from models.errors import InvalidRequest, NotFound, WrongState
from models.queries.contact_edits import create_contact, delete_contact, lock_contact, update_contact
from models.queries.contact_pages import find_contact
from models.tables import AuditEntry, Contact, ContactChange, ListMember
from models.tenancy import scoped


def _create(database: Database, tenant_id: UUID, **values: Any) -> Contact:
    with writing(database) as tx:
        return create_contact(tx, tenant_id, values, "me")


def _update(database: Database, contact: Contact, **values: Any) -> None:
    with writing(database) as tx:
        update_contact(tx, lock_contact(tx, contact.tenant_id, contact.id, None), values, "me")


def _delete(database: Database, contact: Contact) -> None:
    with writing(database) as tx:
        delete_contact(tx, lock_contact(tx, contact.tenant_id, contact.id, None), "me")


def _load(database: Database, contact: Contact) -> Contact:
    with reading(database) as tx:
        return tx.get_one(Contact, (contact.tenant_id, contact.id))


def _journal(database: Database, contact: Contact) -> list[ContactChange]:
    with reading(database) as tx:
        found = tx.execute(scoped(ContactChange, contact.tenant_id)).scalars()
        return sorted((c for c in found if c.contact_id == contact.id), key=lambda change: change.version_after)


def _claims(contact: Contact) -> tuple[str | None, str | None, str | None]:
    return contact.external_id_key, contact.email_key, contact.phone_key


def test_a_contact_claims_its_keys_and_a_phone_only_alone(database: Database, tenant_id: UUID) -> None:
    assert _claims(_create(database, tenant_id, external_id="1", email="a@x.example", phone="+1")) == ("1", "a@x.example", None)
    assert _claims(_create(database, tenant_id, mobile_phone="+2")) == (None, None, "+2")
    both = _create(database, tenant_id, phone="+3", mobile_phone="+4")
    assert _claims(both) == (None, None, "+3")
    _update(database, both, email="b@x.example")
    assert _claims(_load(database, both)) == (None, "b@x.example", None)
    _update(database, both, email=None)
    assert _claims(_load(database, both)) == (None, None, "+3")


def test_a_key_is_claimed_once_in_a_tenant(database: Database, tenant_id: UUID) -> None:
    _create(database, tenant_id, email="a@x.example")
    other = _create(database, tenant_id, email="b@x.example")
    with pytest.raises(InvalidRequest) as raised:
        _create(database, tenant_id, email="a@x.example")
    assert raised.value.code == "key_conflict"
    with pytest.raises(InvalidRequest):
        _update(database, other, email="a@x.example", notes="x")
    assert (_load(database, other).email, _load(database, other).notes, _load(database, other).version) == ("b@x.example", None, 1)
    assert len(_journal(database, other)) == 1


def test_a_change_is_journalled_and_raises_the_version(database: Database, tenant_id: UUID) -> None:
    contact = _create(database, tenant_id, email="a@x.example", tags=["one"], custom={"size": "1", "kept": "k"})
    _update(database, contact, email="a@x.example", tags=["two"], custom={"size": "2", "kept": "k"}, notes="n")
    (created, changed) = _journal(database, contact)
    assert (created.version_before, created.version_after) == (0, 1)
    assert created.changes == {
        "email": {"before": None, "after": "a@x.example"},
        "custom.size": {"before": None, "after": "1"},
        "custom.kept": {"before": None, "after": "k"},
    }
    assert created.tags_added == ["one"]
    assert changed.changes == {"custom.size": {"before": "1", "after": "2"}, "notes": {"before": None, "after": "n"}}
    assert (changed.tags_added, changed.tags_removed, changed.actor, changed.version_after) == (["two"], ["one"], "me", 2)
    _update(database, contact, notes="n")
    assert _load(database, contact).version == 2
    assert len(_journal(database, contact)) == 2
    with reading(database) as tx:
        assert {entry.action for entry in tx.execute(scoped(AuditEntry, tenant_id)).scalars()} == {"contact.created", "contact.updated"}


def test_a_stale_version_and_somebody_elses_contact_are_refused(database: Database, tenant_id: UUID) -> None:
    contact = _create(database, tenant_id, email="a@x.example")
    _update(database, contact, notes="1")
    with writing(database) as tx:
        assert lock_contact(tx, tenant_id, contact.id, 2).notes == "1"
        with pytest.raises(WrongState) as raised:
            lock_contact(tx, tenant_id, contact.id, 1)
        assert raised.value.code == "stale_version"
        with pytest.raises(NotFound):
            lock_contact(tx, new_id(), contact.id, None)
        assert find_contact(tx, new_id(), contact.id) is None


def test_what_a_contact_lets_go_passes_to_the_oldest_that_has_it(database: Database, tenant_id: UUID) -> None:
    holder = _create(database, tenant_id, email="a@x.example")
    twins = []
    with writing(database) as tx:
        for age in range(2):
            began = utc_now() + timedelta(seconds=age)
            twin = Contact(tenant_id=tenant_id, id=new_id(began), email="a@x.example", created_at=began, updated_at=began)
            tx.add(twin)
            tx.flush()
            twins.append(twin)
    _update(database, holder, email="b@x.example")
    assert [_load(database, twin).email_key for twin in twins] == ["a@x.example", None]
    assert _load(database, twins[0]).version == 1
    _delete(database, twins[0])
    assert _load(database, twins[1]).email_key == "a@x.example"


def test_an_edited_twin_goes_on_standing_beside(database: Database, tenant_id: UUID) -> None:
    _create(database, tenant_id, email="a@x.example")
    twin = Contact(tenant_id=tenant_id, id=new_id(), email="a@x.example", created_at=utc_now(), updated_at=utc_now())
    with writing(database) as tx:
        tx.add(twin)
    _update(database, twin, notes="x")
    assert (_load(database, twin).email_key, _load(database, twin).notes) == (None, "x")


def test_a_deleted_contact_keeps_its_history_and_claims_nothing(database: Database, tenant_id: UUID) -> None:
    contact = _create(database, tenant_id, email="a@x.example", external_id="1")
    list_id = new_id()
    with writing(database) as tx:
        tx.add(ListMember(list_id=list_id, contact_id=contact.id, tenant_id=tenant_id))
    _delete(database, contact)
    gone = _load(database, contact)
    assert gone.deleted_at is not None
    assert (_claims(gone), gone.email, gone.version) == ((None, None, None), "a@x.example", 2)
    assert _journal(database, contact)[-1].lists_removed == [str(list_id)]
    with reading(database) as tx:
        assert find_contact(tx, tenant_id, contact.id) is None
        assert tx.execute(scoped(ListMember, tenant_id)).scalars().all() == []
    _create(database, tenant_id, email="a@x.example", external_id="1")
