"""Every statement that takes a tenant sees nothing and changes nothing of another's, with the data of both in the tables."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

import models.queries
from models.clock import utc_now
from models.database import Reading, reading, writing
from models.errors import NotFound
from models.queries import (
    accounts,
    analytics,
    audit_pages,
    candidates,
    claims,
    contact_edits,
    contact_history,
    contact_pages,
    contact_writes,
    directory,
    downloads,
    events,
    expiring,
    idempotency,
    import_pages,
    imports,
    issue_pages,
    journal_sweep,
    journals,
    lists,
    origins,
    reports,
    retrying,
    transitions,
    uploads,
    writer,
)
from models.queries.remains import Part
from models.settings import Settings
from models.tables import ContactOrigin, DirectoryEntry, IdempotencyKey, RefusedUpload, Report, Upload, WriterLease
from models.vocabulary import DirectoryKind, DirectoryPolicy, DuplicateStrategy, ReportFormat
from tests.support.databases import copied_postgres, copy_sqlite
from tests.support.postgres import PostgresServer
from tests.support.rig import Rig, make_rig
from workers.stages.publish import publish

PEOPLE = [
    {"external_id": "1", "email": "a@example.com"},
    {"external_id": "2", "email": "no address", "phone": "12"},
    {"first_name": "Nobody"},
]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One database of each kind for all these tests, which change nothing of it."""
    if request.param == "sqlite":
        yield copy_sqlite(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("world"))
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with copied_postgres(server, request.getfixturevalue("postgres_template")) as url:
            yield url


