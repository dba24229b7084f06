"""Day or month first, for each date column, from all of its values; what nothing proves is put to a person, once."""

from dataclasses import asdict, dataclass
from typing import Any

from models.errors import InvalidRequest
from models.tables import ImportJob
from models.vocabulary import ContactField
from workers.engine.frames import LEAST_CONFIDENCE
from workers.engine.judging import DateEvidence, decide_date_orders, explain_date_order
from workers.engine.judging.date_columns import ASPECT
from workers.stages.questions import put_question


@dataclass(frozen=True, slots=True)
class DateOrders:
    """The order of each date column, the dialect that says why, and what has to be asked before anything is planned."""

    orders: dict[str, str | None]
    dialect: dict[str, Any] | None
    question: InvalidRequest | None


def needs_evidence(job: ImportJob) -> bool:
    """Whether the columns must be looked at: there is one of dates, and nobody said how they are written."""
    return ContactField.BIRTHDAY in job.mapping.values() and job.options.get(ASPECT) is None


def settle_date_orders(job: ImportJob, evidence: DateEvidence | None) -> DateOrders:
    """What the person said; else what the columns prove. A question that was asked and then passed over is not asked again."""
    stored = dict(job.dialect or {})
    earlier = list(stored.get("decisions", ()))
    # Who came as far as planning has answered them.
    others = [{**decision, "is_question": False} for decision in earlier if decision["aspect"] != ASPECT]
    if evidence is None:
        headers = [column["header"] for column in job.columns]
        orders = decide_date_orders((), headers, job.mapping, job.options.get(ASPECT))
        return DateOrders(orders, {**stored, "decisions": others}, None)
    asked = {decision.get("column") for decision in earlier if decision["aspect"] == ASPECT and decision["is_question"]}
    told, open_questions = [], []
    for finding in evidence.list_findings():
        decision = explain_date_order(finding, job.options["default_country"])
        if decision is None:
            continue
        is_question = decision.confidence < LEAST_CONFIDENCE
        # Kept as a question, so that planning once more does not ask once more.
        told.append({**asdict(decision), "is_question": is_question, "column": finding.header})
        if is_question and finding.header not in asked:
            open_questions.append(decision)
    question = put_question(open_questions, has_columns=True)
    return DateOrders(evidence.decide(), {**stored, "decisions": others + told}, question)
