"""The mapping phase: each column's field, and the first rows of the file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.feedback import viewer_hint
from dashboard.components.icons import icon
from dashboard.formatting import field_label, number, percent
from dashboard.pages.importing import reading
from dashboard.pages.importing.cancelling import cancel_button
from dashboard.pages.importing.options import options_form
from dashboard.pages.importing.preview import preview_card
from dashboard.records.imports import ImportHead
from dashboard.records.mapping import Column, ImportMapping

# Below this a suggestion is shown but not chosen for the person.
_CERTAIN_ENOUGH = 0.5
_IDENTIFYING = frozenset({"external_id", "email", "phone", "mobile_phone"})
# A browser draws no more choices than this without stuttering.
MOST_COLUMNS = 200
_QUESTIONS = frozenset({"MEMBER_NEEDED", "SHEET_NEEDED", "DIALECT_UNCERTAIN", "DATE_ORDER_NEEDED", "NEEDS_MAPPING"})
# One column may say who agreed and others who refused.
_MAY_REPEAT = frozenset({"consent"})


def narrowed(job: ImportMapping) -> ImportMapping:
    """The columns that a page can hold; the preview is cut to the same."""
    preview = tuple(replace(row, raw=row.raw[:MOST_COLUMNS]) for row in job.preview)
    return replace(job, columns=job.columns[:MOST_COLUMNS], preview=preview)


def layout(head: ImportHead, whole: ImportMapping) -> Any:
    job = narrowed(whole)
    fields = chosen_fields(job)
    data = field_choices(job)
    title = html.Div(
        [
            html.Div([dmc.Title(strings.MAPPING_TITLE, order=2), dmc.Text(strings.MAPPING_INTRO, c="dimmed", size="sm")]),
            dmc.Text(summary(fields.values()), size="sm", c="dimmed", id="mapping-summary"),
        ],
        className="card-title",
    )
    names = html.Div(
        [html.Span(strings.MAPPING_COLUMN), html.Span(strings.MAPPING_SAMPLES), html.Span(strings.MAPPING_FIELD)],
        className="map-row map-head",
    )
    rows = [_column_row(column, fields[column.header], data) for column in job.columns]
    plan = dmc.Button(strings.PLAN_BUTTON, id="plan-button", size="md", rightSection=icon("arrow"), disabled=not head.can_edit)
    back = dmc.Button(strings.BACK_TO_PLAN, id="back-to-plan-button", size="md", variant="default") if head.status == "PLANNED" else None
    is_unchosen = reading.is_unchosen(job)
    table = dmc.Stack(
        [
            _too_wide(whole),
            dmc.Card([title, html.Div(hint(list(fields.values())), id="mapping-hint"), names, *rows], withBorder=True, padding="lg"),
            preview_card(job, is_planned=head.plan is not None),
            options_form(job.options, [column.header for column in job.columns], data, is_order_beside=reading.asks_for_date_order(job)),
        ],
        gap="md",
        # Kept, since the callbacks ask for its values; there is nothing to map before it is known which file is meant.
        style={"display": "none"} if is_unchosen else {},
        id="mapping-table",
    )
    buttons = [
        cancel_button(head, variant="subtle", color="gray", size="md"),
        back,
        html.Div(plan, style={"display": "none"} if is_unchosen else {}),
    ]
    plan_hint = dmc.Text("" if is_unchosen else strings.PLAN_HINT, size="sm", c="dimmed") if head.can_edit else viewer_hint()
    return dmc.Stack(
        [
            _refusal(head),
            reading.card(job),
            table,
            html.Div([html.Div(plan_hint, className="grow"), dmc.Group(buttons, gap="sm")], className="actions"),
        ],
        gap="md",
    )


def failed_layout(head: ImportHead, job: ImportMapping) -> Any:
    """How an import that failed before it had rows could be read otherwise; None: nobody could say how."""
    if not reading.can_be_read_otherwise(job, head.failure.code if head.failure else None):
        return None
    # The callback that reads it anew asks for the values of these too.
    unused = html.Div(
        [options_form(job.options, (), field_choices(job)), dmc.Button(strings.PLAN_BUTTON, id="plan-button")], style={"display": "none"}
    )
    return html.Div([reading.failed_card(job), unused])


def _refusal(head: ImportHead) -> Any:
    """Why a mapping that was given could not be used. What is asked about reading the file stands beside its decision."""
    if head.failure is None or head.failure.code in _QUESTIONS:
        return None
    return dmc.Alert(head.failure.message, color="yellow", variant="light", icon=icon("alert"), id="mapping-refused")


def _too_wide(job: ImportMapping) -> Any:
    if len(job.columns) <= MOST_COLUMNS:
        return None
    text = strings.MAPPING_TOO_WIDE.format(total=number(len(job.columns)), shown=MOST_COLUMNS)
    return dmc.Alert(text, color="yellow", variant="light", icon=icon("alert"), id="mapping-too-wide")


def chosen_fields(job: ImportMapping) -> dict[str, str | None]:
    """What each column fills now: as mapped, else as suggested where that is certain and the field is still free."""
    mapped = {pair.column: pair.field for pair in job.mapping}
    chosen = {column.header: mapped.get(column.header) or column.field for column in job.columns}
    if job.mapping:
        return chosen
    taken = {field for field in chosen.values() if field}
    for column in job.columns:
        best = column.suggestions[0] if column.suggestions else None
        if chosen[column.header] is None and best and best.confidence >= _CERTAIN_ENOUGH and best.field not in taken:
            chosen[column.header] = best.field
            taken.add(best.field)
    return chosen


def field_choices(job: ImportMapping) -> list[dict[str, Any]]:
    """The fields by group; the tenant's own fields are those that a suggestion, the mapping or a policy names."""
    groups = [
        {"group": group, "items": [{"value": field, "label": strings.FIELDS[field]} for field in fields]}
        for group, fields in strings.FIELD_GROUPS.items()
    ]
    named = {pair.field for pair in job.mapping} | {column.field for column in job.columns}
    named |= {suggestion.field for column in job.columns for suggestion in column.suggestions}
    named |= {each.field for each in job.options.field_policies}
    custom = sorted(field for field in named if field and field.startswith("custom."))
    if custom:
        groups.append({"group": strings.FIELD_GROUP_CUSTOM, "items": [{"value": field, "label": field_label(field)} for field in custom]})
    return groups


