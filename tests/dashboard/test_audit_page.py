"""The page of the audit trail."""

import json

from dashboard.client import ApiClient
from dashboard.pages import audit, contacts, history
from dashboard.records.answers import PageInfo
from dashboard.records.contacts import ContactPage
from dashboard.records.imports import ImportPage
from tests.dashboard.test_import_page import as_json, ids


def test_entries_are_told_in_words(client: ApiClient) -> None:
    page = client.audit_entries(first=50)
    assert (len(page.nodes), page.total_count, page.page_info.has_next_page) == (50, 60, True)
    shown = as_json(audit.results(page))
    assert "contact updated" in shown
    assert "fields: company, job_title" in shown
    assert json.dumps("spring.csv · Importing → Completed").strip('"') in shown
    assert not any(word in shown for word in ("epoch", "applying", "c0ffee"))
    assert '"data-seconds": "true"' in shown
    assert "Rolodock" in shown
    assert f"/imports/{page.nodes[1].subject_id}" in shown


def test_entries_are_filtered_by_person_and_kind(client: ApiClient) -> None:
    assert {entry.action for entry in client.audit_entries(actor=" ada ").nodes} == {"contact.updated"}
    assert {entry.actor for entry in client.audit_entries(action="import").nodes} == {None}
    assert "Nothing of the kind" in as_json(audit.results(client.audit_entries(actor="nobody")))


def test_where_nothing_is_found_what_adds_rows_still_finds_their_place(client: ApiClient) -> None:
    assert "audit-rows" in ids(audit.results(client.audit_entries(actor="nobody")))
    nothing = PageInfo(has_next_page=False, end_cursor=None)
    assert "history-rows" in ids(history.results(ImportPage(nodes=(), page_info=nothing, total_count=0)))
    assert "contacts-rows" in ids(contacts.results(ContactPage(nodes=(), page_info=nothing, total_count=0)))
