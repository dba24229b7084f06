"""Judging: what each cell says of its contact field, and what is wrong with it."""

from workers.engine.judging.consent_columns import Asks, what_is_asked
from workers.engine.judging.consents import judge_consents
from workers.engine.judging.date_columns import DateEvidence, decide_date_orders, explain_date_order
from workers.engine.judging.judge import ASSIGNED_OWNER, JUDGE_VERSION, judge, judge_rows, make_chunk

__all__ = [
    "ASSIGNED_OWNER",
    "JUDGE_VERSION",
    "Asks",
    "DateEvidence",
    "decide_date_orders",
    "explain_date_order",
    "judge",
    "judge_consents",
    "judge_rows",
    "make_chunk",
    "what_is_asked",
]
