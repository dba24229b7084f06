"""Fixing in place: corrected cells, rows left out, and one rule for all rows of a group of issues."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from api.commands import edit_rows
from models.database import reading, writing
from models.settings import Settings
from models.tables import AuditEntry, PlannedChunk
from models.vocabulary import DuplicateStrategy, Stage
from tests.api.door import Door, open_door

Json = dict[str, Any]
COUNTS = "counts { total created updated unchanged skipped failed unprocessed }"
ROWS = "rows(first: 50) { nodes { row outcome values isExcluded edited { column original value } issues { code } } }"
EFFECT = "effect { rows changed resolved samples { row column before after issues { code } } }"
# Row 3 has no key that can be used, row 4 nothing but a name.
CSV = b"Email,Name,Phone,Born\nann@example.com,Ann,+33199000001,1984-03-12\nbob@,Bob,,\n,Nobody,,\ncy@example.com,Cy,+33199000002,\n"
# 06… is a number in France, and 3/4 one day in April or another in March.
GROUPS = (
    b"Email,Phone,Born,Country\n"
    b"ann@example.com,06 12 34 56 78,3/4/1984,\n"
    b"bob@gmial.com,06 12 34 56 79,5/6/1984,Frnce\n"
    b"cy@gmial.com,12345678,7/8/1984,\n"
)
MAPPING = {"Email": "email", "Name": "full_name", "Phone": "phone", "Born": "birthday", "Country": "country"}


async def planned(door: Door, data: bytes = CSV, **options: Any) -> str:
    """The id of an import that waits to be started."""
    headers = data.split(b"\n")[0].decode().split(",")
    mapping = [{"column": header, "field": MAPPING[header]} for header in headers]
    payload = await door.create(data, mapping=mapping, options=options)
    assert payload["userErrors"] == [], payload
    door.rig.drain()
    import_id: str = payload["import"]["id"]
    shown = await look(door, import_id, "status")
    if shown["status"] == "NEEDS_MAPPING":
        # Dates of which nothing tells the order are left out.
        await door.change("updateImport", {"id": import_id, "mapping": mapping})
        door.rig.drain()
    return import_id


async def look(door: Door, import_id: str, fields: str) -> Json:
    shown: Json = (await door.ask(f"query($id: ID!) {{ import(id: $id) {{ {fields} }} }}", {"id": import_id}))["import"]
    return shown


async def edit(door: Door, import_id: str, **given: Any) -> list[Json]:
    """Edit and plan again; the errors."""
    errors: list[Json] = (await door.change("editImportRows", {"id": import_id, **given}))["userErrors"]
    door.rig.drain()
    return errors


async def fix(door: Door, import_id: str, code: str, field: str | None, rule: Json) -> Json:
    """The effect of a rule, which is what the preview had said."""
    query = f"query($id: ID!, $code: String!, $field: String, $rule: FixRuleInput!) {{ import(id: $id) {{ {EFFECT} }} }}"
    query = query.replace("effect {", "effect: fixPreview(code: $code, field: $field, rule: $rule) {")
    promised = (await door.ask(query, {"id": import_id, "code": code, "field": field, "rule": rule}))["import"]["effect"]
    payload = await door.change("applyFix", {"id": import_id, "code": code, "field": field, "rule": rule}, EFFECT)
    assert payload["userErrors"] == [], payload
    assert payload["effect"] == promised
    door.rig.drain()
    done: Json = payload["effect"]
    return done


async def preview(door: Door, given: Json, *, token: str | None = None) -> httpx.Response:
    """The answer to a query for what a fix would change."""
    query = "query($id: ID!, $code: String!, $field: String, $rule: FixRuleInput!) { import(id: $id) { "
    query += "fixPreview(code: $code, field: $field, rule: $rule) { changed } } }"
    return await door.post(query, given, token=token)


async def values(door: Door, import_id: str, column: str) -> list[str | None]:
    return [node["values"][column] for node in (await look(door, import_id, ROWS))["rows"]["nodes"]]


async def test_cells_are_corrected_and_rows_left_out_before_anything_is_applied(door: Door) -> None:
    import_id = await planned(door)
    before = await look(door, import_id, f"version plan {{ hash {COUNTS} }}")
    assert before["plan"]["counts"]["failed"] == 2
    edits = [{"row": 3, "column": "Email", "value": "bob@example.com"}, {"row": 5, "column": "Name", "value": ""}]
    payload = await door.change(
        "editImportRows", {"id": import_id, "version": before["version"], "edits": edits, "excludeRows": [4]}, "import { status version }"
    )
    assert payload["userErrors"] == []
    assert payload["import"]["status"] == "PLANNING"
    door.rig.drain()

    shown = await look(
        door, import_id, f"status plan {{ hash {COUNTS} }} edits {{ cells excludedRows }} {ROWS} preview {{ row raw mapped }}"
    )
    assert shown["status"] == "PLANNED"
    assert shown["plan"]["hash"] != before["plan"]["hash"]
    assert shown["plan"]["counts"] == {"total": 4, "created": 3, "updated": 0, "unchanged": 0, "skipped": 1, "failed": 0, "unprocessed": 0}
    assert shown["edits"] == {"cells": 2, "excludedRows": 1}
    bob, nobody, cy = shown["rows"]["nodes"][1:]
    assert bob["values"]["Email"] == "bob@example.com"
    assert bob["edited"] == [{"column": "Email", "original": "bob@", "value": "bob@example.com"}]
    assert bob["issues"] == []
    assert (nobody["outcome"], nobody["isExcluded"], nobody["issues"]) == ("SKIPPED", True, [{"code": "ROW_EXCLUDED"}])
    assert cy["edited"] == [{"column": "Name", "original": "Cy", "value": ""}]
    # The file's own cells beside what they are taken for.
    assert [row["raw"][0] for row in shown["preview"]] == ["ann@example.com", "bob@", "", "cy@example.com"]
    assert [row["mapped"].get("email") for row in shown["preview"]] == ["ann@example.com", "bob@example.com", None, "cy@example.com"]
    edited = await look(door, import_id, "rows(isEdited: true) { totalCount nodes { row } } others: rows(isEdited: false) { totalCount }")
    assert edited == {"rows": {"totalCount": 3, "nodes": [{"row": 3}, {"row": 4}, {"row": 5}]}, "others": {"totalCount": 1}}

    assert (await door.change("startImport", {"id": import_id, "planHash": shown["plan"]["hash"]}))["userErrors"] == []
    door.rig.drain()
    assert (await look(door, import_id, f"status {COUNTS}"))["status"] == "COMPLETED"
    assert sorted(contact.email or "" for contact in door.rig.contacts()) == ["ann@example.com", "bob@example.com", "cy@example.com"]


async def test_what_was_edited_can_be_taken_back(sqlite_door: Door) -> None:
    door = sqlite_door
    import_id = await planned(door)
    before = await look(door, import_id, f"plan {{ hash }} {ROWS}")
    await edit(door, import_id, edits=[{"row": 2, "column": "Email", "value": "x@example.com"}], excludeRows=[4, 5])
    await edit(door, import_id, edits=[{"row": 2, "column": "Email", "value": None}], includeRows=[4])
    # What the file says anyway is no correction.
    await edit(door, import_id, edits=[{"row": 2, "column": "Name", "value": "Ann"}], includeRows=[5])
    assert await look(door, import_id, f"plan {{ hash }} {ROWS}") == before
    assert (await look(door, import_id, "edits { cells excludedRows }"))["edits"] == {"cells": 0, "excludedRows": 0}


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"excludeRows": [1]}, "UNKNOWN_ROW", ["input", "excludeRows", "0"]),
        ({"includeRows": [2, 9]}, "UNKNOWN_ROW", ["input", "includeRows", "1"]),
        ({"edits": [{"row": 6, "column": "Email", "value": "x"}]}, "UNKNOWN_ROW", ["input", "edits", "0", "row"]),
        ({"edits": [{"row": 2, "column": "email", "value": "x"}]}, "UNKNOWN_COLUMN", ["input", "edits", "0", "column"]),
        ({"edits": [{"row": 2, "column": "Email", "value": v} for v in "xy"]}, "EDITED_TWICE", ["input", "edits", "1"]),
        ({"excludeRows": [2], "includeRows": [2]}, "EDITED_TWICE", ["input", "includeRows"]),
        ({}, "INVALID_REQUEST", ["input"]),
        ({"excludeRows": list(range(1_001))}, "TOO_MANY_EDITS", None),
        ({"version": 1, "excludeRows": [2]}, "STALE_VERSION", None),
    ],
)
async def test_an_edit_that_makes_no_sense_is_refused_where_it_stands(
    sqlite_door: Door, given: Json, code: str, path: list[str] | None
) -> None:
    import_id = await planned(sqlite_door)
    before = await look(sqlite_door, import_id, "version status edits { cells excludedRows }")
    errors = await edit(sqlite_door, import_id, **given)
    assert [(error["code"], error["path"]) for error in errors] == [(code, path)]
    assert await look(sqlite_door, import_id, "version status edits { cells excludedRows }") == before


async def test_there_is_a_time_for_editing(sqlite_door: Door) -> None:
    door = sqlite_door
    unread = (await door.create(b"Email\nnew@example.com\n"))["import"]["id"]
    assert [error["code"] for error in await edit(door, unread, excludeRows=[2])] == ["WRONG_STATE"]
    assert [error["code"] for error in await edit(door, unread, excludeRows=[2])] == ["ROWS_NOT_READ"]
    done = await door.completed(b"Email\nann@example.com\n")
    assert [error["code"] for error in await edit(door, done, excludeRows=[2])] == ["WRONG_STATE"]


async def test_edits_of_several_people_at_once_are_all_kept(door: Door) -> None:
    """None of them names a version, so none of them minds the others."""
    people = "Email\n" + "".join(f"nobody {number}\n" for number in range(12))
    import_id = await door.completed(people.encode(), mapping=[{"column": "Email", "field": "email"}])
    corrected = [[{"row": row, "column": "Email", "value": f"p{row}@example.com"}] for row in range(2, 14)]
    refused = await asyncio.gather(*(edit(door, import_id, edits=edits) for edits in corrected))
    assert refused == [[]] * 12
    assert (await look(door, import_id, "edits { cells }"))["edits"] == {"cells": 12}
    await door.change("retryImport", {"id": import_id}, "import { id }")
    door.rig.drain()
    assert sorted(contact.email or "" for contact in door.rig.contacts()) == [
        f"p{row}@example.com" for row in sorted(range(2, 14), key=str)
    ]


async def test_a_rule_leaves_alone_what_a_person_has_corrected_since(door: Door) -> None:
    """Once an import has ended nobody plans it again, so that the group of issues has the row until it is retried."""
    import_id = await door.completed(b"Email\nnobody\nnobody else\nand her\n", mapping=[{"column": "Email", "field": "email"}])
    for row, value in ((2, "ann@example.com"), (3, "still nobody")):
        await edit(door, import_id, edits=[{"row": row, "column": "Email", "value": value}])
    effect = await fix(door, import_id, "INVALID_EMAIL", "email", {"leaveOut": True})
    assert (effect["rows"], effect["changed"]) == (2, 2)
    assert await values(door, import_id, "Email") == ["ann@example.com", None, None]


async def test_a_rule_leaves_alone_the_one_of_two_cells_that_a_person_has_corrected(door: Door) -> None:
    people = b"Email,Newsletter,Opt-in\nann@example.com,maybe,perhaps\n"
    mapping = [{"column": "Email", "field": "email"}, *({"column": name, "field": "consent"} for name in ("Newsletter", "Opt-in"))]
    import_id = await door.completed(people, mapping=mapping, options={"invalidValues": "FAIL_ROW"})
    await edit(door, import_id, edits=[{"row": 2, "column": "Newsletter", "value": "unsubscribed"}])
    assert (await fix(door, import_id, "INVALID_CONSENT", "consent", {"leaveOut": True}))["changed"] == 1
    assert await values(door, import_id, "Newsletter") == ["unsubscribed"]
    assert await values(door, import_id, "Opt-in") == [None]


async def test_an_edit_of_what_was_retried_meanwhile_is_refused(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was looked at as it failed; by the time it is to be kept, another attempt has written it."""
    import_id = await door.completed(b"Email\nnobody\nnobody else\n", mapping=[{"column": "Email", "field": "email"}])
    await edit(door, import_id, edits=[{"row": 2, "column": "Email", "value": "bob@example.com"}])
    look_at, overtakers = edit_rows.find_source, [lambda: door.rig.retry(UUID(import_id))]

    def be_overtaken(*given: Any, **named: Any) -> Any:
        source = look_at(*given, **named)
        while overtakers:
            overtakers.pop()()
            door.rig.drain()
        return source

    monkeypatch.setattr(edit_rows, "find_source", be_overtaken)
    errors = await edit(door, import_id, edits=[{"row": 2, "column": "Email", "value": "robert@example.com"}])
    assert [error["code"] for error in errors] == ["ROW_APPLIED"]
    assert [contact.email for contact in door.rig.contacts()] == ["bob@example.com"]


