"""Telling of the blank records of a source, among what was decided of how it is read."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import polars as pl

from models.storage import ObjectStore
from models.tables import ImportJob
from models.tables.import_chunk import issues_key
from workers.engine.blank_records import ASPECT, explain_blank_records
from workers.engine.readers.issues import LEFT_OUT
from workers.stages.frames import load_dialect, load_frame
from workers.stages.reading import Piece


def tell_blank_records(
    storage: ObjectStore, job: ImportJob, dialect: dict[str, Any] | None, pieces: Iterable[Piece]
) -> dict[str, Any] | None:
    """The dialect as it is to be kept, with what there is to say of these pieces, which are all of the source."""
    if dialect is None:
        return None
    last_row = row_count = 0
    told = [pl.Series("row", [], pl.Int64)]
    for piece in pieces:
        record = piece.record
        issues = piece.chunk.issues if piece.chunk is not None else load_frame(storage, issues_key(record.object_key))
        told.append(issues.filter(pl.col("code").is_in([code.value for code in LEFT_OUT]))["row"])
        last_row, row_count = record.last_row, row_count + record.row_count
    rows = pl.concat(told)
    decision = explain_blank_records(load_dialect(job), last_row, row_count, rows.filter(rows <= last_row).n_unique())
    others = [each for each in dialect.get("decisions", ()) if each["aspect"] != ASPECT]
    return {**dialect, "decisions": [*others, *([{**asdict(decision), "is_question": False}] if decision else [])]}
