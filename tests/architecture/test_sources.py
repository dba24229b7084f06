"""Rules that hold for every module, read from the syntax trees. Each has a list of the places that may differ, with the reason."""

import ast
from collections.abc import Iterator

import pytest
from sqlmodel import SQLModel

import models.tables
from tests.architecture.sources import Source, called_name, iter_sources, parse

# Edges of processes. GraphQL masks by a hook of its own.
CATCH_EVERYTHING = {
    "api.commands.event_stream": "the one reader of events, without which nobody who watches hears anything more",
    "workers.actors.running": "a worker, where whatever else was raised is a bug that is masked, logged and counted",
    "workers.engine.workbooks.child": "what parses a workbook, where a panic of a library in Rust is no Exception",
}

# SQL whose names come from the tables' own metadata or from a constant; no value of anybody's is in it.
FORMATTED_SQL = {
    "models.tables.contact": "the conditions of partial indexes, over constant names",
    "models.sqlite": "pragmas, from constants",
    "models.bulk": "inserts and updates of the columns of a table's metadata",
}

# Who is asking is not known yet, or nobody asks: workers act for every tenant, by ids that came from a scoped row.
UNSCOPED = {
    "models.queries.accounts": "credentials are found by their hash, before a tenant is known",
    "models.queries.sending": "the sweeper sends what is due, whose ever it is",
    "models.queries.stuck": "workers look after every tenant's imports",
    "models.queries.events": "the publisher tells of every tenant's imports",
    "models.queries.batches": "batches of an import that a worker holds",
    "models.queries.counts": "batches of imports that were selected in scope",
    "models.queries.judged_chunks": "chunks of an import that a worker holds",
    "models.queries.places": "the sweeper sends what is due, whose ever it is",
    "models.queries.planning": "imports that were selected in scope",
    "models.queries.plans": "chunks, batches and runs of an import that a worker holds",
    "models.queries.retention": "retention looks at every tenant's imports",
    "models.queries.tidying": "workers tidy up after every tenant",
    "models.queries.uploads": "batches within a select of imports that is in scope",
    "models.queries.transitions": "batches of an import that was selected in scope",
    "models.queries.writer": "the writer's turn of one tenant, by its key",
}
TENANT_TABLES = {
    name
    for name, table in vars(models.tables).items()
    if isinstance(table, type) and issubclass(table, SQLModel) and "tenant_id" in table.model_fields
}


def find_unscoped(source: Source) -> Iterator[int]:
    """Lines that select from a tenant's table without the scope."""
    for call in source.calls("select", "select_from", "join_from"):
        names = {node.id for argument in call.args for node in ast.walk(argument) if isinstance(node, ast.Name)}
        attributes = {node.attr for argument in call.args for node in ast.walk(argument) if isinstance(node, ast.Attribute)}
        if (names | attributes) & TENANT_TABLES:
            yield call.lineno


def find_catch_everything(source: Source) -> Iterator[int]:
    """Lines that catch every error."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"Exception"}
            if caught & {"Exception", "BaseException"}:
                yield node.lineno


def find_formatted_sql(source: Source) -> Iterator[int]:
    """Lines that put SQL together from pieces of text."""
    for call in source.calls("text", "exec_driver_sql", "execute", "executemany"):
        if call.args and is_formatted(call.args[0]):
            yield call.lineno


def is_formatted(node: ast.expr) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        sides = (node.left, node.right)
        return any(is_text(side) for side in sides) and not all(is_text(side) for side in sides)
    return (
        isinstance(node, ast.Call) and called_name(node) == "format" and isinstance(node.func, ast.Attribute) and is_text(node.func.value)
    )


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_tenant_tables_are_selected_in_scope_alone() -> None:
    assert {"Contact", "ImportJob", "ImportIssue"} <= TENANT_TABLES
    assert [f"{source.name}:{line}" for source in iter_sources() if source.name not in UNSCOPED for line in find_unscoped(source)] == []


def test_nothing_but_the_edges_catches_everything() -> None:
    found = [
        f"{source.name}:{line}"
        for source in iter_sources()
        if source.name not in CATCH_EVERYTHING
        for line in find_catch_everything(source)
    ]
    assert found == []


def test_no_sql_is_put_together_from_text() -> None:
    assert [
        f"{source.name}:{line}" for source in iter_sources() if source.name not in FORMATTED_SQL for line in find_formatted_sql(source)
    ] == []


def test_every_exception_to_a_rule_is_still_needed() -> None:
    sources = {source.name: source for source in iter_sources()}
    for find, exceptions in ((find_unscoped, UNSCOPED), (find_catch_everything, CATCH_EVERYTHING), (find_formatted_sql, FORMATTED_SQL)):
        assert [name for name in exceptions if name not in sources or not list(find(sources[name]))] == []


@pytest.mark.parametrize(
    "text",
    ["select(Contact)", "select(Contact.id, func.count())", "select(tables.ImportJob)", "select(func.count()).select_from(ImportIssue)"],
)
def test_an_unscoped_select_would_be_found(text: str) -> None:
    assert list(find_unscoped(parse(text))) == [1]


@pytest.mark.parametrize("text", ["scoped(Contact, tenant_id)", "select(Tenant)", "rows.select(columns)"])
def test_a_scoped_select_is_left_alone(text: str) -> None:
    assert list(find_unscoped(parse(text))) == []


@pytest.mark.parametrize("clause", ["except:", "except Exception:", "except (ValueError, Exception) as error:", "except BaseException:"])
def test_catching_everything_would_be_found(clause: str) -> None:
    assert list(find_catch_everything(parse(f"try:\n    pass\n{clause}\n    pass"))) == [3]


@pytest.mark.parametrize(
    "text", ['text(f"SELECT {name}")', 'tx.execute("SELECT %s" % name)', 'tx.execute("SELECT " + name)', 'text("SELECT {}".format(name))']
)
def test_formatted_sql_would_be_found(text: str) -> None:
    assert list(find_formatted_sql(parse(text))) == [1]


@pytest.mark.parametrize("text", ['text("SELECT 1")', 'text(f"SELECT 1")', "tx.execute(select(1))", 'sql.SQL("COPY {}").format(name)'])
def test_plain_sql_is_left_alone(text: str) -> None:
    assert list(find_formatted_sql(parse(text))) == []
