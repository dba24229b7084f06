"""Ids as clients send them."""

from uuid import UUID

from models.errors import NotFound


def find_id(text: str) -> UUID | None:
    """The id; None: it is not one, so that nothing can have it."""
    try:
        return UUID(text)
    except ValueError:
        return None


def require_id(text: str, noun: str) -> UUID:
    """The id. Raises NotFound, as for an id that nothing has."""
    found = find_id(text)
    if found is None:
        raise NotFound(f"There is no such {noun}.")
    return found
