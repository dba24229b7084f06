"""Issues by kind with an example, and the rows behind one kind."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.feedback import empty
from dashboard.components.icons import icon
from dashboard.components.tables import table
from dashboard.formatting import field_label, issue_label, number
from dashboard.records.issues import Issue, IssueGroup, IssuePage
from dashboard.theme import SEVERITY_COLORS

_WORST_FIRST = {"ERROR": 0, "WARNING": 1, "NOTE": 2}
_ROW_TITLES = (strings.ISSUE_ROW, strings.ISSUE_COLUMN, strings.ISSUE_VALUE, strings.ISSUE_MESSAGE)


def severity_badge(severity: str) -> Any:
    shown = strings.ISSUE_SEVERITY_SHORT.get(severity, severity)
    return dmc.Badge(shown, color=SEVERITY_COLORS.get(severity, "gray"), variant="light", radius="sm", tt="none", fw=600, size="sm")


def issue_groups(groups: Sequence[IssueGroup], fixable: Collection[str] = (), *, is_retry: bool = False) -> Any:
    """The kinds, errors first and the most frequent first, each with a way to its rows; those of fixable codes with a way to fix them.

    `is_retry`: they are of a retry's plan, which is not about all rows.
    """
    if not groups:
        return empty(strings.ISSUES_NONE, strings.ISSUES_NONE_TEXT, icon_name="check")
    ordered = sorted(groups, key=lambda group: (_WORST_FIRST.get(group.severity, 3), -group.count))
    return html.Div([_group(group, is_fixable=group.code in fixable, is_retry=is_retry) for group in ordered], className="issue-groups")


def _group(group: IssueGroup, *, is_fixable: bool, is_retry: bool) -> Any:
    where = f" · {field_label(group.field)}" if group.field else ""
    return html.Div(
        [
            html.Div([html.Div(number(group.count), className="issue-count"), severity_badge(group.severity)], className="issue-weight"),
            html.Div(
                [
                    html.Div([html.Span(issue_label(group.code)), html.Span(where, className="dimmed")], className="issue-name"),
                    html.Div(group.example.message, className="dimmed small"),
                    _example(group.example),
                    html.Div(strings.ISSUES_NOT_RETRIED, className="dimmed small") if is_retry and not group.has_open_rows else None,
                ],
                className="issue-text",
            ),
            dmc.Group(
                [
                    dmc.Button(
                        strings.ISSUE_SHOW,
                        id={"type": "issue-group", "code": group.code, "field": group.field or "", "severity": group.severity},
                        variant="subtle",
                        size="compact-sm",
                        rightSection=icon("chevron", size=14),
                    ),
                    dmc.Button(
                        strings.FIX,
                        id={
                            "type": "fix-group",
                            "code": group.code,
                            "field": group.field or "",
                            "severity": group.severity,
                            "suggests": group.example.suggestion is not None,
                            # From one domain to another.
                            "domains": " ".join(group.example.domains),
                        },
                        variant="light",
                        size="compact-sm",
                    )
                    if is_fixable and (group.has_open_rows or not is_retry)
                    else None,
                ],
                gap="xs",
            ),
        ],
        className="issue-group",
        **attributes(data_code=group.code),
    )


def _example(issue: Issue) -> Any:
    parts: list[Any] = [html.Span(strings.ISSUE_EXAMPLE.format(row=number(issue.row)), className="dimmed")]
    if issue.column:
        parts.append(html.Span(issue.column))
    if issue.value:
        parts.append(html.Code(issue.value))
    if issue.suggestion:
        parts.append(html.Span(strings.ISSUE_SUGGESTION.format(value=issue.suggestion), className="suggestion"))
    return html.Div(parts, className="issue-example small")


def row_place(row: int, names: Mapping[int, str]) -> Any:
    """The row's number, and who is in it where that is known."""
    name = names.get(row)
    return [html.Div(number(row), className="number"), html.Div(name, className="dimmed small") if name else None]


def issue_rows(page: IssuePage, names: Mapping[int, str] = MappingProxyType({})) -> Any:
    rows = [
        dmc.TableTr(
            [
                dmc.TableTd(row_place(issue.row, names)),
                dmc.TableTd(issue.column or strings.NONE),
                dmc.TableTd(html.Code(issue.value) if issue.value else strings.NONE),
                dmc.TableTd(
                    [
                        html.Div(issue.message),
                        html.Div(strings.ISSUE_SUGGESTION.format(value=issue.suggestion), className="suggestion small")
                        if issue.suggestion
                        else None,
                    ]
                ),
            ]
        )
        for issue in page.nodes
    ]
    return table(_ROW_TITLES, rows, min_width=520)
