"""Judging: what each cell says of its contact field, and what is wrong with it."""

from workers.engine.judging.dates import DateEvidence, decide_date_orders
from workers.engine.judging.judge import ASSIGNED_OWNER, judge, judge_rows

__all__ = ["ASSIGNED_OWNER", "DateEvidence", "decide_date_orders", "judge", "judge_rows"]
