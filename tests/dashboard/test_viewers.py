"""Somebody who may only look is not shown what would be refused."""

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.pages import upload
from dashboard.pages.importing.page import draw
from dashboard.pages.upload import UploadLimits
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_import_page import as_json, ids


def test_a_viewer_finds_no_upload_box_and_is_told_why(client: ApiClient, api: FakeApi) -> None:
    assert "upload-mount" in ids(upload.layout(client, UploadLimits()))
    api.role = "VIEWER"
    page = upload.layout(client, UploadLimits())
    assert "upload-mount" not in ids(page)
    assert strings.VIEWER_HINT in as_json(page)


def test_a_viewer_cannot_press_what_changes_a_planned_import(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("PLANNED")

    def pressable() -> set[str]:
        drawn = draw(client, import_id, view="", before=None)
        assert drawn is not None
        buttons = {"start-button", "change-mapping-button"}
        found = {node.id for node in drawn.body._traverse() if getattr(node, "id", "") in tuple(buttons) and not node.disabled}
        return found | ({"fix"} if '"type": "fix-group"' in as_json(drawn.body) else set())

    assert pressable() == {"start-button", "change-mapping-button", "fix"}
    api.role = "VIEWER"
    assert pressable() == set()


def test_a_viewer_is_told_why_a_file_cannot_be_mapped(client: ApiClient, api: FakeApi) -> None:
    import_id = api.add_import("NEEDS_MAPPING")

    def told() -> str:
        drawn = draw(client, import_id, view="", before=None)
        assert drawn is not None
        return as_json(drawn.body)

    assert strings.VIEWER_HINT not in told()
    api.role = "VIEWER"
    assert strings.VIEWER_HINT in told()
