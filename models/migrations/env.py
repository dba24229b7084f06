"""Runs the one chain of migrations against the URL that it is handed, SQLite or Postgres."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import SchemaItem
from sqlmodel import SQLModel

import models.tables  # noqa: F401  the tables must be known
from models.tables.base import DIALECT

# Two processes that start together must not migrate at once; any number will do as long as it is ours.
POSTGRES_LOCK = 7_206_411


def is_of_this_database(item: SchemaItem, _name: str | None, _kind: str, _is_reflected: bool, _compared: SchemaItem | None) -> bool:
    return item.info.get(DIALECT) in (None, connection.dialect.name)


engine = create_engine(context.config.attributes["url"], poolclass=NullPool)
with engine.connect() as connection:
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({POSTGRES_LOCK})")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=is_sqlite,
        compare_type=True,
        include_object=is_of_this_database,
    )
    with context.begin_transaction():
        context.run_migrations()
    if not is_sqlite:
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({POSTGRES_LOCK})")
        connection.commit()
engine.dispose()
