"""What an undo writes to contacts that were looked at one by one: many at once, each with its entry in the journal."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import delete, update
from sqlmodel import col

from models.bulk import insert_frame, update_frame
from models.database import Writing
from models.dialects import is_one_of
from models.queries.claims import CLAIMS, find_claimants, wanted_claims
from models.queries.contact_writes import Change, journal
from models.queries.undo_choices import Choice
from models.queries.undo_plans import Undo, tags_after_undo
from models.tables import Contact, ContactChange, ImportJob, KeptContact, ListMember
from models.vocabulary import CUSTOM_PREFIX, KeptCode

KEY_FIELDS = ("external_id", "email", "phone", "mobile_phone")
MESSAGES = {
    KeptCode.FIELD_EDITED_SINCE: "Edited since the import, so the newer value was kept: {fields}.",
    KeptCode.CONTACT_EDITED_SINCE: "The import created this contact and it was edited since, so it was kept: {fields}.",
    KeptCode.CONTACT_DELETED_SINCE: "The import changed this contact and it was deleted since.",
}
Released = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class _Restored:
    """A contact with what it is to be: its columns that change, by name."""

    choice: Choice
    values: Mapping[str, Any]

    @property
    def held(self) -> dict[str, str | None]:
        return {name: self.choice.contact[name] for name in CLAIMS}

    @property
    def wanted(self) -> dict[str, str | None]:
        if not self.values.keys() & set(KEY_FIELDS):
            return self.held
        return wanted_claims({name: self.values.get(name, self.choice.contact[name]) for name in KEY_FIELDS})


def remove(tx: Writing, job: ImportJob, choices: Sequence[Choice], actor: str | None) -> Released:
    """Remove contacts that are locked; the claims that they let go."""
    if not choices:
        return {}
    ids = [choice.contact["id"] for choice in choices]
    now = tx.now()
    values = {"deleted_at": now, "updated_at": now, "version": col(Contact.version) + 1, **dict.fromkeys(CLAIMS)}
    _update(tx, job, ids, values)
    theirs = (col(ListMember.tenant_id) == job.tenant_id, is_one_of(tx.dialect_name, col(ListMember.contact_id), ids))
    tx.execute(delete(ListMember).where(*theirs).execution_options(synchronize_session=False))
    changes = [Change(choice.contact["id"], choice.contact["version"], None, "{}") for choice in choices]
    journal(tx, job.tenant_id, changes, actor=actor, undoes_import_id=job.id)
    return {name: {choice.contact[name] for choice in choices if choice.contact[name] is not None} for name in CLAIMS}


def restore(tx: Writing, job: ImportJob, choices: Sequence[Choice], actor: str | None) -> Released:
    """Give contacts that are locked what they were before, claims included as far as these are free; the claims that they let go.

    All let go before any claims anew, so that two can change places.
    """
    restored = [_Restored(choice, _values_after(choice.contact, choice.undo)) for choice in choices]
    released = _let_go(tx, job, restored)
    claims = _claim(tx, job, restored)
    staying = [each for each in restored if each.choice.contact["id"] not in claims]
    _write(tx, job, staying, {})
    _write(tx, job, [each for each in restored if each.choice.contact["id"] in claims], claims)
    _leave_lists(tx, job, choices)
    changes = [_told(choice.contact, choice.undo) for choice in choices]
    journal(tx, job.tenant_id, changes, actor=actor, undoes_import_id=job.id)
    return released


def keep(tx: Writing, job: ImportJob, choices: Sequence[Choice], actor: str | None) -> int:
    """Note what stays as it is, and why; how many contacts keep something.

    The journal of a contact says once that the import was undone, even where nothing of it changed: its version stays.
    """
    silent = [choice for choice in choices if not (choice.is_told or choice.undo.removes or choice.undo.changes_something)]
    versions = [choice.contact["version"] for choice in silent]
    entries = {"contact_id": [str(choice.contact["id"]) for choice in silent], "version_before": versions, "version_after": versions}
    frame = pl.DataFrame(entries, schema={"contact_id": pl.String(), "version_before": pl.Int64(), "version_after": pl.Int64()})
    change = ContactChange.__table__  # type: ignore[attr-defined]
    told = {"tenant_id": job.tenant_id, "actor": actor, "undoes_import_id": job.id}
    insert_frame(tx.connection(), change, frame.with_columns(changes=pl.lit("{}")), moments=("at",), **told)
    kept = [
        {"contact_id": str(each.contact_id), "row": each.row, "code": each.code, "message": each.message, "fields": json.dumps(each.fields)}
        for each in tell_kept(job, choices)
    ]
    schema = {"contact_id": pl.String(), "row": pl.Int64(), "code": pl.String(), "message": pl.String(), "fields": pl.String()}
    table = KeptContact.__table__  # type: ignore[attr-defined]
    insert_frame(tx.connection(), table, pl.DataFrame(kept, schema=schema), tenant_id=job.tenant_id, import_id=job.id)
    return len(kept)


def tell_kept(job: ImportJob, choices: Iterable[Choice]) -> list[KeptContact]:
    """The contacts of which something is kept, and why, in words."""
    return [
        KeptContact(
            import_id=job.id,
            contact_id=choice.contact["id"],
            tenant_id=job.tenant_id,
            row=choice.row,
            code=choice.code.value,
            message=MESSAGES[choice.code].format(fields=", ".join(choice.undo.kept)),
            fields=choice.undo.kept,
        )
        for choice in choices
        if choice.code is not None
    ]


def _values_after(contact: Mapping[Any, Any], undo: Undo) -> dict[str, Any]:
    values = {name: value for name, value in undo.restored.items() if not name.startswith(CUSTOM_PREFIX)}
    if len(values) < len(undo.restored):
        members = {name.removeprefix(CUSTOM_PREFIX): value for name, value in undo.restored.items() if name.startswith(CUSTOM_PREFIX)}
        custom = {key: value for key, value in (contact["custom"] | members).items() if value is not None}
        values["custom"] = json.dumps(custom, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if undo.tags_removed or undo.tags_restored:
        values["tags"] = json.dumps(tags_after_undo(contact["tags"], undo), separators=(",", ":"), ensure_ascii=False)
    return values


def _let_go(tx: Writing, job: ImportJob, restored: Sequence[_Restored]) -> Released:
    released: Released = {}
    for name in CLAIMS:
        letting_go = [each for each in restored if each.held[name] is not None and each.held[name] != each.wanted[name]]
        if letting_go:
            _update(tx, job, [each.choice.contact["id"] for each in letting_go], {name: None})
            released[name] = {value for each in letting_go if (value := each.held[name]) is not None}
    return released


def _claim(tx: Writing, job: ImportJob, restored: Sequence[_Restored]) -> dict[UUID, dict[str, str | None]]:
    """What each contact whose claims change is to claim: what it held before the import, as far as nobody has it."""
    moving = [each for each in restored if each.held != each.wanted]
    claims = {each.choice.contact["id"]: dict(each.held) for each in moving}
    for name in CLAIMS:
        waiting = [each for each in moving if each.held[name] != each.wanted[name]]
        taken = set(find_claimants(tx, job.tenant_id, name, {value for each in waiting if (value := each.wanted[name]) is not None}))
        for each in waiting:
            value = each.wanted[name]
            is_free = value is not None and value not in taken
            claims[each.choice.contact["id"]][name] = value if is_free else None
            if is_free and value is not None:
                taken.add(value)
    return claims


def _write(tx: Writing, job: ImportJob, restored: Sequence[_Restored], claims: Mapping[UUID, Mapping[str, str | None]]) -> None:
    names = sorted({name for each in restored for name in each.values})
    rows = [
        {
            "id": str(each.choice.contact["id"]),
            "version": each.choice.contact["version"],
            **{name: each.values[name] if name in each.values else _as_text(each.choice.contact[name]) for name in names},
            **claims.get(each.choice.contact["id"], {}),
        }
        for each in restored
    ]
    columns = [*names, *(CLAIMS if claims else ())]
    schema = {"id": pl.String(), "version": pl.Int64(), **dict.fromkeys(columns, pl.String())}
    update_frame(
        tx.connection(),
        Contact.__table__,  # type: ignore[attr-defined]
        pl.DataFrame(rows, schema=schema),
        matching=("id", "version"),
        where={"tenant_id": job.tenant_id},
        moments=("updated_at",),
        raised=("version",),
    )


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _leave_lists(tx: Writing, job: ImportJob, choices: Iterable[Choice]) -> None:
    leaving: dict[str, list[UUID]] = {}
    for choice in choices:
        for list_id in choice.undo.lists_removed:
            leaving.setdefault(list_id, []).append(choice.contact["id"])
    for list_id, ids in leaving.items():
        member = (col(ListMember.tenant_id) == job.tenant_id, col(ListMember.list_id) == UUID(list_id))
        gone = delete(ListMember).where(*member, is_one_of(tx.dialect_name, col(ListMember.contact_id), ids))
        tx.execute(gone.execution_options(synchronize_session=False))


def _told(contact: Mapping[Any, Any], undo: Undo) -> Change:
    told: dict[str, dict[str, Any]] = {}
    for name, before in undo.restored.items():
        key = name.removeprefix(CUSTOM_PREFIX)
        now = contact[name] if key == name else contact["custom"].get(key)
        told[name] = {"before": now, "after": before}
    return Change(
        contact["id"],
        contact["version"],
        None,
        json.dumps(told),
        tags_added=json.dumps([placed.tag for placed in undo.tags_restored]),
        tags_removed=json.dumps([tag for tag in contact["tags"] if tag in undo.tags_removed]),
        lists_removed=json.dumps(undo.lists_removed),
    )


def _update(tx: Writing, job: ImportJob, ids: Sequence[UUID], values: Mapping[str, Any]) -> None:
    statement = update(Contact).where(col(Contact.tenant_id) == job.tenant_id, is_one_of(tx.dialect_name, col(Contact.id), ids))
    tx.execute(statement.values(**values).execution_options(synchronize_session=False))
