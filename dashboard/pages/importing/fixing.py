"""Fixing in place: one rule for the rows of a group of issues, and cells and rows by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.feedback import empty
from dashboard.components.icons import icon
from dashboard.components.issues import row_place
from dashboard.components.tables import table
from dashboard.countries import COUNTRIES
from dashboard.formatting import issue_label, number
from dashboard.records.issues import EditedPage, FixEffect, FixSample, Issue, IssueGroup, IssuePage
from dashboard.records.rows import KnownRows

Json = dict[str, Any]

# An import that ended keeps its corrections for the next retry.
ENDED = frozenset({"COMPLETED_WITH_ERRORS", "CANCELLED", "FAILED"})
EDITABLE = ENDED | {"PLANNED"}
# What somebody did, or what happened while applying, is nothing that a rule corrects.
NOT_OF_THE_FILE = frozenset({"ROW_EXCLUDED", "PLAN_DRIFT"})
_PHONES = frozenset({"phone", "mobile_phone"})
# The API shows a longer value by its beginning: saving that would cut it off.
_MOST_CHARACTERS = 199
_HIDDEN = {"display": "none"}
_RULES: dict[str, Json] = {
    "suggestion": {"useSuggestion": True},
    "day_first": {"dateOrder": "DAY_FIRST"},
    "month_first": {"dateOrder": "MONTH_FIRST"},
    "leave_out": {"leaveOut": True},
    "exclude": {"excludeRows": True},
}


NOTHING_KNOWN = KnownRows()


def fixable_codes(groups: Iterable[IssueGroup]) -> frozenset[str]:
    """The codes of groups that a rule may correct."""
    return frozenset(group.code for group in groups) - NOT_OF_THE_FILE


def rules_for(field: str | None, *, has_suggestion: bool) -> list[str]:
    """The rules that fit a group, the likeliest first."""
    rules = ["suggestion"] if has_suggestion and field else []
    if field in _PHONES:
        rules.append("country")
    if field == "email":
        rules.append("domain")
    if field == "birthday":
        rules += ["day_first", "month_first"]
    return [*rules, "replace", "leave_out", "exclude"] if field else ["exclude"]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person said of a rule; the questions of other rules may be answered too."""

    rule: str | None
    country: str | None = None
    find: str | None = None
    by: str | None = None
    domain: str | None = None
    domain_by: str | None = None


def read_rule(said: Answers) -> Json | None:
    """The rule as the API takes it; None: more has to be said."""
    match said.rule:
        case "country":
            return {"defaultCountry": said.country} if said.country else None
        case "domain":
            was, meant = _domain(said.domain), _domain(said.domain_by)
            return {"replaceDomain": {"domain": was, "by": meant}} if was and meant else None
        case "replace":
            return {"replaceValue": {"value": (said.find or "").strip() or None, "by": said.by}} if said.by else None
    return _RULES.get(said.rule or "")


def box_styles(name: str | None) -> tuple[Json, Json, Json]:
    """Which of the further questions, the country, the values and the domains, belong to a rule."""
    country, values, domains = ({} if name == rule else _HIDDEN for rule in ("country", "replace", "domain"))
    return country, values, domains


def _domain(text: str | None) -> str:
    """As it stands behind the @."""
    return (text or "").strip().removeprefix("@").lower()