async def test_failed_rows_are_corrected_and_retried_alone(door: Door) -> None:
    import_id = await door.completed(CSV, mapping=[{"column": name, "field": MAPPING[name]} for name in ("Email", "Name", "Phone", "Born")])
    shown = await look(door, import_id, f"status version {COUNTS}")
    assert (shown["status"], shown["counts"]["failed"]) == ("COMPLETED_WITH_ERRORS", 2)
    assert [error["code"] for error in await edit(door, import_id, excludeRows=[2])] == ["ROW_APPLIED"]
    assert await edit(door, import_id, edits=[{"row": 3, "column": "Email", "value": "bob@example.com"}], excludeRows=[4]) == []
    waiting = await look(door, import_id, f"status version {COUNTS}")
    assert waiting == {**shown, "version": shown["version"] + 1}
    assert (await door.change("retryImport", {"id": import_id}))["userErrors"] == []
    door.rig.drain()
    shown = await look(door, import_id, f"status {COUNTS}")
    assert shown["status"] == "COMPLETED"
    assert shown["counts"] == {"total": 4, "created": 3, "updated": 0, "unchanged": 0, "skipped": 1, "failed": 0, "unprocessed": 0}
    assert door.rig.contact("bob@example.com").full_name == "Bob"


async def test_the_error_report_has_the_cells_as_they_were_corrected(sqlite_door: Door) -> None:
    door = sqlite_door
    import_id = await planned(door)
    await edit(door, import_id, edits=[{"row": 3, "column": "Email", "value": "bob(at)example.com"}])
    await door.change("startImport", {"id": import_id})
    door.rig.drain()
    url = (await look(door, import_id, "errorReport { url }"))["errorReport"]["url"]
    report = (await door.http.get(url)).text
    assert "bob(at)example.com" in report
    assert "bob@," not in report


