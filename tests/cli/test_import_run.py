"""An import as its client tells it, against a server that answers from a script."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.progress import Progress

from api.cli.client import ApiClient, Refused, Snapshot
from api.cli.import_file import Server, describe_interrupted, report
from api.cli.import_run import ImportRun
from tests.cli.scripted import an_import, client_of, columns, made, refused

DUPLICATE = {"code": "DUPLICATE_FILE", "message": "This file was imported already.", "importId": "earlier"}


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def run(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    monkeypatch.setattr("api.cli.import_run.LOOK_SECONDS", 0)
    file = tmp_path / "people.csv"
    file.write_text("E-mail\nada@example.com\n")
    return ImportRun(file, {}, {}, allow_duplicate_file=False, say=said.append)


def finish(run: ImportRun, client: ApiClient) -> Snapshot:
    with client, Progress(disable=True) as progress:
        return run.finish(client, progress)


@pytest.mark.parametrize(
    "error", [{"code": "FILE_EMPTY", "message": "Nothing in it."}, {"extensions": {"code": "FILE_EMPTY"}, "message": "Nothing in it."}]
)
def test_a_refused_upload_is_told_with_its_code(run: ImportRun, error: dict[str, Any]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(400, json={"errors": [error]})
        upload = {"id": "u", "url": "/uploads/u", "method": "PUT", "headers": {}}
        return httpx.Response(200, json={"data": {"createUpload": {"upload": upload, "userErrors": []}}})

    with pytest.raises(Refused) as raised:
        finish(run, ApiClient("http://server", "token", httpx.MockTransport(answer)))
    assert raised.value.message == "Nothing in it. (FILE_EMPTY)"
    assert raised.value.code == "file_empty"


def test_an_answer_that_names_no_error_is_told_by_its_status(run: ImportRun) -> None:
    client = ApiClient("http://server", "token", httpx.MockTransport(lambda _: httpx.Response(502, text="<html>")))
    with pytest.raises(Refused, match="The server answered 502: Bad Gateway"):
        finish(run, client)


def test_a_wrong_token_is_told_in_words_of_the_command(run: ImportRun) -> None:
    content = {"errors": [{"message": "Sign in.", "extensions": {"code": "UNAUTHENTICATED"}}]}
    for status in (200, 401):
        answer = httpx.Response(status, json=content)
        with pytest.raises(Refused) as raised:
            finish(run, ApiClient("http://server", "wrong", httpx.MockTransport(lambda _, answer=answer: answer)))
        assert raised.value.message == "The server does not accept the token."


def test_the_same_command_again_watches_the_import_it_began(run: ImportRun, said: list[str]) -> None:
    final = finish(run, client_of([made(an_import("PLANNING"))], [an_import("APPLYING"), an_import("COMPLETED")]))
    assert final.status == "completed"
    assert said == ["It is being imported already; watching it."]


def test_an_import_that_went_on_and_ended_meanwhile_is_told_and_not_refused(run: ImportRun) -> None:
    ended = (run.begun_at + timedelta(seconds=1)).isoformat()
    assert finish(run, client_of([made(an_import("COMPLETED", completedAt=ended))])).status == "completed"


def test_an_import_of_the_same_bytes_that_is_under_way_is_watched(run: ImportRun, said: list[str]) -> None:
    final = finish(run, client_of([refused(DUPLICATE)], [an_import("APPLYING"), an_import("COMPLETED")]))
    assert (final.id, final.status) == ("earlier", "completed")
    assert said == ["It is being imported already; watching it."]


@pytest.mark.parametrize("status", ["COMPLETED", "PLANNED"])
def test_an_import_of_the_same_bytes_that_nothing_moves_is_refused(run: ImportRun, said: list[str], status: str) -> None:
    with pytest.raises(Refused, match="DUPLICATE_FILE"):
        finish(run, client_of([refused(DUPLICATE)], [an_import(status)]))
    assert said == []


def test_an_import_that_is_over_does_not_stand_for_a_new_one(run: ImportRun, said: list[str]) -> None:
    keys: list[Any] = []
    ended = (run.begun_at - timedelta(seconds=1)).isoformat()
    client = client_of(
        [made(an_import("CANCELLED", completedAt=ended)), made(an_import("UPLOADED", "new"))], [an_import("COMPLETED", "new")], keys
    )
    assert finish(run, client).id == "new"
    assert keys[0] is not None
    assert keys[1:] == [None]
    assert said == []


def test_ctrl_c_tells_how_far_it_is_and_who_goes_on(run: ImportRun, tmp_path: Path) -> None:
    own, other = Server("http://server", "token", own_folder=tmp_path), Server("http://server", "token")
    assert describe_interrupted(run, None).startswith("Interrupted while the file was sent")
    run.job = Snapshot(an_import("APPLYING"))
    assert "1,200 of 5,000 rows" in describe_interrupted(run, own)
    assert f"rolodock up --data-dir {tmp_path}" in describe_interrupted(run, own)
    assert "The server goes on" in describe_interrupted(run, other)
    run.mapping, run.job = {"E-mail": "email"}, Snapshot(an_import("PLANNED"))
    assert "rolodock up" not in describe_interrupted(run, own)


def test_columns_that_went_nowhere_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    report(Snapshot(an_import("COMPLETED", columns=columns(Email="email", Mood=None, Shoe=None))))
    assert "Left out: Mood, Shoe\n" in capsys.readouterr().out
    report(Snapshot(an_import("COMPLETED", columns=columns(**{f"c{number}": None for number in range(12)}))))
    assert "c9 and 2 more\n" in capsys.readouterr().out


def test_what_a_mapping_lacks_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    report(Snapshot(an_import("NEEDS_MAPPING", columns=columns(Name="full_name"))))
    assert "No column holds an external id, an e-mail or a phone." in capsys.readouterr().err
    failure = {"code": "UNKNOWN_COLUMN", "message": "The file has no column called “x”."}
    report(Snapshot(an_import("NEEDS_MAPPING", columns=columns(Mail="email"), failure=failure)))
    assert "The file has no column called “x”. (UNKNOWN_COLUMN)" in capsys.readouterr().err
    report(Snapshot(an_import("NEEDS_MAPPING", columns=columns(Mail="email"))))
    assert "It is not certain" in capsys.readouterr().err
