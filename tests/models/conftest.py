"""A migrated database of each kind, and a tenant."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from models.clock import utc_now
from models.database import Database, make_database, writing
from models.tables import Tenant


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = make_database(database_url)
    yield made
    made.close()


@pytest.fixture
def tenant_id(database: Database) -> UUID:
    with writing(database) as tx:
        tenant = Tenant(name="one", created_at=utc_now())
        tx.add(tenant)
        return tenant.id
