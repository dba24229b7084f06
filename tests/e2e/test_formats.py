"""The same people in every kind of file become the same contacts, over a real socket; what a file leaves open is asked."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from tests.e2e.client import ApiClient, Json, Refused
from tests.e2e.service import Service
from tests.support.xlsb import make_xlsb

pytestmark = pytest.mark.slow

HEADER = ("First name", "Last name", "E-mail", "Phone")
PEOPLE = (
    ("Zoë", "Krüger", "zoe.krueger@example.com", "+49 30 1234567"),
    ("Łukasz", "Wójcik", "lukasz@example.pl", "+48 22 123 45 67"),
    ("Ada", "O'Neil; Byron, “Countess”", "ada@example.org", "+44 20 7946 0018"),
    ("美咲", "佐藤", "misaki@example.jp", "+81 3 1234 5678"),
    *((f"Person{number}", f"Müller{number}", f"person{number}@example.com", f"+49 30 {2_000_000 + number}") for number in range(40)),
)
FIRMS = b"Firm;Town\nKrueger & Co;Berlin\nWojcik;Gdansk\n"
SHOWN = "firstName lastName email phone"
DIALECT = "status failure { code message } dialect { format archive member members sheet sheets decisions { aspect isQuestion reason } }"


def as_csv(encoding: str = "utf-8", **dialect: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text, **dialect).writerows([HEADER, *PEOPLE])
    return text.getvalue().encode(encoding)


def as_xlsx(*, cover: bool = False) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_numbers": False}) as book:
        if cover:
            book.add_worksheet("Cover").write(0, 0, "Our friends, as of today")
        sheet = book.add_worksheet("People")
        for number, row in enumerate((HEADER, *PEOPLE)):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def as_xls() -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("People")
    for number, row in enumerate((HEADER, *PEOPLE)):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_ods() -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="People")
    for row in (HEADER, *PEOPLE):
        line = TableRow()
        for cell in row:
            holder = TableCell(valuetype="string")
            holder.addElement(P(text=cell))
            line.addElement(holder)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    file = io.BytesIO()
    document.write(file)
    return file.getvalue()


def as_objects() -> list[dict[str, str]]:
    return [dict(zip(HEADER, person, strict=True)) for person in PEOPLE]


def as_vcards() -> bytes:
    def card(first: str, last: str, email: str, phone: str) -> str:
        escaped = last.replace(",", "\\,").replace(";", "\\;")
        lines = ("BEGIN:VCARD", "VERSION:3.0", f"N:{escaped};{first};;;", f"FN:{first} {escaped}")
        return "\r\n".join((*lines, f"EMAIL;TYPE=INTERNET:{email}", f"TEL;TYPE=VOICE:{phone}", "END:VCARD")) + "\r\n"

    return "".join(card(*person) for person in PEOPLE).encode()


def as_zip(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return file.getvalue()


# By file name, which says the truth nowhere: what counts are the bytes.
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "plain.csv": ("CSV", as_csv),
    "pipes.txt": ("CSV", lambda: as_csv(delimiter="|", quoting=csv.QUOTE_ALL)),
    "utf16.csv": ("CSV", lambda: as_csv("utf-16", delimiter="\t")),
    "packed.csv.gz": ("CSV", lambda: gzip.compress(as_csv())),
    "one.zip": ("CSV", lambda: as_zip(people__csv=as_csv())),
    "book.xlsx": ("XLSX", as_xlsx),
    "cover.xlsx": ("XLSX", lambda: as_xlsx(cover=True)),
    "old.xls": ("XLS", as_xls),
    "called-otherwise.csv": ("XLS", as_xls),
    "binary.xlsb": ("XLSB", lambda: make_xlsb(dict(enumerate((HEADER, *PEOPLE), start=1)))),
    "open.ods": ("ODS", as_ods),
    "array.json": ("JSON", lambda: json.dumps(as_objects()).encode()),
    "lines.jsonl": ("JSON_LINES", lambda: "\n".join(json.dumps(person) for person in as_objects()).encode()),
    "cards.vcf": ("VCARD", as_vcards),
    "book.zip": ("XLSX", lambda: as_zip(people__xlsx=as_xlsx())),
    "cards.vcf.gz": ("VCARD", lambda: gzip.compress(as_vcards())),
}


def contacts_of(client: ApiClient) -> list[tuple[str, ...]]:
    return sorted(tuple(contact[name] for name in SHOWN.split()) for contact in client.contacts(SHOWN))


def told(client: ApiClient, job: Json) -> Json:
    return client.read(job["id"], DIALECT)


EXPECTED = sorted((first, last, email, phone.replace(" ", "")) for first, last, email, phone in PEOPLE)


@pytest.mark.parametrize("filename", FILES)
def test_every_kind_of_file_becomes_the_same_contacts(default_service: Service, filename: str) -> None:
    client = default_service.client()
    kind, make = FILES[filename]
    job = client.run_import(make(), filename)
    found = told(client, job)
    assert job["status"] == "COMPLETED", found
    assert job["counts"]["created"] == len(PEOPLE)
    assert found["dialect"]["format"] == kind
    assert contacts_of(client) == EXPECTED


def test_an_archive_of_several_files_asks_which(service: Service) -> None:
    client = service.client()
    created = client.create_import(as_zip(firms__csv=FIRMS, people__csv=as_csv()), "both.zip", autoStart=True)
    job = client.wait(created["id"], {"NEEDS_MAPPING"})
    found = told(client, job)
    assert (found["status"], found["failure"]["code"]) == ("NEEDS_MAPPING", "MEMBER_NEEDED")
    assert found["dialect"]["members"] == ["firms.csv", "people.csv"]
    with pytest.raises(Refused, match="MEMBER_NEEDED"):
        client.change("updateImport", {"id": job["id"], "mapping": [{"column": "E-mail", "field": "email"}]})
    client.change("updateImport", {"id": job["id"], "options": {"member": "people.csv"}})
    assert client.wait(job["id"])["status"] == "COMPLETED"
    assert contacts_of(client) == EXPECTED


def test_a_member_that_is_not_there_is_told_and_another_can_be_said(default_service: Service) -> None:
    client = default_service.client()
    job = client.run_import(as_zip(firms__csv=FIRMS, people__csv=as_csv()), "both.zip", options={"member": "friends.csv"})
    assert (job["status"], job["failure"]["code"]) == ("FAILED", "MEMBER_NOT_FOUND")
    client.change("updateImport", {"id": job["id"], "options": {"member": "people.csv"}})
    assert client.wait(job["id"])["status"] == "COMPLETED"
    assert contacts_of(client) == EXPECTED


def test_what_was_guessed_can_be_overruled(default_service: Service) -> None:
    client = default_service.client()
    created = client.create_import(as_csv(delimiter="~").replace(b"~", b"~|~"), "odd.csv", options={"delimiter": "~|~"}, autoStart=True)
    job = client.wait(created["id"], {"NEEDS_MAPPING"})
    assert job["status"] == "COMPLETED", told(client, job)
    assert contacts_of(client) == EXPECTED
