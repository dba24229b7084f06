"""The scalar that GraphQL lacks: whole numbers beyond 32 bits."""

from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from graphql.language import IntValueNode, StringValueNode, ValueNode

BigInt = NewType("BigInt", int)
# What every JSON reader holds exactly, JavaScript's included.
MAX_SAFE_INTEGER = 2**53 - 1


def parse_big_int(value: Any) -> int:
    """A whole number, also as a text of digits."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise GraphQLError("BigInt is a whole number.")
    try:
        number = int(value)
    except ValueError as error:
        raise GraphQLError("BigInt is a whole number.") from error
    if abs(number) > MAX_SAFE_INTEGER:
        raise GraphQLError(f"BigInt goes up to {MAX_SAFE_INTEGER}.")
    return number


def _parse_literal(node: ValueNode, _: Any = None) -> int:
    if not isinstance(node, (IntValueNode, StringValueNode)):
        raise GraphQLError("BigInt is a whole number.")
    return parse_big_int(node.value)


BIG_INT = strawberry.scalar(
    name="BigInt",
    description="A whole number of up to 53 bits, as a JSON number.",
    serialize=int,
    parse_value=parse_big_int,
    parse_literal=_parse_literal,
)
