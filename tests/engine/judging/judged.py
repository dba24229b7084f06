"""Shortcuts to judge one value or a few, for the tests of this folder."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from workers.engine.frames import EngineOptions, Judged
from workers.engine.judging import judge_rows

TODAY = date(2026, 11, 20)


def judge_cells(field: str, cells: Sequence[str | None], **options: Any) -> Judged:
    """The cells as a column of their own, rows 1, 2, … ."""
    engine_options = EngineOptions(mapping={field: field}, today=TODAY, **options)
    return judge_rows([(row, [cell]) for row, cell in enumerate(cells, start=1)], [field], engine_options)


def judge_value(field: str, cell: str | None, **options: Any) -> tuple[Any, list[str]]:
    """The value of one cell and the codes said of it; NO_MATCH_KEY, which is said of the row, left aside."""
    judged = judge_cells(field, [cell], **options)
    values = judged.rows[field].to_list()
    return values[0], [code for code in judged.issues["code"] if code != "no_match_key"]


def judge_table(headers: Sequence[str], rows: Sequence[Sequence[str | None]], **options: Any) -> Judged:
    """Rows from 2 on, every header mapped to the field of its name unless the options say otherwise."""
    options.setdefault("mapping", {header: header for header in headers})
    return judge_rows(list(enumerate(rows, start=2)), list(headers), EngineOptions(today=TODAY, **options))
