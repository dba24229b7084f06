"""The revision of the schema: which it is, and the ways to another.

It stands beside the database because whoever only uses that need not load alembic.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from models.database import Database, reading
from models.dialects import SQLITE

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to a revision of the one chain of migrations."""
    _prepare_folder(url)
    command.upgrade(_alembic_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to an earlier revision ("-1": the one before, "base": nothing)."""
    command.downgrade(_alembic_config(url), revision)


def check(url: str) -> None:
    """Raise alembic's CommandError where the schema is not at the newest revision or differs from the tables."""
    command.check(_alembic_config(url))


def is_at_newest_revision(database: Database) -> bool:
    """Whether the schema is the one that this code was written for. Raises DatabaseBusy."""
    with reading(database) as tx:
        return MigrationContext.configure(tx.connection()).get_current_revision() == newest_revision()


@cache
def newest_revision() -> str | None:
    """The revision that this code was written for."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def current_revision(url: str) -> str | None:
    """The revision that the schema is at; None: an empty database."""
    _prepare_folder(url)
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def _alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def _prepare_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == SQLITE and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
