"""The order of each date column, as far as it is known without planning."""

import polars as pl

from models.tables import ImportJob
from models.vocabulary import DateOrder
from workers.engine.judging import decide_date_orders
from workers.engine.judging.date_columns import ASPECT


def find_date_orders(job: ImportJob, head: pl.DataFrame) -> dict[str, str | None]:
    """What a person said; else what the last plan found in the whole file; else what the first rows tell."""
    headers = [column["header"] for column in job.columns]
    orders = decide_date_orders([head], headers, job.mapping, job.options.get(ASPECT))
    if job.options.get(ASPECT) is not None:
        return orders
    for decision in (job.dialect or {}).get("decisions", ()):
        if decision["aspect"] == ASPECT and decision.get("column") in orders:
            is_known = decision["value"] is not None and not decision["is_question"]
            orders[decision["column"]] = DateOrder[decision["value"]].value if is_known else None
    return orders