@pytest.fixture(scope="module")
def world(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """One tenant with something in every table, and one with nothing."""
    rig = make_rig(Settings(data_dir=tmp_path_factory.mktemp("data"), database_url=shared_database_url, storage_url="memory:///"))
    owner = rig.tenant_id
    list_id = rig.add_list("Spring")
    job_id = rig.import_rows(PEOPLE, list_ids=(str(list_id),))
    rig.import_rows(PEOPLE[:1], duplicate_strategy=DuplicateStrategy.CREATE)
    rig.import_rows([{"email": "b@example.com", "company": "Acme"}], company_policy=DirectoryPolicy.CREATE)
    publish(rig.deps.database)
    contact = rig.contact("a@example.com")
    rig.edit(contact, notes="x")
    upload = Upload(tenant_id=owner, filename="f.csv", created_at=utc_now(), expires_at=utc_now() + timedelta(hours=1), object_key="k")
    with writing(rig.deps.database) as tx:
        tx.add(upload)
        tx.add(IdempotencyKey(tenant_id=owner, key="k", input_sha256="s", import_id=job_id, created_at=utc_now()))
        tx.add(ContactOrigin(tenant_id=owner, contact_id=contact.id, items=[]))
        tx.add(RefusedUpload(tenant_id=owner, at=utc_now(), code="file_too_large"))
        lease = tx.get(WriterLease, owner)
        assert lease is not None
        lease.import_id, lease.held_since = job_id, tx.now()
        tx.add(lease)
        report = tx.execute(select(Report)).scalars().first()
        assert report is not None
        entry = tx.execute(select(DirectoryEntry)).scalar_one()
    span = analytics.Span(utc_now() - timedelta(days=1), utc_now() + timedelta(days=1))
    yield SimpleNamespace(
        rig=rig, owner=owner, list_id=list_id, job_id=job_id, contact=contact, upload=upload, report=report, span=span,
        entry=entry,
        sha=rig.job(job_id).sha256,
    )  # fmt: skip
    rig.deps.database.close()


def _whole(rig: Rig) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with reading(rig.deps.database) as tx:
        return {t.name: sorted(map(repr, tx.execute(select(t)).all())) for t in SQLModel.metadata.sorted_tables}


# What each finds for the tenant that it belongs to.
READS: dict[Callable[..., Any], Callable[[Reading, UUID, SimpleNamespace], Any]] = {
    accounts.last_sequence: lambda tx, t, w: accounts.last_sequence(tx, t),
    analytics.list_figures: lambda tx, t, w: analytics.list_figures(tx, t, w.span),
    analytics.count_refused: lambda tx, t, w: analytics.count_refused(tx, t, w.span),
    analytics.list_issue_kinds: lambda tx, t, w: analytics.list_issue_kinds(tx, t, w.span, 10),
    audit_pages.list_audit_entries: lambda tx, t, w: (
        audit_pages.list_audit_entries(tx, t, audit_pages.AuditFilter(), first=5, after=None).items
    ),
    audit_pages.count_audit_entries: lambda tx, t, w: audit_pages.count_audit_entries(tx, t, audit_pages.AuditFilter()),
    candidates.has_contacts: lambda tx, t, w: candidates.has_contacts(tx, t),
    candidates.find_claims: lambda tx, t, w: candidates.find_claims(tx, t, {"email_key": pl.Series(["a@example.com"])}, ["id"]).rows(),
    candidates.find_known: lambda tx, t, w: candidates.find_known(tx, t, "email_key", pl.Series(["a@example.com"])).to_list(),
    candidates.find_contacts: lambda tx, t, w: candidates.find_contacts(tx, t, pl.Series([str(w.contact.id)]), ["id", "notes"]).rows(),
    candidates.find_memberships: lambda tx, t, w: candidates.find_memberships(
        tx, t, pl.Series([str(w.contact.id)]), [str(w.list_id)]
    ).rows(),
    claims.has_twins: lambda tx, t, w: claims.has_twins(tx, t),
    claims.find_claimants: lambda tx, t, w: claims.find_claimants(tx, t, "email_key", ["a@example.com"]),
    contact_history.find_any_contact: lambda tx, t, w: contact_history.find_any_contact(tx, t, w.contact.id),
    contact_pages.find_contact: lambda tx, t, w: contact_pages.find_contact(tx, t, w.contact.id),
    contact_pages.require_contact: lambda tx, t, w: contact_pages.require_contact(tx, t, w.contact.id),
    contact_pages.list_contacts: lambda tx, t, w: (
        contact_pages.list_contacts(tx, t, contact_pages.ContactFilter(import_id=w.job_id, list_id=w.list_id), first=5, after=None).items
    ),
    contact_pages.count_contacts: lambda tx, t, w: contact_pages.count_contacts(tx, t, contact_pages.ContactFilter()),
    directory.find_entry: lambda tx, t, w: directory.find_entry(tx, t, w.entry.id),
    directory.list_entries: lambda tx, t, w: directory.list_entries(tx, t, DirectoryKind.COMPANY, first=5, after=None).items,
    directory.count_entries: lambda tx, t, w: directory.count_entries(tx, t, DirectoryKind.COMPANY),
    directory.count_contacts_named: lambda tx, t, w: directory.count_contacts_named(tx, t, DirectoryKind.COMPANY, ["Acme"]),
    directory.list_names: lambda tx, t, w: directory.list_names(tx, t, DirectoryKind.COMPANY, 5),
    directory.find_names: lambda tx, t, w: directory.find_names(tx, t, DirectoryKind.COMPANY, ["acme"]),
    downloads.require_report: lambda tx, t, w: downloads.require_report(tx, t, w.report.id),
    events.list_events: lambda tx, t, w: events.list_events(tx, t, after=0, import_id=w.job_id, limit=5),
    events.latest_event: lambda tx, t, w: events.latest_event(tx, t, w.job_id),
    idempotency.find_repeated: lambda tx, t, w: idempotency.find_repeated(tx, t, "k", "s"),
    import_pages.list_imports: lambda tx, t, w: (
        import_pages.list_imports(tx, t, import_pages.ImportFilter(), order=next(iter(import_pages.ImportOrder)), first=5, after=None).items
    ),
    import_pages.count_imports: lambda tx, t, w: import_pages.count_imports(tx, t, import_pages.ImportFilter()),
    imports.find_import: lambda tx, t, w: imports.find_import(tx, t, w.job_id),
    imports.require_import: lambda tx, t, w: imports.require_import(tx, t, w.job_id),
    issue_pages.list_issues: lambda tx, t, w: (
        issue_pages.list_issues(tx, t, w.job_id, issue_pages.IssueFilter(), first=5, after=None).items
    ),
    issue_pages.count_issues: lambda tx, t, w: issue_pages.count_issues(tx, t, w.job_id, issue_pages.IssueFilter()),
    issue_pages.list_issue_groups: lambda tx, t, w: issue_pages.list_issue_groups(tx, t, w.job_id),
    issue_pages.list_marked_rows: lambda tx, t, w: issue_pages.list_marked_rows(tx, t, w.job_id),
    journal_sweep.find_horizon: lambda tx, t, w: (
        journal_sweep.find_horizon(tx, t, 1e-9, margin=timedelta(0)) <= w.rig.job(w.job_id).started_at
    ),
    issue_pages.list_issues_of_rows: lambda tx, t, w: issue_pages.list_issues_of_rows(tx, t, w.job_id, [1, 2, 3]),
    retrying.find_needed: lambda tx, t, w: retrying.find_needed(tx, t, [w.rig.job(w.job_id)])[w.job_id].part is Part.CHUNKS,
    retrying.find_first_chunks: lambda tx, t, w: retrying.find_first_chunks(tx, t, [w.job_id]),
    lists.list_lists: lambda tx, t, w: lists.list_lists(tx, t, [w.list_id]),
    lists.lists_of_contacts: lambda tx, t, w: lists.lists_of_contacts(tx, t, [w.contact.id]).get(w.contact.id),
    journals.list_journals: lambda tx, t, w: journals.list_journals(tx, t, [w.contact.id], "row"),
    origins.find_kept_origins: lambda tx, t, w: origins.find_kept_origins(tx, t, [w.contact.id]),
    reports.latest_report: lambda tx, t, w: reports.latest_report(tx, t, w.job_id, ReportFormat.CSV),
    writer.turn_of: lambda tx, t, w: writer.turn_of(tx, t),
    uploads.require_upload: lambda tx, t, w: uploads.require_upload(tx, t, w.upload.id),
    uploads.find_applied_with_bytes: lambda tx, t, w: uploads.find_applied_with_bytes(tx, t, w.sha),
}
# What each, asked in another tenant's name for what is not its own, must leave as it is.
WRITES: dict[Callable[..., Any], Callable[[Any, UUID, SimpleNamespace], Any]] = {
    claims.claim_what_is_free: lambda tx, t, w: claims.claim_what_is_free(tx, t, w.job_id),
    claims.claim_again: lambda tx, t, w: claims.claim_again(tx, t, w.job_id),
    claims.pass_on: lambda tx, t, w: claims.pass_on(tx, t, "email_key", ["a@example.com"]),
    contact_edits.lock_contact: lambda tx, t, w: contact_edits.lock_contact(tx, t, w.contact.id, None),
    contact_writes.lock_versions: lambda tx, t, w: contact_writes.lock_versions(tx, t, [str(w.contact.id)]),
    contact_writes.let_go: lambda tx, t, w: contact_writes.let_go(
        tx, t, pl.DataFrame({"id": [str(w.contact.id)], **{key: [None] for key in claims.CLAIMS}})
    ),
    contact_writes.update_contacts: lambda tx, t, w: contact_writes.update_contacts(
        tx, t, pl.DataFrame({"id": [str(w.contact.id)], "version": [2], "notes": ["theirs"]})
    ),
    contact_writes.pass_on_all: lambda tx, t, w: contact_writes.pass_on_all(tx, t, {"email_key": {"a@example.com"}}),
    transitions.start_queued: lambda tx, t, w: transitions.start_queued(tx, t, concurrent_imports=9, in_flight=1),
    uploads.keep_received: lambda tx, t, w: uploads.keep_received(
        tx, t, w.upload.id, seen_key="k", object_key="mine", size_bytes=1, sha256="x", file_format="csv"
    ),
    expiring.delete_audit_entries: lambda tx, t, w: expiring.delete_audit_entries(tx, t, 1e-9, 100),
    journal_sweep.sweep_contacts: lambda tx, t, w: journal_sweep.sweep_contacts(tx, t, [w.contact.id], utc_now() + timedelta(days=1)),
    writer.is_turn_of: lambda tx, t, w: writer.is_turn_of(tx, t, w.job_id),
    writer.has_turn: lambda tx, t, w: writer.has_turn(tx, t, w.job_id),
    writer.still_has_turn: lambda tx, t, w: writer.still_has_turn(tx, t, w.job_id),
    writer.give_up_turn: lambda tx, t, w: writer.give_up_turn(tx, t, w.job_id),
}
# These add rows of the tenant that they are given, and look at nothing.
ADDS = {
    "accounts.ensure_user", "audit.record", "contact_edits.create_contact", "contact_writes.insert_contacts", "contact_writes.add_members",
    "contact_writes.journal", "directory.add_entry", "idempotency.keep_key",
    "lists.add_list", "uploads.announce_upload", "uploads.record_refused",
    # These take a row that was found under its tenant before; the turn is a row of the tenant's own.
    "uploads.hold_upload", "uploads.is_used", "writer.ask_for_turn",
}  # fmt: skip


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__.removeprefix('models.queries.')}.{function.__name__}"


