"""Sessions: opened by a code or a token, recognised at every request."""

from uuid import UUID

from api.auth.actor import Actor
from api.auth.secrets import hash_secret
from api.commands.deps import Deps
from api.commands.tokens import actor_of_token, actor_of_user, find_token
from models.database import reading, writing
from models.errors import InvalidRequest, Unauthenticated
from models.queries import accounts, audit

_BY_USER = "user"
_BY_TOKEN = "token"


def sign_in_by_code(deps: Deps, code: str) -> str:
    """The session cookie for the code of a sign-in link, which works once. Raises InvalidRequest."""
    with writing(deps.database) as tx:
        user = accounts.use_sign_in_link(tx, hash_secret(code))
        if user is not None:
            audit.record(tx, user.tenant_id, user.name, "user.signed_in", user.id, by="link")
    if user is None:
        raise InvalidRequest("This sign-in link was used already or has expired. Ask for a new one.", code="invalid_sign_in_code")
    return deps.signer.sign_session(f"{_BY_USER}:{user.id}")


def sign_in_by_token(deps: Deps, token: str) -> str:
    """The session cookie for an API token; it ends when the token is revoked. Raises InvalidRequest."""
    with writing(deps.database) as tx:
        found = accounts.find_token(tx, hash_secret(token.strip()))
        if found is not None:
            kept, user = found
            audit.record(tx, kept.tenant_id, user.name, "user.signed_in", user.id, by="token", token_id=str(kept.id))
    if found is None:
        raise InvalidRequest("This API token is not known or was revoked.", code="invalid_token")
    return deps.signer.sign_session(f"{_BY_TOKEN}:{found[0].id}")


def identify(deps: Deps, bearer: str | None, cookie: str | None) -> Actor:
    """Who is asking: by the bearer token if there is one, else by the session. Raises Unauthenticated."""
    actor = find_token(deps.database, bearer) if bearer is not None else _find_session(deps, cookie)
    if actor is None:
        raise Unauthenticated("Sign in, or send an API token as `Authorization: Bearer <token>`.")
    return actor


def _find_session(deps: Deps, cookie: str | None) -> Actor | None:
    credential = deps.signer.read_session(cookie) if cookie else None
    if credential is None:
        return None
    kind, _, id_text = credential.partition(":")
    with reading(deps.database) as tx:
        if kind == _BY_TOKEN:
            found = accounts.find_token_by_id(tx, UUID(id_text))
            return None if found is None else actor_of_token(*found)
        user = accounts.find_active_user(tx, UUID(id_text))
        return None if user is None else actor_of_user(user)
