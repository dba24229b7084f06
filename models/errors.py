"""What can go wrong, in two kinds: Terminal (a retry cannot help) and Transient (try again).

Anything else that is raised is a bug and is masked at the edges.
"""


class ServiceError(Exception):
    """An error whose message is safe to show; `code` is lower_snake here and upper-cased outside."""

    default_code = "service_error"

    def __init__(self, message: str, code: str | None = None, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.path = path


class Terminal(ServiceError):
    """Trying again cannot help."""


class InvalidRequest(Terminal):
    default_code = "invalid_request"


class NotFound(Terminal):
    """Also what somebody else's id looks like."""

    default_code = "not_found"


class Forbidden(Terminal):
    default_code = "forbidden"


class Unauthenticated(Terminal):
    default_code = "unauthenticated"


class WrongState(Terminal):
    """The thing exists but its state does not allow this now."""

    default_code = "wrong_state"


class LimitExceeded(Terminal):
    default_code = "limit_exceeded"


class UnreadableFile(Terminal):
    default_code = "unreadable_file"


class Transient(ServiceError):
    """The same request may succeed later."""

    default_code = "try_again"


class StorageUnavailable(Transient):
    default_code = "storage_unavailable"


class DatabaseBusy(Transient):
    default_code = "database_busy"


class DiskFull(Transient):
    default_code = "disk_full"
