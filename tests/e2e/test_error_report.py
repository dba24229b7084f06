"""The error report: the user's own columns and what is wrong; corrected and imported again, it goes in."""

import csv
import io

import httpx
import openpyxl
import pytest

from tests.e2e.client import ApiClient, Json
from tests.e2e.service import Service
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow

HEADER = ["Courriel", "Prénom", "Note of ours"]
PEOPLE = [
    ["ann@example.com", "Ann", "1"],
    ["bob@@example", "Bob", '2, with "quotes"\nand a second line'],
    ["cy@example.com", "Cy", "3"],
    ["", "=Dot()", "4"],
]
ADDED = ["row", "column", "code", "message", "suggestion"]


def import_people(client: ApiClient) -> Json:
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *PEOPLE])
    job = client.run_import(text.getvalue().encode())
    assert (job["counts"]["created"], job["counts"]["failed"]) == (2, 2), job
    return job


def download(client: ApiClient, import_id: str, report_format: str) -> httpx.Response:
    """The report, once it is made; its link works without a token."""
    fields = "errorReport { url filename expiresAt }"

    def is_made() -> bool:
        report = client.read(import_id, fields)["errorReport"]
        return report is not None and report["filename"].endswith(report_format)

    wait_until(is_made)
    report = client.read(import_id, fields)["errorReport"]
    answer = httpx.get(report["url"], trust_env=False)
    assert answer.is_success
    assert "attachment" in answer.headers["content-disposition"]
    return answer


def check(rows: list[list[str]]) -> None:
    header, *records = rows
    assert header == HEADER + ADDED
    assert [record[0] for record in records] == ["bob@@example", ""]
    assert records[0][2] == PEOPLE[1][2]
    assert [record[len(HEADER)] for record in records] == ["3", "5"]
    assert [record[len(HEADER) + 2].upper() for record in records] == ["INVALID_EMAIL", "NO_MATCH_KEY"]
    assert records[0][len(HEADER) + 1] == "Courriel"
    assert all(len(record[len(HEADER) + 3]) > 10 for record in records)


def test_as_csv_it_is_corrected_and_imported_again(service: Service) -> None:
    client = service.client()
    job = import_people(client)
    rows = list(csv.reader(io.StringIO(download(client, job["id"], "csv").content.decode("utf-8-sig"))))
    check(rows)
    rows[1][0], rows[2][0], rows[2][1] = "bob@example.com", "dot@example.com", "Dot"
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    fields = dict(zip(HEADER, ("email", "first_name", "notes"), strict=True))
    again = client.run_import(text.getvalue().encode(), mapping=[{"column": c, "field": f} for c, f in fields.items()])
    assert (again["status"], again["counts"]["created"]) == ("COMPLETED", 2)
    assert {contact["email"] for contact in client.contacts()} == {f"{name}@example.com" for name in ("ann", "bob", "cy", "dot")}


def test_as_xlsx_it_holds_texts_and_no_formulas(service: Service) -> None:
    client = service.client()
    job = import_people(client)
    client.change("requestErrorReport", {"id": job["id"], "format": "XLSX"})
    book = openpyxl.load_workbook(io.BytesIO(download(client, job["id"], "xlsx").content))
    assert book.active is not None
    cells = list(book.active.iter_rows())
    check([["" if cell.value is None else str(cell.value) for cell in row] for row in cells])
    assert "f" not in {cell.data_type for row in cells for cell in row}


def test_an_import_without_failed_rows_has_none(default_service: Service) -> None:
    client = default_service.client()
    job = client.run_import(b"E-mail\nann@example.com\n")
    assert client.read(job["id"], "errorReport { url }")["errorReport"] is None
