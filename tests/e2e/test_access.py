"""Who may do what, over the wire: sign-in links, sessions, tokens with a role, and tenants that never see each other."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from models.vocabulary import Role
from tests.e2e.client import ApiClient, Refused
from tests.e2e.service import Service
from tests.support.stack import Stack, run, running_stack

pytestmark = pytest.mark.slow

ASK = {"query": "{ imports { totalCount } }"}
PEOPLE = b"E-mail,First name\nann@example.com,Ann\nbad,Bob\n"


@pytest.fixture
def browser(default_service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=default_service.stack.url, trust_env=False) as client:
        yield client


def test_the_printed_link_signs_in_once_and_by_its_button_alone(tmp_path: Path) -> None:
    # One of its own: the link of the shared one may have expired by the time that this test has its turn.
    with running_stack(tmp_path, workers=1) as stack, httpx.Client(base_url=stack.url, trust_env=False) as browser:
        sign_in_by_link(stack, browser)


def sign_in_by_link(stack: Stack, browser: httpx.Client) -> None:
    link = stack.sign_in_link
    (code,) = parse_qs(urlsplit(link).query)["code"]
    for _ in range(2):
        # Whatever looks at the link beforehand does not use it up.
        page = browser.get(link)
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
    from_elsewhere = browser.post("/sign-in", data={"code": code}, headers={"Origin": "https://evil.example"})
    assert from_elsewhere.status_code == 403
    assert not browser.cookies
    signed_in = browser.post("/sign-in", data={"code": code}, headers={"Origin": stack.url})
    assert signed_in.status_code == 303
    cookie = signed_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    with httpx.Client(base_url=stack.url, trust_env=False) as another:
        assert another.post("/sign-in", data={"code": code}).status_code in (400, 401, 403)
        assert not another.cookies
    may_ask_only_with_the_preflight_header(browser)
    assert browser.post("/sign-out", headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post("/graphql", json=ASK, headers={"GraphQL-Preflight": "1"}).status_code == 200
    assert browser.post("/sign-out").status_code == 303
    assert browser.post("/graphql", json=ASK, headers={"GraphQL-Preflight": "1"}).status_code == 401


def may_ask_only_with_the_preflight_header(browser: httpx.Client) -> None:
    assert browser.post("/graphql", json=ASK, headers={"GraphQL-Preflight": "1"}).json()["data"]["imports"]["totalCount"] >= 0
    refused = browser.post("/graphql", json=ASK)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (403, "CSRF")
    # What a form of another site could send.
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        assert not browser.post("/graphql", content=b'{"query": "{ imports { totalCount } }"}', headers={"Content-Type": kind}).is_success
    form = {"operations": '{"query": "{ imports { totalCount } }"}', "map": "{}"}
    assert browser.post("/graphql", data=form, files={"0": ("a.csv", b"x")}).status_code == 403


def test_a_token_of_a_viewer_reads_and_changes_nothing(default_service: Service) -> None:
    tenant = default_service.new_tenant()
    printed = run("token", "--tenant", tenant, "--role", "viewer", "--data-dir", default_service.stack.data_dir)
    assert printed.returncode == 0
    viewer = ApiClient(default_service.stack.url, printed.stdout.split()[-1])
    member = default_service.client(tenant)
    job = member.run_import(PEOPLE)
    (contact,) = viewer.contacts("id email")
    assert viewer.read(job["id"])["counts"] == job["counts"]
    for name, given in (
        ("createContact", {"email": "new@example.com"}),
        ("updateContact", {"id": contact["id"], "contact": {"firstName": "Eve"}}),
        ("createList", {"name": "List"}),
        ("rollbackImport", {"id": job["id"]}),
        ("createUpload", {"filename": "a.csv"}),
        ("createImport", {"source": {"rows": [{"email": "new@example.com"}]}}),
    ):
        with pytest.raises(Refused) as refused:
            viewer.change(name, given, "id")
        assert refused.value.code == "FORBIDDEN"
    assert len(member.contacts()) == 1
    assert member.read(job["id"])["status"] == job["status"]


def test_tenants_do_not_see_each_other(service: Service) -> None:
    ours, theirs = service.client(role=Role.ADMIN), service.client(role=Role.ADMIN)
    job = theirs.run_import(PEOPLE)
    (contact,) = theirs.contacts("id email")
    contact_list = theirs.change("createList", {"name": "Theirs"}, "id")
    missing = "01a1f9f8-d087-75aa-b615-e55abc799524"
    assert ours.contacts() == []
    assert ours.ask("{ imports { totalCount } lists { id } importAnalytics { imports } }") == {
        "imports": {"totalCount": 0},
        "lists": [],
        "importAnalytics": {"imports": 0},
    }
    for kind, theirs_id in (("import", job["id"]), ("contact", contact["id"]), ("node", job["id"]), ("node", contact["id"])):
        assert ours.ask(f"query ($id: ID!) {{ {kind}(id: $id) {{ id }} }}", id=theirs_id)[kind] is None
    for name, id_name, theirs_id in (
        ("cancelImport", "id", job["id"]),
        ("retryImport", "id", job["id"]),
        ("rollbackImport", "id", job["id"]),
        ("updateContact", "id", contact["id"]),
    ):
        told = []
        for wanted in (theirs_id, missing):
            more = {"contact": {"firstName": "Eve"}} if name == "updateContact" else {}
            with pytest.raises(Refused) as refused:
                ours.change(name, {id_name: wanted, **more}, "id")
            told.append((refused.value.code, refused.value.message.replace(wanted, "")))
        # A foreign id looks exactly like a missing one.
        assert told[0] == told[1]
        assert told[0][0] == "NOT_FOUND"
    with pytest.raises(Refused) as refused:
        ours.change("createImport", {"source": {"rows": [{"email": "a@example.com"}]}, "options": {"listIds": [contact_list["id"]]}})
    assert refused.value.code == "LIST_NOT_FOUND"
    # The same person, and the same bytes, may be with both.
    assert ours.run_import(PEOPLE)["counts"]["created"] == 1


def test_without_a_token_nothing_is_told(default_service: Service, browser: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer rdk_wrong"}, {"GraphQL-Preflight": "1"}):
        answer = browser.post("/graphql", json=ASK, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
