"""The schema that is served against the contract that clients rely on: what the contract names, ours has, with the same meaning."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    print_ast,
)

from api.graphql.print_schema import print_schema

HERE = Path(__file__).parent
DOCUMENTED = HERE.parents[1] / "docs" / "schema.graphql"
CONTRACT = build_schema((HERE / "contract.graphql").read_text())
OURS = build_schema(print_schema())
NAMES = sorted(name for name in CONTRACT.type_map if not name.startswith("__"))


def describe(schema: GraphQLSchema, name: str) -> set[str]:
    """Everything a type promises, a line for each promise."""
    kind: GraphQLNamedType | None = schema.type_map.get(name)
    if kind is None:
        return set()
    lines = {type(kind).__name__}
    if isinstance(kind, GraphQLEnumType):
        lines |= set(kind.values)
    if isinstance(kind, GraphQLObjectType):
        lines |= {f"implements {interface.name}" for interface in kind.interfaces}
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for field_name, field in kind.fields.items():
            lines.add(f"{field_name}: {field.type}")
            for argument_name, argument in field.args.items():
                lines.add(f"{field_name}({argument_name}: {argument.type} = {_default(argument.ast_node)})")
    if isinstance(kind, GraphQLInputObjectType):
        lines.add(f"oneOf: {kind.is_one_of}")
        lines |= {f"{field_name}: {field.type} = {_default(field.ast_node)}" for field_name, field in kind.fields.items()}
    return lines


def _default(node: object) -> str | None:
    value = getattr(node, "default_value", None)
    return None if value is None else print_ast(value)


@pytest.mark.parametrize("name", NAMES)
def test_everything_of_the_contract_is_in_the_schema(name: str) -> None:
    assert describe(CONTRACT, name) - describe(OURS, name) == set()


def test_what_was_added_demands_nothing_of_clients() -> None:
    for name in NAMES:
        added = describe(OURS, name) - describe(CONTRACT, name)
        known = {line.partition("(")[0] for line in describe(CONTRACT, name) if "(" in line}
        # An operation that is new as a whole may ask for what it likes.
        demands = [line for line in added if "! = None" in line and ("(" not in line or line.partition("(")[0] in known)]
        assert not demands, (name, demands)


def test_the_documented_schema_is_the_one_that_is_served() -> None:
    assert DOCUMENTED.read_text() == print_schema()
