"""Refuses texts that not every database can keep, wherever they stand in a request."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import ExecutionResult, GraphQLError, StringValueNode, Visitor, visit
from strawberry.extensions import SchemaExtension

# PostgreSQL keeps no NUL in a text, and half a surrogate pair is no character at all.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
MESSAGE = "A text holds a NUL or half a surrogate pair, which is no character."
# Rows are a source like any file: what is wrong in them becomes an issue of the row.
SOURCE_ROWS = "rows"


class RefuseUnstorableText(SchemaExtension):
    """Answers a request with such a text by an error, before anything is done."""

    def on_execute(self) -> Iterator[None]:
        if self._has_unstorable():
            self.execution_context.result = ExecutionResult(data=None, errors=[GraphQLError(MESSAGE)])
        yield

    def _has_unstorable(self) -> bool:
        context = self.execution_context
        query = context.query or ""
        in_query = "\\u" in query or UNSTORABLE.search(query)
        literals: list[str] = []
        if in_query and context.graphql_document is not None:
            visit(context.graphql_document, _Literals(literals))
        return any(UNSTORABLE.search(text) for text in (*literals, *iter_texts(context.variables)))


class _Literals(Visitor):
    def __init__(self, found: list[str]) -> None:
        super().__init__()
        self._found = found

    def enter_string_value(self, node: StringValueNode, *_: Any) -> None:
        self._found.append(node.value)


def iter_texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, keys too, but for a source's rows."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            if key != SOURCE_ROWS:
                yield from iter_texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from iter_texts(inner)