def summary(fields: Any) -> str:
    chosen = list(fields)
    return strings.MAPPING_SUMMARY.format(mapped=sum(1 for field in chosen if field), total=len(chosen))


def hint(fields: Sequence[str | None]) -> Any:
    """A word before planning about what the API would refuse or what is likely a slip; None where all is well."""
    chosen = [field for field in fields if field]
    if not _IDENTIFYING.intersection(chosen):
        return dmc.Alert(strings.MAPPING_NO_KEY, color="yellow", variant="light", icon=icon("alert"), mb="md", id="mapping-no-key")
    twice = sorted({field for field in chosen if chosen.count(field) > 1} - _MAY_REPEAT)
    if twice:
        names = ", ".join(field_label(field) for field in twice)
        return dmc.Alert(strings.MAPPING_TWICE.format(fields=names), color="yellow", variant="light", icon=icon("alert"), mb="md")
    if chosen.count("consent") > 1:
        return dmc.Text(strings.MAPPING_CONSENTS.format(count=chosen.count("consent")), size="sm", c="dimmed", mb="md")
    return None


def _column_row(column: Column, field: str | None, data: list[dict[str, Any]]) -> Any:
    best = asdict(column.suggestions[0]) if column.suggestions else None
    samples = [html.Span(sample, className="sample") for sample in column.samples[:3] if sample]
    select = dmc.Select(
        id={"type": "map", "index": column.index},
        value=field,
        data=data,
        searchable=True,
        clearable=True,
        placeholder=strings.MAPPING_NOT_IMPORTED,
        maxDropdownHeight=320,
        className="grow",
        **attributes(aria_label=column.header),
    )
    return html.Div(
        [
            html.Div(
                [
                    html.Div(column.header, className="map-header"),
                    html.Div(strings.MAPPING_FILLED.format(rate=percent(round(column.fill_rate, 2))), className="dimmed small"),
                ]
            ),
            html.Div(samples or html.Span(strings.NONE, className="dimmed"), className="map-samples"),
            html.Div(
                [
                    select,
                    html.Div(confidence(best, field), id={"type": "confidence", "index": column.index}, className="confidence"),
                    dcc.Store(id={"type": "suggestion", "index": column.index}, data=best),
                ],
                className="map-field",
            ),
        ],
        className="map-row",
        id=f"map-{column.index}",
        **attributes(data_column=column.header),
    )


def confidence(best: Mapping[str, Any] | None, field: str | None) -> Any:
    """How sure the suggestion is where it was taken; elsewhere only what it is."""
    if not best:
        return html.Span(strings.MAPPING_NO_SUGGESTION, className="confidence-none small")
    label = f"{field_label(best['field'])}: {best['reason']}"
    if best["field"] != field:
        suggested = html.Span(strings.MAPPING_SUGGESTED.format(field=field_label(best["field"])), className="confidence-none small")
        return dmc.Tooltip(suggested, label=label, multiline=True, maw=280)
    sure = best["confidence"]
    color = "teal" if sure >= 0.85 else "yellow" if sure >= _CERTAIN_ENOUGH else "gray"
    badge = dmc.Badge(
        strings.MAPPING_CONFIDENCE.format(rate=percent(round(sure, 2))),
        color=color,
        variant="light",
        radius="sm",
        tt="none",
        fw=600,
    )
    return dmc.Tooltip(html.Span(badge), label=label, multiline=True, maw=280)


def mapping_input(headers: Sequence[str], fields: Sequence[str | None]) -> list[dict[str, Any]]:
    """The mapping as the API takes it; a column without a field is named too, so that it is left out on purpose."""
    return [{"column": header, "field": field or None} for header, field in zip(headers, fields, strict=True)]
