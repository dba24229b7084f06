"""Contacts edited one at a time, by people and programs: journalled, versioned and true to the claims like everything else."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from models.clock import new_id
from models.database import Writing
from models.errors import DatabaseBusy, InvalidRequest, WrongState
from models.queries import audit
from models.queries.claims import CLAIMS, find_claimants, pass_on, wanted_claims
from models.queries.contact_writes import Change, journal
from models.tables import Contact, ContactChange, ListMember
from models.tenancy import require_found, scoped, scoped_columns
from models.vocabulary import Consent

CONFLICT = "Another contact already has this {name}."
STALE = "The contact has changed since you loaded it. Load it again."


def lock_contact(tx: Writing, tenant_id: UUID, contact_id: UUID, version: int | None) -> Contact:
    """The tenant's live contact, which stays as it is until the commit. Raises NotFound, and WrongState for a stale version."""
    statement = scoped(Contact, tenant_id).where(col(Contact.id) == contact_id, col(Contact.deleted_at).is_(None)).with_for_update()
    contact: Contact = require_found(tx.execute(statement).scalar_one_or_none(), "contact")
    if version is not None and version != contact.version:
        raise WrongState(STALE, code="stale_version")
    return contact


def create_contact(tx: Writing, tenant_id: UUID, values: Mapping[str, Any], actor: str | None) -> Contact:
    """Add a contact with normalised values. Raises InvalidRequest (key_conflict) where another one has its key."""
    now = tx.now()
    claims = _free_claims(tx, tenant_id, None, values)
    contact = Contact(tenant_id=tenant_id, id=new_id(), created_at=now, updated_at=now, **{**values, **claims})
    tx.add(contact)
    _flush(tx)
    fields = {field: {"before": None, "after": value} for field, value in _told(values).items() if value not in (None, "", {})}
    change = Change(contact.id, 0, None, json.dumps(fields), tags_added=json.dumps(contact.tags))
    journal(tx, tenant_id, [change], actor=actor)
    audit.record(tx, tenant_id, actor, "contact.created", contact.id)
    return contact


def update_contact(tx: Writing, contact: Contact, values: Mapping[str, Any], actor: str | None) -> None:
    """Change the given fields of a locked contact. Raises InvalidRequest (key_conflict) where another one has its key.

    That somebody has unsubscribed is a change also where so far an import alone says so: its undo does not take it back then.
    """
    before = {name: getattr(contact, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name] or _confirms_refusal(tx, contact, name, value)}
    if not changed:
        return
    after = {name: getattr(contact, name) for name in ("external_id", "email", "phone", "mobile_phone")} | changed
    released = _take_claims(tx, contact, after)
    old_version = contact.version
    for name, value in changed.items():
        setattr(contact, name, value)
    contact.version += 1
    contact.updated_at = tx.now()
    tx.add(contact)
    _flush(tx)
    _pass_on(tx, contact.tenant_id, released)
    was, now = _told({name: before[name] for name in changed}), _told(changed)
    fields = {
        name: {"before": was.get(name), "after": now.get(name)}
        for name in {**was, **now}
        if was.get(name) != now.get(name) or name == "consent"
    }
    tags_before, tags_after = set(before.get("tags") or []), set(changed.get("tags") or [])
    tags = (sorted(tags_after - tags_before), sorted(tags_before - tags_after)) if "tags" in changed else ([], [])
    change = Change(contact.id, old_version, None, json.dumps(fields), tags_added=json.dumps(tags[0]), tags_removed=json.dumps(tags[1]))
    journal(tx, contact.tenant_id, [change], actor=actor)
    audit.record(tx, contact.tenant_id, actor, "contact.updated", contact.id, fields=sorted(changed))


def _confirms_refusal(tx: Writing, contact: Contact, name: str, value: Any) -> bool:
    if name != "consent" or value != Consent.UNSUBSCRIBED:
        return False
    change: Any = ContactChange
    entries = scoped_columns(contact.tenant_id, ContactChange, change.changes, change.import_id).where(change.contact_id == contact.id)
    newest_first = tx.execute(entries.order_by(change.version_after.desc(), change.id.desc()))
    # Where no entry tells of it, whoever created the contact said so.
    return next((import_id for changes, import_id in newest_first if "consent" in changes), contact.import_id) is not None