async def test_a_group_of_phones_is_read_in_one_country(door: Door) -> None:
    import_id = await planned(door, GROUPS)
    effect = await fix(door, import_id, "PHONE_COUNTRY_UNKNOWN", "phone", {"defaultCountry": "fr"})
    assert (effect["rows"], effect["changed"], effect["resolved"]) == (3, 2, 2)
    assert effect["samples"][0] == {
        "row": 2, "column": "Phone", "before": "06 12 34 56 78", "after": "+33612345678", "issues": [{"code": "AMBIGUOUS_DATE"}],
    }  # fmt: skip
    assert await values(door, import_id, "Phone") == ["+33612345678", "+33612345679", "12345678"]
    groups = (await look(door, import_id, "issueGroups { code count }"))["issueGroups"]
    assert {"code": "PHONE_COUNTRY_UNKNOWN", "count": 1} in groups
    with reading(door.rig.deps.database) as tx:
        entry = tx.execute(select(AuditEntry).where(col(AuditEntry.action) == "import.fix_applied")).scalar_one()
    assert entry.detail["rule"] == {"kind": "ReadInCountry", "country": "FR"}
    assert (entry.detail["code"], entry.detail["cells"]) == ("phone_country_unknown", 2)


@pytest.mark.parametrize(
    ("code", "field", "rule", "column", "expected"),
    [
        ("AMBIGUOUS_DATE", "birthday", {"dateOrder": "DAY_FIRST"}, "Born", ["1984-04-03", "1984-06-05", "1984-08-07"]),
        ("EMAIL_DOMAIN_TYPO", "email", {"useSuggestion": True}, "Email", ["ann@example.com", "bob@gmail.com", "cy@gmail.com"]),
        (
            "EMAIL_DOMAIN_TYPO", "email", {"replaceDomain": {"domain": "GMIAL.com", "by": "ymail.com"}},
            "Email", ["ann@example.com", "bob@ymail.com", "cy@ymail.com"],
        ),
        ("INVALID_COUNTRY", "country", {"replaceValue": {"value": "FRNCE", "by": "France"}}, "Country", ["", "France", ""]),
        ("INVALID_COUNTRY", "country", {"replaceValue": {"by": "Spain"}}, "Country", ["", "Spain", ""]),
        ("AMBIGUOUS_DATE", "birthday", {"leaveOut": True}, "Born", [None, None, None]),
    ],
)  # fmt: skip
async def test_each_rule_corrects_the_cells_of_its_group(
    sqlite_door: Door, code: str, field: str, rule: Json, column: str, expected: list[str | None]
) -> None:
    import_id = await planned(sqlite_door, GROUPS)
    effect = await fix(sqlite_door, import_id, code, field, rule)
    assert effect["changed"] == effect["resolved"] == effect["rows"] == len(effect["samples"])
    assert await values(sqlite_door, import_id, column) == expected
    groups = (await look(sqlite_door, import_id, "issueGroups { code }"))["issueGroups"]
    assert {"code": code} not in groups


