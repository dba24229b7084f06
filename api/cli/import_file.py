"""`rolodock import`: brings one file in, by way of a server as any client would."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.cli.client import ApiClient, Snapshot
from api.cli.data_folder import DataFolder
from api.cli.lifeline import Lifeline
from api.cli.ports import free_port
from api.cli.processes import Program
from api.cli.wiring import data_dir_option, make_settings
from models.errors import ServiceError, Terminal
from models.vocabulary import FINAL_STATUSES, DuplicateStrategy, ImportStatus

LOOK_SECONDS = 0.2
START_SECONDS = 200.0
ROWS_FAILED, NOT_DONE = 1, 3
WAITS_FOR_A_PERSON = {ImportStatus.NEEDS_MAPPING}


def parse_mapping(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str | None]:
    """`HEADER=FIELD` pairs; the last = divides, since a header may hold one. No field: the column is left out."""
    mapping: dict[str, str | None] = {}
    for value in values:
        header, divider, field = value.rpartition("=")
        if not divider or not header:
            raise click.BadParameter(f"{value!r} is not HEADER=FIELD.")
        mapping[header] = field or None
    return mapping


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--strategy", type=click.Choice([strategy.value for strategy in DuplicateStrategy]), default="skip", help="For known contacts."
)
@click.option("--country", help="Two letters, for phone numbers without a country code.")
@click.option("--map", "mapping", multiple=True, metavar="HEADER=FIELD", callback=parse_mapping, help="Says which field a column is.")
@click.option("--allow-duplicate-file", is_flag=True, help="Also when the very same file was imported before.")
@click.option("--url", envvar="ROLODOCK_URL", help="A running server; with --token.")
@click.option("--token", envvar="ROLODOCK_TOKEN", help="API token for --url.")
@data_dir_option
def import_file(
    file: Path,
    strategy: str,
    country: str | None,
    mapping: dict[str, str | None],
    allow_duplicate_file: bool,
    url: str | None,
    token: str | None,
    data_dir: Path | None,
) -> None:
    """Import FILE: CSV, Excel or JSON.

    Without --url it uses the server of the data folder, and starts one for as long as it takes where none runs.
    Exits with 1 where rows failed or were left, and with 3 where the import was refused or failed as a whole.
    """
    if url is not None and (token is None or data_dir is not None):
        raise click.UsageError("--url goes with --token, and not with --data-dir.")
    if url is None and token is not None:
        raise click.UsageError("--token goes with --url.")
    options = {"duplicateStrategy": strategy.upper(), **({"defaultCountry": country.upper()} if country else {})}
    try:
        with _server(url, token, data_dir) as (address, key), ApiClient(address, key) as client:
            final = run_import(client, file, options, mapping, allow_duplicate_file=allow_duplicate_file)
    except ServiceError as error:
        hint = " Here: --allow-duplicate-file." if error.code == "duplicate_file" else ""
        click.echo(f"rolodock: {error.message}{hint}", err=True)
        sys.exit(NOT_DONE)
    report(final)
    sys.exit(exit_status(final))


def run_import(
    client: ApiClient, file: Path, options: dict[str, str], mapping: dict[str, str | None], *, allow_duplicate_file: bool
) -> Snapshot:
    """Upload, create, follow to the end. With a mapping of the user's own, it is set over the suggested one before anything is applied."""
    with _progress() as progress:
        task = progress.add_task("Uploading", total=file.stat().st_size)
        upload_id = client.upload(file, lambda size: progress.advance(task, size))
        job = client.create_import(upload_id, options=options, allow_duplicate_file=allow_duplicate_file, auto_start=not mapping)
        if mapping:
            job = follow(client, job, progress, task, {ImportStatus.NEEDS_MAPPING, ImportStatus.PLANNED})
            if job.status not in FINAL_STATUSES:
                require_known_headers(job, mapping)
                job = client.set_mapping(job.id, {**job.mapping, **mapping})
                job = follow(client, job, progress, task, {ImportStatus.NEEDS_MAPPING, ImportStatus.PLANNED})
            if job.status == ImportStatus.PLANNED:
                job = client.start(job.id)
        return follow(client, job, progress, task, WAITS_FOR_A_PERSON)


def follow(client: ApiClient, job: Snapshot, progress: Progress, task: TaskID, until: set[ImportStatus]) -> Snapshot:
    """Show how far the import is, until it is final or in one of these states."""
    while True:
        words = job.status.value.replace("_", " ").capitalize()
        progress.update(task, description=words, completed=job.processed, total=job.total)
        if job.status in FINAL_STATUSES or job.status in until:
            return job
        time.sleep(LOOK_SECONDS)
        job = client.read(job.id)


def require_known_headers(job: Snapshot, mapping: dict[str, str | None]) -> None:
    """Raise Terminal for a header that the file does not have."""
    unknown = [header for header in mapping if header not in job.mapping]
    if unknown:
        raise Terminal(f"The file has no column {unknown[0]!r}; it has: {', '.join(job.mapping)}.", code="unknown_column")


def report(job: Snapshot) -> None:
    """Counts, and the issues by kind."""
    console = Console()
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
    if job.status == ImportStatus.NEEDS_MAPPING:
        click.echo("It is not certain which field each column is; say so with --map HEADER=FIELD. Nothing was imported.", err=True)
        for column, field in job.mapping.items():
            click.echo(f"  {column} = {field or '?'}", err=True)
    elif job.failure is not None:
        click.echo(f"rolodock: {job.failure}", err=True)
    click.echo(f"Import {job.id} {job.status.value}.")


def exit_status(job: Snapshot) -> int:
    if job.status not in (ImportStatus.COMPLETED, ImportStatus.COMPLETED_WITH_ERRORS):
        return NOT_DONE
    return ROWS_FAILED if job.counts["failed"] or job.counts["unprocessed"] else 0


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


@contextmanager
def _server(url: str | None, token: str | None, data_dir: Path | None) -> Iterator[tuple[str, str]]:
    """Address and token: as given, or of the data folder's server, which is started for this where none runs."""
    if url is not None and token is not None:
        yield url, token
        return
    settings = make_settings(data_dir)
    folder = DataFolder(settings.data_dir)
    running = folder.running_url()
    if running is not None:
        yield running, _token_of(folder)
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
        yield announced[0], _token_of(folder)
    finally:
        process.terminate()
        process.wait()
        lifeline.close()


def _token_of(folder: DataFolder) -> str:
    token = folder.read_token()
    if token is None:
        raise Terminal(f"There is no token in {folder.path}.", code="no_token")
    return token