def delete_contact(tx: Writing, contact: Contact, actor: str | None) -> None:
    """Delete a locked contact; its history stays."""
    released = {name: {value} for name in CLAIMS if (value := getattr(contact, name)) is not None}
    lists = [str(list_id) for list_id in _leave_lists(tx, contact)]
    old_version = contact.version
    contact.deleted_at = contact.updated_at = tx.now()
    contact.version += 1
    for name in CLAIMS:
        setattr(contact, name, None)
    tx.add(contact)
    tx.flush()
    _pass_on(tx, contact.tenant_id, released)
    journal(tx, contact.tenant_id, [Change(contact.id, old_version, None, "{}", lists_removed=json.dumps(lists))], actor=actor)
    audit.record(tx, contact.tenant_id, actor, "contact.deleted", contact.id)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as the journal names them: custom fields one by one, tags not at all."""
    told = {name: value for name, value in values.items() if name not in ("custom", "tags")}
    told.update({f"custom.{key}": value for key, value in (values.get("custom") or {}).items()})
    return told


def _leave_lists(tx: Writing, contact: Contact) -> list[UUID]:
    members = list(tx.execute(scoped(ListMember, contact.tenant_id).where(col(ListMember.contact_id) == contact.id)).scalars())
    tx.execute(delete(ListMember).where(col(ListMember.tenant_id) == contact.tenant_id, col(ListMember.contact_id) == contact.id))
    return [member.list_id for member in members]


def _free_claims(tx: Writing, tenant_id: UUID, contact_id: UUID | None, values: Mapping[str, Any]) -> dict[str, str | None]:
    claims = wanted_claims(values)
    for name, value in claims.items():
        if value is None:
            continue
        holder = find_claimants(tx, tenant_id, name, [value]).get(value)
        if holder is not None and holder != contact_id:
            field = name.removesuffix("_key")
            is_mobile = field == "phone" and not values.get("phone")
            raise _conflict(name, "mobile_phone" if is_mobile else field)
    return claims


def _take_claims(tx: Writing, contact: Contact, after: Mapping[str, Any]) -> dict[str, set[str]]:
    """Set the claims of a contact for its fields as they will be; what it lets go.

    A value that did not change keeps standing beside another contact's, where a CREATE put it.
    """
    unchanged = wanted_claims({name: getattr(contact, name) for name in ("external_id", "email", "phone", "mobile_phone")})
    wanted = wanted_claims(after)
    changed = {name: value for name, value in wanted.items() if value != unchanged[name]}
    names = {"external_id_key": "external_id", "email_key": "email", "phone_key": "phone"}
    told = {names[name]: value for name, value in changed.items()}
    if "phone" in told and not after.get("phone"):
        told["mobile_phone"] = told.pop("phone")
    _free_claims(tx, contact.tenant_id, contact.id, told)
    released = {}
    for name, value in changed.items():
        if (held := getattr(contact, name)) is not None:
            released[name] = {held}
        setattr(contact, name, value)
    return released


def _pass_on(tx: Writing, tenant_id: UUID, released: Mapping[str, set[str]]) -> None:
    try:
        for name, values in released.items():
            pass_on(tx, tenant_id, name, values)
    except IntegrityError as error:
        # Somebody took the key that was let go just now.
        raise DatabaseBusy("Contacts are being edited just now. Try again.") from error


def _flush(tx: Writing) -> None:
    try:
        tx.flush()
    except IntegrityError as error:
        # Somebody else took the key between our look and our write.
        raise _conflict("key") from error


def _conflict(claim: str, field: str | None = None) -> InvalidRequest:
    path = () if field is None else (field,)
    return InvalidRequest(CONFLICT.format(name=claim.removesuffix("_key").replace("_", " ")), code="key_conflict", path=path)
