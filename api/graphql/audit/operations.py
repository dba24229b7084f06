# Strawberry's decorators give up their types when they are given arguments.
# mypy: disallow-untyped-decorators=False
"""The query for the audit trail."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from api.commands import read_audit
from api.commands.ids import require_id
from api.commands.read_analytics import as_utc
from api.context import Info
from api.graphql.pages import Connection, connect, none_if_unset
from models import tables
from models.queries import audit_pages


@strawberry.type(description="Something that somebody did. `actor` is null where nobody asked for it: a worker did.")
class AuditEntry:
    id: strawberry.ID
    at: datetime
    actor: str | None
    action: str = strawberry.field(description="noun.verb, such as import.applying, contact.updated, token.issued.")
    subject_id: strawberry.ID | None = strawberry.field(description="What it was done to, which may be gone by now.")
    detail: JSON

    @classmethod
    def of(cls, entry: tables.AuditEntry) -> "AuditEntry":
        return cls(
            id=strawberry.ID(str(entry.id)),
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            subject_id=None if entry.subject_id is None else strawberry.ID(str(entry.subject_id)),
            detail=JSON(entry.detail),
        )


@strawberry.input
class AuditFilter:
    actor: str | None = strawberry.UNSET
    action: str | None = strawberry.field(default=strawberry.UNSET, description="Whole, such as import.deleted, or its noun alone: import.")
    subject_id: strawberry.ID | None = strawberry.UNSET
    since: datetime | None = strawberry.UNSET
    until: datetime | None = strawberry.field(default=strawberry.UNSET, description="Entries before this moment.")

    def read(self) -> audit_pages.AuditFilter:
        """As the queries take it. An id that nothing can have finds nothing."""
        return audit_pages.AuditFilter(
            actor=self.actor or None,
            action=self.action or None,
            subject_id=require_id(self.subject_id, "subject") if self.subject_id else None,
            since=as_utc(none_if_unset(self.since)),
            until=as_utc(none_if_unset(self.until)),
        )


@strawberry.type
class AuditQuery:
    @strawberry.field(description="Who did what, newest first; for admins alone (FORBIDDEN).")
    async def audit_entries(
        self,
        info: Info,
        filter: AuditFilter | None = strawberry.UNSET,
        first: int | None = strawberry.UNSET,
        after: str | None = strawberry.UNSET,
    ) -> Connection[AuditEntry]:
        wanted = filter.read() if filter else audit_pages.AuditFilter()
        page = await info.context.run(read_audit.page_audit_entries, wanted, first=none_if_unset(first), after=after or None)
        return connect(page, AuditEntry.of, lambda: info.context.run(read_audit.total_audit_entries, wanted))
