"""Files as people export them, through every stage with the real readers: what is no row is told of, and is never a contact."""

from uuid import UUID

import pytest

from models.database import writing
from models.queries import transitions
from models.queries.reports import request_report
from models.tables import ImportJob
from models.vocabulary import FileFormat, ImportStatus, ReportFormat
from tests.support.rig import Rig

HEADER = "Name;E-Mail;Phone;City"
CITIES = ("Köln", "Oslo", "Turku", "Zürich")


def person(number: int) -> str:
    email = "not an address" if number == 9 else f"p{number}@example.com"
    return f"Zoé Müller {number};{email};+49 30 1234{number:03};{CITIES[number % 4]}"


# Rows 1 and 2 are remarks; pages of six, each under the header; a remark on the second page; a total and a line about the export.
LINES = [
    "# Kundenliste",
    "# exported by a program",
    HEADER,
    *map(person, range(6)),
    HEADER,
    *map(person, range(6, 9)),
    "# page 2",
    *map(person, range(9, 12)),
    "Total;;;12",
    "",
    "Exported on 2026-03-02 by Ann Lee",
]
DATA = ("\r\n".join(LINES) + "\r\n").encode("windows-1252")
LEFT_OUT = [(10, "repeated_header"), (14, "comment_line"), (18, "footer"), (20, "footer")]


def told(rig: Rig, job_id: UUID) -> list[tuple[int, str]]:
    """What of the file was left out, by row."""
    codes = {code for _, code in LEFT_OUT}
    return [(issue.row, issue.code) for issue in rig.issues(job_id) if issue.code in codes and issue.row > 3]


@pytest.mark.parametrize("error_policy", ["keep_good_rows", "stop_at_error_rate"])
def test_pages_remarks_and_totals_are_told_and_are_no_contacts(rig: Rig, error_policy: str) -> None:
    job_id = rig.add_file(DATA, auto_start=False, error_policy=error_policy, max_error_rate=0.5)
    rig.drain()
    job = rig.job(job_id)
    assert job.status == ImportStatus.NEEDS_MAPPING, job.failure_message
    assert job.dialect is not None
    assert (job.dialect["encoding"], job.dialect["delimiter"], job.dialect["header_row"]) == ("windows-1252", ";", 3)
    assert job.failure_code is None, "nothing of it is a question"
    mapping = {"Name": "full_name", "E-Mail": "email", "City": "city"}
    assert mapping.items() <= job.mapping.items()
    rig.ask(transitions.remap, job_id, mapping=mapping, options=None, actor="tester")
    rig.drain()
    assert rig.status(job_id) is ImportStatus.PLANNED, rig.job(job_id).failure_message
    assert rig.counts(job_id).total == 12
    assert told(rig, job_id) == LEFT_OUT
    rig.start(job_id)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED_WITH_ERRORS
    counts = rig.counts(job_id)
    assert (counts.created, counts.failed, counts.total) == (11, 1, 12)
    assert sorted(contact.full_name or "" for contact in rig.contacts())[-1] == "Zoé Müller 8"
    assert {contact.city for contact in rig.contacts()} == set(CITIES)
    assert told(rig, job_id) == LEFT_OUT


def test_the_report_has_the_failed_row_under_its_number_in_the_file(rig: Rig) -> None:
    job_id = rig.add_file(DATA, mapping={"Name": "full_name", "E-Mail": "email"})
    rig.drain()
    with writing(rig.deps.database) as tx:
        follow_ups = request_report(tx, tx.get_one(ImportJob, job_id), ReportFormat.CSV)
    rig.outbox.send(follow_ups)
    rig.drain()
    (key,) = rig.deps.storage.iter_keys(f"imports/{job_id}/reports")
    _, *lines = rig.deps.storage.get(key).decode("utf-8-sig").splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("Zoé Müller 9,not an address,")
    assert ",15," in lines[0]


def test_a_key_that_no_text_of_a_database_may_hold_costs_nothing(rig: Rig) -> None:
    import_id = rig.add_file(b'[{"email": "a@example.com", "l\\u0000": "x", "first_name": "Ann"}]', format=FileFormat.JSON)
    rig.drain()
    assert rig.status(import_id) is ImportStatus.COMPLETED
    assert [(contact.email, contact.first_name) for contact in rig.contacts()] == [("a@example.com", "Ann")]
