"""Contacts and lists: looked up, and edited one at a time. Values are judged by the judge that imports ask too."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from api.auth.actor import Actor, require_member
from api.commands.deps import Deps
from api.commands.ids import find_id, require_id
from models.clock import utc_now
from models.database import reading, writing
from models.errors import InvalidRequest
from models.queries import contact_edits
from models.queries.contact_history import HistoryEntry, find_any_contact, list_history
from models.queries.contact_pages import ContactFilter, count_contacts, find_contact, list_contacts, require_contact
from models.queries.lists import CountedList, add_list, list_lists, lists_of_contacts
from models.queries.origins import FieldOrigin, list_origins
from models.queries.pages import MAX_FIRST, Page, require_first
from models.tables import Contact
from models.vocabulary import CUSTOM_PREFIX, MAX_FIELD_LENGTH, MAX_TAG_LENGTH, TEXT_FIELDS, Consent, IssueCode
from workers.engine.frames import FAILED, ROW, EngineOptions
from workers.engine.judging import judge_rows

# What was given, by the names of the contact's fields; what was not given is not in it.
ContactValues = Mapping[str, Any]
PATH = ("input", "contact")
MAX_NAME_CHARACTERS = 200
# What an import may be told is no advice for a single contact.
_MESSAGES = {IssueCode.PHONE_COUNTRY_UNKNOWN.value: "A national phone number needs a country: write it with + and its code."}


def look_up_contact(deps: Deps, actor: Actor, contact_id: str) -> Contact | None:
    """The contact; None: there is none, or it is somebody else's."""
    found = find_id(contact_id)
    if found is None:
        return None
    with reading(deps.database) as tx:
        return find_contact(tx, actor.tenant_id, found)


def page_contacts(deps: Deps, actor: Actor, wanted: ContactFilter, *, first: int | None, after: str | None) -> Page[Contact]:
    """A page of the contacts."""
    with reading(deps.database) as tx:
        return list_contacts(tx, actor.tenant_id, wanted, first=require_first(first), after=after)


def total_contacts(deps: Deps, actor: Actor, wanted: ContactFilter) -> int:
    """How many contacts there are in all."""
    with reading(deps.database) as tx:
        return count_contacts(tx, actor.tenant_id, wanted)


def read_history(deps: Deps, actor: Actor, contact: Contact, *, first: int | None, before_version: int | None) -> list[HistoryEntry]:
    """What happened to the contact, newest first."""
    limit = _require_history_first(first)
    with reading(deps.database) as tx:
        return list_history(tx, contact, first=limit, before_version=before_version)


def read_history_by_id(
    deps: Deps, actor: Actor, contact_id: str, *, first: int | None, before_version: int | None
) -> list[HistoryEntry] | None:
    """The same of a contact that may have been deleted; None: there is none, or it is somebody else's."""
    limit = _require_history_first(first)
    found = find_id(contact_id)
    if found is None:
        return None
    with reading(deps.database) as tx:
        contact = find_any_contact(tx, actor.tenant_id, found)
        return None if contact is None else list_history(tx, contact, first=limit, before_version=before_version)


def read_origins(deps: Deps, actor: Actor, contact: Contact) -> list[FieldOrigin]:
    """Where each value of the contact comes from."""
    with reading(deps.database) as tx:
        return list_origins(tx, contact)


def load_lists_of(deps: Deps, actor: Actor, contact_ids: Sequence[UUID]) -> list[list[CountedList]]:
    """The lists of each contact, in the same order."""
    with reading(deps.database) as tx:
        found = lists_of_contacts(tx, actor.tenant_id, contact_ids)
    return [found[contact_id] for contact_id in contact_ids]


def create_contact(deps: Deps, actor: Actor, given: ContactValues) -> Contact:
    """Add a contact."""
    require_member(actor)
    values = judge_contact(given, path=("input",))
    if not any(values.get(name) for name in (*TEXT_FIELDS, "custom")):
        raise InvalidRequest("A contact needs at least one field.", path=("input",))
    with _conflicts_at(("input",)), writing(deps.database) as tx:
        return contact_edits.create_contact(tx, actor.tenant_id, values, actor.name)


def update_contact(deps: Deps, actor: Actor, contact_id: str, *, version: int | None, given: ContactValues) -> Contact:
    """Change some fields of a contact: null clears a field, and what is absent stays."""
    require_member(actor)
    found = require_id(contact_id, "contact")
    with reading(deps.database) as tx:
        current = require_contact(tx, actor.tenant_id, found)
    values = judge_contact(given, path=PATH, country=current.country)
    with _conflicts_at(PATH), writing(deps.database) as tx:
        contact = contact_edits.lock_contact(tx, actor.tenant_id, found, version)
        contact_edits.update_contact(tx, contact, values, actor.name)
    return contact


