"""What any answer of the API may hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserError:
    code: str
    message: str
    path: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    end_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the page."""

    name: str
    role: str

    @property
    def may_change(self) -> bool:
        return self.role != "VIEWER"

    @property
    def is_admin(self) -> bool:
        return self.role == "ADMIN"
