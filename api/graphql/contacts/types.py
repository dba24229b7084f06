# Strawberry's decorators give up their types when they are given arguments.
# mypy: disallow-untyped-decorators=False
"""A contact, its history, and lists."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from api.commands import contacts as commands
from api.context import Info
from api.graphql.enums import ChangeKind, Consent
from api.graphql.imports.account import FieldChange
from api.graphql.pages import Node, none_if_unset
from api.graphql.scalars import BigInt
from models import tables
from models.queries import contact_history, lists, origins


@strawberry.type(description="What one write did to a contact: which import and row, or who, set what, and what it was before.")
class ContactChange:
    kind: ChangeKind = strawberry.field(
        description="RESTORED: an undo gave earlier values back. An undo of the creation is DELETED, and `isUndo` too."
    )
    at: datetime
    version: int = strawberry.field(description="The contact's version then.")
    import_id: strawberry.ID | None
    filename: str | None = strawberry.field(description="The import's file.")
    row: BigInt | None
    actor: str | None
    is_undo: bool = strawberry.field(description="Whether the import was undone by it.")
    changes: list[FieldChange]

    @classmethod
    def of(cls, entry: contact_history.HistoryEntry) -> "ContactChange":
        return cls(
            kind=entry.kind,
            filename=entry.filename,
            at=entry.at,
            version=entry.version,
            is_undo=entry.is_undo,
            import_id=None if entry.import_id is None else strawberry.ID(str(entry.import_id)),
            row=None if entry.row is None else BigInt(entry.row),
            actor=entry.actor,
            changes=[FieldChange.of(change) for change in entry.changes],
        )


@strawberry.type(description="Which import and row, or who, set a value that the contact has now; of tags and lists, one for each.")
class FieldOrigin:
    field: str
    value: JSON
    at: datetime
    import_id: strawberry.ID | None
    row: BigInt | None
    actor: str | None

    @classmethod
    def of(cls, found: origins.FieldOrigin) -> "FieldOrigin":
        origin = found.origin
        return cls(
            field=found.field,
            value=JSON(found.value),
            at=origin.at,
            import_id=None if origin.import_id is None else strawberry.ID(str(origin.import_id)),
            row=None if origin.row is None else BigInt(origin.row),
            actor=origin.actor,
        )


@strawberry.type(description="A named list of contacts.")
class ContactList(Node):
    name: str
    contact_count: BigInt

    @classmethod
    def of(cls, found: lists.CountedList) -> "ContactList":
        return cls(id=strawberry.ID(str(found.id)), name=found.name, contact_count=BigInt(found.contact_count))

    @classmethod
    def of_optional(cls, found: lists.CountedList | None) -> "ContactList | None":
        return None if found is None else cls.of(found)


@strawberry.type(description="Somebody whom the tenant knows.")
class Contact(Node):
    contact: strawberry.Private[tables.Contact]
    version: int
    first_name: str | None
    last_name: str | None
    full_name: str | None
    email: str | None
    phone: str | None
    mobile_phone: str | None
    company: str | None
    job_title: str | None
    address_line1: str | None
    address_line2: str | None
    city: str | None
    state: str | None
    postal_code: str | None
    country: str | None
    website: str | None
    birthday: str | None
    notes: str | None
    tags: list[str]
    owner: str | None
    external_id: str | None
    consent: Consent
    custom: JSON
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, contact: tables.Contact) -> "Contact":
        return cls(
            contact=contact,
            id=strawberry.ID(str(contact.id)),
            version=contact.version,
            first_name=contact.first_name,
            last_name=contact.last_name,
            full_name=contact.full_name,
            email=contact.email,
            phone=contact.phone,
            mobile_phone=contact.mobile_phone,
            company=contact.company,
            job_title=contact.job_title,
            address_line1=contact.address_line1,
            address_line2=contact.address_line2,
            city=contact.city,
            state=contact.state,
            postal_code=contact.postal_code,
            country=contact.country,
            website=contact.website,
            birthday=contact.birthday,
            notes=contact.notes,
            tags=list(contact.tags),
            owner=contact.owner,
            external_id=contact.external_id,
            consent=Consent(contact.consent),
            custom=JSON(contact.custom),
            created_at=contact.created_at,
            updated_at=contact.updated_at,
        )

    @classmethod
    def of_optional(cls, contact: tables.Contact | None) -> "Contact | None":
        return None if contact is None else cls.of(contact)

    @strawberry.field
    async def lists(self, info: Info) -> list[ContactList]:
        return [ContactList.of(found) for found in await info.context.lists.load(self.contact.id)]

    @strawberry.field(
        description="Newest first, the creation last; at most 100 at a time. The next ones are those before the version of the last."
    )
    async def history(self, info: Info, first: int | None = 100, before_version: int | None = strawberry.UNSET) -> list[ContactChange]:
        found = await info.context.run(commands.read_history, self.contact, first=first, before_version=none_if_unset(before_version))
        return [ContactChange.of(entry) for entry in found]

    @strawberry.field(description="Where each value comes from. What was undone counts as never done.")
    async def field_origins(self, info: Info) -> list[FieldOrigin]:
        return [FieldOrigin.of(found) for found in await info.context.run(commands.read_origins, self.contact)]
