"""Inspecting: how the source is to be read, what its columns are, and which fields they seem to hold."""

from dataclasses import asdict
from typing import Any

from models.database import writing
from models.errors import InvalidRequest
from models.queries.imports import try_move
from models.queries.plans import record_chunks
from models.queries.sending import FollowUp
from models.queries.transitions import UNKNOWN_COLUMN, find_unknown_column, require_match_field
from models.tables import ImportJob
from models.vocabulary import FileFormat, ImportStatus, Stage
from workers.engine.detection import inspect_source
from workers.engine.frames import Inspection
from workers.engine.mapping import choose_mapping, is_certain
from workers.engine.options import parse_overrides
from workers.stages.deps import Deps
from workers.stages.questions import list_questions, put_question


def inspect(deps: Deps, job: ImportJob) -> list[FollowUp]:
    """Inspect the source, then plan if the mapping was given, or is certain under autoStart; else wait for a person.

    A decision that is too unsure to build on waits for a person in any case, unless it was overruled.

    Raises UnreadableFile, InvalidRequest and LimitExceeded for a source that cannot be used.
    """
    if job.status == ImportStatus.UPLOADED.value:
        with writing(deps.database) as tx:
            if not try_move(tx, job, ImportStatus.INSPECTING, keep_stage=True):
                return []
    with deps.storage.open(job.object_key) as source:
        inspection = inspect_source(
            source, format=FileFormat(job.format), overrides=parse_overrides(job.options), limits=deps.reader_limits()
        )
    questions = list_questions(inspection.decisions, job.options)
    is_json = inspection.dialect.format is FileFormat.JSON
    mapping, question = _choose(job, inspection, put_question(questions, has_columns=bool(inspection.columns), has_lists=is_json))
    decisions = [{**asdict(decision), "is_question": decision in questions} for decision in inspection.decisions]
    values: dict[str, Any] = {
        "dialect": {**asdict(inspection.dialect), "decisions": decisions},
        "columns": [asdict(column) for column in inspection.columns],
        "head": [[row, list(cells)] for row, cells in inspection.head],
        "mapping": mapping,
        "position": 0,
    }
    with writing(deps.database) as tx:
        if question is not None:
            is_told = bool(questions) or job.is_mapping_given or question.code == UNKNOWN_COLUMN
            told: dict[str, Any] = {"failure_code": question.code, "failure_message": question.message} if is_told else {}
            try_move(tx, job, ImportStatus.NEEDS_MAPPING, **values, **told)
            return []
        if not try_move(tx, job, ImportStatus.PLANNING, stage=Stage.PLAN.value, epoch=job.epoch + 1, plan_epoch=None, **values):
            return []
        record_chunks(tx, job, [])
        return [FollowUp(Stage.PLAN, job.id)]


def _choose(job: ImportJob, inspection: Inspection, doubt: InvalidRequest | None) -> tuple[dict[str, str], InvalidRequest | None]:
    """The mapping, and what must be asked before planning; None: nothing. A doubt about how to read the source comes first."""
    if job.is_mapping_given:
        # Kept whole: read otherwise, the source may well have the columns that it lacks now.
        mapping = dict(job.mapping)
    else:
        mapping = dict(choose_mapping(inspection.columns))
        if not job.auto_start or not is_certain(inspection.columns, mapping):
            return mapping, doubt or InvalidRequest("Say which column holds which field.", code="needs_mapping")
    question = doubt or find_unknown_column([column.header for column in inspection.columns], mapping, job.options)
    if question is not None:
        return mapping, question
    try:
        require_match_field(mapping.values(), job.options["match_fields"])
    except InvalidRequest as error:
        return mapping, error
    return mapping, None
