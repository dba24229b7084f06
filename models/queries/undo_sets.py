"""Undoing set by set what is plain: contacts that an import created and nobody touched, and contacts that it changed once and last.

Of these the journal entry alone says what they were. Everything else is looked at contact by contact.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from models.bulk import look_up_by_index
from models.database import Reading, Writing
from models.dialects import Id, Json, UtcDateTime, is_found_by, json_array_contains
from models.journal_json import former_json, former_text, has_member, members_of, taken_back, with_former_members, without_elements
from models.queries.claims import CLAIMS
from models.tables import Contact, ContactChange, ImportJob, ListMember
from models.vocabulary import CUSTOM_PREFIX

TAGS = "tags"
_CONTACT: Table = Contact.__table__  # type: ignore[attr-defined]
_CHANGE: Table = ContactChange.__table__  # type: ignore[attr-defined]
_MEMBER: Table = ListMember.__table__  # type: ignore[attr-defined]
_NOTHING = literal([], Json)


@dataclass(frozen=True, slots=True)
class RowRange:
    """Rows of an import, and the ids of the contacts that they can have created."""

    first: int
    last: int
    ids: tuple[UUID, UUID]


def count_untouched(tx: Reading, job: ImportJob, rows: RowRange) -> int:
    """How many contacts these rows created that nobody has touched."""
    return int(tx.execute(select(func.count()).select_from(_CONTACT).where(*_is_untouched(job, rows))).scalar_one())


def remove_untouched(
    tx: Writing, job: ImportJob, rows: RowRange, actor: str | None, *, tells_released: bool
) -> tuple[int, dict[str, set[str]]]:
    """Remove the contacts that these rows created and nobody has touched: how many, and, if it is to be told, what they claimed."""
    is_untouched = _is_untouched(job, rows)
    released: dict[str, set[str]] = {}
    if tells_released:
        # Locked, so that what they let go is what is read here: one of them may be inheriting a claim just now.
        held = select(*(_CONTACT.c[name] for name in CLAIMS)).where(*is_untouched)
        found = tx.execute(held.order_by(_CONTACT.c.id).with_for_update()).all()
        released = {name: {row[index] for row in found if row[index] is not None} for index, name in enumerate(CLAIMS)}
    now = tx.now()
    gone = update(Contact).where(*is_untouched).values(deleted_at=now, updated_at=now, version=2, **dict.fromkeys(CLAIMS))
    removed = tx.execute(gone.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    if removed:
        if job.options["list_ids"]:
            _leave_lists(tx, job, rows)
        _journal_removed(tx, job, now, rows, actor)
    return int(removed), released


def list_latest(tx: Reading, job: ImportJob, rows: RowRange) -> set[UUID]:
    """The contacts that these rows changed and nobody since, of those that restore_latest takes."""
    contact, change = _CONTACT.alias("c"), _CHANGE.alias("e")
    fields = _list_fields(tx, job, rows)
    if not fields:
        return set()
    look_up_by_index(tx.connection())
    latest = select(contact.c.id).select_from(contact.join(change, _belongs(contact, change)))
    return set(tx.execute(latest.where(*_is_latest(tx.dialect_name, job, rows, contact, change, fields))).scalars())


def restore_latest(tx: Writing, job: ImportJob, rows: RowRange, actor: str | None) -> set[UUID]:
    """Give back what they were to the contacts that these rows changed and nobody since: which.

    Not to those whose keys changed, of which claims follow, nor where more than the one entry has to be looked at.
    """
    fields = _list_fields(tx, job, rows)
    if not fields:
        return set()
    look_up_by_index(tx.connection())
    now = tx.now()
    undone = _journal_latest(tx, job, rows, fields, now, actor)
    if undone:
        _restore_fields(tx, job, rows, fields, now)
        for list_id in job.options["list_ids"]:
            _leave_list(tx, job, rows, str(list_id), now)
    return undone


def list_changed(tx: Reading, job: ImportJob, rows: RowRange) -> set[UUID]:
    """The contacts that these rows changed."""
    return set(tx.execute(select(_CHANGE.c.contact_id).where(*_is_of(job, rows, _CHANGE))).scalars())


def list_touched_creations(tx: Reading, job: ImportJob, rows: RowRange) -> set[UUID]:
    """The live contacts that these rows created and somebody has touched."""
    is_touched = (*_is_created(job, rows), _CONTACT.c.version > 1, _CONTACT.c.deleted_at.is_(None))
    return set(tx.execute(select(_CONTACT.c.id).where(*is_touched)).scalars())


def _is_created(job: ImportJob, rows: RowRange) -> tuple[ColumnElement[bool], ...]:
    contact = _CONTACT.c
    return (
        contact.tenant_id == job.tenant_id,
        contact.id.between(*rows.ids),
        contact.import_id == job.id,
        contact.import_row.between(rows.first, rows.last),
    )


def _is_untouched(job: ImportJob, rows: RowRange) -> tuple[ColumnElement[bool], ...]:
    return (*_is_created(job, rows), _CONTACT.c.version == 1, _CONTACT.c.deleted_at.is_(None))


def _leave_lists(tx: Writing, job: ImportJob, rows: RowRange) -> None:
    # After the contacts, which are locked by now: who was edited a moment ago keeps the lists with the contact.
    gone = select(_CONTACT.c.id).where(*_is_created(job, rows), _CONTACT.c.deleted_at.is_not(None))
    is_theirs = (_MEMBER.c.tenant_id == job.tenant_id, is_found_by(tx.dialect_name, _MEMBER.c.contact_id, gone))
    tx.execute(delete(ListMember).where(*is_theirs).execution_options(synchronize_session=False))


def _journal_removed(tx: Writing, job: ImportJob, now: datetime, rows: RowRange, actor: str | None) -> None:
    """Journal the contacts that were removed at this moment, in one statement."""
    values = {
        **_told(_CONTACT.c.id, job, now, actor),
        "version_before": literal(1),
        "version_after": literal(2),
        "changes": literal({}, Json),
        **dict.fromkeys(("tags_added", "tags_removed", "lists_added", "lists_removed"), _NOTHING),
    }
    removed = select(*values.values()).where(*_is_created(job, rows), _CONTACT.c.version == 2, _CONTACT.c.deleted_at == now)
    tx.execute(insert(_CHANGE).from_select(list(values), removed))


def _told(contact_id: ColumnElement[Any], job: ImportJob, now: datetime, actor: str | None) -> dict[str, ColumnElement[Any]]:
    """What each entry of an undo says."""
    return {
        "tenant_id": literal(job.tenant_id, Id),
        "contact_id": contact_id,
        "at": literal(now, UtcDateTime()),
        "actor": literal(actor, String()),
        "undoes_import_id": literal(job.id, Id),
    }


def _is_of(job: ImportJob, rows: RowRange, change: FromClause) -> tuple[ColumnElement[bool], ...]:
    return (change.c.import_id == job.id, change.c.row.between(rows.first, rows.last), change.c.tenant_id == job.tenant_id)


def _belongs(contact: FromClause, change: FromClause) -> ColumnElement[bool]:
    return and_(contact.c.tenant_id == change.c.tenant_id, contact.c.id == change.c.contact_id)


def _list_fields(tx: Reading, job: ImportJob, rows: RowRange) -> set[str]:
    """What these rows changed: names of fields, and "tags" and "lists" in any case where they changed anything."""
    change = _CHANGE.alias("e")
    is_any = select(literal(1)).where(exists(select(change.c.id).where(*_is_of(job, rows, change))))
    if tx.execute(is_any).scalar_one_or_none() is None:
        return set()
    member = members_of(tx.dialect_name, change.c.changes)
    names = select(member.c.key).select_from(change.join(member, true())).where(*_is_of(job, rows, change)).distinct()
    return {TAGS, "lists", *tx.execute(names).scalars()}


def _is_latest(
    dialect: str, job: ImportJob, rows: RowRange, contact: FromClause, change: FromClause, fields: Collection[str]
) -> tuple[ColumnElement[bool], ...]:
    """Whether an entry is the last of a live contact that the import did not create, the import's only one, and changed no claim."""
    other = _CHANGE.alias("o")
    has_more = exists(
        select(other.c.id).where(
            other.c.tenant_id == job.tenant_id,
            other.c.contact_id == change.c.contact_id,
            or_(other.c.undoes_import_id.is_not(None), and_(other.c.import_id == job.id, other.c.id != change.c.id)),
        )
    )

    def changes_any(names: Collection[str]) -> list[ColumnElement[bool]]:
        return [has_member(dialect, change.c.changes, name) for name in sorted(set(names) & set(fields))]

    conditions = [
        *_is_of(job, rows, change),
        contact.c.version == change.c.version_after,
        contact.c.deleted_at.is_(None),
        or_(contact.c.import_id.is_(None), contact.c.import_id != job.id),
        ~has_more,
    ]
    if of_keys := changes_any(("external_id", "email")):
        conditions.append(~or_(*of_keys))
    if of_phones := changes_any(("phone", "mobile_phone")):
        # Who has another key claims no phone, before and after.
        conditions.append(or_(~or_(*of_phones), contact.c.email.is_not(None), contact.c.external_id.is_not(None)))
    return tuple(conditions)


