"""What the command says of how a file is read, and what it does where that is not certain."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.progress import Progress

from api.cli.client import ApiClient, Snapshot
from api.cli.import_file import exit_status, report
from api.cli.import_run import ImportRun
from api.cli.reading_options import accept_guesses, describe_questions, name_options, parse_delimiter
from api.cli.root import rolodock
from tests.cli.scripted import an_import, client_of, columns, made

ENCODING = {
    "aspect": "encoding",
    "value": "windows-1252",
    "reason": "Two encodings fit as well.",
    "alternatives": ["mac-roman", "iso8859-15"],
    "isQuestion": True,
}
HEADER = {"aspect": "headerRow", "value": None, "reason": "The first row may be a person.", "alternatives": ["1"], "isQuestion": True}
MEMBER = {"aspect": "member", "value": None, "reason": "The archive holds 2 files.", "alternatives": ["a.csv", "b.csv"], "isQuestion": True}
DATES = {
    "aspect": "dateOrder",
    "value": None,
    "reason": "2 dates could be either.",
    "alternatives": ["DAY_FIRST", "MONTH_FIRST"],
    "isQuestion": True,
}
CERTAIN = {"aspect": "delimiter", "value": ",", "reason": "All rows have 3 cells.", "alternatives": [], "isQuestion": False}


def asking(*decisions: dict[str, Any], members: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return an_import("NEEDS_MAPPING", dialect={"members": list(members), "decisions": [CERTAIN, *decisions]}, **more)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    monkeypatch.setattr("api.cli.import_run.LOOK_SECONDS", 0)
    file = tmp_path / "people.csv"
    file.write_text("E-mail\nada@example.com\n")
    return ImportRun(file, {}, {}, allow_duplicate_file=False, say=print)


def finish(run: ImportRun, client: ApiClient) -> Snapshot:
    with client, Progress(disable=True) as progress:
        return run.finish(client, progress)


def test_a_question_is_told_with_its_reason_and_the_option_that_answers(capsys: pytest.CaptureFixture[str]) -> None:
    job = Snapshot(asking(ENCODING, HEADER, columns=columns(Email="email")))
    report(job)
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "Two encodings fit as well. Guessed encoding: windows-1252, or else mac-roman, iso8859-15. Say it with --encoding.",
        "The first row may be a person. Guessed header row: none, or else 1. Say it with --header-row.",
        "--accept-guesses takes all of it as it was guessed.",
        "Nothing was imported.",
    ]
    assert exit_status(job) == 3


def test_the_files_of_an_archive_are_named_with_the_option_that_chooses(capsys: pytest.CaptureFixture[str]) -> None:
    job = Snapshot(asking(MEMBER, members=("a.csv", "b.csv")))
    report(job)
    said = capsys.readouterr().err.splitlines()
    assert said == ["The archive holds 2 files.", "  a.csv", "  b.csv", "Say which one with --member NAME.", "Nothing was imported."]
    assert exit_status(job) == 3
    many = describe_questions([MEMBER], [f"{number}.csv" for number in range(60)])
    assert "  … and 10 more" in many


def test_a_mapping_does_not_accept_what_is_uncertain(run: ImportRun) -> None:
    run.mapping = {"Email": "email"}
    changed: list[Any] = []
    job = finish(run, client_of([made(asking(ENCODING, columns=columns(Email="email")))], changed=changed))
    assert [question["aspect"] for question in job.questions] == ["encoding"]
    assert changed == []


def test_guesses_are_accepted_by_saying_them(run: ImportRun) -> None:
    run.accept_guesses = True
    changed: list[Any] = []
    answers = [asking(HEADER), an_import("INSPECTING")]
    client = client_of([made(asking(ENCODING))], [an_import("COMPLETED")], changed=changed, answers=answers)
    assert finish(run, client).status == "completed"
    assert [given["options"] for given in changed] == [{"encoding": "windows-1252"}, {"headerRow": 0}]


def test_a_guess_that_cannot_be_said_stays_a_question(run: ImportRun) -> None:
    run.accept_guesses = True
    job = finish(run, client_of([made(asking(MEMBER, members=("a.csv", "b.csv")))]))
    assert job.status == "needs_mapping"
    # Not asked for ever where an answer does not help.
    client = client_of([made(asking(ENCODING))], changed=[], answers=[asking(ENCODING)])
    assert finish(run, client).questions == [ENCODING]


def test_an_order_of_dates_is_asked_and_never_guessed(run: ImportRun, capsys: pytest.CaptureFixture[str]) -> None:
    run.accept_guesses = True
    job = finish(run, client_of([made(asking(DATES, columns=columns(Email="email")))]))
    report(job)
    assert capsys.readouterr().err.splitlines() == [
        "2 dates could be either. Say it with --date-order: day-first or month-first.",
        "Nothing was imported.",
    ]
    suggested = {**DATES, "value": "MONTH_FIRST", "alternatives": ["DAY_FIRST"]}
    assert accept_guesses([DATES, suggested]) == {"dateOrder": "MONTH_FIRST"}
    assert describe_questions([suggested], [])[0].endswith("Guessed date order: month first, or else day first. Say it with --date-order.")


def test_what_a_mapping_brings_up_is_answered_before_the_import_starts(run: ImportRun) -> None:
    run.mapping, run.accept_guesses = {"Born": "birthday"}, True
    suggested = {**DATES, "value": "MONTH_FIRST", "alternatives": ["DAY_FIRST"]}
    born = columns(Email="email", Born="birthday")
    changed: list[Any] = []
    answers = [asking(suggested, columns=born), an_import("COMPLETED", columns=born)]
    assert finish(run, client_of([made(an_import("NEEDS_MAPPING", columns=born))], changed=changed, answers=answers)).status == "completed"
    assert [sorted({"mapping", "options"} & given.keys()) for given in changed] == [["mapping"], ["options"]]
    assert changed[1]["options"] == {"dateOrder": "MONTH_FIRST"}


def test_options_go_by_the_names_of_the_api() -> None:
    given = name_options(sheet="People", member=None, encoding="utf-8", delimiter="||", header_row=0, date_order="DAY_FIRST")
    assert given == {"sheet": "People", "encoding": "utf-8", "delimiter": "||", "headerRow": 0, "dateOrder": "DAY_FIRST"}
    assert accept_guesses([HEADER, MEMBER, {**HEADER, "aspect": "headerRows", "value": "2"}]) == {"headerRow": 0, "headerRows": 2}


@pytest.mark.parametrize(("given", "meant"), [("tab", "\t"), ("\\t", "\t"), ("Semicolon", ";"), ("||", "||"), (None, None)])
def test_a_delimiter_may_be_called_by_its_name(given: str | None, meant: str | None) -> None:
    import click

    assert parse_delimiter(click.Context(click.Command("import")), click.Option(["--delimiter"]), given) == meant


def test_a_header_row_below_nought_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("E-mail\n")
    assert CliRunner().invoke(rolodock, ["import", str(file), "--header-row", "-1"]).exit_code == 2


def test_an_import_says_how_the_file_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    encoding = {**ENCODING, "isQuestion": False}
    sheet = {**CERTAIN, "aspect": "sheet", "value": "People"}
    quote = {**CERTAIN, "aspect": "quote", "value": '"'}
    report(Snapshot(an_import("COMPLETED", dialect={"members": [], "decisions": [encoding, CERTAIN, quote, sheet]})))
    assert capsys.readouterr().out.splitlines()[0] == "Read with encoding windows-1252, delimiter comma, sheet People."