async def test_the_rows_of_a_group_are_left_out(sqlite_door: Door) -> None:
    import_id = await planned(sqlite_door, GROUPS)
    effect = await fix(sqlite_door, import_id, "EMAIL_DOMAIN_TYPO", "email", {"excludeRows": True})
    assert [sample["row"] for sample in effect["samples"]] == [3, 4]
    shown = await look(sqlite_door, import_id, f'plan {{ {COUNTS} }} issues(code: "ROW_EXCLUDED") {{ totalCount }}')
    assert (shown["plan"]["counts"]["skipped"], shown["issues"]["totalCount"]) == (2, 2)


async def test_what_only_planning_can_tell_is_left_open(sqlite_door: Door) -> None:
    import_id = await planned(sqlite_door, b"Email,Name\nann@example.com,Ann\nann@example.com,Bob\n")
    effect = await fix(sqlite_door, import_id, "DUPLICATE_ROW", None, {"excludeRows": True})
    assert (effect["rows"], effect["resolved"]) == (1, 1)
    groups = (await look(sqlite_door, import_id, "issueGroups { code }"))["issueGroups"]
    assert groups == [{"code": "ROW_EXCLUDED"}]


@pytest.mark.parametrize(
    ("kind", "rule", "code", "path"),
    [
        (("INVALID_COUNTRY", "country"), {"defaultCountry": "FR"}, "RULE_DOES_NOT_FIT", ["input", "rule"]),
        (("AMBIGUOUS_DATE", "birthday"), {"replaceDomain": {"domain": "a.b", "by": "c.d"}}, "RULE_DOES_NOT_FIT", ["input", "rule"]),
        (("ROW_EXCLUDED", None), {"excludeRows": True}, "RULE_DOES_NOT_FIT", ["input", "rule"]),
        (("PHONE_COUNTRY_UNKNOWN", "phone"), {"defaultCountry": "XX"}, "INVALID_RULE", ["input", "rule", "defaultCountry"]),
        (("EMAIL_DOMAIN_TYPO", "email"), {"useSuggestion": False}, "INVALID_RULE", ["input", "rule", "useSuggestion"]),
        (
            ("EMAIL_DOMAIN_TYPO", "email"), {"replaceDomain": {"domain": "gmial.com", "by": "$1"}},
            "INVALID_RULE", ["input", "rule", "replaceDomain", "by"],
        ),
        (("PHONE_COUNTRY_UNKNOWN", "phone"), {"defaultCountry": "IS"}, "NOTHING_TO_FIX", None),
        (("INVALID_EMAIL", "email"), {"leaveOut": True}, "ISSUE_GROUP_NOT_FOUND", None),
        (("PHONE_COUNTRY_UNKNOWN", None), {"excludeRows": True}, "ISSUE_GROUP_NOT_FOUND", None),
    ],
)  # fmt: skip
async def test_a_rule_that_makes_no_sense_is_refused(
    sqlite_door: Door, kind: tuple[str, str | None], rule: Json, code: str, path: list[str] | None
) -> None:
    import_id = await planned(sqlite_door, GROUPS)
    payload = await sqlite_door.change("applyFix", {"id": import_id, "code": kind[0], "field": kind[1], "rule": rule})
    assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [(code, path)]
    if code == "ISSUE_GROUP_NOT_FOUND":
        assert "PHONE_COUNTRY_UNKNOWN in phone" in payload["userErrors"][0]["message"]
    assert (await look(sqlite_door, import_id, "status edits { cells }")) == {"status": "PLANNED", "edits": {"cells": 0}}


