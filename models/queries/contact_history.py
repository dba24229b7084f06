"""The history of a contact: what each write did to it, whoever wrote, newest first and the creation last.

A creation by an import is told by the contact itself (decision 4), and so is what a contact was made of once the journal that would tell
was swept (decision 29).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import col

from models.database import Reading
from models.dialects import is_one_of
from models.queries.journals import GIVEN_AND_TAKEN, list_journals
from models.queries.origins import LISTS, TAGS, Item, find_kept_origins, list_memberships
from models.tables import Contact, ContactChange, ImportJob
from models.tenancy import scoped, scoped_columns
from models.vocabulary import CUSTOM_PREFIX, TEXT_FIELDS, ChangeKind, Consent

# The version that a contact has when it is created.
FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; of tags and lists, what was taken away and what was added."""

    field: str
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What one write did to a contact, which had `version` then. An undo names the import that it undoes, and no row.

    `filename` is the import's; None: it came without one, or nobody knows the import any more.
    """

    kind: ChangeKind
    at: datetime
    version: int
    import_id: UUID | None
    row: int | None
    actor: str | None
    is_undo: bool
    changes: tuple[FieldChange, ...]
    filename: str | None = None


def find_any_contact(tx: Reading, tenant_id: UUID, contact_id: UUID) -> Contact | None:
    """The tenant's contact, also one that was deleted."""
    return tx.execute(scoped(Contact, tenant_id).where(col(Contact.id) == contact_id)).scalar_one_or_none()


def list_history(tx: Reading, contact: Contact, *, first: int, before_version: int | None = None) -> list[HistoryEntry]:
    """The newest writes, or the newest of those that led to a version below `before_version`."""
    statement = scoped(ContactChange, contact.tenant_id).where(col(ContactChange.contact_id) == contact.id)
    if before_version is not None:
        statement = statement.where(col(ContactChange.version_after) < before_version)
    newest = statement.order_by(col(ContactChange.version_after).desc(), col(ContactChange.id).desc()).limit(first)
    found = tx.execute(newest).scalars().all()
    entries = [_entry(contact, change) for change in found]
    is_past_creation = before_version is not None and before_version <= FIRST_VERSION
    if len(found) == first or is_past_creation or any(change.version_before == 0 for change in found):
        return _with_filenames(tx, contact.tenant_id, entries)
    return _with_filenames(tx, contact.tenant_id, [*entries, _creation(tx, contact)])


def _with_filenames(tx: Reading, tenant_id: UUID, entries: list[HistoryEntry]) -> list[HistoryEntry]:
    ids = {entry.import_id for entry in entries if entry.import_id is not None}
    named = scoped_columns(tenant_id, ImportJob, ImportJob.id, ImportJob.filename).where(is_one_of(tx.dialect_name, col(ImportJob.id), ids))
    names = {row[0]: row[1] for row in tx.execute(named)} if ids else {}
    return [replace(entry, filename=names.get(entry.import_id)) for entry in entries]


def _kind(contact: Contact, change: ContactChange) -> ChangeKind:
    is_last = change.version_before < change.version_after == contact.version
    if is_last and contact.deleted_at is not None:
        # Nothing is written to a contact that was deleted.
        return ChangeKind.DELETED
    if change.version_before == 0:
        return ChangeKind.CREATED
    return ChangeKind.UPDATED if change.undoes_import_id is None else ChangeKind.RESTORED


def _entry(contact: Contact, change: ContactChange) -> HistoryEntry:
    fields = [FieldChange(name, pair.get("before"), pair.get("after")) for name, pair in change.changes.items() if name != TAGS]
    for name, added, removed in (
        (TAGS, change.tags_added, change.tags_removed),
        (LISTS, change.lists_added, change.lists_removed),
    ):
        if added or removed:
            fields.append(FieldChange(name, before=removed, after=added))
    return HistoryEntry(
        _kind(contact, change),
        change.at,
        change.version_after,
        change.import_id or change.undoes_import_id,
        change.row,
        change.actor,
        change.undoes_import_id is not None,
        tuple(fields),
    )


def _creation(tx: Reading, contact: Contact) -> HistoryEntry:
    """What the contact was made of: what it has, taken back to before the first change that touched each.

    What a change touched that was swept is not told: nobody knows any more what was there before.
    """
    values = _values_now(tx, contact)
    _take_back(values, list_journals(tx, contact.tenant_id, [contact.id], "changes", *GIVEN_AND_TAKEN).get(contact.id, []))
    for item in find_kept_origins(tx, contact.tenant_id, [contact.id]).get(contact.id, {}):
        values.pop(item, None)
    changes = [FieldChange(field, after=value) for (field, _), value in values.items() if field not in (TAGS, LISTS)]
    for name in (TAGS, LISTS):
        several = [value for (field, _), value in values.items() if field == name]
        if several:
            changes.append(FieldChange(name, before=[], after=several))
    return HistoryEntry(
        ChangeKind.CREATED, contact.created_at, FIRST_VERSION, contact.import_id, contact.import_row, None, False, tuple(changes)
    )


def _values_now(tx: Reading, contact: Contact) -> dict[Item, Any]:
    values: dict[Item, Any] = {(name, ""): getattr(contact, name) for name in TEXT_FIELDS}
    values |= {("consent", ""): contact.consent if contact.consent != Consent.UNKNOWN.value else None}
    values |= {(f"{CUSTOM_PREFIX}{key}", ""): value for key, value in contact.custom.items()}
    values |= {(TAGS, tag.casefold()): tag for tag in contact.tags}
    return values | {(LISTS, list_id): list_id for list_id in list_memberships(tx, contact)}


def _take_back(values: dict[Item, Any], journal: Sequence[Row[Any]]) -> None:
    for change in reversed(journal):
        for name, pair in change.changes.items():
            if name != TAGS:
                values[(name, "")] = pair.get("before")
        for field, added, removed in (
            (TAGS, change.tags_added, change.tags_removed),
            (LISTS, change.lists_added, change.lists_removed),
        ):
            for each in added:
                values.pop((field, each.casefold()), None)
            for each in removed:
                values[(field, each.casefold())] = each
    for item in [item for item, value in values.items() if value in (None, "")]:
        del values[item]
