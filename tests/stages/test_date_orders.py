"""In which order a column writes day and month is proven by all of it, or asked; it is never guessed."""

from typing import Any
from uuid import UUID

import pytest

from models.queries import transitions
from models.settings import Settings
from models.vocabulary import ImportStatus
from tests.support.rig import Rig, csv_bytes

MAPPING = {"email": "email", "born": "birthday"}


@pytest.fixture
def small_settings(small_settings: Settings) -> Settings:
    """Chunks so large that a file of some hundred rows has a few, and is spread."""
    return small_settings.model_copy(update={"chunk_rows": 60, "batch_rows": 200})


def people(*dates: str) -> bytes:
    return csv_bytes(["email", "born"], [[f"p{number}@example.com", born] for number, born in enumerate(dates)])


def answer(rig: Rig, job_id: UUID, mapping: dict[str, str] | None = None, **options: Any) -> None:
    chosen = rig.job(job_id).options | options if options else None
    rig.ask(transitions.remap, job_id, mapping=mapping, options=chosen, actor="tester")
    rig.drain()


def birthdays(rig: Rig) -> list[str | None]:
    return [contact.birthday for contact in rig.contacts()]


def decision(rig: Rig, job_id: UUID) -> dict[str, Any] | None:
    found = [each for each in (rig.job(job_id).dialect or {})["decisions"] if each["aspect"] == "date_order"]
    return found[0] if found else None


@pytest.mark.parametrize(("proof", "expected"), [("31/12/1984", "1984-04-03"), ("12/31/1984", "1984-03-04")])
def test_one_date_far_down_proves_the_order_of_the_column(rig: Rig, proof: str, expected: str) -> None:
    job_id = rig.add_file(people(*["03/04/1984"] * 411, proof), mapping=MAPPING)
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED, rig.job(job_id).failure_message
    assert set(birthdays(rig)[:411]) == {expected}
    told = decision(rig, job_id)
    assert told is not None
    assert told["reason"] == (
        f"“born” is written {'the day first' if proof.startswith('31') else 'the month first'}: “{proof}” in row 413 can be nothing else."
    )


@pytest.mark.parametrize("mapping", [None, MAPPING])
@pytest.mark.parametrize("auto_start", [True, False])
def test_an_order_that_nothing_proves_is_asked_of_every_import(rig: Rig, mapping: dict[str, str] | None, auto_start: bool) -> None:
    data = people("03/04/1984", "05/06/1985").replace(b"born", b"birthday")
    mapping = mapping and {"email": "email", "birthday": "birthday"}
    job_id = rig.add_file(data, mapping=mapping, auto_start=auto_start, default_country="US")
    rig.drain()
    if mapping is None and not auto_start:
        assert rig.job(job_id).failure_code is None
        answer(rig, job_id, mapping={"email": "email", "birthday": "birthday"})
    job = rig.job(job_id)
    assert (job.status, job.failure_code) == (ImportStatus.NEEDS_MAPPING, "date_order_needed")
    assert job.failure_message == (
        "Does “03/04/1984” in row 2 mean 3 April or 4 March? 2 dates in “birthday” can be read both ways, and no other value tells. "
        "In the default country, US, people write the month first. "
        "Say whether the day or the month comes first (option dateOrder), or give the mapping again to leave such dates out."
    )
    told = decision(rig, job_id)
    assert told is not None
    assert (told["value"], told["alternatives"], told["is_question"]) == ("MONTH_FIRST", ["DAY_FIRST"], True)
    assert rig.contacts() == []
    answer(rig, job_id, date_order="day_first")
    assert rig.job(job_id).failure_code is None
    if not auto_start:
        assert rig.status(job_id) is ImportStatus.PLANNED
        return
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert birthdays(rig) == ["1984-04-03", "1985-06-05"]


def test_what_was_said_from_the_start_is_not_asked(rig: Rig) -> None:
    job_id = rig.add_file(people("03/04/1984"), mapping=MAPPING, date_order="month_first")
    rig.drain()
    assert rig.status(job_id) is ImportStatus.COMPLETED
    assert birthdays(rig) == ["1984-03-04"]


def test_a_question_that_was_passed_over_leaves_the_dates_out_and_is_not_asked_again(rig: Rig) -> None:
    job_id = rig.add_file(people("03/04/1984", "1985-06-05"), mapping=MAPPING, auto_start=False)
    rig.drain()
    assert rig.job(job_id).failure_code == "date_order_needed"
    answer(rig, job_id, mapping=MAPPING)
    assert rig.status(job_id) is ImportStatus.PLANNED
    answer(rig, job_id, tags=["fair"])
    assert rig.status(job_id) is ImportStatus.PLANNED
    assert [(issue.row, issue.code) for issue in rig.issues(job_id)] == [(2, "ambiguous_date")]


def test_a_column_that_proves_both_orders_is_asked_about_with_its_proofs(rig: Rig) -> None:
    job_id = rig.add_file(people("03/04/1984", "31/12/1984", "12/31/1985"), mapping=MAPPING, default_country="FR")
    rig.drain()
    assert (rig.job(job_id).failure_message or "").startswith(
        "Does “03/04/1984” in row 2 mean 3 April or 4 March? 1 date in “born” can be read both ways, and the column proves both: "
        "“31/12/1984” in row 3 has the day first, "
        "“12/31/1985” in row 4 has the month first."
    )
    told = decision(rig, job_id)
    assert told is not None
    assert told["value"] is None
    answer(rig, job_id, date_order="month_first")
    # What can be one day only stays that day.
    assert birthdays(rig) == ["1984-03-04", "1984-12-31", "1985-12-31"]


def test_one_odd_date_neither_stops_a_file_nor_turns_its_order(rig: Rig) -> None:
    ordinary = ["1984-03-04"] * 150
    rare = rig.add_file(people(*ordinary, "03/04/1984"), mapping=MAPPING)
    rig.drain()
    assert rig.status(rare) is ImportStatus.COMPLETED
    assert [(issue.row, issue.code) for issue in rig.issues(rare)] == [(152, "ambiguous_date")]
    stray = rig.add_file(people("03/04/1984", *["31/12/1984"] * 150, "12/31/1985"), mapping=MAPPING, duplicate_strategy="update")
    rig.drain()
    assert rig.status(stray) is ImportStatus.COMPLETED
    assert birthdays(rig)[0] == "1984-04-03"
    told = decision(rig, stray)
    assert told is not None
    assert told["reason"].endswith("1 of 151 say the contrary, first “12/31/1985” in row 153.")
