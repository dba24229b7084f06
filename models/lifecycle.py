"""The states of an import and the moves between them that are legal. Counts and time stamps belong to the queries that make a move."""

from models.errors import WrongState
from models.vocabulary import FINAL_STATUSES
from models.vocabulary import ImportStatus as S

# PLANNING goes back to NEEDS_MAPPING for a question that only the whole file can raise: the order of day and month in a column.
LEGAL_MOVES: dict[S, frozenset[S]] = {
    S.UPLOADED: frozenset({S.INSPECTING, S.CANCELLED, S.FAILED}),
    S.INSPECTING: frozenset({S.NEEDS_MAPPING, S.PLANNING, S.CANCELLED, S.FAILED}),
    S.NEEDS_MAPPING: frozenset({S.PLANNING, S.INSPECTING, S.CANCELLED, S.FAILED}),
    S.PLANNING: frozenset({S.PLANNED, S.QUEUED, S.APPLYING, S.PLANNING, S.NEEDS_MAPPING, S.INSPECTING, S.CANCELLED, S.FAILED}),
    S.PLANNED: frozenset({S.PLANNING, S.INSPECTING, S.QUEUED, S.APPLYING, S.CANCELLED}),
    S.QUEUED: frozenset({S.APPLYING, S.CANCELLED}),
    S.APPLYING: frozenset({S.COMPLETED, S.COMPLETED_WITH_ERRORS, S.FAILED, S.CANCELLING}),
    S.CANCELLING: frozenset({S.CANCELLED}),
    S.COMPLETED: frozenset({S.ROLLING_BACK}),
    S.COMPLETED_WITH_ERRORS: frozenset({S.PLANNING, S.ROLLING_BACK}),
    S.CANCELLED: frozenset({S.PLANNING, S.INSPECTING, S.ROLLING_BACK}),
    S.FAILED: frozenset({S.PLANNING, S.INSPECTING, S.ROLLING_BACK}),
    S.ROLLING_BACK: frozenset({S.ROLLED_BACK, S.PARTIALLY_ROLLED_BACK}),
    S.ROLLED_BACK: frozenset(),
    S.PARTIALLY_ROLLED_BACK: frozenset({S.ROLLING_BACK}),
}

CANCELLABLE: frozenset[S] = frozenset({S.UPLOADED, S.INSPECTING, S.NEEDS_MAPPING, S.PLANNING, S.PLANNED, S.QUEUED, S.APPLYING})
RETRYABLE: frozenset[S] = frozenset({S.COMPLETED_WITH_ERRORS, S.CANCELLED, S.FAILED})
ROLLBACKABLE: frozenset[S] = frozenset({S.COMPLETED, S.COMPLETED_WITH_ERRORS, S.CANCELLED, S.FAILED, S.PARTIALLY_ROLLED_BACK})
STARTABLE: frozenset[S] = frozenset({S.PLANNED})
# Only these have a plan that may still be changed by another mapping or option.
REMAPPABLE: frozenset[S] = frozenset({S.NEEDS_MAPPING, S.PLANNED})
# Rows of these can be corrected or left out: nothing of them was done yet, or they are to be retried.
EDITABLE: frozenset[S] = REMAPPABLE | RETRYABLE


def require_move(current: S, to: S) -> None:
    """Raises WrongState where an import cannot go from one status to another."""
    if to not in LEGAL_MOVES[current]:
        raise WrongState(f"An import that {describe(current)} cannot go on to {to.value.replace('_', ' ')}.")


def require_one_of(current: S, allowed: frozenset[S], verb: str) -> None:
    """Raises WrongState where an import in this status cannot be cancelled, retried, … (`verb` says which)."""
    if current in allowed:
        return
    waits_for_its_end = allowed in (FINAL_STATUSES, ROLLBACKABLE) and current not in FINAL_STATUSES
    advice = "" if not waits_for_its_end else " Cancel it first." if current in CANCELLABLE else " Wait until it has ended."
    if S.PLANNED in allowed and current in (S.UPLOADED, S.INSPECTING, S.PLANNING):
        advice = " Wait until it is planned."
    if allowed == STARTABLE and current is S.NEEDS_MAPPING:
        advice = " Accept its mapping or give another (updateImport), which plans it."
    raise WrongState(f"An import that {describe(current)} cannot be {verb}.{advice}")


def describe(status: S) -> str:
    """The status in words that go on from “An import that”."""
    return _IN_WORDS[status]


_IN_WORDS: dict[S, str] = {
    S.UPLOADED: "waits to be read",
    S.INSPECTING: "is being read",
    S.NEEDS_MAPPING: "waits for its mapping",
    S.PLANNING: "is being planned",
    S.PLANNED: "is planned and not started",
    S.QUEUED: "is queued",
    S.APPLYING: "is being applied",
    S.CANCELLING: "is being cancelled",
    S.COMPLETED: "is completed",
    S.COMPLETED_WITH_ERRORS: "was completed with errors",
    S.CANCELLED: "was cancelled",
    S.FAILED: "has failed",
    S.ROLLING_BACK: "is being rolled back",
    S.ROLLED_BACK: "was rolled back",
    S.PARTIALLY_ROLLED_BACK: "was rolled back in part",
}
