"""API tokens and sign-in links, for the command line as well as for the door."""

from urllib.parse import quote

from api.auth.actor import Actor
from api.auth.secrets import hash_secret, make_code, make_token
from models.database import Database, reading, writing
from models.errors import InvalidRequest, NotFound
from models.queries import accounts, audit
from models.settings import Settings
from models.tables import ApiToken, User
from models.vocabulary import Role

# Who may run commands on the host is nobody that the database knows.
COMMAND_LINE = "command line"
MAX_TENANT_CHARACTERS = 100
MAX_USER_CHARACTERS = 200


def issue_token(database: Database, tenant_name: str, role: Role, *, user_name: str | None = None) -> str:
    """A new API token, the only time that it can be seen. Tenant and user are made where there are none.

    Raises InvalidRequest for a name that is longer than is kept.
    """
    _require_names(tenant_name, user_name)
    token = make_token()
    with writing(database) as tx:
        tenant = accounts.ensure_tenant(tx, tenant_name)
        user = accounts.ensure_user(tx, tenant.id, user_name or role.value, role)
        kept = accounts.add_token(tx, user, role, hash_secret(token))
        audit.record(tx, tenant.id, COMMAND_LINE, "token.issued", kept.id, user=user.name, role=role.value)
    return token


def find_token(database: Database, token: str) -> Actor | None:
    """Who a token stands for; None: nobody, or not any more."""
    with reading(database) as tx:
        found = accounts.find_token(tx, hash_secret(token))
    return None if found is None else actor_of_token(*found)


def revoke_token(database: Database, token: str) -> None:
    """Let a token work no more, nor the sessions that were opened with it. Raises NotFound."""
    with writing(database) as tx:
        found = accounts.find_token(tx, hash_secret(token))
        if found is None:
            raise NotFound("There is no such token, or it was revoked before.")
        kept, user = found
        accounts.revoke_token(tx, kept.id)
        audit.record(tx, kept.tenant_id, COMMAND_LINE, "token.revoked", kept.id, user=user.name)


def make_sign_in_link(
    database: Database, settings: Settings, tenant_name: str, *, user_name: str = "admin", role: Role = Role.ADMIN
) -> str:
    """A URL that signs a user in once, within ten minutes. Tenant and user are made where there are none.

    Raises InvalidRequest for a name that is longer than is kept.
    """
    _require_names(tenant_name, user_name)
    code = make_code()
    with writing(database) as tx:
        tenant = accounts.ensure_tenant(tx, tenant_name)
        user = accounts.ensure_user(tx, tenant.id, user_name, role)
        link = accounts.add_sign_in_link(tx, user, hash_secret(code))
        audit.record(tx, tenant.id, COMMAND_LINE, "sign_in_link.made", link.id, user=user.name)
    return f"{settings.public_url.rstrip('/')}/sign-in?code={quote(code)}"


def _require_names(tenant_name: str, user_name: str | None) -> None:
    for noun, name, most in (("tenant", tenant_name, MAX_TENANT_CHARACTERS), ("user", user_name or "", MAX_USER_CHARACTERS)):
        if len(name) > most:
            raise InvalidRequest(f"The name of a {noun} has at most {most} characters.", code="text_too_long")


def actor_of_token(token: ApiToken, user: User) -> Actor:
    """A program acts in its user's name, with the token's own role."""
    return Actor(user.tenant_id, user.id, user.name, Role(token.role))


def actor_of_user(user: User) -> Actor:
    """A person acts with the role they have now."""
    return Actor(user.tenant_id, user.id, user.name, Role(user.role))