def modal_body(code: str, field: str | None, *, has_suggestion: bool, status: str, domains: tuple[str, str] = ("", "")) -> Any:
    """What is asked of a group, with room for what it comes to."""
    rules = rules_for(field, has_suggestion=has_suggestion)
    country, values, domain_style = box_styles(rules[0])
    domain, domain_by = domains
    countries = [{"value": key, "label": name} for key, name in COUNTRIES.items()]
    return dmc.Stack(
        [
            dcc.Store(id="fix-kind", data={"code": code, "field": field}),
            dmc.Select(
                id="fix-rule",
                label=strings.FIX_RULE,
                data=[{"value": name, "label": strings.FIX_RULES[name]} for name in rules],
                value=rules[0],
                allowDeselect=False,
            ),
            dmc.Text(strings.FIX_SCOPE, size="sm", c="dimmed"),
            html.Div(
                dmc.Select(id="fix-country", label=strings.FIX_COUNTRY, data=countries, searchable=True),
                id="fix-country-box",
                style=country,
            ),
            html.Div(
                dmc.Stack(
                    [
                        dmc.TextInput(id="fix-find", label=strings.FIX_FIND, description=strings.FIX_FIND_HINT, debounce=400),
                        dmc.TextInput(id="fix-by", label=strings.FIX_BY, debounce=400),
                    ],
                    gap="sm",
                ),
                id="fix-values-box",
                style=values,
            ),
            html.Div(
                dmc.SimpleGrid(
                    [
                        dmc.TextInput(id="fix-domain", label=strings.FIX_DOMAIN, value=domain, debounce=400),
                        dmc.TextInput(id="fix-domain-by", label=strings.FIX_DOMAIN_BY, value=domain_by, debounce=400),
                    ],
                    cols={"base": 1, "xs": 2},
                ),
                id="fix-domain-box",
                style=domain_style,
            ),
            html.Div(id="fix-effect"),
            dmc.Group(
                dmc.Button(strings.FIX_APPLY_ENDED if status in ENDED else strings.FIX_APPLY, id="fix-apply", disabled=True),
                justify="flex-end",
            ),
        ]
    )


def effect_view(effect: FixEffect, *, excludes: bool) -> Any:
    """What a rule comes to, in numbers and by its first cells."""
    rows = number(effect.rows)
    if excludes:
        return dmc.Text(strings.FIX_EFFECT_EXCLUDE.format(rows=rows), size="sm")
    if not effect.changed:
        return dmc.Text(strings.FIX_EFFECT_NONE.format(rows=rows), size="sm", c="dimmed")
    words = strings.FIX_EFFECT_OPEN if effect.resolved is None else strings.FIX_EFFECT
    told = words.format(changed=number(effect.changed), rows=rows, resolved=number(effect.resolved))
    samples = html.Ul([_sample(each) for each in effect.samples], className="fix-samples")
    return dmc.Stack([dmc.Text(told, size="sm"), samples], gap="xs")


