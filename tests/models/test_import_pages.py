"""Pages of the history enter an index of their order, on both databases, however deep they begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from models.clock import new_id, utc_now
from models.database import Database, reading, writing
from models.dialects import SQLITE
from models.queries.import_pages import ImportFilter, ImportOrder, count_imports, list_imports
from models.queries.imports import add_import
from models.tables import ImportJob
from models.vocabulary import ImportStatus

INDEXES = {
    ImportOrder.CREATED_AT_DESC: ("ix_import_job_history_created", "ix_import_job_tenant_created", "ix_import_job_tenant_status"),
    ImportOrder.CREATED_AT_ASC: ("ix_import_job_history_created", "ix_import_job_tenant_created", "ix_import_job_tenant_status"),
    ImportOrder.FILENAME: ("ix_import_job_history_filename",),
    ImportOrder.TOTAL_DESC: ("ix_import_job_history_total",),
}


@pytest.fixture
def filled(database: Database, tenant_id: UUID) -> Database:
    with writing(database) as tx:
        for number in range(40):
            job = ImportJob(
                id=new_id(), tenant_id=tenant_id, source_kind="file", filename=f"{number % 7}.csv", object_key="k", sha256="s",
                format="csv", total=number % 5, external_id=str(number), created_at=utc_now(),
            )  # fmt: skip
            add_import(tx, job, "ann")
    return database


@contextmanager
def captured(database: Database) -> Iterator[list[tuple[str, Any]]]:
    statements: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        statements.append((statement, parameters))

    event.listen(database.reader, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.reader, "before_cursor_execute", note)


def explain(database: Database, statement: str, parameters: Any) -> str:
    word = "EXPLAIN QUERY PLAN" if database.dialect_name == SQLITE else "EXPLAIN"
    with reading(database) as tx:
        if database.dialect_name != SQLITE:
            # So few imports are read faster without any index.
            tx.execute(text("SET LOCAL enable_seqscan = off"))
            tx.execute(text("SET LOCAL enable_sort = off"))
        return "\n".join(str(row[-1]) for row in tx.connection().exec_driver_sql(f"{word} {statement}", parameters))


@pytest.mark.parametrize("order", ImportOrder)
def test_a_page_enters_the_index_of_its_order(filled: Database, tenant_id: UUID, order: ImportOrder) -> None:
    for wanted in (ImportFilter(), ImportFilter(search="CSV", statuses=(ImportStatus.UPLOADED,))):
        with reading(filled) as tx:
            page = list_imports(tx, tenant_id, wanted, order=order, first=5, after=None)
        with captured(filled) as statements, reading(filled) as tx:
            list_imports(tx, tenant_id, wanted, order=order, first=5, after=page.cursors[-1])
        plan = explain(filled, *statements[-1])
        assert any(index in plan for index in INDEXES[order]), plan
        assert "B-TREE" not in plan, plan
        assert "Sort" not in plan, plan


def test_all_pages_together_are_the_list(filled: Database, tenant_id: UUID) -> None:
    for order in ImportOrder:
        found: list[UUID] = []
        after = None
        while True:
            with reading(filled) as tx:
                page = list_imports(tx, tenant_id, ImportFilter(), order=order, first=7, after=after)
                total = count_imports(tx, tenant_id, ImportFilter())
            found += (job.id for job in page.items)
            after = page.cursors[-1]
            if not page.has_next_page:
                break
        assert len(found) == len(set(found)) == total == 40
