"""Errors that belong to the person who asked: part of a mutation's payload."""

import strawberry

from api.commands.create_import import DuplicateFile
from models.errors import Terminal
from models.queries.remains import SWEPT, Part, swept_code


@strawberry.type(description="What is wrong with a request, in a sentence for a person and a code for a program.")
class UserError:
    code: str
    message: str
    path: list[str] | None = None
    import_id: strawberry.ID | None = strawberry.field(
        default=None, description="With DUPLICATE_FILE: the import that brought these bytes."
    )

    @classmethod
    def list_of(cls, error: Terminal | None) -> "list[UserError]":
        """The errors of a payload: one or none."""
        if error is None:
            return []
        import_id = strawberry.ID(str(error.import_id)) if isinstance(error, DuplicateFile) else None
        return [cls(code=error.code.upper(), message=error.message, path=list(error.path) or None, import_id=import_id)]

    @classmethod
    def of(cls, code: str | None, message: str | None) -> "UserError | None":
        """A failure as it was kept; None: there was none."""
        return None if code is None else cls(code=code.upper(), message=message or "")

    @classmethod
    def of_swept(cls, part: Part) -> "UserError":
        """That something cannot be done because retention took what it needs."""
        return cls(code=swept_code(part).upper(), message=SWEPT[part])
