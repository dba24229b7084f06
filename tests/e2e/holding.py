"""Holding up imports for as long as a test looks at them in their middle, so that none is over before."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlmodel import col

from models.database import make_database, writing
from models.tables import Contact
from models.tenancy import scoped
from tests.e2e.service import Service


@contextmanager
def holding_contact(service: Service, token: str, external_id: str) -> Iterator[None]:
    """Whoever writes this contact of the token's tenant waits for the end of the block; others do not, so this needs PostgreSQL."""
    database = make_database(service.settings.resolved_database_url())
    try:
        with writing(database) as tx:
            held = scoped(Contact, service.tenant_id(token)).where(col(Contact.external_id) == external_id)
            tx.execute(held.with_for_update()).scalars().one()
            yield
    finally:
        database.close()


@contextmanager
def halting(pids: list[int]) -> Iterator[None]:
    """Processes stand still for the length of the block."""
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
