"""Which pages may act with a browser's session: our own and those that the settings list."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from models.errors import Forbidden
from models.settings import Settings

PREFLIGHT_HEADER = "graphql-preflight"


def require_preflight(headers: Mapping[str, str]) -> None:
    """Raises Forbidden without the header that no form and no simple request of another site can send."""
    if headers.get(PREFLIGHT_HEADER) != "1":
        raise Forbidden("A request that rests on a session, or is multipart, must send the header GraphQL-Preflight: 1.", code="csrf")


def require_own_origin(headers: Mapping[str, str], settings: Settings) -> None:
    """Raises Forbidden for a form that another site posted. A client that is no browser sends neither header."""
    origin = headers.get("origin")
    is_ours = is_allowed_origin(headers, settings) if origin is not None else True
    if not is_ours or headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("This form was sent from another site.", code="csrf")


def is_allowed_origin(headers: Mapping[str, str], settings: Settings) -> bool:
    """Whether the Origin is the public URL's, a listed one, or that of the very host that was asked."""
    origin = headers.get("origin")
    if not origin:
        return False
    allowed = {_normalise(settings.public_url), *map(_normalise, settings.allowed_origins)}
    return _normalise(origin) in allowed or _is_same_host(origin, headers.get("host", ""))


def _normalise(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _default_port(parts.scheme)
    except ValueError:
        return "", url, None


def _is_same_host(origin: str, host: str) -> bool:
    # Hosts alone are compared: behind a proxy that ends TLS, an https page reaches us by http.
    scheme, name, port = _normalise(origin)
    _, asked_name, asked_port = _normalise(f"//{host}")
    return bool(name) and name == asked_name and port == (asked_port or _default_port(scheme))


def _default_port(scheme: str) -> int | None:
    return {"http": 80, "https": 443}.get(scheme)
