"""`rolodock import`: brings one file in, by way of a server as any client would."""

import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli.client import ApiClient, Snapshot
from api.cli.data_folder import DataFolder
from api.cli.import_run import ImportRun
from api.cli.lifeline import Lifeline
from api.cli.mapping_option import FIELD_NAMES, POLICY_NAMES, parse_field_policies, parse_mapping
from api.cli.ports import free_port
from api.cli.processes import Program
from api.cli.reading_options import describe_decisions, describe_questions, name_options, reading_options
from api.cli.wiring import data_dir_option, make_settings
from models.errors import ServiceError, Terminal
from models.vocabulary import ContactField, DirectoryPolicy, DuplicateStrategy, ImportStatus

START_SECONDS = 200.0
# The last is what a shell reports of a program that Ctrl-C ended.
ROWS_FAILED, NOT_DONE, INTERRUPTED = 1, 3, 130
MOST_NAMES = 10
MAP_HELP = f"Says which field a column is; no field leaves it out. May be repeated; several columns may be consent. Fields: {FIELD_NAMES}."
POLICY_HELP = f"Says for one field what --strategy update or merge does to known contacts: {POLICY_NAMES}. May be repeated."
DIRECTORY_POLICY = click.Choice([policy.value for policy in DirectoryPolicy])
DIRECTORY_HELP = "Whether names of {} are kept as written, matched with the directory's, or also created in it."
# Without one of these nobody can tell who a row is.
MATCH_FIELDS = {ContactField.EXTERNAL_ID, ContactField.EMAIL, ContactField.PHONE, ContactField.MOBILE_PHONE}


@dataclass(frozen=True, slots=True)
class Server:
    """Whom to ask; `own_folder`: the data folder of one that runs for this import alone."""

    url: str
    token: str
    own_folder: Path | None = None


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--strategy", type=click.Choice([strategy.value for strategy in DuplicateStrategy]), default="skip", help="For known contacts."
)
@click.option("--country", help="Two letters, for phone numbers without a country code.")
@click.option("--map", "mapping", multiple=True, metavar="HEADER=FIELD", callback=parse_mapping, help=MAP_HELP)
@click.option("--field-policy", "field_policies", multiple=True, metavar="FIELD=POLICY", callback=parse_field_policies, help=POLICY_HELP)
@click.option("--split-names/--no-split-names", default=None, help="First and last name out of the full name, where that is safe.")
@click.option("--recase-names/--no-recase-names", default=None, help="ADA LOVELACE becomes Ada Lovelace, where that is safe.")
@click.option("--company-policy", type=DIRECTORY_POLICY, help=DIRECTORY_HELP.format("companies"))
@click.option("--owner-policy", type=DIRECTORY_POLICY, help=DIRECTORY_HELP.format("owners"))
@reading_options
@click.option("--accept-guesses", is_flag=True, help="Take what is uncertain about reading the file as it was guessed.")
@click.option("--allow-duplicate-file", is_flag=True, help="Also when the very same file was imported before.")
@click.option("--url", envvar="ROLODOCK_URL", help="A running server; with --token.")
@click.option("--token", envvar="ROLODOCK_TOKEN", help="API token for --url.")
@data_dir_option
def import_file(
    file: Path,
    strategy: str,
    country: str | None,
    mapping: dict[str, str | None],
    field_policies: list[dict[str, str]],
    sheet: str | None,
    member: str | None,
    encoding: str | None,
    delimiter: str | None,
    header_row: int | None,
    date_order: str | None,
    split_names: bool | None,
    recase_names: bool | None,
    company_policy: str | None,
    owner_policy: str | None,
    accept_guesses: bool,
    allow_duplicate_file: bool,
    url: str | None,
    token: str | None,
    data_dir: Path | None,
) -> None:
    """Import FILE: CSV, Excel, OpenDocument, JSON or vCard, also inside a .zip or .gz.

    What is decided of how to read it can be overruled; what is uncertain is asked before anything is imported.

    Without --url it uses the server of the data folder, and starts one for as long as it takes where none runs.
    Exits with 1 where rows failed or were left, with 3 where the import was refused or failed as a whole, and with 130 on Ctrl-C.
    """
    if url is not None and (token is None or data_dir is not None):
        raise click.UsageError("--url goes with --token, and not with --data-dir.")
    if url is None and token is not None:
        raise click.UsageError("--token goes with --url.")
    options: dict[str, Any] = {"duplicateStrategy": strategy.upper(), **({"defaultCountry": country.upper()} if country else {})}
    options |= {"fieldPolicies": field_policies} if field_policies else {}
    names = {"splitNames": split_names, "recaseNames": recase_names}
    options |= {name: value for name, value in names.items() if value is not None}
    policies = {"companyPolicy": company_policy, "ownerPolicy": owner_policy}
    options |= {name: policy.upper() for name, policy in policies.items() if policy is not None}
    options |= name_options(
        sheet=sheet, member=member, encoding=encoding, delimiter=delimiter, header_row=header_row, date_order=date_order
    )
    run = ImportRun(file, options, mapping, allow_duplicate_file, lambda text: click.echo(text, err=True), accept_guesses)
    server: Server | None = None
    try:
        with _server(url, token, data_dir) as server, ApiClient(server.url, server.token) as client, _progress() as progress:
            final = run.finish(client, progress)
    except KeyboardInterrupt:
        click.echo(describe_interrupted(run, server), err=True)
        sys.exit(INTERRUPTED)
    except ServiceError as error:
        hint = " Here: --allow-duplicate-file." if error.code == "duplicate_file" else ""
        click.echo(f"rolodock: {error.message}{hint}", err=True)
        sys.exit(NOT_DONE)
    report(final)
    sys.exit(exit_status(final))


