"""The dashboard in a real browser on a real service: from the dropped file to the undo."""

import csv
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from api.cli.accounts import Accounts
from models.vocabulary import Role
from tests.e2e.client import OUTCOMES, by_key
from tests.e2e.holding import halting
from tests.e2e.legislators import ROWS
from tests.e2e.people import make_file
from tests.e2e.service import Service
from tests.support.browser import PATIENCE_MILLISECONDS, Visitor, launch, visiting

pytestmark = [pytest.mark.slow, pytest.mark.browser]

INDIA = ZoneInfo("Asia/Kolkata")
NONE = dict.fromkeys(OUTCOMES, 0)
# As many as the service takes: enough to press a button before the last is written.
MANY = 99_000
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01" * 40
FIXABLE = b"Name,E-mail,Phone\nAnn,ann@example.com,06 12 34 56 78\nBob,bob@,06 12 34 56 79\nCy,cy@example.com,06 12 34 56 80\nNobody,,\n"
SMALL = "Name,E-mail,Phone\nÉloïse Lefèvre,eloise@example.com,+33 1 99 00 12 34\nBjörn Groß,bjorn@example.org,\nNobody,,\n".encode()


# Not for the session: while it is open, no asynchronous test can run in the same process.
@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright, closing(launch(playwright, chromium_path)) as browser:
        yield browser


@pytest.fixture
def visitor(browser: Browser, service: Service) -> Iterator[Visitor]:
    """At each of the two services."""
    with visiting(browser, service.stack.url) as visitor:
        yield visitor


@pytest.fixture
def guest(browser: Browser, default_service: Service) -> Iterator[Visitor]:
    """At the default service alone, from far away."""
    with visiting(browser, default_service.stack.url, str(INDIA)) as visitor:
        yield visitor


def import_small(visitor: Visitor) -> None:
    visitor.upload(name="small.csv", data=SMALL)
    visitor.see("#plan-button")
    visitor.plan()
    visitor.start()


def test_a_real_file_comes_in_as_by_the_api_and_can_be_undone(visitor: Visitor, service: Service, legislators: Path) -> None:
    other = service.client()
    other.run_import(legislators.read_bytes(), legislators.name, options={"defaultCountry": "US"})
    client = service.client()
    visitor.sign_in(client.token)
    visitor.upload(file=legislators)
    visitor.see("#plan-button")
    visitor.choose_country("United States (US)")
    visitor.plan()
    assert visitor.counts("#plan-counts") == {**NONE, "created": ROWS - 1, "failed": 1}
    assert client.contacts() == []
    visitor.start()
    assert visitor.status() == "COMPLETED_WITH_ERRORS"
    assert visitor.counts("#result-counts") == {**NONE, "created": ROWS - 1, "failed": 1}
    assert by_key(client.contacts()) == by_key(other.contacts())

    visitor.page.click("#rollback-button")
    visitor.page.fill("#rollback-reason", "Wrong list, désolé")
    visitor.page.click("#rollback-confirm")
    visitor.wait_for_status("ROLLED_BACK")
    assert visitor.counts("#rollback-result") == {"removed": ROWS - 1, "restored": 0, "kept": 0}
    assert "Wrong list, désolé" in visitor.text("#rollback-result")
    assert client.contacts() == []


def test_issues_lead_to_their_rows_and_the_failed_ones_to_a_file(guest: Visitor, default_service: Service) -> None:
    guest.sign_in(default_service.client().token)
    import_small(guest)
    guest.page.click('[data-code="NO_MATCH_KEY"] button')
    expect(guest.page.get_by_role("dialog").locator("tbody tr td").first).to_contain_text("4Nobody")
    guest.page.keyboard.press("Escape")
    with guest.page.expect_download() as download:
        guest.page.click("#error-report-link")
    with open(download.value.path(), newline="", encoding="utf-8-sig") as file:
        (row,) = csv.DictReader(file)
    assert (row["Name"], row["row"], row["code"]) == ("Nobody", "4", "NO_MATCH_KEY")


def test_all_rows_behind_an_issue_are_reached(guest: Visitor, default_service: Service) -> None:
    lines = [f"P{n},p{n}@{'' if n >= 300 else 'example.com'}" for n in range(360)]
    guest.sign_in(default_service.client().token)
    guest.upload(name="many.csv", data="\n".join(["Name,Email", *lines, ""]).encode())
    guest.see("#plan-button")
    guest.plan()
    drawer = guest.page.get_by_role("dialog")
    guest.page.click('[data-code="INVALID_EMAIL"] button:has-text("Show rows")')
    expect(drawer).to_contain_text("1 to 50 of 60")
    guest.page.click("#issue-next")
    expect(drawer).to_contain_text("51 to 60 of 60")
    expect(drawer.locator("tbody tr")).to_have_count(10)
    expect(drawer.locator("tbody tr td").first).to_contain_text("352")
    expect(guest.page.locator("#issue-next")).to_be_hidden()


