"""The directories of companies and owners: looked through, and added to by hand."""

from collections.abc import Sequence

import polars as pl

from api.auth.actor import Actor, require_member
from api.commands.deps import Deps
from api.commands.ids import find_id
from models.clock import utc_now
from models.database import reading, writing
from models.errors import InvalidRequest
from models.queries.directory import add_entry, count_contacts_named, count_entries, find_entry, list_entries
from models.queries.pages import Page, require_first
from models.tables import DirectoryEntry
from models.vocabulary import MAX_LENGTH, DirectoryKind
from workers.engine.directory import make_name_keys
from workers.engine.frames import EngineOptions
from workers.engine.judging import judge_rows


def look_up_entry(deps: Deps, actor: Actor, entry_id: str) -> DirectoryEntry | None:
    """The entry; None: there is none, or it is somebody else's."""
    found = find_id(entry_id)
    if found is None:
        return None
    with reading(deps.database) as tx:
        return find_entry(tx, actor.tenant_id, found)


def page_entries(deps: Deps, actor: Actor, kind: DirectoryKind, *, first: int | None, after: str | None) -> Page[DirectoryEntry]:
    """A page of a directory."""
    with reading(deps.database) as tx:
        return list_entries(tx, actor.tenant_id, kind, first=require_first(first), after=after)


def total_entries(deps: Deps, actor: Actor, kind: DirectoryKind) -> int:
    """How many entries a directory has."""
    with reading(deps.database) as tx:
        return count_entries(tx, actor.tenant_id, kind)


def load_contact_counts(deps: Deps, actor: Actor, names: Sequence[tuple[DirectoryKind, str]]) -> list[int]:
    """How many contacts have each name, in the same order; one statement for each kind."""
    with reading(deps.database) as tx:
        counts = {
            kind: count_contacts_named(tx, actor.tenant_id, kind, {name for each, name in names if each is kind})
            for kind in {kind for kind, _ in names}
        }
    return [counts[kind].get(name, 0) for kind, name in names]


def create_entry(deps: Deps, actor: Actor, kind: DirectoryKind, name: str) -> DirectoryEntry:
    """Add an entry. Raises WrongState where the directory has the name already, however it is written there."""
    require_member(actor)
    # Judged as a cell of the field would be, so that an entry can be what a file says.
    judged = judge_rows([(1, [name])], [kind.value], EngineOptions(mapping={kind.value: kind.value}, today=utc_now().date()))
    value: str | None = judged.rows[kind.value][0]
    if not value:
        raise InvalidRequest(f"A name has from 1 to {MAX_LENGTH[kind.value]} characters.", path=("input", "name"))
    key = make_name_keys(kind, pl.Series([value]))[0]
    with writing(deps.database) as tx:
        return add_entry(tx, actor.tenant_id, kind, key, value, actor.name)
