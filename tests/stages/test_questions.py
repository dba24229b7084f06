"""What an inspection is unsure of is asked of a person before anything is planned, whoever began the import, and an answer goes on."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from models.errors import InvalidRequest, WrongState
from models.queries import transitions
from models.vocabulary import FileFormat, ImportStatus
from tests.support.rig import Rig, csv_bytes
from workers.engine.detection import inspect_source
from workers.engine.frames import Decision, Inspection
from workers.stages import inspect as stage
from workers.stages.questions import list_questions, put_question

PEOPLE = csv_bytes(["email", "first_name"], [["ann@example.com", "Ann"], ["bob@example.com", "Bob"]])
MAPPING = {"email": "email", "first_name": "first_name"}
GUESS = Decision("encoding", "utf-8", 0.3, "The bytes fit several encodings equally well.", ("windows-1252", "iso8859-1"))
SHEET = Decision("sheet", "People", 0.4, "Two sheets hold contacts.", ("Old",))
CERTAIN = Decision("delimiter", ",", 0.99, "Every record has two cells.", (";",))

Doubt = Callable[[Inspection], Inspection]


@pytest.fixture
def doubting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Doubt], None]:
    """Lets the inspection come to something else, as it would for another file."""

    def set_doubt(doubt: Doubt) -> None:
        def inspect_with_doubt(*args: Any, **options: Any) -> Inspection:
            return doubt(inspect_source(*args, **options))

        monkeypatch.setattr(stage, "inspect_source", inspect_with_doubt)

    return set_doubt


def unsure(*decisions: Decision) -> Doubt:
    return lambda inspection: replace(inspection, decisions=decisions)


def answer(rig: Rig, job_id: UUID, mapping: dict[str, str] | None = None, **options: Any) -> None:
    chosen = rig.job(job_id).options | options if options else None
    rig.ask(transitions.remap, job_id, mapping=mapping, options=chosen, actor="tester")
    rig.drain()


@pytest.mark.parametrize("mapping", [None, MAPPING])
@pytest.mark.parametrize("auto_start", [True, False])
def test_a_question_stops_every_import(
    rig: Rig, doubting: Callable[[Doubt], None], mapping: dict[str, str] | None, auto_start: bool
) -> None:
    doubting(unsure(CERTAIN, GUESS))
    job_id = rig.add_file(PEOPLE, mapping=mapping, auto_start=auto_start)
    rig.drain()
    job = rig.job(job_id)
    assert job.status == ImportStatus.NEEDS_MAPPING
    assert job.failure_code == "dialect_uncertain"
    assert job.failure_message == (
        "The bytes fit several encodings equally well. Say the encoding (option encoding), or give the mapping to accept it as it is."
    )
    assert job.dialect is not None
    assert [decision["is_question"] for decision in job.dialect["decisions"]] == [False, True]
    assert rig.contacts() == []


@pytest.mark.parametrize("mapping", [None, MAPPING])
def test_an_answer_goes_on_by_itself_and_keeps_the_mapping_that_was_given(
    rig: Rig, doubting: Callable[[Doubt], None], mapping: dict[str, str] | None
) -> None:
    doubting(unsure(GUESS))
    job_id = rig.add_file(PEOPLE, mapping=mapping and {"email": "email"})
    rig.drain()
    # The guess itself, said out loud, is an answer too.
    answer(rig, job_id, encoding="utf-8")
    job = rig.job(job_id)
    assert job.status == ImportStatus.COMPLETED, job.failure_message
    assert job.failure_code is None
    assert [contact.first_name for contact in rig.contacts()] == (["Ann", "Bob"] if mapping is None else [None, None])


def test_the_mapping_accepts_the_guess(rig: Rig, doubting: Callable[[Doubt], None]) -> None:
    doubting(unsure(GUESS))
    job_id = rig.add_file(PEOPLE)
    rig.drain()
    answer(rig, job_id, mapping=MAPPING)
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert rig.job(job_id).failure_code is None


def test_each_question_is_asked_until_all_are_answered(rig: Rig, doubting: Callable[[Doubt], None]) -> None:
    doubting(unsure(GUESS, SHEET))
    job_id = rig.add_file(PEOPLE)
    rig.drain()
    assert rig.job(job_id).failure_code == "sheet_needed"
    answer(rig, job_id, sheet="People")
    assert rig.job(job_id).failure_code == "dialect_uncertain"
    answer(rig, job_id, encoding="utf-8")
    assert rig.status(job_id) is ImportStatus.COMPLETED


def test_a_mapping_for_what_the_file_turns_out_to_be_waits_for_it(rig: Rig, doubting: Callable[[Doubt], None]) -> None:
    """Read as guessed, the file lacks the column; read as answered, it has it."""
    data = b"email,pr\xe9nom\nann@example.com,Ann\n"
    doubting(
        lambda found: replace(found, decisions=(GUESS,), columns=tuple(replace(column, header="pr?nom") for column in found.columns[:1]))
    )
    job_id = rig.add_file(data, mapping={"email": "email", "prénom": "first_name"})
    rig.drain()
    assert rig.job(job_id).failure_code == "dialect_uncertain"
    doubting(lambda found: found)
    answer(rig, job_id, encoding="windows-1252")
    assert rig.status(job_id) is ImportStatus.COMPLETED, rig.job(job_id).failure_message
    assert [contact.first_name for contact in rig.contacts()] == ["Ann"]


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.csv", data)
    return file.getvalue()


def test_an_archive_with_several_files_asks_which_and_takes_no_mapping_before(rig: Rig) -> None:
    archive = zipped(firms=b"firm;town\nA;Berlin\nB;Paris\n", people=PEOPLE)
    job_id = rig.add_file(archive, format=FileFormat.ZIP, auto_start=True)
    rig.drain()
    job = rig.job(job_id)
    assert (job.status, job.failure_code) == (ImportStatus.NEEDS_MAPPING, "member_needed")
    assert job.failure_message is not None
    assert job.failure_message.endswith(" Say which file of the archive is to be read (option member).")
    assert (job.columns, job.head) == ([], [])
    for chosen in (MAPPING, {}):
        with pytest.raises(InvalidRequest) as raised:
            answer(rig, job_id, mapping=chosen)
        assert raised.value.code == "member_needed"
    assert rig.status(job_id) is ImportStatus.NEEDS_MAPPING
    answer(rig, job_id, member="people.csv")
    assert rig.status(job_id) is ImportStatus.COMPLETED, rig.job(job_id).failure_message
    assert [contact.first_name for contact in rig.contacts()] == ["Ann", "Bob"]


def test_an_import_that_failed_for_how_it_was_to_be_read_is_read_otherwise(rig: Rig) -> None:
    job_id = rig.add_file(PEOPLE, header_row=900, mapping=MAPPING)
    rig.drain()
    assert (rig.status(job_id), rig.job(job_id).failure_code) == (ImportStatus.FAILED, "header_row_not_found")
    with pytest.raises(WrongState):
        answer(rig, job_id, mapping=MAPPING)
    answer(rig, job_id, header_row=None)
    assert rig.status(job_id) is ImportStatus.COMPLETED
    with pytest.raises(WrongState):
        answer(rig, job_id, header_row=1)


def test_a_decision_that_was_overruled_is_no_question() -> None:
    assert list_questions((GUESS, CERTAIN), {"encoding": None}) == [GUESS]
    assert list_questions((GUESS, CERTAIN), {"encoding": "utf-16"}) == []
    assert put_question([], has_columns=True) is None


def test_a_question_is_put_within_what_is_kept_of_it() -> None:
    long = replace(GUESS, reason="x" * 5_000)
    question = put_question([long, CERTAIN], has_columns=True)
    assert question is not None
    assert len(question.message) == 1_000
    assert question.message.endswith("1 more of what was decided is as unsure.")
    nameless = put_question([replace(GUESS, aspect="comment")], has_columns=True)
    assert nameless is not None
    assert nameless.message.endswith("equally well. Give the mapping to accept it as it is.")


def test_lists_in_an_object_are_asked_for_as_lists(rig: Rig) -> None:
    people = [{"email": "ann@example.com", "first_name": "Ann"}]
    job_id = rig.add_file(json.dumps({"new": people, "old": people}).encode(), format=FileFormat.JSON)
    rig.drain()
    job = rig.job(job_id)
    assert (job.status, job.failure_code) == (ImportStatus.NEEDS_MAPPING, "sheet_needed")
    assert " Say which list is to be read (option sheet), " in (job.failure_message or "")
    answer(rig, job_id, sheet="old")
    assert rig.status(job_id) is ImportStatus.COMPLETED
