"""What a client is told before it retries or rolls back."""

from typing import Any
from uuid import UUID

from models.database import reading
from models.queries.retrying import find_needed
from models.tables import ImportJob
from models.vocabulary import ImportStatus
from tests.api.door import CSV, Door

BAD = CSV + b"not an address,Cy,\n"
STANDING = "query($id: ID!) { import(id: $id) { status canRetry retryBlockedBy { code message } } }"


async def _standing(door: Door, import_id: str) -> Any:
    return (await door.ask(STANDING, {"id": import_id}))["import"]


async def test_what_stands_in_the_way_of_a_retry_is_told(door: Door) -> None:
    whole = await _standing(door, await door.completed())
    assert (whole["canRetry"], whole["retryBlockedBy"]["code"]) == (False, "WRONG_STATE")
    partial = await door.completed(BAD, allowDuplicateFile=True)
    assert await _standing(door, partial) == {"status": "COMPLETED_WITH_ERRORS", "canRetry": True, "retryBlockedBy": None}


async def test_an_import_whose_files_are_gone_cannot_be_retried_and_says_so(door: Door) -> None:
    import_id = await door.completed(BAD)
    with reading(door.rig.deps.database) as tx:
        job = tx.get_one(ImportJob, UUID(import_id))
        key = find_needed(tx, job.tenant_id, [job])[job.id].key
    # The chunks are what a retry reads; the file itself is not needed any more.
    assert key != job.object_key
    door.rig.deps.storage.delete(job.object_key)
    assert (await _standing(door, import_id))["canRetry"]
    door.rig.deps.storage.delete_prefix(f"imports/{import_id}")
    standing = await _standing(door, import_id)
    assert (standing["canRetry"], standing["retryBlockedBy"]["code"]) == (False, "FILE_GONE")
    refused = await door.change("retryImport", {"id": import_id}, "import { id }")
    assert [error["code"] for error in refused["userErrors"]] == ["FILE_GONE"]
    # What it did can be undone all the same.
    await door.change("rollbackImport", {"id": import_id, "reason": "gone"}, "import { id }")
    door.rig.drain()
    assert door.rig.status(job.id) is ImportStatus.ROLLED_BACK


async def test_an_import_that_never_had_rows_needs_its_file(door: Door) -> None:
    import_id = (await door.create(autoStart=True))["import"]["id"]
    with reading(door.rig.deps.database) as tx:
        job = tx.get_one(ImportJob, UUID(import_id))
        assert find_needed(tx, job.tenant_id, [job])[job.id].key == job.object_key
    data = door.rig.deps.storage.get(job.object_key)
    door.rig.deps.storage.delete(job.object_key)
    door.rig.drain()
    standing = await _standing(door, import_id)
    assert (standing["status"], standing["canRetry"], standing["retryBlockedBy"]["code"]) == ("FAILED", False, "FILE_GONE")
    door.rig.deps.storage.put(job.object_key, data)
    assert (await _standing(door, import_id))["canRetry"]
    await door.change("retryImport", {"id": import_id}, "import { id }")
    door.rig.drain()
    assert door.rig.counts(job.id).created == 2


async def test_what_stands_in_the_way_of_a_rollback_is_told_with_what_to_do_first(door: Door) -> None:
    ask = "query($id: ID!) { import(id: $id) { status canRollback rollbackBlockedBy { code message } } }"

    async def blocked() -> Any:
        found = (await door.ask(ask, {"id": import_id}))["import"]
        assert found["canRollback"] is (found["rollbackBlockedBy"] is None)
        return found["rollbackBlockedBy"]

    mapping = [{"column": "Email", "field": "email"}]
    import_id = (await door.create(BAD, mapping=mapping))["import"]["id"]
    door.rig.drain()
    assert (await blocked())["code"] == "WRONG_STATE"
    await door.change("startImport", {"id": import_id}, "import { id }")
    door.rig.drain()
    assert await blocked() is None
    await door.change("retryImport", {"id": import_id}, "import { id }")
    door.rig.drain()
    told = {"code": "WRONG_STATE", "message": "An import that is planned and not started cannot be rolled back. Cancel it first."}
    assert await blocked() == told
    refused = await door.change("rollbackImport", {"id": import_id, "reason": "a test"}, "import { id }")
    assert [{name: error[name] for name in told} for error in refused["userErrors"]] == [told]
    await door.change("cancelImport", {"id": import_id}, "import { id }")
    assert await blocked() is None
    await door.change("rollbackImport", {"id": import_id, "reason": "a test"}, "import { id }")
    door.rig.drain()
    assert (await blocked())["code"] == "WRONG_STATE"
    assert door.rig.contacts() == []
    import_id = (await door.create(allowDuplicateFile=True))["import"]["id"]
    door.rig.drain()
    await door.change("cancelImport", {"id": import_id}, "import { id }")
    assert (await blocked())["code"] == "NOTHING_TO_ROLL_BACK"


