"""How a file is read: what was decided and why is told, what a person says of it is checked, and a question waits for an answer."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from dashboard import strings
from models.vocabulary import IssueCode
from tests.api.door import CSV, Door, Json
from workers.engine.detection import inspect_source
from workers.engine.frames import Chunk, Decision, Inspection, make_issue_frame
from workers.engine.readers import read_chunks
from workers.engine.readers.encodings.names import require_encoding
from workers.engine.readers.issues import make_issue
from workers.stages import inspect as inspecting
from workers.stages import reading

DIALECT = """dialect { format encoding delimiter quote escape comment headerRow headerRows sheet sheets archive member members
decisions { aspect value confidence reason alternatives isQuestion } }"""
GUESS = Decision("header_row", "1", 0.3, "The first row may be a header or a person.", ("0",))
CERTAIN = Decision("delimiter", ",", 1.0, "Every record has three cells.", (";", "\t"))


async def read(door: Door, import_id: str, fields: str) -> Json:
    found: Json = (await door.ask(f"query($id: ID!) {{ import(id: $id) {{ {fields} }} }}", {"id": import_id}))["import"]
    return found


@pytest.fixture
def doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inspection is unsure of the header unless somebody said where it is."""

    def inspect_with_doubt(*args: Any, **options: Any) -> Inspection:
        return replace(inspect_source(*args, **options), decisions=(CERTAIN, GUESS))

    monkeypatch.setattr(inspecting, "inspect_source", inspect_with_doubt)


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("delimiter", ["", "12345678901", "\n", "|\r|", '"', 'a"b']),
        ("quote", ["''", "\n"]),
        ("escape", ["", "\\\\", "\r"]),
        ("headerRow", [-1]),
        ("headerRows", [0, 4, -1]),
        ("sheet", [""]),
        ("member", [""]),
        ("encoding", ["", "klingon"]),
    ],
)
async def test_a_way_of_reading_that_makes_no_sense_is_refused_where_it_stands(sqlite_door: Door, option: str, values: list[Any]) -> None:
    for value in values:
        payload = await sqlite_door.create(options={option: value})
        (error,) = payload["userErrors"]
        assert (error["code"], error["path"]) == ("INVALID_OPTION", ["input", "options", option]), value
        assert payload["import"] is None


async def test_separators_must_differ(sqlite_door: Door) -> None:
    for name in ("quote", "escape"):
        payload = await sqlite_door.create(options={"delimiter": "~|~", name: "|"})
        assert payload["userErrors"][0]["path"] == ["input", "options", name]


async def test_what_was_said_is_told_and_null_lets_it_be_detected_again(sqlite_door: Door) -> None:
    said = {"delimiter": ",", "quote": "", "escape": "\\", "headerRow": 1, "headerRows": 1, "encoding": "utf-8"}
    created = await sqlite_door.create(options=said)
    assert created["userErrors"] == []
    sqlite_door.rig.drain()
    names = " ".join((*said, "sheet", "member"))
    found = await read(sqlite_door, created["import"]["id"], f"options {{ {names} }}")
    assert found["options"] == said | {"sheet": None, "member": None}
    given = {"id": created["import"]["id"], "options": dict.fromkeys(said)}
    changed = await sqlite_door.change("updateImport", given, f"import {{ status options {{ {names} }} }}")
    assert changed["userErrors"] == []
    assert changed["import"]["status"] == "INSPECTING"
    assert set(changed["import"]["options"].values()) == {None}


async def test_what_was_decided_is_told_with_its_reason(door: Door, doubt: None) -> None:
    created = await door.create(autoStart=True)
    door.rig.drain()
    import_id = created["import"]["id"]
    found = await read(door, import_id, f"status failure {{ code message }} {DIALECT}")
    assert found["status"] == "NEEDS_MAPPING"
    assert found["failure"]["code"] == "DIALECT_UNCERTAIN"
    assert found["failure"]["message"].startswith("The first row may be a header or a person. Say the row of the header")
    dialect = found["dialect"]
    assert (dialect["format"], dialect["headerRow"], dialect["headerRows"], dialect["members"]) == ("CSV", 1, 1, [])
    assert dialect["decisions"] == [
        {
            "aspect": "delimiter",
            "value": ",",
            "confidence": 1.0,
            "reason": "Every record has three cells.",
            "alternatives": [";", "\t"],
            "isQuestion": False,
        },
        {
            "aspect": "headerRow",
            "value": "1",
            "confidence": 0.3,
            "reason": "The first row may be a header or a person.",
            "alternatives": ["0"],
            "isQuestion": True,
        },
    ]
    answered = await door.change("updateImport", {"id": import_id, "options": {"headerRow": 1}}, "import { status failure { code } }")
    assert answered == {"import": {"status": "INSPECTING", "failure": None}, "userErrors": []}
    door.rig.drain()
    found = await read(door, import_id, f"status counts {{ created }} {DIALECT}")
    assert (found["status"], found["counts"]["created"]) == ("COMPLETED", 2)
    assert [decision["isQuestion"] for decision in found["dialect"]["decisions"]] == [False, False]


