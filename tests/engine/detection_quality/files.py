"""Whole files with planted issues: delimited text of several dialects, a workbook, JSON Lines, and what concerns several rows."""

import io
import json
from codecs import BOM_UTF16_LE
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

import openpyxl

from models.vocabulary import AssignmentMode, DuplicateStrategy, FileFormat, IssueCode, MatchMode
from tests.engine.detection_quality.people import HEADERS, MAPPING, Person, make_person, make_plain_person
from tests.engine.detection_quality.scoring import TODAY, Address, LabelledFile
from tests.engine.detection_quality.wrong_cells import AMBIGUOUS_DATE, WRONG_CELLS, Label
from tests.engine.detection_quality.wrong_records import WRONG_AMONG_ORDERLY, WRONG_RECORDS, Record, WriteWrong, write_row
from workers.engine.frames import Assignment, EngineOptions

OPTIONS = EngineOptions(
    mapping={header: name for header, name in MAPPING.items() if header != "owner"},
    today=TODAY,
    recase_names=True,
    split_names=True,
    duplicate_strategy=DuplicateStrategy.UPDATE,
    assignment=Assignment(AssignmentMode.BY_COLUMN, column="owner"),
)

CELL_SHARE = 0.06
RECORD_SHARE = 0.03
PAIR_SHARE = 0.02
LEAST_ROWS_WITH_COMMENTS = 300


@dataclass(slots=True)
class _Sheet:
    """Rows as they are made, with the issues by the place in the list."""

    rows: list[Person] = field(default_factory=list)
    labels: list[tuple[int, Label]] = field(default_factory=list)

    def add(self, person: Person, *labels: Label) -> None:
        self.labels += [(len(self.rows), label) for label in labels]
        self.rows.append(person)

    def by_place(self) -> dict[int, list[Label]]:
        found: dict[int, list[Label]] = {}
        for place, label in self.labels:
            found.setdefault(place, []).append(label)
        return found

    def addresses(self, first_row: int = 2) -> Iterator[Address]:
        for place, (name, code) in self.labels:
            yield place + first_row, name, code.value


def _make_sheet(rng: Random, rows: int, order: str | None) -> _Sheet:
    """Right rows, with wrong cells among them, and pairs of rows that are about one person or about one key."""
    sheet = _Sheet()
    kinds = list(WRONG_CELLS.values())
    if order is None:
        kinds.append(AMBIGUOUS_DATE)
    clean: list[Person] = []
    for number in range(rows):
        person = make_person(rng, number, order)
        chance = rng.random()
        if chance < CELL_SHARE:
            sheet.add(person, rng.choice(kinds)(person, rng))
        elif chance < CELL_SHARE + PAIR_SHARE and clean:
            # Each is paired once, so that what a row raises depends on one other row only.
            sheet.add(*rng.choice(_PAIRS)(clean.pop(rng.randrange(len(clean))), person))
        else:
            sheet.add(person)
            if person["external_id"].startswith("C-"):
                clean.append(person)
    return sheet


def _repeat(earlier: Person, person: Person) -> tuple[Person, Label]:
    return person | {"external_id": earlier["external_id"], "email": "", "consent": ""}, (None, IssueCode.DUPLICATE_ROW)


def _repeat_by_email(earlier: Person, person: Person) -> tuple[Person, Label]:
    return person | {"external_id": "", "email": earlier["email"].upper(), "consent": ""}, (None, IssueCode.DUPLICATE_ROW)


def _take_key(earlier: Person, person: Person) -> tuple[Person, Label]:
    return person | {"external_id": "Z" + earlier["external_id"], "email": earlier["email"]}, ("email", IssueCode.KEY_CONFLICT)


def _subscribe_again(earlier: Person, person: Person) -> tuple[Person, Label, Label]:
    earlier["consent"] = "unsubscribed"
    again = person | {"external_id": earlier["external_id"], "email": "", "consent": "yes"}
    return again, (None, IssueCode.DUPLICATE_ROW), ("consent", IssueCode.CONSENT_KEPT)


_PAIRS: tuple[Callable[[Person, Person], tuple[Person, *tuple[Label, ...]]], ...] = (_repeat, _repeat_by_email, _take_key, _subscribe_again)


