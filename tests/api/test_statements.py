"""Pages of imports and contacts cost the same number of statements, however long they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from tests.api.door import Door

IMPORTS = """{ imports(first: 100) {
    totalCount nodes { id status canRetry retryBlockedBy { code } canRollback counts { total } progress { percent } }
} }"""
CONTACTS = "{ contacts(first: 100) { totalCount nodes { email lists { name } } } }"
# Signing in, the page, its total, counts, progress and what stands in the way of a retry, each with what it needs to begin.
MOST_STATEMENTS = 17


@contextmanager
def counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_a_page_costs_the_same_however_long_it_is(door: Door) -> None:
    numbers = []
    for total in (1, 12):
        while (await door.ask("{ imports { totalCount } }"))["imports"]["totalCount"] < total:
            rows = [{"email": f"p{len(door.rig.contacts())}@example.com"}, {"email": "no address"}]
            await door.change("createImport", {"source": {"rows": rows}, "autoStart": True})
            door.rig.drain()
        for query in (IMPORTS, CONTACTS):
            with counted() as statements:
                await door.ask(query)
            numbers.append(len(statements))
        nodes = (await door.ask(IMPORTS))["imports"]["nodes"]
        assert {(node["status"], node["canRetry"], node["retryBlockedBy"]) for node in nodes} == {("COMPLETED_WITH_ERRORS", True, None)}
    assert numbers[0] == numbers[2]
    assert numbers[1] == numbers[3]
    assert max(numbers) <= MOST_STATEMENTS
