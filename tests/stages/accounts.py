"""What two runs that should come to the same are compared by: everything but ids, moments and who numbered what."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.database import reading
from models.queries.claims import CLAIMS
from models.tables import Contact, DirectoryEntry, ImportIssueCount
from models.vocabulary import TEXT_FIELDS
from tests.support.rig import Rig

FIELDS = (*TEXT_FIELDS, "consent", "tags", "custom")


@dataclass(frozen=True)
class Account:
    """The contacts, their journal, the directories, and what is told of the last import."""

    contacts: list[Any]
    entries: list[Any]
    journal: list[Any]
    issues: list[Any]
    issue_counts: dict[Any, int]
    counts: dict[str, int]
    status: str


def fields_of(contact: Contact) -> dict[str, Any]:
    """What a person sees of a contact."""
    return {name: value for name in FIELDS if (value := getattr(contact, name)) not in (None, [], {}, "unknown")}


def take_account(rig: Rig, imports: Sequence[UUID]) -> Account:
    """The account of the last of these imports; contacts are known by the import and row that created them."""
    with reading(rig.deps.database) as tx:
        everyone = list(tx.execute(select(Contact).where(col(Contact.tenant_id) == rig.tenant_id)).scalars())
        entries = list(tx.execute(select(DirectoryEntry).where(col(DirectoryEntry.tenant_id) == rig.tenant_id)).scalars())
        kinds = list(tx.execute(select(ImportIssueCount).where(col(ImportIssueCount.import_id) == imports[-1])).scalars())
    names = {contact.id: _name(contact, imports) for contact in everyone}
    members: dict[UUID, int] = {}
    for _, contact_id in rig.members():
        members[contact_id] = members.get(contact_id, 0) + 1
    contacts = [
        (names[c.id], fields_of(c), {k: getattr(c, k) for k in CLAIMS}, c.version, c.deleted_at is not None, members.get(c.id, 0))
        for c in everyone
    ]
    journal = [
        (
            names[c.contact_id],
            c.version_before,
            c.version_after,
            imports.index(c.import_id) if c.import_id else None,
            imports.index(c.undoes_import_id) if c.undoes_import_id else None,
            c.row,
            c.changes,
            sorted(c.tags_added),
            sorted(c.tags_removed),
            len(c.lists_added),
            len(c.lists_removed),
        )
        for c in rig.changes()
        if c.tenant_id == rig.tenant_id
    ]
    issues = [(i.row, i.code, i.field, i.value, i.severity, i.column) for i in rig.issues(imports[-1])]
    return Account(
        contacts=sorted(contacts, key=repr),
        entries=sorted((e.kind, e.name, imports.index(e.import_id) if e.import_id else None, e.import_row) for e in entries),
        journal=sorted(journal, key=repr),
        issues=sorted(issues, key=repr),
        issue_counts={(k.code, k.field, k.severity): k.count for k in kinds},
        counts=asdict(rig.counts(imports[-1])),
        status=rig.status(imports[-1]).value,
    )


def _name(contact: Contact, imports: Sequence[UUID]) -> tuple[int, int | str | None]:
    if contact.import_id is None:
        return (-1, contact.address_line2)
    return (imports.index(contact.import_id), contact.import_row or 0)
