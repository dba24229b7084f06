"""The page of the audit trail."""

from dashboard.client import ApiClient
from dashboard.pages import audit
from tests.dashboard.test_import_page import as_json


def test_entries_are_told_in_words(client: ApiClient) -> None:
    page = client.audit_entries(first=50)
    assert (len(page.nodes), page.total_count, page.page_info.has_next_page) == (50, 60, True)
    shown = as_json(audit.results(page))
    assert "contact updated" in shown
    assert "fields: company, job_title" in shown
    assert "Rolodock" in shown
    assert f"/imports/{page.nodes[1].subject_id}" in shown


def test_entries_are_filtered_by_person_and_kind(client: ApiClient) -> None:
    assert {entry.action for entry in client.audit_entries(actor=" ada ").nodes} == {"contact.updated"}
    assert {entry.actor for entry in client.audit_entries(action="import").nodes} == {None}
    assert "Nothing of the kind" in as_json(audit.results(client.audit_entries(actor="nobody")))
