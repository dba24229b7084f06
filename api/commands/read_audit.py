"""The audit trail, for admins."""

from api.auth.actor import Actor, require_admin
from api.commands.deps import Deps
from models.database import reading
from models.queries.audit_pages import AuditFilter, count_audit_entries, list_audit_entries
from models.queries.pages import Page, require_first
from models.tables import AuditEntry


def page_audit_entries(deps: Deps, actor: Actor, wanted: AuditFilter, *, first: int | None, after: str | None) -> Page[AuditEntry]:
    """A page of who did what, newest first. Raises Forbidden for anybody but an admin."""
    require_admin(actor)
    with reading(deps.database) as tx:
        return list_audit_entries(tx, actor.tenant_id, wanted, first=require_first(first), after=after)


def total_audit_entries(deps: Deps, actor: Actor, wanted: AuditFilter) -> int:
    """How many entries there are in all. Raises Forbidden for anybody but an admin."""
    require_admin(actor)
    with reading(deps.database) as tx:
        return count_audit_entries(tx, actor.tenant_id, wanted)
