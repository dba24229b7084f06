"""Ways in, made by whoever has the database: tokens and sign-in links."""

from api.cli.data_folder import DataFolder
from api.commands import tokens
from models.database import make_database, reading
from models.errors import Terminal
from models.queries.accounts import find_tenant
from models.revisions import current_revision
from models.settings import Settings
from models.vocabulary import Role

# Whose contacts they are on a Rolodock that nobody has told of tenants.
DEFAULT_TENANT = "default"


class Accounts:
    """The accounts of one database; close it after use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database = make_database(settings.resolved_database_url())

    def close(self) -> None:
        self._database.close()

    def has_tenant(self, name: str) -> bool:
        """Whether there is a tenant of this name."""
        with reading(self._database) as tx:
            return find_tenant(tx, name) is not None

    def issue_token(self, tenant: str, role: Role) -> str:
        """A new token, the only time that it can be seen."""
        return tokens.issue_token(self._database, tenant, role)

    def revoke_token(self, token: str) -> None:
        """Let a token work no more. Raises NotFound."""
        tokens.revoke_token(self._database, token)

    def default_token(self, folder: DataFolder) -> str:
        """The data folder's own token, made anew only where there is none that works, so that restarts do not pile them up."""
        kept = folder.read_token()
        if kept is not None and tokens.find_token(self._database, kept) is not None:
            return kept
        token = self.issue_token(DEFAULT_TENANT, Role.ADMIN)
        folder.write_token(token)
        return token

    def sign_in_link(self) -> str:
        return tokens.make_sign_in_link(self._database, self._settings, DEFAULT_TENANT)


def require_schema(settings: Settings) -> None:
    """Raise Terminal where the database has no tables yet."""
    if current_revision(settings.resolved_database_url()) is None:
        raise Terminal("The database has no tables yet; `rolodock db upgrade` or `rolodock up` makes them.", code="no_schema")