def test_issues_are_fixed_on_the_page_before_anything_is_applied(guest: Visitor, default_service: Service) -> None:
    client = default_service.client()
    guest.sign_in(client.token)
    guest.upload(name="fixable.csv", data=FIXABLE)
    guest.see("#plan-button")
    guest.plan()
    assert guest.counts("#plan-counts") == {**NONE, "created": 2, "failed": 2}

    guest.page.click('[data-code="PHONE_COUNTRY_UNKNOWN"] button:has-text("Fix")')
    guest.page.click("#fix-country")
    guest.page.fill("#fix-country", "France")
    guest.page.get_by_role("option", name="France", exact=True).click()
    guest.see('#fix-effect:has-text("3 of 3 rows change; 3 of them are then without this issue.")')
    guest.see('#fix-effect:has-text("+33612345678")')
    guest.page.click("#fix-apply")
    guest.see('#edits:has-text("Corrected cells: 3 · Rows left out: 0")')

    guest.page.click('[data-code="INVALID_EMAIL"] button:has-text("Show rows")')
    guest.page.get_by_label("E-mail of row 3").fill("bob@example.com")
    guest.page.click("#edit-apply")
    guest.see('#edits:has-text("Corrected cells: 4 · Rows left out: 0")')
    guest.page.click('[data-code="NO_MATCH_KEY"] button:has-text("Show rows")')
    guest.page.get_by_role("dialog").get_by_label("Leave out").check()
    guest.page.click("#edit-apply")
    guest.see('#edits:has-text("Corrected cells: 4 · Rows left out: 1")')
    assert guest.counts("#plan-counts") == {**NONE, "created": 3, "skipped": 1}
    guest.start()
    assert guest.status() == "COMPLETED"
    phones = {contact["email"]: contact["phone"] for contact in client.contacts()}
    assert phones == {f"{name}@example.com": f"+336123456{end}" for name, end in (("ann", 78), ("bob", 79), ("cy", 80))}


def test_a_count_of_the_plan_leads_to_its_rows_and_a_refused_option_to_its_field(guest: Visitor, default_service: Service) -> None:
    guest.sign_in(default_service.client().token)
    guest.upload(name="gaps.csv", data=SMALL.replace(b"\nNobody", b"\n\n,,\nNobody"))
    guest.see("#plan-button")
    guest.page.click("#options-errors")
    guest.page.click("#option-error-policy")
    guest.page.get_by_role("option", name="Stop at a rate").click()
    guest.page.fill("#option-error-rate", "")
    guest.page.click("#plan-button")
    guest.see('#option-error-rate-box:has-text("Give a rate from 0 to 100.")')
    expect(guest.page.locator("#option-error-rate")).to_be_in_viewport(timeout=PATIENCE_MILLISECONDS)
    assert guest.text("#import-feedback") == ""
    guest.page.fill("#option-error-rate", "50")
    guest.page.keyboard.press("Tab")
    guest.plan()
    guest.see('#left-out:has-text("2 blank records were left out between rows 2 and 6.")')
    guest.page.get_by_label("2 To create: show the rows").click()
    expect(guest.page.locator("#outcome-rows tr")).to_have_count(2, timeout=PATIENCE_MILLISECONDS)
    expect(guest.page.locator("#outcome-rows tr").first).to_contain_text("Éloïse Lefèvre")
    guest.page.keyboard.press("Escape")
    guest.page.get_by_label("1 Will fail: show the rows").click()
    expect(guest.page.locator("#outcome-rows tr")).to_have_count(1, timeout=PATIENCE_MILLISECONDS)
    expect(guest.page.locator("#outcome-rows tr")).to_contain_text("cannot be told who it is", timeout=PATIENCE_MILLISECONDS)


def test_a_contact_that_changed_since_the_plan_is_told_with_its_change(guest: Visitor, default_service: Service) -> None:
    client = default_service.client()
    created = client.ask('mutation { createContact(input: {email: "ann@example.com", firstName: "Anna"}) { contact { id } } }')
    guest.sign_in(client.token)
    guest.upload(name="drift.csv", data=b"First name,E-mail\nAnn,ann@example.com\n")
    guest.see("#plan-button")
    guest.page.click("#strategy-update")
    guest.plan()
    contact_id = created["createContact"]["contact"]["id"]
    edit = 'mutation ($id: ID!) { updateContact(input: {id: $id, contact: {firstName: "Annie"}}) { contact { id } } }'
    client.ask(edit, id=contact_id)
    guest.start()
    guest.see_text('[data-code="PLAN_DRIFT"]', "first name changed from “Anna” to “Annie”")


