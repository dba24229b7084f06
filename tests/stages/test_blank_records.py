"""Blank records of a file are told of, however it is cut into chunks, and however often it is planned."""

from typing import Any
from uuid import UUID

import pytest

from models.queries import transitions
from models.settings import Settings
from models.vocabulary import ImportStatus
from tests.support.rig import Rig, make_rig

# Three blank records between the rows, one of them of separators alone; a header that stands there again; and the end of the file.
FILE = b"email,city\n" + b"a@example.com,A\n\nb@example.com,B\n,\nemail,city\nc@example.com,C\n\nd@example.com,D\n" + b"\n\n"
TOLD = ("3", "3 blank records were left out between rows 2 and 9.")
MAPPING = {"email": "email", "city": "city"}


def told(rig: Rig, job_id: UUID) -> list[tuple[str, str]]:
    decisions: list[dict[str, Any]] = (rig.job(job_id).dialect or {})["decisions"]
    return [(each["value"], each["reason"]) for each in decisions if each["aspect"] == "blank_records"]


@pytest.mark.parametrize("chunk_rows", [1, 5, 100])
def test_blank_records_are_told_of_once_planned(small_settings: Settings, chunk_rows: int) -> None:
    rig = make_rig(small_settings.model_copy(update={"chunk_rows": chunk_rows}))
    job_id = rig.add_file(FILE, mapping=MAPPING, auto_start=False)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PLANNED
    assert (rig.counts(job_id).total, told(rig, job_id)) == (4, [TOLD])
    # Planned once more, from the chunks, they are the same.
    options = rig.job(job_id).options | {"duplicate_strategy": "update"}
    rig.ask(transitions.remap, job_id, mapping=None, options=options, actor="tester")
    rig.drain()
    assert told(rig, job_id) == [TOLD]
    rig.deps.database.close()


def test_a_file_without_blank_records_has_nothing_told_of_them(rig: Rig) -> None:
    job_id = rig.add_file(b"email,city\na@example.com,A\nb@example.com,B\n\n\n", mapping=MAPPING, auto_start=False)
    rig.drain()
    assert told(rig, job_id) == []