async def test_a_guess_that_was_accepted_is_no_question_any_more(sqlite_door: Door, doubt: None) -> None:
    created = await sqlite_door.create()
    sqlite_door.rig.drain()
    import_id = created["import"]["id"]
    mapping = (await read(sqlite_door, import_id, "mapping { column field }"))["mapping"]
    accepted = await sqlite_door.change("updateImport", {"id": import_id, "mapping": mapping}, f"import {{ status {DIALECT} }}")
    assert accepted["import"]["status"] == "PLANNING"
    assert [decision["isQuestion"] for decision in accepted["import"]["dialect"]["decisions"]] == [False, False]


async def test_an_archive_of_several_files_shows_their_names_and_nothing_else(sqlite_door: Door) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("people.csv", CSV)
        archive.writestr("firms.csv", b"firm;town\nA;Berlin\nB;Paris\n")
    created = await sqlite_door.create(file.getvalue(), autoStart=True)
    sqlite_door.rig.drain()
    import_id = created["import"]["id"]
    shown = "status failure { code } columns { header } mapping { column } preview { row } counts { total } plan { hash }"
    found = await read(sqlite_door, import_id, f"{shown} rows {{ totalCount }} issues {{ totalCount }} {DIALECT}")
    assert (found["status"], found["failure"]["code"]) == ("NEEDS_MAPPING", "MEMBER_NEEDED")
    assert (found["columns"], found["mapping"], found["preview"], found["plan"]) == ([], [], [], None)
    assert (found["dialect"]["format"], found["dialect"]["archive"], found["dialect"]["member"]) == ("ZIP", "ZIP", None)
    assert found["dialect"]["members"] == ["people.csv", "firms.csv"]
    for given in ({"mapping": [{"column": "Email", "field": "email"}]}, {"options": {"tags": ["x"]}}):
        refused = await sqlite_door.change("updateImport", {"id": import_id, **given})
        assert refused["userErrors"][0]["code"] == "MEMBER_NEEDED"
    answered = await sqlite_door.change("updateImport", {"id": import_id, "options": {"member": "people.csv"}})
    assert answered["userErrors"] == []
    sqlite_door.rig.drain()
    assert (await read(sqlite_door, import_id, "status"))["status"] == "COMPLETED"


async def test_records_that_are_no_rows_are_issues_and_nothing_else(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_with_footer(*args: Any, **options: Any) -> Iterator[Chunk]:
        for chunk in read_chunks(*args, **options):
            yield Chunk(chunk.frame, pl.concat([chunk.issues, make_issue_frame([make_issue(812, IssueCode.FOOTER, value="Total: 2")])]))

    monkeypatch.setattr(reading, "read_chunks", read_with_footer)
    import_id = await door.completed(CSV)
    found = await read(
        door,
        import_id,
        """status counts { total created } rows { totalCount nodes { row } } marked: rows(hasIssues: true) { totalCount nodes { row } }
        issues { totalCount nodes { row code severity value } } issueGroups { code count example { row } } canRetry errorReport { url }""",
    )
    assert (found["status"], found["counts"]) == ("COMPLETED", {"total": 2, "created": 2})
    assert [node["row"] for node in found["rows"]["nodes"]] == [2, 3]
    assert found["marked"] == {"totalCount": 0, "nodes": []}
    assert found["issues"] == {"totalCount": 1, "nodes": [{"row": 812, "code": "FOOTER", "severity": "NOTE", "value": "Total: 2"}]}
    assert found["issueGroups"] == [{"code": "FOOTER", "count": 1, "example": {"row": 812}}]
    assert not found["canRetry"]


async def test_what_the_dashboard_offers_is_known_to_the_api(sqlite_door: Door) -> None:
    for encoding in strings.ENCODINGS:
        created = await sqlite_door.create(options={"encoding": encoding})
        assert created["userErrors"] == [], encoding
        # By the name that the dialect will have, or the picker could not show what was read.
        assert require_encoding(encoding) == encoding


async def test_the_order_of_dates_and_what_becomes_of_names_are_options(sqlite_door: Door) -> None:
    names = "dateOrder splitNames recaseNames"
    created = await sqlite_door.create(options={"dateOrder": "MONTH_FIRST", "recaseNames": False})
    assert created["userErrors"] == []
    found = await read(sqlite_door, created["import"]["id"], f"options {{ {names} }}")
    assert found["options"] == {"dateOrder": "MONTH_FIRST", "splitNames": True, "recaseNames": False}
