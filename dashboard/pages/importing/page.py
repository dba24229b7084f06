"""The frame of an import's page: it asks how the import stands and draws the body of its phase."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.components.feedback import empty
from dashboard.components.icons import icon
from dashboard.components.status import status_badge, steps
from dashboard.components.tables import import_name
from dashboard.components.times import shown_moment
from dashboard.formatting import size
from dashboard.pages.contacts import contact_drawer
from dashboard.pages.importing import mapping, plan, result, working
from dashboard.pages.importing.cancelling import cancel_modal
from dashboard.records.imports import ImportHead
from dashboard.records.results import ImportResult

POLL_MILLISECONDS = 700
# Ticks after which an answer that has not come is given up: the API may have been restarted.
_PATIENCE_TICKS = 15
# The report of failed rows is written just after the import ends; later than this it is not coming.
_REPORT_PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the browser keeps of the state it shows, for the next tick and for the next action."""

    id: str
    version: int
    status: str
    plan_hash: str | None
    has_report: bool
    can_cancel: bool
    view: str
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The frame's parts; header and body are None where the browser already shows them, and `moving` is what changes in that body."""

    header: Any
    body: Any
    moving: dict[str, dict[str, Any]]
    shown: dict[str, Any]
    must_poll: bool


def layout(client: ApiClient, import_id: str) -> Any:
    drawn = draw(client, import_id, view="", before=None)
    if drawn is None:
        link = dmc.Anchor(strings.GO_TO_HISTORY, href="/history")
        return dmc.Card(empty(strings.IMPORT_NOT_FOUND, strings.IMPORT_NOT_FOUND_TEXT, icon_name="search", action=link), withBorder=True)
    return html.Div(
        [
            dcc.Interval(id="poll", interval=POLL_MILLISECONDS, disabled=not drawn.must_poll),
            dcc.Store(id="import-id", data=import_id),
            dcc.Store(id="import-shown", data=drawn.shown),
            dcc.Store(id="import-view", data=""),
            dcc.Store(id="import-refresh", data=0),
            dcc.Store(id="import-tick", data=0),
            dcc.Store(id="import-answered", data=0),
            dcc.Store(id="option-refused"),
            dcc.Store(id="import-patience", data=_PATIENCE_TICKS),
            html.Div(drawn.header, id="import-header"),
            html.Div(_away(), id="import-away", style={"display": "none"}),
            html.Div(id="import-feedback"),
            html.Div(id="import-notice"),
            html.Div(drawn.body, id="import-body"),
            _rollback_modal(),
            cancel_modal(),
            dmc.Modal(id="fix-modal", title="", opened=False, size="lg", centered=True),
            contact_drawer(),
            dmc.Drawer(id="issue-drawer", position="right", size="xl", opened=False, title=strings.ISSUES_TITLE),
        ]
    )


def draw(client: ApiClient, import_id: str, *, view: str, before: dict[str, Any] | None) -> Drawn | None:
    """The page as the import stands now; None if there is no such import."""
    head = client.import_head(import_id)
    if head is None:
        return None
    shown = asdict(
        Shown(
            id=head.id,
            version=head.version,
            status=head.status,
            plan_hash=head.plan.hash if head.plan else None,
            has_report=head.error_report is not None,
            can_cancel=head.can_cancel,
            # The wish to change the mapping ends where the import moves on.
            view=view if head.status == "PLANNED" else "",
            headers=tuple((before or {}).get("headers", ())),
        )
    )
    must_poll = head.is_moving or _expects_report(head)
    if before is not None and _is_shown(head, before, shown):
        shown["headers"] = list(shown["headers"])
        return Drawn(header=None, body=None, moving=working.moving(head) if head.is_moving else {}, shown=shown, must_poll=must_poll)
    body, headers = _body(client, head, shown["view"])
    # As the browser will send it back: JSON knows no tuples.
    shown["headers"] = list(headers or shown["headers"])
    return Drawn(header=header(head), body=body, moving={}, shown=shown, must_poll=must_poll)


