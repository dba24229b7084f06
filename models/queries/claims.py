"""Identity is the database's promise: which values a contact claims, and who takes a claim over when its holder lets go.

The rule is in docs/semantics.md: an external id and an e-mail are claimed by who has them; a phone (`phone`, else `mobile_phone`)
only while the other two are blank; what is taken is not claimed a second time.
"""

from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import Any, TypeVar, cast
from uuid import UUID

import polars as pl
from sqlalchemy import ColumnElement, Select, bindparam, exists, func, update
from sqlmodel import col

from models.database import Reading, Writing
from models.dialects import SQLITE, hashing_joins, is_one_of
from models.lookups import look_up
from models.tables import Contact, ContactChange
from models.tenancy import scoped_columns

# Values that are held at a time where there may be as many as contacts.
MOST_AT_ONCE = 5_000
# More values are looked up by an index each, whatever the planner thinks: of a table that was filled a moment ago PostgreSQL would compare
# every contact of the tenant with every value.
FEW = 50
CLAIMS = ("external_id_key", "email_key", "phone_key")
Statement = TypeVar("Statement", bound=Select[Any])


def wanted_claims(values: Mapping[str, Any]) -> dict[str, str | None]:
    """What a contact with these fields would claim if nothing were taken."""
    external_id, email = values.get("external_id"), values.get("email")
    phone = values.get("phone") or values.get("mobile_phone")
    return {"external_id_key": external_id, "email_key": email, "phone_key": None if external_id or email else phone}


def find_claimants(tx: Reading, tenant_id: UUID, claim: str, values: Collection[str]) -> dict[str, UUID]:
    """Which live contact claims each of the values, where one does."""
    column = cast(ColumnElement[Any], col(getattr(Contact, claim)))
    statement = scoped_columns(tenant_id, Contact, column, Contact.id).where(col(Contact.deleted_at).is_(None))
    return dict(_find_holders(tx, statement, column, values))


def pass_on(tx: Writing, tenant_id: UUID, claim: str, released: Collection[str]) -> None:
    """Let the oldest live contact that has a released value, and that nobody else claims, claim it.

    An heir that was deleted or changed since it was found, which on PostgreSQL others can do, claims nothing: the next one does.
    """
    left = set(released)
    while left:
        free = left - find_claimants(tx, tenant_id, claim, left).keys()
        heirs: dict[str, UUID] = {}
        for value, contact_id in _list_twins(tx, tenant_id, claim, free):
            heirs.setdefault(value, contact_id)
        locked = _lock_twins(tx, tenant_id, claim, heirs.values())
        left = {value for value, contact_id in heirs.items() if locked.get(contact_id) != value}
        claiming = [{"heir": contact_id, "claimed": value} for value, contact_id in heirs.items() if value not in left]
        if claiming:
            table = Contact.__table__  # type: ignore[attr-defined]
            heir = update(table).where(table.c.tenant_id == tenant_id, table.c.id == bindparam("heir"))
            tx.connection().execute(heir.values({claim: bindparam("claimed")}), claiming)


def claim_what_is_free(tx: Writing, tenant_id: UUID, import_id: UUID) -> None:
    """Let the contacts that an import made beside others claim what nobody claims any more.

    Its plan found those keys taken; who had them, or was to get them from another batch, may be gone by the time that the import ends.
    """
    for claim in CLAIMS:
        value, is_twin = _twins_of(claim)
        statement = scoped_columns(tenant_id, Contact, value).where(*is_twin, col(Contact.import_id) == import_id)
        _pass_on_found(tx, tenant_id, claim, by_twins(statement, claim))


def claim_again(tx: Writing, tenant_id: UUID, import_id: UUID) -> None:
    """Let the contacts to which undoing an import gave back a key claim it, if nobody does any more.

    Of two batches that undo at a time, one may have found the key taken by a contact of which the other one took it away.
    """
    change: Any = ContactChange
    is_undone = exists().where(
        change.tenant_id == tenant_id,
        change.contact_id == col(Contact.id),
        change.version_after == col(Contact.version),
        change.undoes_import_id == import_id,
    )
    for claim in CLAIMS:
        value, is_twin = _twins_of(claim)
        statement = scoped_columns(tenant_id, Contact, value).where(*is_twin, is_undone)
        _pass_on_found(tx, tenant_id, claim, by_twins(statement, claim))


