"""From judged rows and candidates to a plan: one write a contact, one outcome a row. docs/semantics.md is the specification."""

from workers.engine.folding.columns import settle_chunk
from workers.engine.folding.holding import HELD_SCHEMA, NOTHING_HELD, SETTING, list_held, merge_held
from workers.engine.folding.policies import limit_by_error_rate, refuse
from workers.engine.folding.settling import settle
from workers.engine.folding.shapes import find_column, merge_settled, needed_columns, nothing_settled
from workers.engine.folding.simulation import settle_contested

__all__ = [
    "HELD_SCHEMA",
    "NOTHING_HELD",
    "SETTING",
    "find_column",
    "limit_by_error_rate",
    "list_held",
    "merge_held",
    "merge_settled",
    "needed_columns",
    "nothing_settled",
    "refuse",
    "settle",
    "settle_chunk",
    "settle_contested",
]
