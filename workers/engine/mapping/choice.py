"""Chooses one column for a field from the suggestions, and says whether nobody needs to look at the choice."""

from collections.abc import Mapping, Sequence

from models.vocabulary import REPEATABLE_FIELDS, ContactField
from workers.engine.frames import Column

# From here on a suggestion is good enough to be put before a person.
CHOSEN = 0.6
# From here on it is good enough to go without one.
CERTAIN = 0.9

_MATCH_FIELDS = frozenset({ContactField.EXTERNAL_ID, ContactField.EMAIL, ContactField.PHONE, ContactField.MOBILE_PHONE})


def choose_mapping(columns: Sequence[Column]) -> dict[str, str]:
    """Header to field, the surest first; one field a column, one column a field, of equals the left one. A blank column comes last.

    Every column that surely says who agreed, or who refused, is heard: a refusal in any of them counts.
    """
    candidates = sorted(
        (
            (column.fill_rate == 0, -suggestion.confidence, column.index, rank, column.header, suggestion.field)
            for column in columns
            for rank, suggestion in enumerate(column.suggestions)
            if suggestion.confidence >= CHOSEN
        ),
    )
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for _, unsureness, _, _, header, field in candidates:
        is_heard_beside = field in REPEATABLE_FIELDS and -unsureness >= CERTAIN
        if header not in chosen and (field not in taken or is_heard_beside):
            chosen[header] = field
            taken.add(field)
    return {column.header: chosen[column.header] for column in columns if column.header in chosen}


def is_certain(columns: Sequence[Column], mapping: Mapping[str, str]) -> bool:
    """Whether the mapping says who a row is, and every column that says so was recognised with a confidence of at least 0.9."""
    confidences = {(column.header, suggestion.field): suggestion.confidence for column in columns for suggestion in column.suggestions}
    deciding = [confidences.get((header, field), 0.0) for header, field in mapping.items() if field in _MATCH_FIELDS]
    return bool(deciding) and min(deciding) >= CERTAIN
