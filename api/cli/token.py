"""`rolodock token`: lets a program in."""

from contextlib import closing
from pathlib import Path

import click

from api.cli.accounts import Accounts, require_schema
from api.cli.wiring import data_dir_option, make_settings
from models.settings import Settings
from models.vocabulary import Role


@click.command()
@click.option("--tenant", help="Name of the tenant; made if there is none of that name.")
@click.option("--role", type=click.Choice([role.value for role in Role]))
@click.option("--revoke", metavar="TOKEN", help="Let this token work no more, instead of making one.")
@data_dir_option
def token(tenant: str | None, role: str | None, revoke: str | None, data_dir: Path | None) -> None:
    """Make an API token for a tenant and a role. It is shown this once, as the last word printed."""
    settings = make_settings(data_dir)
    if revoke is not None:
        revoke_token(settings, revoke)
    elif tenant is None or role is None:
        raise click.UsageError("Say --tenant and --role, or --revoke.")
    else:
        make_token(settings, tenant, role)


def revoke_token(settings: Settings, token: str) -> None:
    """Let a token work no more. Raises NotFound."""
    require_schema(settings)
    with closing(Accounts(settings)) as accounts:
        accounts.revoke_token(token)
    click.echo("The token works no more.")


def make_token(settings: Settings, tenant: str, role: str) -> None:
    """Make a token and print it last."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    require_schema(settings)
    with closing(Accounts(settings)) as accounts:
        is_known = accounts.has_tenant(tenant)
        made = accounts.issue_token(tenant, Role(role))
    if not is_known:
        click.echo(f"A new tenant {tenant} was made.", err=True)
    click.echo(f"API token of {tenant} as {role}: {made}")