def has_twins(tx: Reading, tenant_id: UUID) -> bool:
    """Whether any live contact of the tenant stands beside another with the same key."""
    for claim in CLAIMS:
        _, is_twin = _twins_of(claim)
        found = by_twins(scoped_columns(tenant_id, Contact, Contact.id).where(*is_twin), claim)
        if tx.execute(found.limit(1)).first() is not None:
            return True
    return False


def by_twins(statement: Statement, claim: str) -> Statement:
    """The same, found by the index of the few contacts that claim nothing.

    SQLite has to be told: the index does not begin with the tenant there (decision 25), so it would look at each of the tenant's contacts.
    """
    index = f"ix_contact_twin_{claim.removesuffix('_key')}"
    return statement.with_hint(Contact.__table__, f"INDEXED BY {index}", SQLITE)  # type: ignore[attr-defined]


def _pass_on_found(tx: Writing, tenant_id: UUID, claim: str, values: Select[Any]) -> None:
    """Pass on the values that a statement selects, as they come: there may be as many as contacts.

    A value that comes again was claimed meanwhile, by the contact that is to have it.
    """
    for some in tx.execute(values, execution_options={"yield_per": MOST_AT_ONCE}).scalars().partitions():
        pass_on(tx, tenant_id, claim, set(some))


def _list_twins(tx: Reading, tenant_id: UUID, claim: str, values: Collection[str]) -> Iterable[tuple[str, UUID]]:
    """Live contacts that have one of the values and claim nothing with it, oldest first.

    By their ids, which tell when they were added and, of one import, the row; a batch's moment would tell which batch was first.
    """
    value, is_twin = _twins_of(claim)
    statement = by_twins(scoped_columns(tenant_id, Contact, value, Contact.id).where(*is_twin), claim)
    if claim == "phone_key" and values:
        # No index of PostgreSQL has the one of two phones that counts.
        with hashing_joins(tx.connection()):
            found: Iterable[tuple[str, UUID]] = [
                tuple(row) for row in tx.execute(statement.where(is_one_of(tx.dialect_name, value, values)))
            ]
    else:
        found = _find_holders(tx, statement, value, values)
    return sorted(found, key=itemgetter(1))


def _find_holders(tx: Reading, statement: Select[Any], column: ColumnElement[Any], values: Collection[str]) -> Iterable[tuple[str, UUID]]:
    """The values and ids that a statement selects of contacts which have one of the values in a column, in no order."""
    if not values:
        return []
    if len(values) <= FEW:
        return [(value, contact_id) for value, contact_id in tx.execute(statement.where(is_one_of(tx.dialect_name, column, values)))]
    found = look_up(tx.connection(), statement, column, pl.Series(sorted(values)), {"value": pl.String(), "id": pl.String()})
    return [(value, UUID(contact_id)) for value, contact_id in found.iter_rows()]


def _lock_twins(tx: Writing, tenant_id: UUID, claim: str, ids: Collection[UUID]) -> dict[UUID, str]:
    """Those of these contacts that still claim nothing with the value that they have, and the value; they stay so until the commit."""
    if not ids:
        return {}
    value, is_twin = _twins_of(claim)
    statement = scoped_columns(tenant_id, Contact, Contact.id, value).where(is_one_of(tx.dialect_name, col(Contact.id), ids), *is_twin)
    # In one order, as contacts are locked everywhere. Whoever comes here has locked contacts of its own before: in `models.queries.undo` it
    # says why no two batches wait for each other.
    with hashing_joins(tx.connection()):
        return {row[0]: row[1] for row in tx.execute(statement.order_by(col(Contact.id)).with_for_update(of=Contact))}


def _twins_of(claim: str) -> tuple[ColumnElement[Any], tuple[ColumnElement[bool], ...]]:
    """The value with which a contact could claim, and what is true of live contacts that claim nothing with it."""
    is_twin: tuple[ColumnElement[bool], ...] = (col(Contact.deleted_at).is_(None), col(getattr(Contact, claim)).is_(None))
    if claim == "phone_key":
        value: Any = func.coalesce(Contact.phone, Contact.mobile_phone)
        return value, (*is_twin, col(Contact.external_id).is_(None), col(Contact.email).is_(None), value.is_not(None))
    column = cast(ColumnElement[Any], col(getattr(Contact, claim.removesuffix("_key"))))
    return column, (*is_twin, column.is_not(None))
