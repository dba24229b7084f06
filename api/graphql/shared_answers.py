"""What many ask in the same words is worked out once: queries are read and checked once, and an event is answered once for each query."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, ExecutionResult, OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

MOST_DOCUMENTS = 128
LONGEST_QUERY = 10_000
MOST_ANSWERS = 16


class Documents:
    """Queries that were found valid, as they were read; the one that was not asked for longest goes first."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, DocumentNode] = OrderedDict()

    def find(self, query: str | None) -> DocumentNode | None:
        """The query as it was read before; None: it was not."""
        if query is None or query not in self._documents:
            return None
        self._documents.move_to_end(query)
        return self._documents[query]

    def keep(self, query: str, document: DocumentNode) -> None:
        """Keep a valid query, unless it is so long that few others would find room."""
        if len(query) > LONGEST_QUERY:
            return
        self._documents[query] = document
        while len(self._documents) > MOST_DOCUMENTS:
            self._documents.popitem(last=False)


class RememberDocuments(SchemaExtension):
    """Takes what was read and found valid by the same schema and limits; one for each operation."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._is_known = False

    def on_parse(self) -> Iterator[None]:
        document = self._documents.find(self.execution_context.query)
        if document is not None:
            self.execution_context.graphql_document = document
            self._is_known = True
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if self._is_known:
            context.pre_execution_errors = []
        yield
        if not self._is_known and not context.pre_execution_errors and context.query and context.graphql_document is not None:
            self._documents.keep(context.query, context.graphql_document)


@dataclass(slots=True)
class Answers:
    """What was answered to those who asked for one event, by their operation and variables; no more than a few are kept."""

    # The operation is kept along, so that its identity stays its own.
    _found: dict[tuple[int, str], tuple[OperationDefinitionNode, ExecutionResult]] = field(default_factory=dict)

    def find_or_make(self, operation: OperationDefinitionNode, variables: str, make: Callable[[], Any]) -> Any:
        """The answer, which is the same for everybody who may see the event; one with errors is nobody else's."""
        key = id(operation), variables
        if key in self._found:
            return self._found[key][1]
        made = make()
        if isinstance(made, ExecutionResult) and not made.errors and len(self._found) < MOST_ANSWERS:
            self._found[key] = operation, made
        return made


class SharingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes an operation, but for an event whose answer is known."""

    def execute_operation(self, serially: bool | None = None) -> Any:
        answers = getattr(self.root_value, "answers", None)
        if not isinstance(answers, Answers):
            return super().execute_operation(serially)
        return answers.find_or_make(
            self.operation, repr(self.variable_values.coerced), lambda: super(SharingExecutor, self).execute_operation(serially)
        )
