"""What a tenant's imports came to, in a form that two runs can be compared by: no ids, no moments, no numbers of attempts."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.database import Database, Reading, reading
from models.queries.claims import CLAIMS
from models.queries.counts import count_rows, rollback_totals
from models.queries.tidying import list_recorded_keys
from models.storage import ObjectStore
from models.tables import (
    Contact,
    ContactChange,
    DirectoryEntry,
    ImportBatch,
    ImportEvent,
    ImportIssue,
    ImportIssueCount,
    ImportJob,
    KeptContact,
    ListMember,
    Report,
)
from models.vocabulary import TEXT_FIELDS
from workers.engine.identity import make_contact_id
from workers.stages.reading import keys_of_chunk

VALUES = (*TEXT_FIELDS, "consent", "tags", "custom", "version", *CLAIMS)
ISSUE = ("row", "column", "field", "value", "code", "severity", "message", "suggestion")
Lines = Counter[str]


@dataclass(frozen=True)
class Outcome:
    """Everything that must be the same, each as lines and how often each is there."""

    imports: Lines
    contacts: Lines
    journal: Lines
    issues: Lines
    issue_counts: Lines
    entries: Lines
    members: Lines
    kept: Lines
    reports: Lines


def take_outcome(database: Database, storage: ObjectStore, tenant_id: UUID, imports: Sequence[UUID]) -> Outcome:
    """The outcome of a tenant's imports, in the order in which it made them."""
    with reading(database) as tx:
        return _take(tx, storage, tenant_id, {import_id: place for place, import_id in enumerate(imports)})


def differences(expected: Outcome, found: Outcome) -> list[str]:
    """What one has and the other has not, a few of each kind."""
    return list(_differences(expected, found))


def _differences(expected: Outcome, found: Outcome) -> Iterator[str]:
    for field in fields(Outcome):
        was, is_now = getattr(expected, field.name), getattr(found, field.name)
        for word, lines in (("missing", was - is_now), ("too much", is_now - was)):
            if lines:
                some = "; ".join(list(lines)[:3])
                yield f"{field.name}: {lines.total()} {word}: {some}"


def _take(tx: Reading, storage: ObjectStore, tenant_id: UUID, places: dict[UUID, int]) -> Outcome:
    def of(table: Any) -> list[Any]:
        return list(tx.execute(select(table).where(table.tenant_id == tenant_id)).scalars())

    def place(import_id: UUID | None) -> int | str | None:
        return None if import_id is None else places.get(import_id, "an import that nobody made")

    jobs, contacts = of(ImportJob), of(Contact)
    names = {contact.id: (place(contact.import_id), contact.import_row) for contact in contacts}
    counts = count_rows(tx, jobs)
    issues = list(tx.execute(select(ImportIssue).where(col(ImportIssue.import_id).in_(places))).scalars())
    return Outcome(
        imports=_lines(
            (place(job.id), job.status, job.failure_code, job.filename, asdict(counts[job.id]), rollback_totals(tx, job)) for job in jobs
        ),
        contacts=_lines((names[c.id], c.deleted_at is not None, [getattr(c, name) for name in VALUES]) for c in contacts),
        journal=_lines(_change(change, names, place) for change in of(ContactChange)),
        issues=_lines((place(issue.import_id), [getattr(issue, name) for name in ISSUE]) for issue in issues),
        issue_counts=_lines((place(kind.import_id), kind.code, kind.field, kind.severity, kind.count) for kind in of(ImportIssueCount)),
        entries=_lines((entry.kind, entry.name, place(entry.import_id), entry.import_row) for entry in of(DirectoryEntry)),
        members=_lines((names[member.contact_id],) for member in of(ListMember)),
        kept=_lines((place(kept.import_id), kept.row, kept.code, kept.fields) for kept in of(KeptContact)),
        reports=_lines(_newest_reports(storage, of(Report), place)),
    )


def _change(change: ContactChange, names: dict[UUID, Any], place: Any) -> tuple[Any, ...]:
    versions = change.version_before, change.version_after
    tags = sorted(change.tags_added), sorted(change.tags_removed)
    lists = len(change.lists_added), len(change.lists_removed)
    return (
        names[change.contact_id],
        change.row,
        place(change.import_id),
        place(change.undoes_import_id),
        versions,
        change.changes,
        tags,
        lists,
    )


def _newest_reports(storage: ObjectStore, reports: Sequence[Report], place: Any) -> Iterator[tuple[Any, ...]]:
    newest: dict[UUID, Report] = {}
    for report in sorted(reports, key=lambda report: (report.epoch, report.finished_at is not None)):
        newest[report.import_id] = report
    for report in newest.values():
        content = None if report.object_key is None else hashlib.sha256(storage.get(report.object_key)).hexdigest()
        yield place(report.import_id), report.finished_at is not None, report.failure_code, content


def _lines(values: Any) -> Lines:
    # PostgreSQL keeps the keys of an object in an order of its own.
    return Counter(json.dumps(value, sort_keys=True, default=str, ensure_ascii=False) for value in values)


def broken_promises(database: Database, tenant_id: UUID) -> list[str]:
    """What must hold in itself, whatever another run came to: gapless events, unbroken chains of versions, ids that follow from rows."""
    with reading(database) as tx:
        numbers = list(tx.execute(select(col(ImportEvent.sequence)).where(col(ImportEvent.tenant_id) == tenant_id)).scalars())
        changes = list(tx.execute(select(ContactChange).where(col(ContactChange.tenant_id) == tenant_id)).scalars())
        contacts = list(tx.execute(select(Contact).where(col(Contact.tenant_id) == tenant_id)).scalars())
        pending = list(
            tx.execute(
                select(ImportBatch).where(col(ImportBatch.tenant_id) == tenant_id, col(ImportBatch.status).in_(("pending", "failed")))
            ).scalars()
        )
    said = []
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        said.append(f"events are numbered with gaps: {len(numbers)} up to {max(numbers)}")
    versions: dict[UUID, list[tuple[int, int]]] = {}
    for change in changes:
        versions.setdefault(change.contact_id, []).append((change.version_before, change.version_after))
    for contact in contacts:
        chain = sorted(versions.get(contact.id, []))
        reached = contact.version if not chain else chain[-1][1]
        if any(before != after for (_, after), (before, _) in pairwise(chain)) or reached != contact.version:
            said.append(f"the journal of {contact.external_id} has versions {chain}, the contact {contact.version}")
        if contact.import_id and contact.import_row and contact.id != make_contact_id(contact.import_id, contact.import_row):
            said.append(f"{contact.external_id} has an id that does not follow from row {contact.import_row}")
    said += [f"batch {batch.number} of epoch {batch.epoch} is {batch.status}: {batch.failure_code}" for batch in pending]
    return said[:10]


def count_left_objects(database: Database, storage: ObjectStore, imports: Sequence[UUID]) -> int:
    """How many objects lie in the store that nothing records."""
    left = 0
    for import_id in imports:
        with reading(database) as tx:
            kept = {name for key in list_recorded_keys(tx, import_id) for name in keys_of_chunk(key)}
        left += sum(key not in kept for key in storage.iter_keys(f"imports/{import_id}"))
    return left