def test_every_statement_with_a_tenant_is_here() -> None:
    found = set()
    for module in pkgutil.iter_modules(models.queries.__path__):
        loaded = importlib.import_module(f"models.queries.{module.name}")
        for name, function in vars(loaded).items():
            is_ours = inspect.isfunction(function) and function.__module__ == loaded.__name__ and not name.startswith("_")
            if is_ours and {"tenant_id", "tx"} <= inspect.signature(function).parameters.keys():
                found.add(_name(function))
    assert found == {_name(function) for function in (*READS, *WRITES)} | ADDS


def _found(look: Callable[..., Any], tx: Reading, tenant_id: UUID, world: SimpleNamespace) -> Any:
    try:
        return look(tx, tenant_id, world)
    except NotFound:
        return None


@pytest.fixture(scope="module")
def stranger(world: SimpleNamespace) -> UUID:
    other: UUID = world.rig.add_tenant()
    return other


def test_a_tenant_sees_its_own_and_a_stranger_nothing(world: SimpleNamespace, stranger: UUID) -> None:
    with reading(world.rig.deps.database) as tx:
        blind = [_name(function) for function, look in READS.items() if not _found(look, tx, world.owner, world)]
        leaks = [_name(function) for function, look in READS.items() if _found(look, tx, stranger, world)]
    assert (blind, leaks) == ([], [])


@pytest.mark.parametrize("function", WRITES, ids=_name)
def test_a_stranger_changes_nothing(world: SimpleNamespace, stranger: UUID, function: Callable[..., Any]) -> None:
    before = _whole(world.rig)
    with writing(world.rig.deps.database) as tx:
        assert not _found(WRITES[function], tx, stranger, world)
    assert _whole(world.rig) == before