def _sample(sample: FixSample) -> Any:
    """Not as a table, which a phone has no room for."""
    still = ", ".join(dict.fromkeys(issue_label(issue.code) for issue in sample.issues))
    return html.Li(
        [
            html.Span(strings.ISSUE_EXAMPLE.format(row=number(sample.row)), className="dimmed nowrap"),
            html.Span([html.Code(sample.before or strings.NONE), icon("arrow", size=12), html.Code(sample.after or strings.NONE)]),
            html.Span(strings.FIX_STILL.format(issues=still) if still else strings.FIX_FINE, className="dimmed"),
        ]
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that can be edited. `do`: what its mark asks for; `value`: what its cell says, None where there is none to edit."""

    row: int
    do: str
    column: str | None = None
    value: str | None = None


def editable_rows(page: IssuePage, status: str, known: KnownRows = NOTHING_KNOWN) -> Any:
    """The rows behind a group of issues, each cell to be corrected and each row to be left out; None: nothing can be edited now."""
    open_issues = [issue for issue in page.nodes if is_open(issue, status)]
    if not open_issues:
        return None
    entries = [_entry(issue, status, known) for issue in open_issues]
    rows = [
        dmc.TableTr(
            [
                dmc.TableTd(row_place(issue.row, known.names)),
                dmc.TableTd(issue.column or strings.NONE),
                dmc.TableTd(_cell(index, entry, status, known) if entry.value is not None else html.Code(issue.value or strings.NONE)),
                dmc.TableTd(_mark(index, entry)),
            ]
        )
        for index, (issue, entry) in enumerate(zip(open_issues, entries, strict=True))
    ]
    return _form((strings.ISSUE_ROW, strings.ISSUE_COLUMN, strings.ISSUE_VALUE, ""), rows, entries, status)


def is_open(issue: Issue, status: str) -> bool:
    """Whether its row can still be corrected: it is in the plan, or failed."""
    return issue.batch is not None if status == "PLANNED" else status in ENDED and issue.severity == "ERROR"


def edits_line(told: str) -> Any:
    """That something was corrected, with the way to it."""
    show = dmc.Button(strings.EDITS_SHOW, id="edits-show", variant="subtle", size="compact-sm")
    return dmc.Group([dmc.Text(told, size="sm", c="dimmed"), show], gap="xs", id="edits")


def edited_rows(page: EditedPage, status: str) -> Any:
    """What was corrected, each to be taken back."""
    entries, rows = [], []
    for row in page.nodes:
        lines = [(cell.column, cell.original, cell.value, "revert") for cell in row.edited]
        lines += [(strings.NONE, None, strings.EDITS_EXCLUDED, "include")] if row.is_excluded else []
        for column, original, value, do in lines:
            entries.append(Entry(row.row, do, column if do == "revert" else None))
            cells = (column, html.Code(original or strings.NONE), html.Code(value or strings.NONE), _mark(len(entries) - 1, entries[-1]))
            rows.append(dmc.TableTr([dmc.TableTd(number(row.row), className="number"), *(dmc.TableTd(cell) for cell in cells)]))
    if not rows:
        return empty(strings.EDIT_NOTHING, "", icon_name="check")
    return _form((strings.ISSUE_ROW, strings.ISSUE_COLUMN, strings.EDITS_ORIGINAL, strings.EDITS_NOW, ""), rows, entries, status)


def collect_changes(
    entries: Sequence[Json], texts: Sequence[tuple[int, str | None]], marks: Sequence[tuple[int, bool]]
) -> tuple[list[Json], list[int], list[int]]:
    """The edits, the rows to leave out and those to take in again, from what each line says now, by its place."""
    edits: dict[tuple[int, str], Json] = {}
    for index, text in texts:
        entry = entries[index]
        if (text or "") != entry["value"]:
            edits[entry["row"], entry["column"]] = {"row": entry["row"], "column": entry["column"], "value": text or ""}
    marked = [entries[index] for index, is_marked in marks if is_marked]
    for entry in marked:
        if entry["do"] == "revert":
            edits[entry["row"], entry["column"]] = {"row": entry["row"], "column": entry["column"], "value": None}
    excluded = {entry["row"] for entry in marked if entry["do"] == "exclude"}
    included = {entry["row"] for entry in marked if entry["do"] == "include"}
    return list(edits.values()), sorted(excluded), sorted(included)


def _entry(issue: Issue, status: str, known: KnownRows) -> Entry:
    # Of an import that ended the issues are those of its last run; what was corrected since is what the cell says now.
    value = known.corrected.get((issue.row, issue.column or ""), issue.value) or ""
    is_editable = issue.column is not None and len(value) <= _MOST_CHARACTERS
    is_excluded = issue.row in known.excluded or (issue.code == "ROW_EXCLUDED" and status == "PLANNED")
    do = "include" if is_excluded else "exclude"
    return Entry(issue.row, do, issue.column, value if is_editable else None)


def _cell(index: int, entry: Entry, status: str, known: KnownRows) -> Any:
    label = strings.EDIT_CELL.format(column=entry.column, row=number(entry.row))
    is_waiting = status in ENDED and (entry.row, entry.column) in known.corrected
    return dmc.TextInput(
        id={"type": "cell-edit", "index": index},
        value=entry.value,
        description=strings.EDIT_WAITS if is_waiting else None,
        inputWrapperOrder=["label", "input", "description", "error"],
        size="xs",
        **attributes(aria_label=label),
    )


def _mark(index: int, entry: Entry) -> Any:
    words = {"exclude": strings.EDIT_EXCLUDE, "include": strings.EDIT_INCLUDE, "revert": strings.EDIT_REVERT}
    return dmc.Checkbox(id={"type": "row-mark", "index": index}, label=words[entry.do], size="xs", radius="xs", checked=False)


def _form(titles: Sequence[str], rows: Sequence[Any], entries: Sequence[Entry], status: str) -> Any:
    data = [{"row": entry.row, "do": entry.do, "column": entry.column, "value": entry.value} for entry in entries]
    button = dmc.Button(strings.EDIT_APPLY_ENDED if status in ENDED else strings.EDIT_APPLY, id="edit-apply", size="sm")
    return dmc.Stack(
        [
            dcc.Store(id="edit-entries", data=data),
            html.Div(id="edit-feedback"),
            table(titles, rows, min_width=520, stacks=True),
            dmc.Group(button),
        ]
    )
