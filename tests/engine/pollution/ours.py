"""Reads a polluted file as an import does, and says what was said about it."""

from models.errors import ServiceError
from models.vocabulary import FileFormat, IssueSeverity
from tests.engine.pollution.scoring import ReadTable
from tests.engine.reading import read_source
from workers.engine.detection import detect_format
from workers.engine.frames import LEAST_CONFIDENCE


def read_polluted(data: bytes) -> ReadTable:
    """What we make of the file. One that is refused says why, and nothing of it is read."""
    refused = ReadTable(None, {}, is_asked=True)
    try:
        if detect_format(data[: 1 << 16], "contacts.csv") is not FileFormat.CSV:
            return ReadTable(None, {})
        reading = read_source(data)
    except ServiceError:
        return refused
    dialect = reading.inspection.dialect
    by_severity = {
        severity: frozenset(issue["row"] for issue in reading.issues if issue["severity"] == severity)
        for severity in (IssueSeverity.WARNING, IssueSeverity.ERROR)
    }
    return ReadTable(
        header=None if dialect.header_row is None else reading.headers,
        rows=dict(reading.rows),
        doubted=by_severity[IssueSeverity.WARNING],
        failed=by_severity[IssueSeverity.ERROR],
        is_asked=any(decision.confidence < LEAST_CONFIDENCE for decision in reading.inspection.decisions),
    )
