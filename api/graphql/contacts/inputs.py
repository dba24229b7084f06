"""What is asked of contacts."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from api.commands.ids import require_id
from api.graphql.enums import Consent
from api.graphql.given import given_fields
from models.queries import contact_pages


@strawberry.input
class ContactFilter:
    search: str | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    import_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Those that the import created or changed.")
    list_id: strawberry.ID | None = strawberry.UNSET
    tag: str | None = strawberry.UNSET
    owner: str | None = strawberry.UNSET

    def read(self) -> contact_pages.ContactFilter:
        """As the queries take it. An id that nothing can have finds nothing."""
        return contact_pages.ContactFilter(
            search=self.search or None,
            email=self.email or None,
            import_id=require_id(self.import_id, "import") if self.import_id else None,
            list_id=require_id(self.list_id, "list") if self.list_id else None,
            tag=self.tag or None,
            owner=self.owner or None,
        )


def read_filter(given: ContactFilter | None) -> contact_pages.ContactFilter:
    """As the queries take it."""
    return given.read() if given else contact_pages.ContactFilter()


@strawberry.input
class ContactInput:
    first_name: str | None = strawberry.UNSET
    last_name: str | None = strawberry.UNSET
    full_name: str | None = strawberry.UNSET
    email: str | None = strawberry.UNSET
    phone: str | None = strawberry.UNSET
    mobile_phone: str | None = strawberry.UNSET
    company: str | None = strawberry.UNSET
    job_title: str | None = strawberry.UNSET
    address_line1: str | None = strawberry.UNSET
    address_line2: str | None = strawberry.UNSET
    city: str | None = strawberry.UNSET
    state: str | None = strawberry.UNSET
    postal_code: str | None = strawberry.UNSET
    country: str | None = strawberry.UNSET
    website: str | None = strawberry.UNSET
    birthday: str | None = strawberry.UNSET
    notes: str | None = strawberry.UNSET
    tags: list[str] | None = strawberry.UNSET
    owner: str | None = strawberry.UNSET
    external_id: str | None = strawberry.UNSET
    consent: Consent | None = strawberry.UNSET
    custom: JSON | None = strawberry.UNSET

    def given(self) -> dict[str, Any]:
        """What was given, without what was left out."""
        return given_fields(self)


@strawberry.input
class UpdateContactInput:
    id: strawberry.ID
    contact: ContactInput
    version: int | None = strawberry.UNSET


@strawberry.input
class DeleteContactInput:
    id: strawberry.ID
    version: int | None = strawberry.UNSET


@strawberry.input
class CreateListInput:
    name: str