def _journal_latest(tx: Writing, job: ImportJob, rows: RowRange, fields: Collection[str], now: datetime, actor: str | None) -> set[UUID]:
    """Lock the contacts, and write what undoing will do to them: which. What comes after goes by these entries."""
    dialect = tx.dialect_name
    contact, change = _CONTACT.alias("c"), _CHANGE.alias("e")
    values = {
        **_told(contact.c.id, job, now, actor),
        "version_before": contact.c.version,
        "version_after": contact.c.version + 1,
        "changes": taken_back(dialect, change.c.changes, TAGS),
        "tags_added": change.c.tags_removed,
        "tags_removed": change.c.tags_added,
        "lists_added": _NOTHING,
        "lists_removed": change.c.lists_added,
    }
    latest = (
        select(*values.values())
        .select_from(contact.join(change, _belongs(contact, change)))
        .where(*_is_latest(dialect, job, rows, contact, change, fields))
        .order_by(contact.c.id)
        .with_for_update(of=contact)
    )
    return set(tx.execute(insert(_CHANGE).from_select(list(values), latest).returning(_CHANGE.c.contact_id)).scalars())


def _of_undone(job: ImportJob, rows: RowRange, change: FromClause, undo: FromClause, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What joins an entry of the import with the one that undid it just now."""
    return (
        *_is_of(job, rows, change),
        undo.c.tenant_id == job.tenant_id,
        undo.c.contact_id == change.c.contact_id,
        undo.c.version_after == change.c.version_after + 1,
        undo.c.version_before == change.c.version_after,
        undo.c.undoes_import_id == job.id,
        undo.c.at == now,
    )


def _restore_fields(tx: Writing, job: ImportJob, rows: RowRange, fields: Collection[str], now: datetime) -> None:
    dialect = tx.dialect_name
    contact, change, undo = _CONTACT, _CHANGE.alias("e"), _CHANGE.alias("u")
    values = _former_values(dialect, contact, change, fields)
    statement = (
        update(Contact)
        .where(
            *_of_undone(job, rows, change, undo, now),
            contact.c.tenant_id == job.tenant_id,
            contact.c.id == change.c.contact_id,
            contact.c.version == undo.c.version_before,
        )
        .values(**values, version=contact.c.version + 1, updated_at=undo.c.at)
    )
    tx.execute(statement.execution_options(synchronize_session=False))


def _former_values(dialect: str, contact: FromClause, change: FromClause, fields: Collection[str]) -> Mapping[str, ColumnElement[Any]]:
    values: dict[str, ColumnElement[Any]] = {}
    changes = change.c.changes
    for name in sorted(fields):
        if name in contact.c and name != TAGS:
            values[name] = case((has_member(dialect, changes, name), former_text(dialect, changes, name)), else_=contact.c[name])
    # An entry tells all the tags where some were removed; else those that were added stand at the end.
    was_added = without_elements(dialect, contact.c.tags, change.c.tags_added)
    values[TAGS] = case(
        (has_member(dialect, changes, TAGS), former_json(dialect, changes, TAGS)),
        (change.c.tags_added != _NOTHING, was_added),
        else_=contact.c.tags,
    )
    if any(name.startswith(CUSTOM_PREFIX) for name in fields):
        former = with_former_members(dialect, contact.c.custom, changes, CUSTOM_PREFIX)
        values["custom"] = func.coalesce(former, contact.c.custom)
    return values


def _leave_list(tx: Writing, job: ImportJob, rows: RowRange, list_id: str, now: datetime) -> None:
    change, undo = _CHANGE.alias("e"), _CHANGE.alias("u")
    undone = select(change.c.contact_id).where(
        *_of_undone(job, rows, change, undo, now), json_array_contains(tx.dialect_name, undo.c.lists_removed, list_id)
    )
    statement = delete(ListMember).where(
        _MEMBER.c.tenant_id == job.tenant_id, _MEMBER.c.list_id == UUID(list_id), is_found_by(tx.dialect_name, _MEMBER.c.contact_id, undone)
    )
    tx.execute(statement.execution_options(synchronize_session=False))
