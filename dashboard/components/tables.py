"""Tables, and what they become on a narrow screen."""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.counts import outcome_line, row_count
from dashboard.components.icons import icon
from dashboard.components.status import status_badge
from dashboard.components.times import shown_moment
from dashboard.formatting import number
from dashboard.records.imports import FINAL_STATUSES, ImportSummary

_TITLES = (strings.HISTORY_FILE, strings.HISTORY_STATUS_COLUMN, strings.HISTORY_ROWS, strings.HISTORY_OUTCOME, strings.HISTORY_WHEN)


def table(titles: Sequence[str], rows: Sequence[Any], *, min_width: int = 560, stacks: bool = False, **body: Any) -> Any:
    """`stacks`: on a narrow screen every row becomes a little card; otherwise the table scrolls sideways."""
    head = dmc.TableThead(dmc.TableTr([dmc.TableTh(title) for title in titles]))
    content = dmc.Table([head, dmc.TableTbody(list(rows), **body)], verticalSpacing="sm", highlightOnHover=True, className="table")
    return dmc.TableScrollContainer(content, minWidth=min_width, type="native", className="stacks" if stacks else "")


def imports_table(imports: Sequence[ImportSummary], *, deletes: bool = False, **body: Any) -> Any:
    """`deletes`: each that has ended with a way to delete it."""
    titles = (*_TITLES, "") if deletes else _TITLES
    rows = [import_row(summary, deletes=deletes) for summary in imports]
    return table(titles, rows, min_width=760, stacks=True, **body)


def import_row(summary: ImportSummary, *, deletes: bool = False) -> Any:
    return dmc.TableTr(
        [
            dmc.TableTd(
                [
                    dmc.Anchor(import_name(summary), href=f"/imports/{summary.id}", fw=600, className="row-link"),
                    dmc.Text(strings.IMPORTED_BY.format(name=summary.created_by), size="xs", c="dimmed") if summary.created_by else None,
                ],
                className="file-cell",
            ),
            dmc.TableTd([status_badge(summary.status), _stuck(summary)]),
            dmc.TableTd(number(summary.counts.total or None), className="number rows-cell"),
            dmc.TableTd(_outcome(summary)),
            dmc.TableTd(shown_moment(summary.created_at, "dimmed")),
            *([dmc.TableTd(_delete(summary), className="delete-cell")] if deletes else []),
        ]
    )


def _delete(summary: ImportSummary) -> Any:
    # Only what has ended can be deleted.
    if summary.status not in FINAL_STATUSES:
        return None
    name = import_name(summary)
    of = strings.DELETE_OF.format(name=name, rows=row_count(summary.counts.total))
    return dmc.ActionIcon(
        icon("trash", size=16),
        id={"type": "delete-import", "id": summary.id, "name": name, "of": of},
        variant="subtle",
        color="gray",
        **attributes(aria_label=strings.DELETE_IMPORT.format(name=name)),
    )


def _stuck(summary: ImportSummary) -> Any:
    if summary.stuck_since is None:
        return None
    return dmc.Text([strings.HISTORY_STUCK, shown_moment(summary.stuck_since)], size="xs", c="red")


def _outcome(summary: ImportSummary) -> Any:
    if summary.counts.total:
        return outcome_line(summary.counts)
    if summary.status == "NEEDS_MAPPING":
        return dmc.Anchor(strings.HISTORY_CONTINUE, href=f"/imports/{summary.id}", fw=600, size="sm")
    return strings.NONE


def import_name(summary: Any) -> str:
    """The file's name; rows that came without a file are named by their source."""
    return summary.filename or strings.UNNAMED.get(summary.source_kind, strings.UNNAMED["file"])
