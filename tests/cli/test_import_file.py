"""`rolodock import`: a file goes in by way of a server, and the exit status says how it went."""

import re
import zipfile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from api.cli.mapping_option import parse_field_policies, parse_mapping
from api.cli.root import rolodock
from tests.support.stack import Stack, run

EXAMPLE = Path(__file__).parents[2] / "examples" / "contacts.csv"
PEOPLE = "First name,Last name,E-mail\nAda,Lovelace,ada@example.com\nGrace,Hopper,grace@example.org\n"


def counts_of(said: str) -> dict[str, int]:
    return {name: int(count.replace(",", "")) for name, count in re.findall(r"^\s*([a-z]+)\s+([\d,]+)\s*$", said, re.MULTILINE)}


@pytest.mark.slow
def test_without_a_server_one_is_started_for_as_long_as_it_takes(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    result = run("import", file, "--data-dir", tmp_path / "data")
    assert result.returncode == 0, result.stdout + result.stderr
    assert counts_of(result.stdout)["created"] == 2
    assert not (tmp_path / "data" / "server.json").exists()


@pytest.mark.slow
def test_the_example_goes_in_with_its_blemishes_told(stack: Stack) -> None:
    result = run("import", EXAMPLE, "--data-dir", stack.data_dir)
    counts = counts_of(result.stdout)
    assert result.returncode == 1, result.stdout + result.stderr
    assert counts["total"] == 312
    assert sum(counts[name] for name in ("created", "updated", "unchanged", "skipped", "failed", "unprocessed")) == counts["total"]
    assert counts["failed"] > 0
    assert counts["created"] > 250
    assert "invalid_email" in result.stdout.lower()


@pytest.mark.slow
def test_the_same_bytes_again_are_refused_unless_allowed(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    arguments = ("import", file, "--url", stack.url, "--token", stack.token)
    assert run(*arguments).returncode == 0
    again = run(*arguments)
    assert again.returncode == 3
    assert "DUPLICATE_FILE" in again.stderr
    allowed = run(*arguments, "--allow-duplicate-file")
    assert allowed.returncode == 0
    assert counts_of(allowed.stdout)["skipped"] == 2


@pytest.mark.slow
def test_a_column_without_a_telling_name_is_mapped_by_hand(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "columns.csv"
    file.write_text("a,b,c\nx1,mapped.one@example.com,Fleet=Street\nx2,mapped.two@example.com,\n")
    options = ("--url", stack.url, "--token", stack.token)
    unsure = run("import", file, *options)
    assert unsure.returncode == 3
    assert "It is not certain" in unsure.stderr
    assert "--map" in unsure.stderr
    result = run("import", file, *options, "--map", "a=externalId", "--map", "b=email", "--map", "c=city", "--allow-duplicate-file")
    assert result.returncode == 0, result.stdout + result.stderr
    assert counts_of(result.stdout)["created"] == 2


@pytest.mark.slow
def test_a_column_that_is_not_there_is_refused(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE.replace("Ada", "Augusta"))
    result = run("import", file, "--url", stack.url, "--token", stack.token, "--map", "Nickname=first_name")
    assert result.returncode == 3
    assert "Nickname" in result.stderr


@pytest.mark.slow
def test_an_archive_of_several_files_is_told_and_one_of_them_chosen(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "both.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("people.csv", PEOPLE.replace("ada@", "augusta@").replace("grace@", "murray@"))
        archive.writestr("firms.csv", "Firm,Town\nA,Berlin\nB,Paris\n")
    options = ("--url", stack.url, "--token", stack.token)
    unsaid = run("import", file, *options)
    assert unsaid.returncode == 3
    assert {"  people.csv", "  firms.csv", "Say which one with --member NAME."} <= set(unsaid.stderr.splitlines())
    said = run("import", file, *options, "--member", "people.csv")
    assert said.returncode == 0, said.stdout + said.stderr
    assert counts_of(said.stdout)["created"] == 2


@pytest.mark.slow
def test_how_a_file_is_read_can_be_said(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "odd.txt"
    lines = ("Exported by hand", "First name~|~E-mail", "Zo\xeb~|~zoe@example.net", "Ren\xe9~|~rene@example.net")
    file.write_text("\n".join(lines) + "\n", encoding="windows-1252")
    way = ("--encoding", "windows-1252", "--delimiter", "~|~", "--header-row", "2", "--accept-guesses")
    result = run("import", file, "--url", stack.url, "--token", stack.token, *way)
    assert result.returncode == 0, result.stdout + result.stderr
    assert counts_of(result.stdout)["created"] == 2


@pytest.mark.slow
def test_what_becomes_of_companies_and_owners_can_be_said(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "firms.csv"
    file.write_text("E-mail,Company,Owner\nfirm@example.com,Firm & Daughters,Olga\n")
    policies = ("--company-policy", "match", "--owner-policy", "create")
    result = run("import", file, "--url", stack.url, "--token", stack.token, *policies)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "UNKNOWN_COMPANY" in result.stdout
    assert "NEW_OWNER" in result.stdout


@pytest.mark.slow
def test_a_wrong_token_is_refused(stack: Stack) -> None:
    result = run("import", EXAMPLE, "--url", stack.url, "--token", "rdk_wrong")
    assert result.returncode == 3
    assert result.stderr.strip() == "rolodock: The server does not accept the token."


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-file.csv",),
        (str(EXAMPLE), "--url", "http://127.0.0.1:1"),
        (str(EXAMPLE), "--token", "x"),
        (str(EXAMPLE), "--map", "Name"),
        (str(EXAMPLE), "--map", "Name=nickname"),
        (str(EXAMPLE), "--company-policy", "overwrite"),
        (str(EXAMPLE), "--field-policy", "company"),
        (str(EXAMPLE), "--field-policy", "company=append"),
        (str(EXAMPLE), "--field-policy", "company=never"),
        (str(EXAMPLE), "--field-policy", "company=keep", "--field-policy", "company=overwrite"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(rolodock, ["import", *arguments]).exit_code == 2


def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    result = CliRunner().invoke(rolodock, ["import", str(EXAMPLE), "--url", "http://127.0.0.1:1", "--token", "x"])
    assert result.exit_code == 3
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_header_may_hold_the_divider() -> None:
    context = click.Context(click.Command("import"))
    parameter = click.Option(["--map"])
    assert parse_mapping(context, parameter, ("a=b=email", "Note=")) == {"a=b": "email", "Note": None}


def test_a_field_may_be_spelt_as_the_api_names_it() -> None:
    context = click.Context(click.Command("import"))
    parameter = click.Option(["--map"])
    said = ("Name=fullName", "Street=addressLine1", "Tier=custom.planTier")
    assert parse_mapping(context, parameter, said) == {"Name": "full_name", "Street": "address_line1", "Tier": "custom.planTier"}


def test_policies_of_fields_are_said_as_the_api_takes_them() -> None:
    context = click.Context(click.Command("import"))
    parameter = click.Option(["--field-policy"])
    assert parse_field_policies(context, parameter, ("jobTitle=fill-blank", "tags=APPEND", "custom.a=b=keep")) == [
        {"field": "job_title", "policy": "FILL_BLANK"},
        {"field": "tags", "policy": "APPEND"},
        {"field": "custom.a=b", "policy": "KEEP"},
    ]


def test_a_field_that_does_not_exist_is_told_with_those_that_do() -> None:
    result = CliRunner().invoke(rolodock, ["import", str(EXAMPLE), "--map", "Name=nickname"])
    assert "nickname" in result.stderr
    assert "full_name" in result.stderr