def describe_interrupted(run: ImportRun, server: Server | None) -> str:
    """How far the import is, and who goes on with it."""
    if run.job is None or server is None:
        return "Interrupted while the file was sent; the same command again begins the import, or goes on with it."
    total = f" of {run.job.total:,}" if run.job.total else ""
    told = f"Interrupted: import {run.job.id} is {run.job.status.value}, {run.job.processed:,}{total} rows done."
    if not run.goes_on:
        return f"{told}\nThe same command again goes on with it."
    if server.own_folder is None:
        return f"{told}\nThe server goes on with it; the same command again watches it."
    return f"{told}\n`rolodock up --data-dir {shlex.quote(str(server.own_folder))}`, or the same command again, goes on with it."


def report(job: Snapshot) -> None:
    """Counts, and the issues by kind."""
    console = Console()
    if not job.questions and (told := describe_decisions(job.decisions)) is not None:
        click.echo(told)
    # Without rows, what is said below is all that there is to say.
    if job.counts["total"]:
        counts = Table("rows", "", show_header=False, box=None)
        for name, count in job.counts.items():
            counts.add_row(name, f"{count:,}", style="red" if name == "failed" and count else None)
        console.print(counts)
    groups = job.content["issueGroups"]
    if groups:
        issues = Table("issue", "field", "severity", "rows", "first seen", box=None)
        for group in groups:
            example = group["example"]
            field = group["field"] or ""
            issues.add_row(
                group["code"], field, group["severity"].lower(), str(group["count"]), f"row {example['row']}: {example['message']}"
            )
        console.print(issues)
    if job.questions:
        click.echo("\n".join((*describe_questions(job.questions, job.members), "Nothing was imported.")), err=True)
    elif job.status == ImportStatus.NEEDS_MAPPING:
        click.echo(f"{describe_missing(job)} Say which field a column is with --map HEADER=FIELD. Nothing was imported.", err=True)
        for column, field in job.mapping.items():
            click.echo(f"  {column} = {field or '?'}", err=True)
    elif job.failure is not None:
        click.echo(f"rolodock: {job.failure}", err=True)
    elif left_out := [column for column, field in job.mapping.items() if field is None]:
        more = f" and {len(left_out) - MOST_NAMES} more" if len(left_out) > MOST_NAMES else ""
        click.echo(f"Left out: {', '.join(left_out[:MOST_NAMES])}{more}")
    click.echo(f"Import {job.id} {job.status.value}.")


def describe_missing(job: Snapshot) -> str:
    """Why the import waits for a mapping."""
    if not MATCH_FIELDS.intersection(filter(None, job.mapping.values())):
        return "No column holds an external id, an e-mail or a phone."
    return job.failure or "It is not certain which field each column is."


def exit_status(job: Snapshot) -> int:
    if job.status not in (ImportStatus.COMPLETED, ImportStatus.COMPLETED_WITH_ERRORS):
        return NOT_DONE
    return ROWS_FAILED if job.counts["failed"] or job.counts["unprocessed"] else 0


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


@contextmanager
def _server(url: str | None, token: str | None, data_dir: Path | None) -> Iterator[Server]:
    """The server as given, or that of the data folder, which is started for this where none runs."""
    if url is not None and token is not None:
        yield Server(url, token)
        return
    settings = make_settings(data_dir)
    folder = DataFolder(settings.data_dir)
    running = folder.running_url()
    if running is not None:
        yield Server(running, _token_of(folder))
        return
    lifeline = Lifeline()
    environment = {"ROLODOCK_DATA_DIR": str(settings.data_dir), "ROLODOCK_LOG_LEVEL": "warning"}
    program = Program.own("server", "up", "--port", str(free_port()), environment=environment)
    process = program.start(lifeline, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while (announced := folder.announcement()) is None or announced[1] != process.pid:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Terminal("The server for this import did not start.", code="server_not_started")
            time.sleep(0.1)
        yield Server(announced[0], _token_of(folder), own_folder=settings.data_dir)
    finally:
        process.terminate()
        process.wait()
        lifeline.close()


def _token_of(folder: DataFolder) -> str:
    token = folder.read_token()
    if token is None:
        raise Terminal(f"There is no token in {folder.path}.", code="no_token")
    return token
