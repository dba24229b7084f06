"""The commands, put together, and how an error of any of them is told."""

import sys
from typing import Any

import click

from api.cli.api import api
from api.cli.db import db
from api.cli.import_file import import_file
from api.cli.publisher import publisher
from api.cli.token import token
from api.cli.up import up
from api.cli.worker import worker
from models.errors import ServiceError


class Commands(click.Group):
    """A group that tells a ServiceError as one line; anything else that is raised is a bug and shows its traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ServiceError as error:
            click.echo(f"rolodock: {error.message}", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(package_name="rolodock")
def rolodock() -> None:
    """Imports contacts in bulk: messy files in, clean contacts out, with an account of every row and an undo.

    Settings come from ROLODOCK_* variables; docs/settings.md explains each.
    """


for command in (up, api, worker, publisher, token, import_file, db):
    rolodock.add_command(command)
