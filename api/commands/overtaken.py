"""What is asked of an import by somebody who names no version is meant for the import as it stands."""

from collections.abc import Callable
from typing import TypeVar

from models.errors import WrongState

Answer = TypeVar("Answer")

# Workers move an import less often than that between one look and the next, so only a crowd of people wears it out.
TIMES = 8


def ask_again_if_overtaken(version: int | None, ask: Callable[[], Answer]) -> Answer:
    """The answer to what looks at an import and then changes what it saw, or nothing; where somebody else was faster it looks again.

    Raises WrongState (stale_version) where the client names the version that it means, and after TIMES.
    """
    for _ in range(TIMES - 1):
        try:
            return ask()
        except WrongState as error:
            if version is not None or error.code != "stale_version":
                raise
    return ask()
