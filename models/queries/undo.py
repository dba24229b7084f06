"""Undoing what an import did to contacts, row range by row range, from the journal.

What it created goes if nothing later touched it. A field that it changed gets its former value back if nothing later touched the
field; else it is kept, and reported. An undo is journalled like any other write, so that a later undo can see through it.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, delete, exists, func, insert, literal, select, update
from sqlmodel import col

from models.database import Writing
from models.dialects import Json, UtcDateTime, is_one_of
from models.queries.batches import BatchResult
from models.queries.claims import CLAIMS, find_claimants, pass_on, wanted_claims
from models.queries.contact_writes import Change, journal
from models.queries.undo_plans import Undo, list_touched, plan_undo, tags_after_undo
from models.tables import Contact, ContactChange, ImportJob, KeptContact, ListMember
from models.tenancy import scoped, scoped_columns
from models.vocabulary import CUSTOM_PREFIX, KeptCode

MESSAGES = {
    KeptCode.FIELD_EDITED_SINCE: "Edited since the import, so the newer value was kept: {fields}.",
    KeptCode.CONTACT_EDITED_SINCE: "The import created this contact and it was edited since, so it was kept: {fields}.",
    KeptCode.CONTACT_DELETED_SINCE: "The import changed this contact and it was deleted since.",
}
KEY_FIELDS = ("external_id", "email", "phone", "mobile_phone")


def undo_rows(tx: Writing, job: ImportJob, first_row: int, last_row: int, id_range: tuple[UUID, UUID], actor: str | None) -> BatchResult:
    """Undo what the import's rows from `first_row` to `last_row` did.

    `id_range` holds the ids of the contacts that these rows can have created. A contact that several rows changed belongs to the
    lowest of them, so that each is undone once.
    """
    removed = _remove_untouched(tx, job, first_row, last_row, id_range, actor)
    histories = _load_histories(tx, job, first_row, last_row, id_range)
    contacts = _lock_contacts(tx, job.tenant_id, histories.keys())
    restored = kept = 0
    updates: list[tuple[Contact, Undo]] = []
    for contact_id, changes in histories.items():
        contact = contacts.get(contact_id)
        if contact is None:
            continue
        own_rows = [change.row for change in changes if change.import_id == job.id and change.row is not None]
        if contact.import_id == job.id:
            if contact.deleted_at is not None or not first_row <= (contact.import_row or 0) <= last_row:
                continue
            touched = list_touched(changes, job.id)
            if touched:
                kept += _keep(tx, job, contact, contact.import_row, KeptCode.CONTACT_EDITED_SINCE, touched)
            else:
                _remove(tx, contact)
                journal(tx, job.tenant_id, [Change(contact.id, contact.version - 1, None, "{}")], actor=actor, undoes_import_id=job.id)
                removed += 1
            continue
        if not own_rows or min(own_rows) < first_row:
            continue
        if contact.deleted_at is not None:
            kept += _keep(tx, job, contact, min(own_rows), KeptCode.CONTACT_DELETED_SINCE, [])
            continue
        undo = plan_undo(changes, job.id)
        if undo.kept:
            kept += _keep(tx, job, contact, min(own_rows), KeptCode.FIELD_EDITED_SINCE, undo.kept)
        if undo.changes_something:
            updates.append((contact, undo))
            restored += 1
    _restore(tx, job, updates, actor)
    return BatchResult(removed=removed, restored=restored, kept=kept)


def _remove_untouched(tx: Writing, job: ImportJob, first_row: int, last_row: int, id_range: tuple[UUID, UUID], actor: str | None) -> int:
    """Remove, in a few statements, the contacts that these rows created and that nobody has touched."""
    contact = Contact.__table__  # type: ignore[attr-defined]
    untouched = (
        contact.c.tenant_id == job.tenant_id,
        contact.c.id.between(*id_range),
        contact.c.import_id == job.id,
        contact.c.import_row.between(first_row, last_row),
        contact.c.version == 1,
        contact.c.deleted_at.is_(None),
    )
    released: dict[str, set[str]] = {}
    if _has_twins(tx, job.tenant_id):
        rows = tx.execute(select(*(contact.c[name] for name in CLAIMS)).where(*untouched)).all()
        released = {name: {row[index] for row in rows if row[index] is not None} for index, name in enumerate(CLAIMS)}
    now = tx.now()
    gone = update(contact).where(*untouched).values(deleted_at=now, updated_at=now, version=2, **dict.fromkeys(CLAIMS))
    removed = tx.execute(gone).rowcount  # type: ignore[attr-defined]
    # After the contacts, which are locked by now: who was edited a moment ago keeps the lists with the contact.
    member = ListMember.__table__  # type: ignore[attr-defined]
    of_import = (contact.c.tenant_id == job.tenant_id, contact.c.id.between(*id_range), contact.c.import_id == job.id)
    tx.execute(
        delete(member).where(
            member.c.tenant_id == job.tenant_id,
            member.c.contact_id.between(*id_range),
            member.c.contact_id.in_(select(contact.c.id).where(*of_import, contact.c.deleted_at.is_not(None))),
        )
    )
    _journal_removed(tx, job, now, id_range, actor)
    for name, values in released.items():
        pass_on(tx, job.tenant_id, name, values)
    return int(removed)


def _journal_removed(tx: Writing, job: ImportJob, now: datetime, id_range: tuple[UUID, UUID], actor: str | None) -> None:
    """Journal the contacts that were removed at this moment, in one statement."""
    contact = Contact.__table__  # type: ignore[attr-defined]
    change = ContactChange.__table__  # type: ignore[attr-defined]
    nothing = {name: literal([], Json) for name in ("tags_added", "tags_removed", "lists_added", "lists_removed")}
    values = {
        "tenant_id": contact.c.tenant_id,
        "contact_id": contact.c.id,
        "at": literal(now, UtcDateTime()),
        "actor": literal(actor, String()),
        "undoes_import_id": contact.c.import_id,
        "version_before": literal(1),
        "version_after": literal(2),
        "changes": literal({}, Json),
        **nothing,
    }
    removed = select(*values.values()).where(
        contact.c.tenant_id == job.tenant_id,
        contact.c.id.between(*id_range),
        contact.c.import_id == job.id,
        contact.c.version == 2,
        contact.c.deleted_at == now,
    )
    tx.execute(insert(change).from_select(list(values), removed))


def _has_twins(tx: Writing, tenant_id: UUID) -> bool:
    """Whether any live contact of the tenant stands beside another with the same key."""
    contact = Contact.__table__  # type: ignore[attr-defined]
    live = (contact.c.tenant_id == tenant_id, contact.c.deleted_at.is_(None))
    conditions = (
        (contact.c.email.is_not(None), contact.c.email_key.is_(None)),
        (contact.c.external_id.is_not(None), contact.c.external_id_key.is_(None)),
        (
            contact.c.phone_key.is_(None),
            contact.c.external_id.is_(None),
            contact.c.email.is_(None),
            func.coalesce(contact.c.phone, contact.c.mobile_phone).is_not(None),
        ),
    )
    return any(
        tx.execute(select(literal(1)).where(exists(select(contact.c.id).where(*live, *condition)))).scalar_one_or_none()
        for condition in conditions
    )


def _load_histories(
    tx: Writing, job: ImportJob, first_row: int, last_row: int, id_range: tuple[UUID, UUID]
) -> dict[UUID, list[ContactChange]]:
    """The whole journal, oldest first, of each contact that these rows changed, or created and somebody touched."""
    changed = scoped_columns(job.tenant_id, ContactChange, ContactChange.contact_id).where(
        col(ContactChange.import_id) == job.id, col(ContactChange.row).between(first_row, last_row)
    )
    touched = scoped_columns(job.tenant_id, Contact, Contact.id).where(
        col(Contact.id).between(*id_range), col(Contact.import_id) == job.id, col(Contact.version) > 1, col(Contact.deleted_at).is_(None)
    )
    ids = sorted({*tx.execute(changed).scalars(), *tx.execute(touched).scalars()})
    histories: dict[UUID, list[ContactChange]] = {contact_id: [] for contact_id in ids}
    if not ids:
        return histories
    statement = (
        scoped(ContactChange, job.tenant_id)
        .where(is_one_of(tx.dialect_name, col(ContactChange.contact_id), ids))
        .order_by(col(ContactChange.version_after), col(ContactChange.id))
    )
    for change in tx.execute(statement).scalars():
        histories[change.contact_id].append(change)
    return histories


def _lock_contacts(tx: Writing, tenant_id: UUID, ids: Collection[UUID]) -> dict[UUID, Contact]:
    if not ids:
        return {}
    statement = scoped(Contact, tenant_id).where(is_one_of(tx.dialect_name, col(Contact.id), list(ids))).order_by(col(Contact.id))
    return {contact.id: contact for contact in tx.execute(statement.with_for_update()).scalars()}


def _remove(tx: Writing, contact: Contact) -> None:
    released = {name: {value} for name in CLAIMS if (value := getattr(contact, name)) is not None}
    contact.deleted_at = contact.updated_at = tx.now()
    contact.version += 1
    for name in CLAIMS:
        setattr(contact, name, None)
    tx.add(contact)
    tx.flush()
    tx.execute(delete(ListMember).where(col(ListMember.tenant_id) == contact.tenant_id, col(ListMember.contact_id) == contact.id))
    for name, values in released.items():
        pass_on(tx, contact.tenant_id, name, values)


def _keep(tx: Writing, job: ImportJob, contact: Contact, row: int | None, code: KeptCode, fields: list[str]) -> int:
    known = tx.get(KeptContact, (job.id, contact.id))
    if known is not None:
        tx.delete(known)
        tx.flush()
    message = MESSAGES[code].format(fields=", ".join(fields))
    tx.add(
        KeptContact(
            import_id=job.id, contact_id=contact.id, tenant_id=job.tenant_id, row=row, code=code.value, message=message, fields=fields
        )
    )
    return 1


def _restore(tx: Writing, job: ImportJob, updates: Sequence[tuple[Contact, Undo]], actor: str | None) -> None:
    released: dict[str, set[str]] = {name: set() for name in CLAIMS}
    changes = []
    for contact, undo in updates:
        changes.append(_apply_undo(tx, contact, undo))
    tx.flush()
    _take_back_claims(tx, job.tenant_id, [contact for contact, undo in updates if set(KEY_FIELDS) & undo.restored.keys()], released)
    for name, values in released.items():
        if values:
            pass_on(tx, job.tenant_id, name, values)
    journal(tx, job.tenant_id, changes, actor=actor, undoes_import_id=job.id)


def _apply_undo(tx: Writing, contact: Contact, undo: Undo) -> Change:
    told: dict[str, dict[str, Any]] = {}
    custom = dict(contact.custom)
    for name, before in undo.restored.items():
        if name.startswith(CUSTOM_PREFIX):
            key = name.removeprefix(CUSTOM_PREFIX)
            told[name] = {"before": custom.get(key), "after": before}
            if before is None:
                custom.pop(key, None)
            else:
                custom[key] = before
        else:
            told[name] = {"before": getattr(contact, name), "after": before}
            setattr(contact, name, before)
    contact.custom = custom
    gone = [tag for tag in contact.tags if tag in undo.tags_removed]
    contact.tags = tags_after_undo(contact.tags, undo)
    back = [placed.tag for placed in undo.tags_restored]
    version = contact.version
    contact.version += 1
    contact.updated_at = tx.now()
    tx.add(contact)
    lists = [UUID(list_id) for list_id in undo.lists_removed]
    if lists:
        tx.execute(
            delete(ListMember).where(
                col(ListMember.tenant_id) == contact.tenant_id,
                col(ListMember.contact_id) == contact.id,
                is_one_of(tx.dialect_name, col(ListMember.list_id), lists),
            )
        )
    return Change(
        contact.id,
        version,
        None,
        json.dumps(told),
        tags_added=json.dumps(back),
        tags_removed=json.dumps(gone),
        lists_removed=json.dumps(undo.lists_removed),
    )


def _take_back_claims(tx: Writing, tenant_id: UUID, contacts: Sequence[Contact], released: dict[str, set[str]]) -> None:
    """Let restored contacts claim their restored keys as far as these are free; first all let go, so that two can change places."""
    wanted = {contact.id: wanted_claims({name: getattr(contact, name) for name in KEY_FIELDS}) for contact in contacts}
    moving: dict[str, list[Contact]] = {name: [] for name in CLAIMS}
    for contact in contacts:
        for name in CLAIMS:
            held, value = getattr(contact, name), wanted[contact.id][name]
            if held == value:
                continue
            moving[name].append(contact)
            if held is not None:
                released[name].add(held)
                setattr(contact, name, None)
                tx.add(contact)
    tx.flush()
    for name, waiting in moving.items():
        values = {value for contact in waiting if (value := wanted[contact.id][name]) is not None}
        taken = set(find_claimants(tx, tenant_id, name, values))
        for contact in waiting:
            value = wanted[contact.id][name]
            if value is not None and value not in taken:
                setattr(contact, name, value)
                taken.add(value)
                tx.add(contact)
    tx.flush()


def clear_kept(tx: Writing, job: ImportJob) -> None:
    """Forget what an earlier rollback kept; the next one tells anew."""
    tx.execute(delete(KeptContact).where(col(KeptContact.tenant_id) == job.tenant_id, col(KeptContact.import_id) == job.id))