@pytest.mark.parametrize("part", ["by", "value"])
async def test_a_text_beyond_a_cell_is_refused_by_the_fix_and_by_its_preview(sqlite_door: Door, part: str) -> None:
    door = sqlite_door
    import_id = await planned(door, GROUPS)
    rule = {"replaceValue": {"by": "France"} | {part: "x" * (door.settings.max_cell_characters + 1)}}
    given = {"id": import_id, "code": "INVALID_COUNTRY", "field": "country", "rule": rule}
    payload = await door.change("applyFix", given)
    refusal = ("CELL_TOO_LARGE", ["input", "rule", "replaceValue", part])
    assert [(error["code"], error["path"]) for error in payload["userErrors"]] == [refusal]
    assert [error["extensions"]["code"] for error in (await preview(door, given)).json()["errors"]] == ["CELL_TOO_LARGE"]


async def test_a_text_for_many_rows_is_refused_before_it_stands_in_each_of_them(api_settings: Settings) -> None:
    async with open_door(api_settings.model_copy(update={"max_edited_characters": 30})) as door:
        given: Json = {"id": await planned(door, GROUPS), "code": "AMBIGUOUS_DATE", "field": "birthday"}
        given["rule"] = {"replaceValue": {"by": "x" * 11}}
        assert [error["extensions"]["code"] for error in (await preview(door, given)).json()["errors"]] == ["EDITS_TOO_LARGE"]
        assert [error["code"] for error in (await door.change("applyFix", given))["userErrors"]] == ["EDITS_TOO_LARGE"]
        errors = await edit(door, given["id"], edits=[{"row": 2, "column": "Born", "value": "x" * 31}])
        assert [error["code"] for error in errors] == ["EDITS_TOO_LARGE"]
        given["rule"] = {"replaceValue": {"by": "1984-04-03"}}
        assert (await door.change("applyFix", given))["userErrors"] == []


