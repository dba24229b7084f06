"""docs/schema.graphql is the API as it is built. `make schema` writes it anew."""

from pathlib import Path

from api.graphql.print_schema import print_schema

SNAPSHOT = Path(__file__).parents[2] / "docs" / "schema.graphql"


def test_the_snapshot_is_the_schema_that_is_built() -> None:
    assert SNAPSHOT.read_text() == print_schema()
