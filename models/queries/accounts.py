"""Tenants, users, their tokens and sign-in links. Credentials are looked up by hash, before any tenant is known."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from models.database import Reading, Writing
from models.tables import ApiToken, SignInLink, Tenant, User
from models.tenancy import scoped
from models.vocabulary import Role

SIGN_IN_SECONDS = 600


def find_tenant(tx: Reading, name: str) -> Tenant | None:
    """The tenant of a name."""
    return tx.execute(select(Tenant).where(Tenant.name == name)).scalar_one_or_none()  # type: ignore[arg-type]


def last_sequence(tx: Reading, tenant_id: UUID) -> int:
    """The number of the tenant's newest event."""
    return tx.execute(select(Tenant.event_sequence).where(Tenant.id == tenant_id)).scalar_one()  # type: ignore[call-overload, no-any-return]


def ensure_tenant(tx: Writing, name: str) -> Tenant:
    """The tenant of a name, made if there is none."""
    tenant = find_tenant(tx, name)
    if tenant is None:
        tenant = Tenant(name=name, created_at=tx.now())
        tx.add(tenant)
        tx.flush()
    return tenant


def ensure_user(tx: Writing, tenant_id: UUID, name: str, role: Role) -> User:
    """The tenant's user of a name, made if there is none; one that exists keeps its role."""
    found: User | None = tx.execute(scoped(User, tenant_id).where(User.name == name)).scalars().first()  # type: ignore[arg-type]
    if found is not None:
        return found
    user = User(tenant_id=tenant_id, name=name, role=role.value, created_at=tx.now())
    tx.add(user)
    tx.flush()
    return user


def add_token(tx: Writing, user: User, role: Role, token_hash: str) -> ApiToken:
    """Keep the hash of a new token."""
    token = ApiToken(tenant_id=user.tenant_id, user_id=user.id, role=role.value, token_hash=token_hash, created_at=tx.now())
    tx.add(token)
    tx.flush()
    return token


def revoke_token(tx: Writing, token_id: UUID) -> None:
    """Let a token work no more."""
    tx.execute(update(ApiToken).where(ApiToken.id == token_id).values(revoked_at=tx.now()))  # type: ignore[arg-type]


def find_token(tx: Reading, token_hash: str) -> tuple[ApiToken, User] | None:
    """The token of a hash and its user, while both may be used."""
    return _first_pair(tx, _usable_tokens().where(ApiToken.token_hash == token_hash))


def find_token_by_id(tx: Reading, token_id: UUID) -> tuple[ApiToken, User] | None:
    """The token that a session was opened with and its user, while both may be used."""
    return _first_pair(tx, _usable_tokens().where(ApiToken.id == token_id))


def find_active_user(tx: Reading, user_id: UUID) -> User | None:
    """The user of a session, who names its tenant."""
    user: User | None = tx.execute(_active_users().where(User.id == user_id)).scalar_one_or_none()
    return user


def add_sign_in_link(tx: Writing, user: User, code_hash: str) -> SignInLink:
    """Keep the hash of a code that signs the user in once, within minutes."""
    expires_at = tx.now() + timedelta(seconds=SIGN_IN_SECONDS)
    link = SignInLink(tenant_id=user.tenant_id, user_id=user.id, code_hash=code_hash, expires_at=expires_at)
    tx.add(link)
    tx.flush()
    return link


def use_sign_in_link(tx: Writing, code_hash: str) -> User | None:
    """The user whom a code signs in; None: no such code, used already or expired. Of two that use it at once, one wins."""
    now = tx.now()
    statement = (
        update(SignInLink)
        .where(SignInLink.code_hash == code_hash, SignInLink.used_at.is_(None), SignInLink.expires_at > now)  # type: ignore[union-attr, arg-type]
        .values(used_at=now)
        .returning(SignInLink.user_id)  # type: ignore[call-overload]
    )
    user_id = tx.execute(statement).scalar_one_or_none()
    return None if user_id is None else find_active_user(tx, user_id)


def _active_users() -> Any:
    return select(User).where(User.deactivated_at.is_(None))  # type: ignore[union-attr]


def _usable_tokens() -> Any:
    return (
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)  # type: ignore[arg-type]
        .where(ApiToken.revoked_at.is_(None), User.deactivated_at.is_(None))  # type: ignore[union-attr]
    )


def _first_pair(tx: Reading, statement: Any) -> tuple[ApiToken, User] | None:
    found = tx.execute(statement).one_or_none()
    return None if found is None else (found[0], found[1])