async def test_issues_that_came_up_while_applying_are_fixed_like_any_others(door: Door) -> None:
    rows = [{"email": "ann@example.com", "external_id": "1"}, {"email": "bob@example.com", "external_id": "2"}]
    job_id = str(door.rig.add_rows(rows, duplicate_strategy=DuplicateStrategy.UPDATE))
    while any(follow_up.stage is not Stage.APPLY_BATCH for follow_up, _ in door.rig.outbox.waiting):
        assert door.rig.step()
    door.rig.create(email="ann@example.com", external_id="taken")
    door.rig.drain()
    groups = (await look(door, job_id, "issueGroups { code field count }"))["issueGroups"]
    assert groups == [{"code": "KEY_CONFLICT", "field": "email", "count": 1}]
    effect = await fix(door, job_id, "KEY_CONFLICT", "email", {"replaceValue": {"by": "ann@example.org"}})
    assert (effect["rows"], effect["changed"], effect["resolved"]) == (1, 1, None)
    assert (await door.change("retryImport", {"id": job_id}))["userErrors"] == []
    door.rig.drain()
    assert (await look(door, job_id, "status"))["status"] == "COMPLETED"
    assert door.rig.contact("ann@example.org").external_id == "1"


async def test_a_chunk_without_a_plan_is_told_as_such(sqlite_door: Door) -> None:
    door = sqlite_door
    import_id = await planned(door, b"Email\n" + b"bob@\n" * 12)
    with writing(door.rig.deps.database) as tx:
        last = max(tx.execute(select(col(PlannedChunk.number))).scalars())
        tx.execute(delete(PlannedChunk).where(col(PlannedChunk.number) == last))
    assert last > 0
    given = {"id": import_id, "code": "INVALID_EMAIL", "field": "email", "rule": {"leaveOut": True}}
    assert [error["code"] for error in (await door.change("applyFix", given))["userErrors"]] == ["NOT_PLANNED"]