def make_text_file(rng: Random, rows: int, *, delimiter: str, encoding: str, order: str | None, ending: str = "\r\n") -> LabelledFile:
    """Delimited text with wrong cells, and, in UTF-8, wrongly written rows and lines that are none."""
    sheet = _make_sheet(rng, rows, order)
    by_place = sheet.by_place()
    records = [Record(write_row(HEADERS, delimiter).encode(encoding))]
    kinds: list[WriteWrong] = list(WRONG_RECORDS.values()) if encoding == "utf-8" else []
    for place, person in enumerate(sheet.rows):
        if kinds and place > 50 and rng.random() < RECORD_SHARE:
            records.append(rng.choice(kinds)(rng, delimiter))
        text = write_row([person[header] for header in HEADERS], delimiter)
        records.append(Record(text.encode(encoding), tuple(by_place.get(place, ()))))
    name = f"text {delimiter!r} {encoding} {order}"
    return _finish_text(name, records, ending.encode(encoding), OPTIONS, BOM_UTF16_LE if encoding == "utf-16-le" else b"")


def make_orderly_file(rng: Random, rows: int) -> LabelledFile:
    """An orderly export with comments, a footer, and what only order can prove."""
    comment = Record(b"# exported by the registry", ((None, IssueCode.COMMENT_LINE),))
    # A single line above the header is its title, whatever it begins with; a short file gets no comments.
    has_comments = rows >= LEAST_ROWS_WITH_COMMENTS
    records = [comment] * has_comments + [Record(write_row(HEADERS, ",").encode())]
    for place in range(rows):
        if place > 50 and rng.random() < RECORD_SHARE:
            records.append(rng.choice(list(WRONG_AMONG_ORDERLY.values()))(rng, ","))
        elif place > 50 and has_comments and rng.random() < RECORD_SHARE / 3:
            records.append(comment)
        person = make_plain_person(rng)
        records.append(Record(write_row([person[header] for header in HEADERS], ",").encode()))
    footer = rng.choice((f"Total: {rows} contacts", f"{rows} records exported", "Exported on 2026-11-20 by Ann", "End of report"))
    records.append(Record(footer.encode(), ((None, IssueCode.FOOTER),)))
    return _finish_text("orderly", records, b"\n", OPTIONS)


def make_two_tables(rng: Random, rows: int) -> LabelledFile:
    """Below the people, another table."""
    people = [make_plain_person(rng) for _ in range(rows)]
    records = [Record(write_row(HEADERS, ",").encode())]
    records += [Record(write_row([person[header] for header in HEADERS], ",").encode()) for person in people]
    records.append(Record(b""))
    other = ((None, IssueCode.OTHER_TABLE),)
    lines = (
        "Companies",
        "Company,Web site,Employees",
        "Acme Ltd,acme.example,12",
        "Globex,globex.example,340",
        "Initech,initech.example,7",
    )
    records += [Record(line.encode(), other) for line in lines]
    return _finish_text("two tables", records, b"\n", OPTIONS)


def make_any_file(rng: Random, rows: int) -> LabelledFile:
    """Under ANY, a row whose external id and e-mail find two different contacts."""
    sheet, clean = _Sheet(), list[Person]()
    for _ in range(rows):
        person = make_plain_person(rng)
        if len(clean) > 2 and rng.random() < PAIR_SHARE * 2:
            first, second = rng.sample(clean, 2)
            sheet.add(person | {"external_id": first["external_id"], "email": second["email"]}, (None, IssueCode.AMBIGUOUS_MATCH))
        else:
            sheet.add(person)
            clean.append(person)
    records = [Record(write_row(HEADERS, ",").encode())]
    labels = dict(sheet.labels)
    records += [
        Record(write_row([row[header] for header in HEADERS], ",").encode(), (labels[place],) if place in labels else ())
        for place, row in enumerate(sheet.rows)
    ]
    return _finish_text("any", records, b"\n", replace(OPTIONS, match_mode=MatchMode.ANY))


def _finish_text(name: str, records: list[Record], ending: bytes, options: EngineOptions, signature: bytes = b"") -> LabelledFile:
    labels = {(row, field, code.value) for row, record in enumerate(records, start=1) for field, code in record.labels}
    data = signature + ending.join(record.data for record in records) + ending
    return LabelledFile(name, data, FileFormat.CSV, options, frozenset(labels))