def test_the_history_is_ordered_and_what_is_deleted_from_it_leaves_its_contacts(guest: Visitor, default_service: Service) -> None:
    client = default_service.client()
    client.run_import(SMALL, "zebra.csv")
    client.run_import(FIXABLE, "ant.csv")
    guest.sign_in(client.token)
    guest.page.click("#nav-history")
    files = expect(guest.page.locator("#history-rows a"))
    files.to_have_text(["ant.csv", "zebra.csv"], timeout=PATIENCE_MILLISECONDS)
    guest.page.click("#history-order")
    guest.page.get_by_role("option", name="Oldest first").click()
    files.to_have_text(["zebra.csv", "ant.csv"], timeout=PATIENCE_MILLISECONDS)
    before = len(client.contacts())
    guest.page.get_by_label("Delete zebra.csv").click()
    guest.see('#delete-of:has-text("zebra.csv, 3 rows")')
    guest.page.click("#delete-confirm")
    guest.see('#history-deleted:has-text("zebra.csv was deleted. Its contacts stayed.")')
    files.to_have_text(["ant.csv"], timeout=PATIENCE_MILLISECONDS)
    assert len(client.contacts()) == before


def test_history_analytics_and_contacts_show_what_was_imported(guest: Visitor, default_service: Service) -> None:
    guest.sign_in(default_service.client().token)
    import_small(guest)
    guest.page.click("#nav-history")
    guest.see_text("#history-rows", "small.csv")
    guest.see_text("#history-rows", "2 created")
    guest.page.click("#nav-analytics")
    guest.see_text("[data-count=imports]", "1")
    guest.see_text("[data-count=rows]", "3")
    expect(guest.page.locator("#chart-outcomes .bars path").first).to_be_visible()
    expect(guest.page.locator("#chart-codes .bars path").first).to_be_visible()
    guest.page.click("#nav-contacts")
    guest.page.fill("#contacts-search", "lefèvre")
    expect(guest.page.locator("#contacts-rows tr")).to_have_count(1)
    guest.page.click("text=Éloïse Lefèvre")
    expect(guest.page.get_by_role("dialog")).to_contain_text("+33199001234")
    expect(guest.page.get_by_role("dialog")).to_contain_text("small.csv, row 2")


def test_moments_are_shown_in_the_time_zone_of_whoever_looks(guest: Visitor, default_service: Service) -> None:
    client = default_service.client()
    client.run_import(SMALL)
    created = datetime.fromisoformat(client.ask("{ imports { nodes { createdAt } } }")["imports"]["nodes"][0]["createdAt"])
    guest.sign_in(client.token)
    there = created.astimezone(INDIA)
    guest.see_text("#recent-imports time", f"{there.day} {there:%b %Y, %H:%M}")


def test_a_file_that_was_imported_before_can_be_imported_anyway(guest: Visitor, default_service: Service) -> None:
    client = default_service.client()
    guest.sign_in(client.token)
    import_small(guest)
    first = guest.import_id()
    guest.go("/")
    guest.upload(name="renamed.csv", data=SMALL)
    assert guest.refusal()[0] == "DUPLICATE_FILE"
    assert guest.page.get_attribute("#earlier-import", "href") == f"/imports/{first}"
    guest.page.click("#import-anyway")
    guest.see("#plan-button")
    assert guest.import_id() != first
    guest.plan()
    assert guest.counts("#plan-counts") == {**NONE, "skipped": 2, "failed": 1}


def test_what_cannot_be_imported_is_refused_with_its_reason(guest: Visitor, default_service: Service) -> None:
    client = default_service.client()
    guest.sign_in(client.token)
    guest.upload(name="picture.csv", data=PNG)
    code, said = guest.refusal()
    assert code == "UNSUPPORTED_FILE_TYPE"
    assert "CSV" in said
    guest.page.click("#upload-again")
    guest.upload(name="large.csv", data=b"E-mail\n" + b"a@example.com\n" * 500_000)
    code, said = guest.refusal()
    assert code == "FILE_TOO_LARGE"
    assert "ROLODOCK_MAX_UPLOAD_BYTES" in said
    guest.page.click("#upload-again")
    guest.upload(name="empty.csv", data=b"")
    assert guest.refusal()[0] == "EMPTY_FILE"
    assert client.ask("{ imports { totalCount } }")["imports"]["totalCount"] == 0
    # The browser's own note of the answer to the bytes of the picture; the others were refused before any were sent.
    assert guest.complaints == ["400 PUT /uploads"]
    guest.complaints.clear()


