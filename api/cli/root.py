"""The commands, put together, and how an error of any of them is told."""

import sys
from importlib import import_module
from typing import Any

import click

from api.cli.loading import loading
from models.errors import ServiceError

# Each is in a module of its own name, which is loaded when the command is called: the client of a server needs no database, a worker no
# web server.
COMMANDS = {"up": "up", "api": "api", "worker": "worker", "publisher": "publisher", "token": "token", "import": "import_file", "db": "db"}


class Commands(click.Group):
    """A group that tells a ServiceError as one line; anything else that is raised is a bug and shows its traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = COMMANDS.get(cmd_name)
        if name is None:
            return None
        with loading():
            command: click.Command = getattr(import_module(f"api.cli.{name}"), name)
        return command

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
