"""Why a row no longer comes to what was planned for it, in a sentence for whoever finds it left over."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.vocabulary import CUSTOM_PREFIX, ISSUE_MESSAGES, IssueCode, RowOutcome

RETRY = "Retry the import to plan this row again."
GONE = "The contact that it was to change was deleted after the plan was made."
NOT_FOUND = "The contact that it was to change has other keys since the plan was made, so that the row no longer finds it."
FOUND = "Since the plan was made somebody else has a contact for this row: it would change that one instead of creating its own."
OTHER = "Keys of contacts changed after the plan was made, so that the row is about another contact now."
REFUSED = "Since the plan was made it can no longer go in: {reason}"
RESPELLED = "The directory spells its company or owner otherwise than when the plan was made."
SHARED = "It goes together with row {row}, of whose contact something changed after the plan was made."
CHANGED = "Since the plan was made, {changes}."
# Characters of a value, and fields, that are told.
MOST_SHOWN = 60
MOST_FIELDS = 3
_LISTED = frozenset({"tags", "lists"})


@dataclass(frozen=True, slots=True)
class Came:
    """What a row comes to: its outcome, its contact, and what it changes itself, `{field: {"before": …, "after": …}}`."""

    outcome: str | None
    contact_id: str | None
    changes: Mapping[str, Any]

    @classmethod
    def of(cls, outcome: str | None, contact_id: str | None, changes: str | None) -> "Came":
        """From a line of outcomes."""
        return cls(outcome, contact_id, json.loads(changes) if changes else {})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else is known. `contact`: the planned contact as it is now, None: there is none; `is_made`: the plan was to create it.

    `reason` is why the row fails now. `is_first`: no earlier row changes the same contact, so that it finds the contact as it is.
    `shares_with`: of a row that could go in, the one that it goes together with and that cannot.
    """

    contact: Mapping[str, Any] | None = None
    is_made: bool = False
    reason: str | None = None
    is_first: bool = True
    is_respelled: bool = False
    shares_with: int | None = None


def explain_drift(was: Came, now: Came, around: Surroundings) -> str:
    """What changed, and what to do about it."""
    told = _explain(was, now, around)
    return f"{told} {RETRY}" if told else ISSUE_MESSAGES[IssueCode.PLAN_DRIFT]


def _explain(was: Came, now: Came, around: Surroundings) -> str | None:
    if around.shares_with is not None:
        return SHARED.format(row=around.shares_with)
    if around.reason is not None:
        return REFUSED.format(reason=around.reason)
    if was.contact_id != now.contact_id:
        return _explain_contact(was, now, around)
    if around.is_respelled:
        return RESPELLED
    changes = list(_tell_fields(was.changes, now.changes, around.contact if around.is_first else None))
    more = len(changes) - MOST_FIELDS
    shown = changes[:MOST_FIELDS] + ([f"{more} more field{'s' if more > 1 else ''} changed"] if more > 0 else [])
    return CHANGED.format(changes=", ".join(shown)) if shown else None


def _explain_contact(was: Came, now: Came, around: Surroundings) -> str:
    if was.outcome == RowOutcome.CREATED:
        return FOUND
    if around.contact is None and not around.is_made:
        return GONE
    return NOT_FOUND if now.outcome == RowOutcome.CREATED else OTHER


def _tell_fields(was: Mapping[str, Any], now: Mapping[str, Any], contact: Mapping[str, Any] | None) -> Iterator[str]:
    """Each field that is otherwise than when the plan was made."""
    for field in dict.fromkeys([*was, *now]):
        name = field.removeprefix(CUSTOM_PREFIX).replace("_", " ")
        if field in _LISTED:
            if was.get(field) != now.get(field):
                yield f"its {name} changed"
        elif field not in was:
            # The plan had nothing to change in it.
            yield f"{name} became {_show(now[field]['before'])}" if now[field]["before"] else f"{name} was cleared"
        elif field in now or contact is not None:
            before = was[field]["before"]
            current = now[field]["before"] if field in now else _value(contact or {}, field)
            if current != before:
                yield f"{name} changed from {_show(before)} to {_show(current)}"
        else:
            yield f"{name} changed"


def _value(contact: Mapping[str, Any], field: str) -> Any:
    if field.startswith(CUSTOM_PREFIX):
        return json.loads(contact.get("custom") or "{}").get(field.removeprefix(CUSTOM_PREFIX))
    return contact.get(field)


def _show(value: Any) -> str:
    if value in (None, ""):
        return "blank"
    text = str(value)
    return f"“{text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + '…'}”"