def _is_shown(head: ImportHead, before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """While the import moves, its phase decides; where it rests, everything that an action depends on."""
    keys = ("id", "status", "can_cancel") if head.is_moving else tuple(key for key in now if key != "headers")
    return all(before.get(key) == now[key] for key in keys)


def _body(client: ApiClient, head: ImportHead, view: str) -> tuple[Any, tuple[str, ...]]:
    if head.is_moving:
        return working.layout(head), ()
    if head.status == "NEEDS_MAPPING" or view == "mapping":
        job = client.import_mapping(head.id)
        if job is not None:
            return mapping.layout(head, job), tuple(column.header for column in mapping.narrowed(job).columns)
    elif head.status == "PLANNED":
        planned = client.import_planned(head.id)
        if planned is not None:
            return plan.layout(head, planned), ()
    else:
        ended = client.import_result(head.id)
        if ended is not None:
            told = result.layout(head, ended, waiting=_waiting(client, head, ended), names=_kept_names(client, ended))
            return dmc.Stack([told, _read_otherwise(client, head)], gap="md"), ()
    return empty(strings.IMPORT_NOT_FOUND, strings.IMPORT_NOT_FOUND_TEXT, icon_name="search"), ()


def _waiting(client: ApiClient, head: ImportHead, ended: ImportResult) -> int:
    """How many corrected rows the next retry takes up. Finding them reads all outcomes, so only where something was corrected."""
    if not head.can_retry or not (ended.edits.cells or ended.edits.excluded_rows):
        return 0
    return client.waiting_rows(head.id, first=1).total_count


def _kept_names(client: ApiClient, ended: ImportResult) -> Mapping[int, str]:
    """Who is in the rows of the contacts that a rollback kept."""
    kept = ended.rollback.kept_contacts if ended.rollback else ()
    return client.known_rows(ended.id, [contact.row for contact in kept if contact.row is not None]).names


def _read_otherwise(client: ApiClient, head: ImportHead) -> Any:
    if head.status != "FAILED" or head.plan is not None or head.counts.total:
        return None
    job = client.import_mapping(head.id)
    return mapping.failed_layout(head, job) if job is not None else None


def header(head: ImportHead) -> Any:
    known = [
        size(head.size_bytes) if head.size_bytes is not None else None,
        strings.IMPORTED_BY.format(name=head.created_by) if head.created_by else None,
    ]
    rest = "".join(f" · {part}" for part in known if part)
    return html.Header(
        [
            html.Div(
                [
                    dmc.Title(import_name(head), order=1, lineClamp=2, className="file-name", id="import-name"),
                    status_badge(head.status, badge_id="status-badge"),
                ],
                className="import-title",
            ),
            dmc.Text([shown_moment(head.created_at), rest], c="dimmed", size="sm", mt=4),
            steps(head.status, has_rows=head.counts.total > 0, is_whole=head.is_whole),
        ]
    )


def _expects_report(head: ImportHead) -> bool:
    if not head.is_final or not head.counts.failed or head.error_report or head.completed_at is None:
        return False
    return datetime.now(UTC) - head.completed_at < _REPORT_PATIENCE


def _away() -> Any:
    return dmc.Alert(strings.AWAY, color="yellow", variant="light", icon=icon("alert"), mb="md")


def _rollback_modal() -> Any:
    buttons = dmc.Group(
        [
            dmc.Button(strings.ROLLBACK_KEEP, id="rollback-keep", variant="default"),
            dmc.Button(strings.ROLLBACK_CONFIRM, id="rollback-confirm", color="red"),
        ],
        justify="flex-end",
    )
    reason = dmc.Textarea(
        id="rollback-reason",
        label=strings.ROLLBACK_REASON,
        description=strings.ROLLBACK_REASON_HINT,
        autosize=True,
        minRows=2,
        debounce=False,
    )
    return dmc.Modal(
        dmc.Stack([dmc.Text(strings.ROLLBACK_TEXT, size="sm"), html.Div(id="rollback-preview"), reason, buttons]),
        id="rollback-modal",
        title=strings.ROLLBACK_TITLE,
        opened=False,
        centered=True,
    )