async def test_a_retry_is_told_from_a_first_run_with_what_stays_of_that(door: Door) -> None:
    ask = "query($id: ID!) { import(id: $id) { status isRetry counts { created failed unprocessed } } }"
    import_id = (await door.create(BAD, mapping=[{"column": "Email", "field": "email"}]))["import"]["id"]
    door.rig.drain()
    await door.change("startImport", {"id": import_id}, "import { id }")
    door.rig.drain()
    counts = {"created": 2, "failed": 1, "unprocessed": 0}
    first = (await door.ask(ask, {"id": import_id}))["import"]
    assert first == {"status": "COMPLETED_WITH_ERRORS", "isRetry": False, "counts": counts}
    await door.change("retryImport", {"id": import_id}, "import { id }")
    door.rig.drain()
    left = {"created": 2, "failed": 0, "unprocessed": 1}
    assert (await door.ask(ask, {"id": import_id}))["import"] == {"status": "PLANNED", "isRetry": True, "counts": left}
    await door.change("cancelImport", {"id": import_id}, "import { id }")
    assert (await door.ask(ask, {"id": import_id}))["import"] == {"status": "CANCELLED", "isRetry": True, "counts": left}


async def test_a_rollback_does_what_its_preview_says(door: Door) -> None:
    import_id = await door.completed()
    door.rig.edit(door.rig.contact("ann@example.com"), company="Edited")
    ask = """query($id: ID!) { import(id: $id) { rollbackPreview { removes restores keeps keptContacts(first: 5) { row code fields } }
        rollback { removed restored kept by reason completedAt keptContacts { row code fields } } } }"""
    before = (await door.ask(ask, {"id": import_id}))["import"]
    kept = [{"row": 2, "code": "CONTACT_EDITED_SINCE", "fields": ["company"]}]
    assert before == {"rollbackPreview": {"removes": 1, "restores": 0, "keeps": 1, "keptContacts": kept}, "rollback": None}
    await door.change("rollbackImport", {"id": import_id, "reason": "a test"}, "import { id }")
    door.rig.drain()
    after = (await door.ask(ask, {"id": import_id}))["import"]
    assert after["rollback"].pop("completedAt") is not None
    assert after["rollback"].pop("by")
    assert after["rollback"] == {"removed": 1, "restored": 0, "kept": 1, "reason": "a test", "keptContacts": kept}
    assert after["rollbackPreview"] == {"removes": 0, "restores": 0, "keeps": 1, "keptContacts": kept}


async def test_refused_files_are_counted_and_cancelled_rows_are_no_failures(door: Door) -> None:
    await door.completed()
    assert (await door.create())["userErrors"][0]["code"] == "DUPLICATE_FILE"
    cancelled = (await door.create(allowDuplicateFile=True))["import"]["id"]
    door.rig.drain()
    await door.change("cancelImport", {"id": cancelled}, "import { status }")
    found = (await door.ask("{ importAnalytics { imports refusedUploads successRate counts { unprocessed } } }"))["importAnalytics"]
    assert found["imports"] == 2
    assert found["refusedUploads"] == 1
    assert found["successRate"] == 1.0


async def test_what_a_row_created_is_still_told_after_a_retry(door: Door) -> None:
    import_id = await door.completed(BAD)
    told = "query($id: ID!) { import(id: $id) { rows { nodes { row outcome changes { field after } } } } }"
    before = (await door.ask(told, {"id": import_id}))["import"]["rows"]["nodes"]
    assert {"field": "first_name", "after": "Ann"} in before[0]["changes"]
    for _ in range(2):
        await door.change("retryImport", {"id": import_id}, "import { id }")
        door.rig.drain()
        assert (await door.ask(told, {"id": import_id}))["import"]["rows"]["nodes"] == before