async def test_a_domain_is_no_longer_than_a_domain_can_be(sqlite_door: Door) -> None:
    import_id = await planned(sqlite_door, GROUPS)
    rule = {"replaceDomain": {"domain": "gmial.com", "by": "x" * 250 + ".com"}}
    payload = await sqlite_door.change("applyFix", {"id": import_id, "code": "EMAIL_DOMAIN_TYPO", "field": "email", "rule": rule})
    assert [(error["code"], error["path"][-1]) for error in payload["userErrors"]] == [("INVALID_RULE", "by")]


@pytest.mark.parametrize(
    ("code", "field", "rule", "told"),
    [
        (
            "EMAIL_DOMAIN_TYPO", "email", {"replaceDomain": {"domain": "gmial.com", "by": "ymail.com"}},
            {"kind": "ReplaceDomain", "domain_length": 9, "by_length": 9},
        ),
        (
            "INVALID_COUNTRY", "country", {"replaceValue": {"by": "Spain"}},
            {"kind": "ReplaceValue", "value_length": None, "by_length": 5},
        ),
    ],
)  # fmt: skip
async def test_the_audit_trail_has_no_text_of_a_rule(door: Door, code: str, field: str, rule: Json, told: Json) -> None:
    await fix(door, await planned(door, GROUPS), code, field, rule)
    with reading(door.rig.deps.database) as tx:
        entry = tx.execute(select(AuditEntry).where(col(AuditEntry.action) == "import.fix_applied")).scalar_one()
    assert entry.detail["rule"] == told


async def test_a_viewer_sees_what_a_fix_would_come_to_and_cannot_apply_it(sqlite_door: Door) -> None:
    door = sqlite_door
    given = {"id": await planned(door, GROUPS), "code": "INVALID_COUNTRY", "field": "country", "rule": {"leaveOut": True}}
    assert (await preview(door, given, token=door.viewer)).json()["data"]["import"]["fixPreview"] == {"changed": 1}
    payload = await door.change("applyFix", given, token=door.viewer)
    assert [error["code"] for error in payload["userErrors"]] == ["FORBIDDEN"]


