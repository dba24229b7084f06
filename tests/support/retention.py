"""Retention at one go, which workers do a little at a time."""

from workers.stages.deps import Deps
from workers.stages.retention import iter_pass


def sweep_what_is_old(deps: Deps, holder: str) -> None:
    """A whole pass."""
    for _ in iter_pass(deps, holder):
        pass
