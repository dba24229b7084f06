"""An import from its creation to its undoing, as clients see it."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from models.database import Database, reading, writing
from models.dialects import SQLITE
from models.queries.transitions import start
from models.tables import ImportJob
from models.vocabulary import DuplicateStrategy, ImportStatus, Stage
from tests.api.door import CREATE, CSV, Door

COUNTS = "counts { total created updated unchanged skipped failed unprocessed duplicates }"


async def test_an_import_goes_from_a_file_to_contacts_and_back(door: Door) -> None:
    created = await door.create(options={"defaultCountry": "US", "tags": ["spring"]})
    assert created["userErrors"] == []
    import_id = created["import"]["id"]
    door.rig.drain()
    found = (
        await door.ask(
            """query($id: ID!) { import(id: $id) { status version columns { index header samples fillRate field suggestions { field } }
            mapping { column field } dialect { format delimiter headerRow sheets } options { defaultCountry tags matchFields }
            preview(first: 5) { row raw mapped issues { code } } counts { total unprocessed } canCancel canRetry canRollback } }""",
            {"id": import_id},
        )
    )["import"]
    assert found["status"] == "NEEDS_MAPPING"
    assert [column["header"] for column in found["columns"]] == ["Email", "First name", "Phone"]
    assert found["mapping"][0] == {"column": "Email", "field": "email"}
    assert found["preview"][0]["mapped"]["email"] == "ann@example.com"
    assert found["preview"][0]["row"] == 2
    assert found["options"] == {"defaultCountry": "US", "tags": ["spring"], "matchFields": ["EXTERNAL_ID", "EMAIL", "PHONE"]}
    assert found["canCancel"]

    payload = await door.change(
        "updateImport",
        {"id": import_id, "version": found["version"], "mapping": found["mapping"]},
        "import { status }",
    )
    assert payload == {"import": {"status": "PLANNING"}, "userErrors": []}
    door.rig.drain()
    planned = (
        await door.ask(
            f"query($id: ID!) {{ import(id: $id) {{ status plan {{ hash {COUNTS} sample(outcome: CREATED) "
            "{ row outcome contactId changes { field before after } } } rows { totalCount nodes { row outcome values } } } }",
            {"id": import_id},
        )
    )["import"]
    assert planned["status"] == "PLANNED"
    assert planned["plan"]["counts"]["created"] == 2
    assert planned["plan"]["sample"][0]["changes"][0] == {"field": "email", "before": None, "after": "ann@example.com"}
    assert planned["rows"]["nodes"][0] == {
        "row": 2,
        "outcome": "CREATED",
        "values": {"Email": "ann@example.com", "First name": "Ann", "Phone": "+12025550123"},
    }

    stale = await door.change("startImport", {"id": import_id, "planHash": "another"}, "import { id }")
    assert stale["userErrors"][0]["code"] == "PLAN_CHANGED"
    started = await door.change("startImport", {"id": import_id, "planHash": planned["plan"]["hash"]}, "import { status }")
    assert started["import"]["status"] == "APPLYING"
    door.rig.drain()
    done = await door.ask(
        f"query($id: ID!) {{ import(id: $id) {{ status {COUNTS} batches {{ number rows status attempts durationSeconds }} canRollback "
        "progress { phase percent } rows(outcome: CREATED) { totalCount nodes { row outcome contactId } } } "
        "contacts { totalCount nodes { id email phone tags lists { id } history { importId row actor changes { field after } } } } }",
        {"id": import_id},
    )
    assert done["import"]["status"] == "COMPLETED"
    assert done["import"]["counts"]["created"] == 2
    assert done["import"]["batches"][0]["status"] == "DONE"
    assert done["import"]["rows"]["totalCount"] == 2
    assert done["import"]["rows"]["nodes"][0]["contactId"] == done["contacts"]["nodes"][0]["id"]
    history = done["contacts"]["nodes"][0]["history"]
    assert history[-1]["importId"] == import_id
    assert history[-1]["row"] == 2
    assert {"field": "email", "after": "ann@example.com"} in history[-1]["changes"]

    undone = await door.change("rollbackImport", {"id": import_id, "reason": "wrong file"}, "import { status }")
    assert undone["import"]["status"] == "ROLLING_BACK"
    door.rig.drain()
    after = await door.ask(
        "query($id: ID!) { import(id: $id) { status rollback { removed restored kept reason by completedAt keptContacts { contactId } } } "
        "contacts { totalCount } }",
        {"id": import_id},
    )
    assert after["import"]["status"] == "ROLLED_BACK"
    assert after["import"]["rollback"]["removed"] == 2
    assert after["import"]["rollback"]["reason"] == "wrong file"
    assert after["contacts"]["totalCount"] == 0


async def test_the_same_bytes_again_are_refused_naming_the_import(door: Door) -> None:
    import_id = await door.completed()
    again = await door.create()
    assert again["import"] is None
    assert again["userErrors"][0]["code"] == "DUPLICATE_FILE"
    assert again["userErrors"][0]["importId"] == import_id
    assert import_id in again["userErrors"][0]["message"]
    allowed = await door.create(allowDuplicateFile=True)
    assert allowed["userErrors"] == []


async def test_the_same_bytes_may_come_again_once_undone(door: Door) -> None:
    import_id = await door.completed()
    await door.change("rollbackImport", {"id": import_id})
    door.rig.drain()
    assert (await door.create())["userErrors"] == []


async def test_failed_rows_are_told_with_their_issues_and_reported(door: Door) -> None:
    import_id = await door.completed(CSV + b"not an address,Cy,\n")
    found = (
        await door.ask(
            """query($id: ID!) { import(id: $id) { status rows(outcome: FAILED) { totalCount nodes { row issues { code column } } }
            marked: rows(hasIssues: true) { totalCount } issues(code: "INVALID_EMAIL") { totalCount nodes { row column value severity } }
            issueGroups { code field count severity example { row } } errorReport { url filename expiresAt } canRetry } }""",
            {"id": import_id},
        )
    )["import"]
    assert found["status"] == "COMPLETED_WITH_ERRORS"
    assert found["rows"]["totalCount"] == 1
    assert found["rows"]["nodes"][0]["row"] == 4
    assert any(issue["code"] == "INVALID_EMAIL" for issue in found["rows"]["nodes"][0]["issues"])
    assert found["marked"]["totalCount"] == 1
    assert found["issues"]["nodes"][0]["column"] == "Email"
    assert found["issueGroups"][0]["example"]["row"] == 4
    assert found["canRetry"]
    report = await door.http.get(found["errorReport"]["url"])
    assert report.status_code == 200
    assert b"not an address" in report.content
    assert found["errorReport"]["filename"] in report.headers["content-disposition"]
    assert (await door.http.get(found["errorReport"]["url"] + "x")).status_code == 404

    asked = await door.change("requestErrorReport", {"id": import_id, "format": "XLSX"}, "import { id }")
    assert asked["userErrors"] == []
    door.rig.drain()
    xlsx = (await door.ask("query($id: ID!) { import(id: $id) { errorReport { url filename } } }", {"id": import_id}))["import"]
    assert xlsx["errorReport"]["filename"].endswith(".xlsx")


async def test_a_row_that_failed_only_while_applying_has_issues(door: Door) -> None:
    job_id = door.rig.add_rows([{"email": "ann@example.com", "external_id": "1"}], duplicate_strategy=DuplicateStrategy.UPDATE)
    while any(follow_up.stage is not Stage.APPLY_BATCH for follow_up, _ in door.rig.outbox.waiting):
        assert door.rig.step()
    door.rig.create(email="ann@example.com", external_id="2")
    door.rig.drain()
    query = "query($id: ID!) { import(id: $id) { rows(hasIssues: true) { totalCount nodes { row issues { code } } } } }"
    rows = (await door.ask(query, {"id": str(job_id)}))["import"]["rows"]
    assert rows == {"totalCount": 1, "nodes": [{"row": 1, "issues": [{"code": "KEY_CONFLICT"}]}]}


async def test_half_a_character_in_json_is_replaced(door: Door) -> None:
    source = {"rows": [{"email": "ann@example.com", "first_name": "An\ud800n"}]}
    body = json.dumps({"query": CREATE, "variables": {"input": {"source": source, "autoStart": True}}})
    headers = {"Authorization": f"Bearer {door.member}", "Content-Type": "application/json"}
    answer = (await door.http.post("/graphql", content=body, headers=headers)).json()
    assert answer["data"]["createImport"]["userErrors"] == []
    door.rig.drain()
    assert (await door.ask("{ contacts { nodes { firstName } } }"))["contacts"]["nodes"] == [{"firstName": "An\N{REPLACEMENT CHARACTER}n"}]


async def test_rows_are_paged_without_gap_or_repetition(door: Door) -> None:
    lines = b"".join(b"p%d@example.com,P%d,\n" % (number, number) for number in range(45))
    import_id = await door.completed(b"Email,First name,Phone\n" + lines)
    for field in ("rows", "issues"):
        query = f"query($id: ID!, $after: String) {{ import(id: $id) {{ {field}(first: 20, after: $after) {{ totalCount nodes {{ row }} "
        query += "pageInfo { hasNextPage hasPreviousPage endCursor } } } }"
        seen, after = [], None
        while True:
            page = (await door.ask(query, {"id": import_id, "after": after}))["import"][field]
            seen += [node["row"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert seen == sorted(set(seen))
        assert len(seen) == page["totalCount"]
        if field == "rows":
            assert seen == list(range(2, 47))


async def test_imports_are_filtered_ordered_and_paged(door: Door) -> None:
    names = ("b.csv", "a.csv", "c.csv")
    for number, name in enumerate(names):
        await door.send_file(CSV + b"x%d@example.com,X,\n" % number, name, given={"externalId": f"ref-{number}"})
    query = (
        "query($filter: ImportFilter, $orderBy: ImportOrder, $after: String) { "
        "imports(filter: $filter, orderBy: $orderBy, first: 2, after: $after) "
        "{ totalCount nodes { filename } edges { cursor } pageInfo { hasNextPage endCursor } } }"
    )
    first = (await door.ask(query, {"orderBy": "FILENAME"}))["imports"]
    assert [node["filename"] for node in first["nodes"]] == ["a.csv", "b.csv"]
    second = (await door.ask(query, {"orderBy": "FILENAME", "after": first["pageInfo"]["endCursor"]}))["imports"]
    assert [node["filename"] for node in second["nodes"]] == ["c.csv"]
    assert not second["pageInfo"]["hasNextPage"]
    newest = (await door.ask(query, {}))["imports"]
    assert [node["filename"] for node in newest["nodes"]] == ["c.csv", "a.csv"]
    for wanted, total in (
        ({"search": "A.C"}, 1),
        ({"externalId": "ref-2"}, 1),
        ({"statuses": ["COMPLETED"]}, 0),
        ({"sourceKind": "FILE"}, 3),
    ):
        assert (await door.ask(query, {"filter": wanted}))["imports"]["totalCount"] == total, wanted


async def test_cancelling_deleting_and_stale_versions(door: Door) -> None:
    import_id = (await door.create())["import"]["id"]
    door.rig.drain()
    stale = await door.change("cancelImport", {"id": import_id, "version": 1})
    assert stale["userErrors"][0]["code"] == "STALE_VERSION"
    early = await door.change("deleteImport", {"id": import_id}, "deletedId")
    assert early["userErrors"][0]["code"] == "WRONG_STATE"
    assert early["userErrors"][0]["message"] == "An import that waits for its mapping cannot be deleted. Cancel it first."
    cancelled = await door.change("cancelImport", {"id": import_id}, "import { status }")
    assert cancelled["import"]["status"] == "CANCELLED"
    deleted = await door.change("deleteImport", {"id": import_id}, "deletedId")
    assert deleted == {"deletedId": import_id, "userErrors": []}
    assert (await door.ask("query($id: ID!) { import(id: $id) { id } }", {"id": import_id}))["import"] is None


@pytest.mark.parametrize("is_version_given", [False, True])
async def test_a_cancel_that_comes_while_an_import_is_being_moved_ends_it_as_it_is_left(door: Door, is_version_given: bool) -> None:
    """Who presses the button just when the plan is kept and applying begins has not seen another import; who names its version has."""
    job = await _planned(door)
    version = {"version": job.version} if is_version_given else {}
    with writing(door.rig.deps.database) as tx:
        follow_ups = start(tx, tx.get_one(ImportJob, job.id), plan_hash=None, concurrent_imports=2, in_flight=4, actor="other")
        cancelling = asyncio.create_task(door.change("cancelImport", {"id": str(job.id), **version}, "import { status }"))
        await _wait_for_a_lock(door.rig.deps.database)
        assert not cancelling.done()
    answer = await cancelling
    door.rig.outbox.send(follow_ups)
    door.rig.drain()
    if is_version_given:
        assert [error["code"] for error in answer["userErrors"]] == ["STALE_VERSION"]
        assert door.rig.status(job.id) is ImportStatus.COMPLETED
    else:
        assert answer == {"import": {"status": "CANCELLING"}, "userErrors": []}
        assert door.rig.status(job.id) is ImportStatus.CANCELLED
        assert door.rig.contacts() == []


async def test_a_start_is_refused_at_once_where_the_plan_is_not_there_yet(door: Door) -> None:
    """It waits for nobody, and starts no plan that came only then."""
    job = await _planned(door)
    with writing(door.rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == job.id).values(status=ImportStatus.PLANNING.value))
    if door.rig.deps.database.dialect_name == SQLITE:
        refused = await door.change("startImport", {"id": str(job.id)})
    else:
        with writing(door.rig.deps.database) as tx:
            tx.execute(update(ImportJob).where(col(ImportJob.id) == job.id).values(status=ImportStatus.PLANNED.value))
            refused = await asyncio.wait_for(door.change("startImport", {"id": str(job.id)}), 60)
    assert [error["code"] for error in refused["userErrors"]] == ["WRONG_STATE"]


async def _planned(door: Door) -> ImportJob:
    import_id = (await door.create())["import"]["id"]
    door.rig.drain()
    await door.change("updateImport", {"id": import_id, "mapping": [{"column": "Email", "field": "email"}]}, "import { id }")
    door.rig.drain()
    assert door.rig.status(UUID(import_id)) is ImportStatus.PLANNED
    return door.rig.job(UUID(import_id))


async def _wait_for_a_lock(database: Database) -> None:
    """Until somebody waits for a lock; on SQLite, which tells nobody of it, for so long as a request takes."""
    if database.dialect_name == SQLITE:
        await asyncio.sleep(0.5)
        return
    for _ in range(600):
        with reading(database) as tx:
            if tx.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one():
                return
        await asyncio.sleep(0.1)
    raise AssertionError("nobody waits")


async def test_a_file_that_says_who_agreed_and_who_refused_is_heard_in_both(door: Door) -> None:
    people = b"Email,Opt-in,Opted out,Unsubscribe date\na@x.org,yes,no,\nb@x.org,yes,yes,\nc@x.org,yes,,2024-05-01\nd@x.org,,no,\n"
    both = [
        {"column": "Email", "field": "email"},
        *({"column": name, "field": "consent"} for name in ("Opt-in", "Opted out", "Unsubscribe date")),
    ]
    expected = {"a@x.org": "subscribed", "b@x.org": "unsubscribed", "c@x.org": "unsubscribed", "d@x.org": "unknown"}
    for given in ({}, {"mapping": both, "allowDuplicateFile": True, "options": {"duplicateStrategy": "UPDATE"}}):
        import_id = await door.completed(people, **given)
        mapped = (await door.ask("query($id: ID!) { import(id: $id) { mapping { column field } } }", {"id": import_id}))["import"][
            "mapping"
        ]
        assert mapped == both
        assert {contact.email: contact.consent for contact in door.rig.contacts()} == expected


async def test_analytics_add_up(door: Door) -> None:
    await door.completed(CSV + b"not an address,Cy,\n")
    await door.send_file(b"\x89PNG\r\n", "photo.csv")
    found = (
        await door.ask(
            f"""{{ importAnalytics {{ imports refusedUploads {COUNTS} successRate buckets(by: WEEK) {{ start imports {COUNTS} }}
            issues {{ code field count }} rowsPerSecondP50 durationSecondsP50 durationSecondsP95 }} }}"""
        )
    )["importAnalytics"]
    assert found["imports"] == 1
    assert found["refusedUploads"] == 1
    assert found["counts"]["failed"] == 1
    assert abs(found["successRate"] - 2 / 3) < 1e-9
    assert found["buckets"][0]["counts"] == found["counts"]
    assert {"code": "INVALID_EMAIL", "field": "email", "count": 1} in found["issues"]
    assert found["durationSecondsP95"] is not None


async def test_imports_of_which_nothing_comes_are_told_and_can_be_listed(door: Door) -> None:
    stuck, fine = (await door.create())["import"]["id"], (await door.create(CSV + b"cy@example.com,Cy,\n"))["import"]["id"]
    since = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    with writing(door.rig.deps.database) as tx:
        tx.execute(update(ImportJob).where(col(ImportJob.id) == UUID(stuck)).values(stuck_since=since))
    query = "query($stuck: Boolean) { imports(filter: {stuck: $stuck}) { totalCount nodes { id stuckSince } } }"
    told = [{"id": stuck, "stuckSince": since.isoformat()}], [{"id": fine, "stuckSince": None}]
    for wanted, nodes in zip((True, False), told, strict=True):
        assert (await door.ask(query, {"stuck": wanted}))["imports"] == {"totalCount": 1, "nodes": nodes}
    assert (await door.ask(query, {"stuck": None}))["imports"]["totalCount"] == 2
    assert (await door.ask(query, {"stuck": True}, token=door.stranger))["imports"]["totalCount"] == 0
    assert "rolodock_imports_stuck 1.0" in (await door.http.get("/metrics")).text
