"""The one chain of migrations leads to the tables, down to nothing and up again, on both databases."""

from sqlalchemy import create_engine, inspect

from models.revisions import check, current_revision, downgrade, upgrade


def table_names(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_the_schema_is_that_of_the_tables(database_url: str) -> None:
    check(database_url)


def test_down_to_nothing_and_up_again(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    tables = table_names(empty_database_url)
    assert "contact" in tables
    downgrade(empty_database_url, "base")
    assert current_revision(empty_database_url) is None
    assert table_names(empty_database_url) == {"alembic_version"}
    upgrade(empty_database_url)
    assert table_names(empty_database_url) == tables
    check(empty_database_url)