def delete_contact(deps: Deps, actor: Actor, contact_id: str, *, version: int | None) -> UUID:
    """Delete a contact; its history stays."""
    require_member(actor)
    found = require_id(contact_id, "contact")
    with writing(deps.database) as tx:
        contact_edits.delete_contact(tx, contact_edits.lock_contact(tx, actor.tenant_id, found, version), actor.name)
    return found


def look_up_list(deps: Deps, actor: Actor, list_id: str) -> CountedList | None:
    """The list; None: there is none, or it is somebody else's."""
    found = find_id(list_id)
    if found is None:
        return None
    with reading(deps.database) as tx:
        return next(iter(list_lists(tx, actor.tenant_id, {found})), None)


def read_lists(deps: Deps, actor: Actor) -> list[CountedList]:
    """All lists by name."""
    with reading(deps.database) as tx:
        return list_lists(tx, actor.tenant_id)


def create_list(deps: Deps, actor: Actor, name: str) -> CountedList:
    """Add a list."""
    require_member(actor)
    if not 1 <= len(name.strip()) <= MAX_NAME_CHARACTERS:
        raise InvalidRequest(f"A list's name has from 1 to {MAX_NAME_CHARACTERS} characters.", path=("input", "name"))
    with writing(deps.database) as tx:
        return add_list(tx, actor.tenant_id, name.strip(), actor.name)


def judge_contact(given: ContactValues, *, path: tuple[str, ...], country: str | None = None) -> dict[str, Any]:
    """The values as they are kept; national phone numbers are of `country`. Raises InvalidRequest for one that cannot be used."""
    values: dict[str, Any] = _judge_texts({name: given[name] for name in given if name in TEXT_FIELDS}, path, country)
    if "tags" in given:
        values["tags"] = _read_tags(given["tags"] or (), path)
    if "consent" in given:
        values["consent"] = (given["consent"] or Consent.UNKNOWN).value
    if "custom" in given:
        values["custom"] = _judge_custom(given["custom"], path)
    return values


@contextmanager
def _conflicts_at(path: tuple[str, ...]) -> Iterator[None]:
    """A field that cannot be kept, named by itself, becomes a place in what was given."""
    try:
        yield
    except InvalidRequest as error:
        if not error.path:
            raise
        placed = (*path, *(_camel(name) for name in error.path))
        raise InvalidRequest(error.message, code=error.code, path=placed) from error


def _require_history_first(first: int | None) -> int:
    return require_first(MAX_FIRST if first is None else first)


def _judge_texts(given: Mapping[str, str | None], path: tuple[str, ...], country: str | None = None) -> dict[str, str | None]:
    headers = list(given)
    cells = [given[name] or "" for name in headers]
    options = EngineOptions(mapping={name: name for name in headers}, today=utc_now().date(), default_country=country)
    judged = judge_rows([(1, cells)], headers, options)
    kept = {name: value for name, value in judged.rows.row(0, named=True).items() if name not in (ROW, FAILED)} if headers else {}
    for issue in judged.issues.iter_rows(named=True):
        name = issue["field"]
        if name is not None and kept.get(name) is None:
            raise InvalidRequest(_MESSAGES.get(issue["code"], issue["message"]), code=issue["code"], path=(*path, _camel(name)))
    return {name: value or None for name, value in kept.items()}


def _judge_custom(given: Any, path: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(given, dict) and given is not None:
        raise InvalidRequest("`custom` is an object of texts, numbers and booleans.", path=(*path, "custom"))
    for key, value in (given or {}).items():
        if not key.strip() or isinstance(value, (dict, list)):
            raise InvalidRequest("`custom` is an object of texts, numbers and booleans.", path=(*path, "custom", key))
        if len(CUSTOM_PREFIX) + len(key) > MAX_FIELD_LENGTH:
            most = MAX_FIELD_LENGTH - len(CUSTOM_PREFIX)
            raise InvalidRequest(f"The name of a custom field has at most {most} characters.", code="text_too_long", path=(*path, "custom"))
    texts = {f"{CUSTOM_PREFIX}{key}": _as_text(value) for key, value in (given or {}).items() if value is not None}
    return {name.removeprefix(CUSTOM_PREFIX): value for name, value in _judge_texts(texts, (*path, "custom")).items() if value}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read_tags(given: Sequence[str], path: tuple[str, ...]) -> list[str]:
    # One tag whatever its case, as imports take it; the first way of writing it counts.
    tags = list({tag.casefold(): tag for tag in reversed([tag.strip() for tag in given if tag.strip()])}.values())[::-1]
    if any(len(tag) > MAX_TAG_LENGTH for tag in tags):
        raise InvalidRequest(f"A tag has at most {MAX_TAG_LENGTH} characters.", path=(*path, "tags"))
    return tags


def _camel(name: str) -> str:
    first, *rest = name.removeprefix(CUSTOM_PREFIX).split("_")
    return first + "".join(word.capitalize() for word in rest)
