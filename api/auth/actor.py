"""Who is asking, and the roles that decide what they may do."""

from dataclasses import dataclass
from uuid import UUID

from models.errors import Forbidden
from models.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a program, as a member of one tenant."""

    tenant_id: UUID
    user_id: UUID
    name: str
    role: Role


def require_member(actor: Actor) -> None:
    """Raises Forbidden for an actor who may only look."""
    if actor.role is Role.VIEWER:
        raise Forbidden("Your role is viewer: you can see everything and change nothing. Ask an admin for the role of member.")


def require_admin(actor: Actor) -> None:
    """Raises Forbidden for everybody but an admin."""
    if actor.role is not Role.ADMIN:
        raise Forbidden(f"Your role is {actor.role.value}: this is for admins.")
