"""What an inspection leaves open: decisions too unsure to build on, which a person has to overrule or to accept."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.errors import InvalidRequest
from workers.engine.frames import LEAST_CONFIDENCE, Decision

# Without an answer to the first there is nothing to look at; the second decides which table is meant.
_FIRST = ("member", "sheet")
_CODES = {"member": "member_needed", "sheet": "sheet_needed", "date_order": "date_order_needed"}
_UNCERTAIN = "dialect_uncertain"
# By aspect: the option as the API names it, and what it is in words.
_ANSWERS = {
    "member": ("member", "which file of the archive is to be read"),
    "sheet": ("sheet", "which sheet is to be read"),
    "encoding": ("encoding", "the encoding"),
    "delimiter": ("delimiter", "the delimiter"),
    "quote": ("quote", "the quote"),
    "escape": ("escape", "the escape"),
    "header_row": ("headerRow", "the row of the header, 0 where there is none"),
    "header_rows": ("headerRows", "how many rows the header takes"),
    "date_order": ("dateOrder", "whether the day or the month comes first"),
}
_ACCEPT = "give the mapping to accept it as it is"
# Of dates there is no guess that could be accepted.
_ACCEPTS = {"date_order": "give the mapping again to leave such dates out"}
_MOST_CHARACTERS = 1_000  # of a failure's message as it is kept


def list_questions(decisions: Sequence[Decision], options: Mapping[str, Any]) -> list[Decision]:
    """The decisions that wait for a person: too unsure, and not overruled. The most important first."""
    asked = [decision for decision in decisions if decision.confidence < LEAST_CONFIDENCE and options.get(decision.aspect) is None]
    return sorted(asked, key=lambda decision: _FIRST.index(decision.aspect) if decision.aspect in _FIRST else len(_FIRST))


def put_question(questions: Sequence[Decision], *, has_columns: bool, has_lists: bool = False) -> InvalidRequest | None:
    """The first question with why it is one and what to do about it; None: there is none.

    `has_lists`: what a workbook has as sheets are lists within an object here.
    """
    if not questions:
        return None
    first = questions[0]
    ways = []
    if first.aspect in _ANSWERS:
        name, words = _ANSWERS[first.aspect]
        if has_lists and first.aspect == "sheet":
            words = "which list is to be read"
        ways.append(f"say {words} (option {name})")
    if has_columns:
        accept = _ACCEPTS.get(first.aspect, _ACCEPT)
        ways.append(accept if not ways else f"or {accept}")
    told = ", ".join(ways)
    more = f" {len(questions) - 1} more of what was decided is as unsure." if len(questions) > 1 else ""
    ending = f"{told[:1].upper()}{told[1:]}.{more}"
    room = _MOST_CHARACTERS - len(ending) - 1
    reason = first.reason if len(first.reason) <= room else first.reason[: room - 1] + "…"
    return InvalidRequest(f"{reason} {ending}", code=_CODES.get(first.aspect, _UNCERTAIN))
