"""The last phase: what the import did, what went wrong, and what can be done about it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.components.counts import outcome_bar, outcome_tiles, row_count, tile
from dashboard.components.icons import icon
from dashboard.components.issues import issue_groups
from dashboard.components.tables import table
from dashboard.formatting import duration, field_label, number
from dashboard.pages.contacts import contact_button
from dashboard.pages.importing.fixing import ENDED, edits_line, fixable_codes
from dashboard.records.answers import UserError
from dashboard.records.imports import Counts, ImportHead
from dashboard.records.results import ImportResult, KeptContact, Rollback, RollbackPreview
from dashboard.theme import STATUS_COLORS

# Of these the page tells without words.
_PLAIN_REASONS = frozenset({"WRONG_STATE", "NOTHING_TO_RETRY"})
_UNDONE = frozenset({"ROLLED_BACK", "PARTIALLY_ROLLED_BACK"})
_MARKS = {"COMPLETED": "check", "COMPLETED_WITH_ERRORS": "alert", "FAILED": "x", "CANCELLED": "x"}


NOBODY: Mapping[int, str] = MappingProxyType({})


def layout(head: ImportHead, job: ImportResult, *, waiting: int = 0, names: Mapping[int, str] = NOBODY) -> Any:
    """`waiting`: corrected rows that a retry would take up; `names`: who is in the rows of contacts that a rollback kept."""
    is_undone = head.status in _UNDONE
    counts_heading = strings.RESULT_COUNTS_UNDONE if is_undone else strings.RESULT_COUNTS
    counts_title = html.Div(
        [dmc.Title(counts_heading, order=2), dmc.Text(row_count(head.counts.total), c="dimmed", size="sm", id="row-count")],
        className="card-title",
    )
    has_rows = head.counts.total > 0
    return dmc.Stack(
        [
            _outcome(head, job.rollback if is_undone else None, job.retry_blocked_by, waiting),
            _rollback(job.rollback, names) if job.rollback else None,
            dmc.Card(
                [counts_title, outcome_bar(head.counts), outcome_tiles(head.counts, opens=True)],
                withBorder=True,
                padding="lg",
                id="result-counts",
            )
            if has_rows
            else None,
            dmc.Card(
                [dmc.Title(strings.ISSUES_TITLE, order=2, mb="sm"), issue_groups(job.issue_groups, _fixable(head, job))],
                withBorder=True,
                padding="lg",
                id="issues",
            )
            if has_rows
            else None,
        ],
        gap="md",
    )


def _fixable(head: ImportHead, job: ImportResult) -> frozenset[str]:
    """What fails can be fixed and retried."""
    if not head.can_retry or head.status not in ENDED:
        return frozenset()
    return fixable_codes(group for group in job.issue_groups if group.severity == "ERROR")


def _outcome(head: ImportHead, rollback: Rollback | None, blocked: UserError | None, waiting: int) -> Any:
    # What was cancelled when all rows were done looks as what was done.
    looks = "COMPLETED" if head.is_whole else head.status
    color = STATUS_COLORS.get(looks, "gray")
    words: list[Any] = [dmc.Title(_title(head), order=2)]
    if head.failure:
        words.append(dmc.Text([head.failure.message, dmc.Code(head.failure.code, ml=8)], size="sm", id="import-failure"))
    if text := _told(head, rollback):
        words.append(dmc.Text(text, c="dimmed", size="sm"))
    if blocked and blocked.code not in _PLAIN_REASONS:
        words.append(dmc.Text(blocked.message, size="sm", id="retry-blocked"))
    if waiting:
        told = strings.EDITS_WAIT_ONE if waiting == 1 else strings.EDITS_WAIT.format(count=number(waiting))
        words.append(edits_line(told))
    mark = dmc.ThemeIcon(icon(_MARKS.get(looks, "undo"), size=22), size=44, radius="xl", variant="light", color=color)
    return dmc.Card(
        [
            html.Div([mark, html.Div(words, className="grow")], className="result-head"),
            html.Div(_actions(head), className="result-actions"),
        ],
        withBorder=True,
        padding="lg",
        id="result",
    )


def _title(head: ImportHead) -> str:
    if head.is_whole:
        return strings.RESULT_ALL_DONE
    if head.is_cancelled_retry:
        return strings.RESULT_TITLE_RETRY_CANCELLED
    return strings.RESULT_TITLES.get(head.status, head.status)


def _told(head: ImportHead, rollback: Rollback | None) -> str:
    if rollback:
        numbers = {name: number(getattr(rollback, name)) for name in ("removed", "restored", "kept")}
        return counted_in_both(strings.ROLLBACK_TEXT_DONE.format(**numbers), rollback.restored, rollback.kept)
    counts = head.counts
    if not counts.total:
        return ""
    words = strings.RESULT_TEXT_RETRY_CANCELLED if head.is_cancelled_retry and not head.is_whole else strings.RESULT_TEXT
    numbers = {name: number(getattr(counts, name)) for name in ("created", "updated", "failed", "unprocessed", "total")}
    return words.format(**numbers) + _took(head)


def preview_words(preview: RollbackPreview) -> str:
    """What a rollback would come to."""
    numbers = {name: number(getattr(preview, name)) for name in ("removes", "restores", "keeps")}
    return counted_in_both(strings.ROLLBACK_PREVIEW.format(**numbers), preview.restores, preview.keeps)


def counted_in_both(told: str, restored: int, kept: int) -> str:
    return f"{told} {strings.ROLLBACK_BOTH}" if restored and kept else told


def _took(head: ImportHead) -> str:
    # Once undone, what has elapsed is no longer the import's alone.
    if head.status in _UNDONE or not head.progress.elapsed_seconds:
        return ""
    return " " + strings.RESULT_TOOK.format(duration=duration(head.progress.elapsed_seconds))


def _actions(head: ImportHead) -> list[Any]:
    actions: list[Any] = []
    # Rows that are unprocessed since are none that failed, whatever an earlier report says.
    if head.error_report and head.counts.failed:
        download = dmc.Button(strings.DOWNLOAD_ERRORS, variant="default", leftSection=icon("download"))
        # A plain link: the file is served by the API, outside the dashboard's own routes.
        actions.append(html.A(download, href=head.error_report.url, download=head.error_report.filename, id="error-report-link"))
    if head.can_retry:
        actions.append(dmc.Button(_retry_label(head.counts), id="retry-button", variant="default", leftSection=icon("retry")))
    if head.can_rollback:
        actions.append(dmc.Button(strings.ROLL_BACK, id="rollback-button", variant="light", color="red", leftSection=icon("undo")))
    actions.append(html.A(dmc.Button(strings.ANOTHER, leftSection=icon("upload")), href="/", id="another-link"))
    return actions


def _retry_label(counts: Counts) -> str:
    count = counts.failed + counts.unprocessed
    # An import that failed before it had rows runs its failed stage again.
    if not count:
        return strings.RETRY_WHOLE
    return strings.RETRY_ONE if count == 1 else strings.RETRY.format(count=number(count))


def _rollback(rollback: Rollback, names: Mapping[int, str]) -> Any:
    tiles = [tile(label, number(getattr(rollback, key)), name=key) for key, label in strings.ROLLBACK_COUNTS.items()]
    parts: list[Any] = [dmc.Title(strings.ROLLBACK_RESULT, order=2, mb="sm")]
    if rollback.reason:
        parts.append(dmc.Text(strings.ROLLBACK_BY.format(reason=rollback.reason), size="sm", c="dimmed", mb="sm"))
    parts.append(html.Div(tiles, className="tiles tiles-three"))
    if rollback.kept_contacts:
        parts += [dmc.Title(strings.ROLLBACK_KEPT, order=3, mt="lg", mb="xs"), _kept(rollback.kept_contacts, names)]
    return dmc.Card(parts, withBorder=True, padding="lg", id="rollback-result")


def _kept(kept: Sequence[KeptContact], names: Mapping[int, str]) -> Any:
    rows = [
        dmc.TableTr(
            [
                dmc.TableTd(number(contact.row), className="number"),
                dmc.TableTd(contact_button(names.get(contact.row or 0) or strings.CONTACT_UNNAMED, contact.contact_id)),
                dmc.TableTd(", ".join(field_label(field) for field in contact.fields) or strings.NONE),
                dmc.TableTd(contact.message),
            ]
        )
        for contact in kept
    ]
    return table((strings.ISSUE_ROW, strings.ROLLBACK_KEPT_CONTACT, strings.ROLLBACK_KEPT_FIELDS, strings.ISSUE_MESSAGE), rows)