def test_an_import_can_be_cancelled_before_it_touches_a_contact(guest: Visitor, default_service: Service) -> None:
    client = default_service.client()
    guest.sign_in(client.token)
    guest.upload(name="small.csv", data=SMALL)
    guest.see("#plan-button")
    guest.plan()
    guest.page.click("#cancel-button")
    guest.see_text("#cancel-text", "No contact has been touched")
    guest.page.click("#cancel-keep")
    expect(guest.page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE_MILLISECONDS)
    assert guest.status() == "PLANNED"
    guest.page.click("#cancel-button")
    guest.page.click("#cancel-confirm")
    guest.wait_for_status("CANCELLED")
    guest.see("#result")
    assert guest.counts("#result-counts") == {**NONE, "unprocessed": 3}
    assert client.contacts() == []


def test_a_large_import_shows_its_progress_and_stops_where_it_is_cancelled(guest: Visitor, default_service: Service) -> None:
    client = default_service.client()
    guest.sign_in(client.token)
    guest.upload(name="many.csv", data=make_file((f"N{number}", "Ada", f"p{number}@example.com", "", "Lyon", "") for number in range(MANY)))
    guest.see("#plan-button")
    guest.plan()
    guest.page.click("#start-button")
    guest.wait_for_status("APPLYING")
    with halting(default_service.stack.pids_of("api.cli worker")):
        guest.see_text("#progress-rows", f"of {MANY:,} rows")
        guest.page.click("#cancel-button")
        guest.see_text("#cancel-text", "What has gone in so far stays")
        guest.page.click("#cancel-confirm")
    guest.wait_for_status("CANCELLED")
    guest.see("#result")
    counts = guest.counts("#result-counts")
    assert {**counts, "total": MANY} == client.read(guest.import_id(), f"counts {{ total {' '.join(OUTCOMES)} }}")["counts"]
    assert counts["unprocessed"] > 0


def test_the_printed_link_signs_in_once_and_a_session_can_be_ended(guest: Visitor, default_service: Service) -> None:
    with closing(Accounts(default_service.settings)) as accounts:
        code = accounts.sign_in_link().partition("code=")[2]
    guest.go("/history")
    guest.see("#sign-in-panel")
    guest.go(f"/sign-in?code={code}")
    guest.page.get_by_role("button", name="Sign in").click()
    guest.see("#upload-button")
    guest.page.click("#sign-out-button")
    guest.go("/history")
    guest.see("#sign-in-panel")
    guest.go(f"/sign-in?code={code}")
    guest.page.get_by_role("button", name="Sign in").click()
    guest.see_text("[role=alert]", "used already")
    assert guest.complaints == ["400 POST /sign-in"]
    guest.complaints.clear()


def test_a_session_that_ends_in_between_is_told(guest: Visitor, default_service: Service) -> None:
    guest.sign_in(default_service.client().token)
    guest.upload(name="small.csv", data=SMALL)
    guest.see("#plan-button")
    guest.page.context.clear_cookies()
    guest.page.click("#plan-button")
    guest.see_text("#import-feedback", "Sign in again")
    guest.page.click("#import-feedback a")
    guest.see("#sign-in-panel")


def test_a_viewer_is_told_why_nothing_can_be_changed(guest: Visitor, default_service: Service) -> None:
    tenant = default_service.new_tenant()
    client = default_service.client(tenant)
    job = client.create_import(SMALL, "small.csv")
    client.wait(job["id"], {"NEEDS_MAPPING"})
    guest.sign_in(default_service.token(tenant, Role.VIEWER))
    guest.see_text("#viewer-hint", "viewer")
    expect(guest.page.locator("#upload-button")).to_have_count(0)
    guest.go(f"/imports/{job['id']}")
    guest.see("#viewer-hint")
    guest.see_text("#viewer-hint", "viewer")
    expect(guest.page.locator("#plan-button")).to_be_disabled()
    assert client.read(job["id"])["status"] == "NEEDS_MAPPING"


def test_what_failed_for_how_it_was_read_is_read_otherwise(visitor: Visitor, service: Service) -> None:
    visitor.sign_in(service.client().token)
    visitor.upload(name="small.csv", data=SMALL)
    visitor.see("#plan-button")
    visitor.page.click("#reading-otherwise")
    visitor.page.fill("#option-header-row", "900")
    visitor.page.keyboard.press("Tab")
    visitor.page.click("#read-button")
    visitor.wait_for_status("FAILED")
    visitor.see_text("#import-failure", "HEADER_ROW_NOT_FOUND")
    visitor.page.fill("#option-header-row", "1")
    visitor.page.keyboard.press("Tab")
    visitor.page.click("#read-button")
    visitor.wait_for_status("NEEDS_MAPPING")
    visitor.plan()
    visitor.start()
    assert visitor.status() == "COMPLETED_WITH_ERRORS"
