"""Secrets that are shown once and kept as hashes: API tokens and the codes of sign-in links."""

import hashlib
import secrets

TOKEN_PREFIX = "rdk_"
SECRET_BYTES = 32


def make_token() -> str:
    """A new API token; the prefix lets scanners recognise one that leaked."""
    return TOKEN_PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def make_code() -> str:
    """A new code for a sign-in link."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """SHA-256 in hexadecimal. The secrets are random and long, so that a slow hash would add nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()
