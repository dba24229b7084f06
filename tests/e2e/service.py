"""A running Rolodock, and tenants of it."""

import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from api.cli.accounts import Accounts
from api.commands.tokens import find_token
from models.database import make_database
from models.settings import Settings
from models.vocabulary import Role
from tests.e2e.client import ApiClient
from tests.support.stack import Stack, running_stack


@dataclass(frozen=True, slots=True)
class Service:
    """What `rolodock up` runs, and the settings it runs with."""

    stack: Stack
    settings: Settings
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_tenant(self) -> str:
        """The name of a tenant that has nothing yet."""
        return f"tenant-{next(self.numbers)}"

    def token(self, tenant: str, role: Role = Role.MEMBER) -> str:
        with closing(Accounts(self.settings)) as accounts:
            return accounts.issue_token(tenant, role)

    def tenant_id(self, token: str) -> UUID:
        """Whose token it is."""
        database = make_database(self.settings.resolved_database_url())
        try:
            actor = find_token(database, token)
        finally:
            database.close()
        assert actor is not None
        return actor.tenant_id

    def client(self, tenant: str | None = None, role: Role = Role.MEMBER) -> ApiClient:
        """Somebody of a tenant, by default a new one."""
        return ApiClient(self.stack.url, self.token(tenant or self.new_tenant(), role))

    def stored_files(self) -> set[Path]:
        """Everything in the object store."""
        return {path for path in (self.settings.data_dir / "files").rglob("*") if path.is_file()}


@contextmanager
def serving(data_dir: Path, **settings: str) -> Iterator[Service]:
    """`rolodock up` for the length of the block."""
    with running_stack(data_dir, **settings) as stack:
        yield Service(
            stack, Settings(data_dir=data_dir, **{name: settings[name] for name in ("database_url", "redis_url") if name in settings})
        )