def make_json_file(rng: Random, rows: int) -> LabelledFile:
    """JSON Lines with wrong cells, broken lines, and half a character."""
    sheet = _make_sheet(rng, rows, "month_first")
    lines, labels = [], set[Address]()
    by_place = sheet.by_place()
    for place, person in enumerate(sheet.rows):
        if place > 20 and rng.random() < RECORD_SHARE:
            if rng.random() < 0.5:
                # Such a row has no cells: nothing tells who it is.
                codes = ((None, IssueCode.DAMAGED_RECORD), (None, IssueCode.NO_MATCH_KEY), ("owner", IssueCode.OWNER_MISSING))
                labels |= {(len(lines) + 1, name, code.value) for name, code in codes}
                lines.append(json.dumps(make_plain_person(rng))[: -rng.randint(2, 60)])
            else:
                labels.add((len(lines) + 1, "city", IssueCode.UNDECODABLE_TEXT.value))
                lines.append(json.dumps(make_plain_person(rng) | {"city": "Pa*ris"}).replace("Pa*ris", "Pa\\ud800ris"))
        labels |= {(len(lines) + 1, name, code.value) for name, code in by_place.get(place, ())}
        lines.append(json.dumps(person, ensure_ascii=rng.random() < 0.5))
    return LabelledFile("json lines", "\n".join(lines).encode(), FileFormat.JSON_LINES, OPTIONS, frozenset(labels))


def make_workbook(rng: Random, rows: int) -> LabelledFile:
    """A workbook with wrong cells and what only a spreadsheet does to them."""
    sheet = _make_sheet(rng, rows, None)
    labels = set(sheet.addresses())
    taken = {row for row, _, _ in labels}
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(HEADERS)
    for row, person in enumerate(sheet.rows, start=2):
        # What no cell of a workbook can hold is kept to the text files.
        is_storable = not any(char in value for value in person.values() for char in "\x01\x07\x1b")
        values: list[object] = [value or None for value in person.values()] if is_storable else list(make_plain_person(rng).values())
        if not is_storable:
            labels -= {address for address in labels if address[0] == row}
        page.append([value if not isinstance(value, str) or value[:1] != "=" else f" {value}" for value in values])
        if row in taken or row % 3 or rng.random() > RECORD_SHARE * 4:
            continue
        _spoil_row(page, row, rng, labels)
    stream = io.BytesIO()
    book.save(stream)
    return LabelledFile("workbook", stream.getvalue(), FileFormat.XLSX, OPTIONS, frozenset(labels))


def _spoil_row(page: "openpyxl.worksheet.worksheet.Worksheet", row: int, rng: Random, labels: set[Address]) -> None:
    company, city, external_id = (HEADERS.index(name) + 1 for name in ("company", "city", "external_id"))
    match rng.randrange(5):
        case 0:
            page.cell(row, company).value = rng.choice(("#REF!", "#DIV/0!", "#NAME?"))
            page.cell(row, company).data_type = "e"
            labels.add((row, "company", IssueCode.CELL_ERROR.value))
        case 1:
            page.cell(row, city).value = "=UPPER(A1)"
            labels.add((row, "city", IssueCode.FORMULA_WITHOUT_VALUE.value))
        case 2:
            page.row_dimensions[row].hidden = True
            labels.add((row, None, IssueCode.HIDDEN_ROW.value))
        case 3:
            page.cell(row, external_id).value = 10**16 + rng.randint(10**9, 10**12) * 10 + 7
            labels.add((row, "external_id", IssueCode.NUMBER_ROUNDED.value))
        case _:
            page.cell(row - 1, company).value = "Merged Co"
            page.merge_cells(start_row=row - 1, end_row=row, start_column=company, end_column=company)
            labels.add((row, "company", IssueCode.MERGED_CELL.value))


def iter_files(seed: int, rows: int) -> Iterator[LabelledFile]:
    """Files of all shapes, of so many rows together."""
    rng = Random(seed)
    share = rows // 10
    yield make_text_file(rng, 2 * share, delimiter=",", encoding="utf-8", order="day_first")
    yield make_text_file(rng, share, delimiter=";", encoding="utf-8", order="month_first", ending="\n")
    yield make_text_file(rng, share, delimiter="\t", encoding="utf-8", order=None)
    yield make_text_file(rng, share, delimiter="|", encoding="utf-16-le", order="day_first")
    yield make_json_file(rng, share)
    yield make_workbook(rng, share)
    yield make_orderly_file(rng, share)
    yield make_any_file(rng, share)
    for _ in range(10):
        yield make_two_tables(rng, share // 20)
        yield make_orderly_file(rng, share // 20)