async def test_a_file_that_is_read_otherwise_has_no_corrections(sqlite_door: Door) -> None:
    door = sqlite_door
    import_id = await planned(door)
    await edit(door, import_id, edits=[{"row": 3, "column": "Email", "value": "bob@example.com"}], excludeRows=[4])
    mapping = [{"column": name, "field": MAPPING[name]} for name in ("Email", "Name", "Phone", "Born")]
    await door.change("updateImport", {"id": import_id, "mapping": mapping, "options": {"headerRow": 1, "delimiter": ","}})
    door.rig.drain()
    shown = await look(door, import_id, f"status edits {{ cells excludedRows }} plan {{ {COUNTS} }}")
    assert (shown["status"], shown["edits"]) == ("PLANNED", {"cells": 0, "excludedRows": 0})
    assert shown["plan"]["counts"]["failed"] == 2


async def test_a_file_that_is_read_otherwise_is_read_anew_although_it_waits_for_a_mapping_in_between(sqlite_door: Door) -> None:
    door = sqlite_door
    import_id = await planned(door, b"Email,Name\nann@example.com,Ann\n")
    await door.change("updateImport", {"id": import_id, "options": {"headerRow": 0}})
    door.rig.drain()
    shown = await look(door, import_id, "status columns { header }")
    assert shown["status"] == "NEEDS_MAPPING"
    email, name = (column["header"] for column in shown["columns"])
    mapping = [{"column": email, "field": "email"}, {"column": name, "field": "full_name"}]
    await door.change("updateImport", {"id": import_id, "mapping": mapping})
    door.rig.drain()
    assert (await look(door, import_id, "rows { totalCount }"))["rows"]["totalCount"] == 2


async def test_what_waits_for_a_retry_is_told_from_what_was_corrected_before(sqlite_door: Door) -> None:
    door = sqlite_door
    import_id = await planned(door)
    await door.change("editImportRows", {"id": import_id, "edits": [{"row": 5, "column": "Name", "value": "Cyril"}]})
    door.rig.drain()
    await door.change("startImport", {"id": import_id})
    door.rig.drain()
    edit = {"id": import_id, "edits": [{"row": 3, "column": "Email", "value": "bob@example.com"}], "excludeRows": [4]}
    assert (await door.change("editImportRows", edit))["userErrors"] == []
    asked = "rows(isEdited: true, outcome: FAILED) { totalCount nodes { row isExcluded edited { original value } } }"
    cell = {"original": "bob@", "value": "bob@example.com"}
    waiting = [{"row": 3, "isExcluded": False, "edited": [cell]}, {"row": 4, "isExcluded": True, "edited": []}]
    assert (await look(door, import_id, f"status {asked}")) == {
        "status": "COMPLETED_WITH_ERRORS",
        "rows": {"totalCount": 2, "nodes": waiting},
    }
    by_number = await look(door, import_id, "rows(numbers: [3, 5]) { nodes { row edited { original value } } }")
    told = [{"row": 3, "edited": [cell]}, {"row": 5, "edited": [{"original": "Cy", "value": "Cyril"}]}]
    assert by_number == {"rows": {"nodes": told}}


async def test_groups_of_a_retry_tell_whether_its_plan_is_about_them(door: Door) -> None:
    # The phone of row 2 is left out and its row goes in; rows 3 and 4 fail.
    import_id = await planned(door, CSV.replace(b"+33199000001", b"12"))
    asked = "status issueGroups { code hasOpenRows }"
    first = (await look(door, import_id, asked))["issueGroups"]
    assert {group["hasOpenRows"] for group in first} == {True}
    for action in ("startImport", "retryImport"):
        await door.change(action, {"id": import_id})
        door.rig.drain()
    retry = await look(door, import_id, asked)
    assert retry["status"] == "PLANNED"
    is_open = {group["code"]: group["hasOpenRows"] for group in retry["issueGroups"]}
    assert is_open["NO_MATCH_KEY"]
    assert is_open["INVALID_EMAIL"]
    assert {code for code, each in is_open.items() if not each} == {group["code"] for group in first} - {"NO_MATCH_KEY", "INVALID_EMAIL"}
    assert not all(is_open.values())
