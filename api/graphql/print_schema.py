"""`python -m api.graphql.print_schema FILE`: writes the schema as it is served, for clients and for the check that it is current."""

import sys
from pathlib import Path

from api.graphql.schema import make_schema
from models.settings import Settings


def print_schema() -> str:
    """The schema in GraphQL's own language."""
    return make_schema(Settings()).as_str() + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(print_schema())
