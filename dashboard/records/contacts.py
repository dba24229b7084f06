"""The tenant's contacts."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.records.answers import PageInfo
from dashboard.records.rows import FieldChange


@dataclass(frozen=True, slots=True)
class ContactSummary:
    id: str
    updated_at: datetime
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    company: str | None = None
    country: str | None = None

    @property
    def name(self) -> str:
        return self.full_name or " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True)
class ContactPage:
    nodes: tuple[ContactSummary, ...]
    page_info: PageInfo
    total_count: int


@dataclass(frozen=True, slots=True)
class ContactChange:
    kind: str
    at: datetime
    changes: tuple[FieldChange, ...]
    import_id: str | None = None
    filename: str | None = None
    row: int | None = None
    actor: str | None = None
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class ContactDetail:
    id: str
    updated_at: datetime
    consent: str
    tags: tuple[str, ...]
    history: tuple[ContactChange, ...]
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    email: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    company: str | None = None
    job_title: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    website: str | None = None
    birthday: str | None = None
    notes: str | None = None
    owner: str | None = None
    external_id: str | None = None
