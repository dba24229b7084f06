"""`rolodock token`: lets a program in."""

from contextlib import closing
from pathlib import Path

import click

from api.cli.accounts import Accounts, require_schema
from api.cli.wiring import data_dir_option, make_settings
from models.vocabulary import Role


@click.command()
@click.option("--tenant", required=True, help="Name of the tenant; made if there is none of that name.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@data_dir_option
def token(tenant: str, role: str, data_dir: Path | None) -> None:
    """Make an API token. It is shown this once, as the last word printed."""
    settings = make_settings(data_dir)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    require_schema(settings)
    with closing(Accounts(settings)) as accounts:
        is_known = accounts.has_tenant(tenant)
        made = accounts.issue_token(tenant, Role(role))
    if not is_known:
        click.echo(f"A new tenant {tenant} was made.", err=True)
    click.echo(f"API token of {tenant} as {role}: {made}")
