"""Asks the GraphQL API on behalf of the person whose browser asks us; knows HTTP and records, and no page."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from dashboard import documents, strings
from dashboard.decoding import Record, decode
from dashboard.formatting import name_in
from dashboard.records.analytics import Analytics
from dashboard.records.answers import PageInfo, UserError, Viewer
from dashboard.records.audit import AuditPage
from dashboard.records.contacts import ContactDetail, ContactPage
from dashboard.records.imports import ImportHead, ImportPage
from dashboard.records.issues import EditedPage, FixEffect, IssuePage
from dashboard.records.mapping import ImportMapping
from dashboard.records.results import ImportResult, RollbackPreview
from dashboard.records.rows import ImportPlanned, KnownRows, OutcomeRows, RowCells

Json = dict[str, Any]


class DashboardError(Exception):
    """The API gave no usable answer; the message is safe to show."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotSignedIn(DashboardError):
    """The browser carries no session that the API accepts."""


class ApiUnavailable(DashboardError):
    """The API cannot be reached or is busy; the same request may succeed later."""


class ApiClient:
    """One for the application, shared by its threads; it keeps nothing between requests, cookies least of all."""

    def __init__(self, api_url: str, cookie: Callable[[], str | None], transport: httpx.BaseTransport | None = None) -> None:
        self._cookie = cookie
        self._http = httpx.Client(
            base_url=api_url,
            transport=transport,
            timeout=httpx.Timeout(20.0, connect=5.0),
            # On loopback a new connection costs next to nothing, and none is left open when the application goes.
            limits=httpx.Limits(max_keepalive_connections=0),
            # The API is near; a proxy that the environment names for the world outside would only stand in the way.
            trust_env=False,
            # A jar that kept what one person's answer sets would send it with the next person's request.
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        )

    def execute(self, document: str, variables: Mapping[str, Any]) -> Json:
        """Send one document and return its `data`; anything else becomes a DashboardError."""
        headers = {"GraphQL-Preflight": "1"}
        if cookie := self._cookie():
            headers["Cookie"] = cookie
        try:
            answer = self._http.post("/graphql", json={"query": document, "variables": dict(variables)}, headers=headers)
        except httpx.HTTPError as error:
            raise ApiUnavailable(strings.API_UNAVAILABLE) from error
        return _data(answer)

    def viewer(self) -> Viewer:
        return decode(Viewer, self.execute(documents.VIEWER, {})["viewer"])

    def import_head(self, import_id: str) -> ImportHead | None:
        return self._import(ImportHead, documents.IMPORT_HEAD, import_id)

    def import_mapping(self, import_id: str) -> ImportMapping | None:
        return self._import(ImportMapping, documents.IMPORT_MAPPING, import_id)

    def import_planned(self, import_id: str) -> ImportPlanned | None:
        return self._import(ImportPlanned, documents.IMPORT_PLANNED, import_id)

    def import_result(self, import_id: str) -> ImportResult | None:
        return self._import(ImportResult, documents.IMPORT_RESULT, import_id)

    def import_issues(
        self, import_id: str, *, code: str, field: str | None, severity: str, first: int, after: str | None = None
    ) -> IssuePage:
        variables = {"id": import_id, "code": code, "field": field, "severity": severity, "first": first, "after": after}
        found = self.execute(documents.IMPORT_ISSUES, variables)["import"]
        return decode(IssuePage, found["issues"]) if found else IssuePage((), 0, PageInfo(has_next_page=False))

    def known_rows(self, import_id: str, rows: Collection[int]) -> KnownRows:
        """What is known of some rows, a hundred at most."""
        numbers = sorted(set(rows))
        found = (
            self.execute(documents.ROWS_BY_NUMBER, {"id": import_id, "first": len(numbers), "numbers": numbers})["import"]
            if numbers
            else None
        )
        if not found:
            return KnownRows()
        columns = {mapped["field"]: mapped["column"] for mapped in found["mapping"] if mapped["field"]}
        cells = [decode(RowCells, node) for node in found["rows"]["nodes"]]
        return KnownRows(
            names={row.row: name for row in cells if (name := name_in(row.values, columns))},
            corrected={(row.row, cell.column): cell.value for row in cells for cell in row.edited},
            excluded=frozenset(row.row for row in cells if row.is_excluded),
        )

    def preview_fix(self, import_id: str, *, code: str, field: str | None, rule: Json) -> FixEffect | None:
        found = self.execute(documents.FIX_PREVIEW, {"id": import_id, "code": code, "field": field, "rule": rule})["import"]
        return decode(FixEffect, found["fixPreview"]) if found else None

    def outcome_rows(self, import_id: str, *, outcome: str, first: int, after: str | None = None) -> OutcomeRows | None:
        variables = {"id": import_id, "outcome": outcome, "first": first, "after": after}
        found = self.execute(documents.OUTCOME_ROWS, variables)["import"]
        return decode(OutcomeRows, found) if found else None

    def edited_rows(self, import_id: str, *, first: int) -> EditedPage:
        return self._edited_rows(import_id, first=first)

    def waiting_rows(self, import_id: str, *, first: int) -> EditedPage:
        """Those of the edited rows that the next retry takes up as they were corrected."""
        failed, left = (self._edited_rows(import_id, first=first, outcome=outcome) for outcome in ("FAILED", "UNPROCESSED"))
        nodes = sorted((*failed.nodes, *left.nodes), key=lambda row: row.row)
        return EditedPage(nodes=tuple(nodes[:first]), total_count=failed.total_count + left.total_count)

    def imports(
        self,
        *,
        statuses: Sequence[str] = (),
        search: str = "",
        order: str = "CREATED_AT_DESC",
        is_stuck: bool = False,
        first: int = 20,
        after: str | None = None,
    ) -> ImportPage:
        """`is_stuck`: only those of which nothing comes."""
        conditions: Json = {"stuck": True} if is_stuck else {}
        if statuses:
            conditions["statuses"] = list(statuses)
        if search.strip():
            conditions["search"] = search.strip()
        data = self.execute(documents.IMPORTS, {"filter": conditions, "orderBy": order, "first": first, "after": after})
        return decode(ImportPage, data["imports"])

    def analytics(self, *, since: datetime, until: datetime, bucket: str) -> Analytics:
        data = self.execute(documents.ANALYTICS, {"from": since.isoformat(), "to": until.isoformat(), "by": bucket})
        return decode(Analytics, data["importAnalytics"])

    def contacts(self, *, search: str = "", first: int = 20, after: str | None = None) -> ContactPage:
        conditions = {"search": search.strip()} if search.strip() else {}
        data = self.execute(documents.CONTACTS, {"filter": conditions, "first": first, "after": after})
        return decode(ContactPage, data["contacts"])

    def contact(self, contact_id: str) -> ContactDetail | None:
        found = self.execute(documents.CONTACT, {"id": contact_id})["contact"]
        return decode(ContactDetail, found) if found else None

    def audit_entries(self, *, actor: str = "", action: str | None = None, first: int = 20, after: str | None = None) -> AuditPage:
        conditions = {name: value for name, value in (("actor", actor.strip()), ("action", action)) if value}
        data = self.execute(documents.AUDIT, {"filter": conditions, "first": first, "after": after})
        return decode(AuditPage, data["auditEntries"])

    def update_import(self, import_id: str, *, version: int, mapping: list[Json] | None, options: Json) -> tuple[UserError, ...]:
        """Without a mapping it is suggested anew, for a file that is read otherwise."""
        chosen: Json = {"id": import_id, "version": version, "options": options}
        if mapping is not None:
            chosen["mapping"] = mapping
        return self._change(documents.UPDATE_IMPORT, chosen)

    def edit_rows(
        self, import_id: str, *, version: int, edits: list[Json], exclude_rows: list[int], include_rows: list[int]
    ) -> tuple[UserError, ...]:
        chosen = {"id": import_id, "version": version, "edits": edits, "excludeRows": exclude_rows, "includeRows": include_rows}
        return self._change(documents.EDIT_IMPORT_ROWS, chosen)

    def apply_fix(self, import_id: str, *, version: int, code: str, field: str | None, rule: Json) -> tuple[UserError, ...]:
        return self._change(documents.APPLY_FIX, {"id": import_id, "version": version, "code": code, "field": field, "rule": rule})

    def start_import(self, import_id: str, *, version: int, plan_hash: str | None) -> tuple[UserError, ...]:
        return self._change(documents.START_IMPORT, {"id": import_id, "version": version, "planHash": plan_hash})

    def cancel_import(self, import_id: str) -> tuple[UserError, ...]:
        # Without a version: whatever the workers changed since the page was drawn, the person wants it to stop.
        return self._change(documents.CANCEL_IMPORT, {"id": import_id})

    def retry_import(self, import_id: str, *, version: int) -> tuple[UserError, ...]:
        return self._change(documents.RETRY_IMPORT, {"id": import_id, "version": version})

    def preview_rollback(self, import_id: str) -> RollbackPreview | None:
        """None: there is nothing that could be rolled back."""
        found = self.execute(documents.ROLLBACK_PREVIEW, {"id": import_id})["import"]
        return decode(RollbackPreview, found["rollbackPreview"]) if found and found["rollbackPreview"] else None

    def roll_back_import(self, import_id: str, *, version: int, reason: str | None) -> tuple[UserError, ...]:
        return self._change(documents.ROLL_BACK_IMPORT, {"id": import_id, "version": version, "reason": reason})

    def delete_import(self, import_id: str) -> tuple[UserError, ...]:
        return self._change(documents.DELETE_IMPORT, {"id": import_id})

    def _edited_rows(self, import_id: str, *, first: int, outcome: str | None = None) -> EditedPage:
        found = self.execute(documents.EDITED_ROWS, {"id": import_id, "first": first, "outcome": outcome})["import"]
        return decode(EditedPage, found["rows"]) if found else EditedPage(nodes=(), total_count=0)

    def _import(self, kind: type[Record], document: str, import_id: str) -> Record | None:
        found = self.execute(document, {"id": import_id})["import"]
        return decode(kind, found) if found else None

    def _change(self, document: str, chosen: Json) -> tuple[UserError, ...]:
        (payload,) = self.execute(document, {"input": chosen}).values()
        return tuple(decode(UserError, error) for error in payload["userErrors"])


def _data(answer: httpx.Response) -> Json:
    if answer.status_code in (401, 403):
        raise NotSignedIn(strings.NOT_SIGNED_IN)
    if answer.status_code >= 500:
        raise ApiUnavailable(strings.API_UNAVAILABLE)
    try:
        body = answer.json()
    except ValueError as error:
        raise ApiUnavailable(strings.API_UNAVAILABLE) from error
    errors = body.get("errors") or []
    if any((error.get("extensions") or {}).get("code") == "UNAUTHENTICATED" for error in errors):
        raise NotSignedIn(strings.NOT_SIGNED_IN)
    if errors:
        raise DashboardError(str(errors[0].get("message") or strings.API_UNAVAILABLE))
    data: Json = body["data"]
    return data
