"""Reads a whole source into plain lists, for tests to compare."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.vocabulary import FileFormat
from workers.engine.detection import inspect_source
from workers.engine.frames import DialectOverrides, Inspection, ReaderLimits
from workers.engine.readers import read_chunks


@dataclass(frozen=True, slots=True)
class Reading:
    inspection: Inspection
    headers: tuple[str, ...]
    rows: list[tuple[int, tuple[str | None, ...]]]
    issues: list[dict[str, Any]]

    @property
    def cells(self) -> list[tuple[str | None, ...]]:
        return [cells for _, cells in self.rows]

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(issue["row"], issue["code"]) for issue in self.issues]


def read_source(
    source: Path | bytes,
    *,
    format: FileFormat = FileFormat.CSV,
    overrides: DialectOverrides | None = None,
    limits: ReaderLimits | None = None,
) -> Reading:
    """Inspect the source, then read all of it with what the inspection found."""
    limits = limits or ReaderLimits()
    inspection = inspect_source(_open(source), format=format, overrides=overrides or DialectOverrides(), limits=limits)
    headers = tuple(column.header for column in inspection.columns)
    rows: list[tuple[int, tuple[str | None, ...]]] = []
    issues: list[dict[str, Any]] = []
    for chunk in read_chunks(_open(source), inspection.dialect, headers, limits):
        rows += [(row, tuple(cells)) for row, *cells in chunk.frame.iter_rows()]
        issues += chunk.issues.to_dicts()
    return Reading(inspection, headers, rows, issues)


def _open(source: Path | bytes) -> Path | io.BytesIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source
