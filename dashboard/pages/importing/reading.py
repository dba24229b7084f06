"""How the file was read and why, in words; what is uncertain stands out, with a way to say otherwise beside it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import strings
from dashboard.components.attributes import attributes
from dashboard.components.icons import icon
from dashboard.formatting import number
from dashboard.pages.importing.options import date_order_picker
from dashboard.pages.importing.reading_form import ASPECT_ORDER, IMMEDIATE, is_asked_for, is_list, picker, shown
from dashboard.records.mapping import Decision, Dialect, ImportMapping, Options

_SHOWN_ORDER = (
    "archive",
    "member",
    "sheet",
    "encoding",
    "delimiter",
    "quote",
    "escape",
    "headerRow",
    "headerRows",
    "comment",
    "blankRecords",
    "dateOrder",
)
_HIDDEN = {"display": "none"}
# Only of text, so that it is known which pickers apply before anything else is.
_FAILURES_OF_TEXT = frozenset({"UNCLOSED_QUOTE", "INVALID_DELIMITER"})
_WRAPPED = "{format} · {archive}"


def card(job: ImportMapping) -> Any:
    """The decisions, and every picker exactly once: beside its decision, or folded away below."""
    dialect = job.dialect or Dialect(format="")
    decisions = known_decisions(dialect, job.options)
    beside = {decision.aspect for decision in decisions if _is_beside(decision, dialect)}
    folded = [name for name in ASPECT_ORDER if name not in beside]
    again = html.Div(dmc.Button(strings.READ_AGAIN, id="read-button", variant="default", leftSection=icon("retry")), className="read-again")
    # At hand where a picker that waits for it is.
    is_at_hand = bool(beside - set(IMMEDIATE))
    is_shown = bool(decisions)
    title = html.Div(
        [dmc.Title(strings.READING_TITLE, order=2), dmc.Text(describe_format(dialect), c="dimmed", size="sm", id="reading-format")],
        className="card-title",
    )
    parts: list[Any] = [
        title,
        _notice(job, dialect),
        html.Div([_row(decision, job, is_beside=decision.aspect in beside) for decision in decisions], className="decisions"),
        _fold(folded, job, dialect, None if is_at_hand else again),
        again if is_at_hand else None,
        dcc.Store(id="reading-shown", data=shown(job.dialect)),
    ]
    # Hidden rather than left out, because the plan button asks for the values of the pickers.
    return html.Div(dmc.Card(parts, withBorder=True, padding="lg", id="reading"), style={} if is_shown else _HIDDEN, id="reading-box")


def failed_card(job: ImportMapping) -> Any:
    """The pickers alone, as what was asked for last, for an import that failed before it had rows."""
    dialect = as_asked(job)
    names = [name for name in ASPECT_ORDER if is_asked_for(name, dialect)]
    asked = replace(job, dialect=dialect)
    fields = [html.Div(picker(name, asked), style={} if name in names else _HIDDEN) for name in ASPECT_ORDER]
    parts: list[Any] = [
        dmc.Title(strings.READING_FAILED_TITLE, order=2),
        dmc.Text(strings.READING_FAILED_TEXT, c="dimmed", size="sm", mb="sm"),
        dmc.SimpleGrid(fields, cols={"base": 1, "sm": 2}, spacing="md"),
        html.Div(dmc.Button(strings.READ_AGAIN, id="read-button", leftSection=icon("retry")), className="read-again"),
        dcc.Store(id="reading-shown", data=shown(dialect)),
    ]
    return dmc.Card(parts, withBorder=True, padding="lg", id="reading")


def can_be_read_otherwise(job: ImportMapping, failure: str | None) -> bool:
    """Whether a person could say how to read it: something is known of it, or something was said."""
    is_said = any(getattr(job.options, _snake(name)) is not None for name in ASPECT_ORDER)
    return is_said or job.dialect is not None or failure in _FAILURES_OF_TEXT


def as_asked(job: ImportMapping) -> Dialect:
    """How it was to be read when it failed: what was said, and else what an earlier look had found."""
    said = {_snake(name): getattr(job.options, _snake(name)) for name in ASPECT_ORDER}
    # Of a file that was never looked into nothing is known; most are text.
    return replace(job.dialect or Dialect(format="CSV"), decisions=(), **{name: value for name, value in said.items() if value is not None})


def asks_for_date_order(job: ImportMapping) -> bool:
    """Whether the picker of the date order stands beside its decision."""
    return job.dialect is not None and any(decision.aspect == "dateOrder" for decision in known_decisions(job.dialect, job.options))


def is_unchosen(job: ImportMapping) -> bool:
    """Whether there is nothing to map yet: an archive of which nobody said which file is meant."""
    return not job.columns and job.dialect is not None and bool(job.dialect.members) and job.dialect.member is None


def known_decisions(dialect: Dialect, options: Options) -> list[Decision]:
    """What was decided, in a fixed order; what a person said himself instead of what was found."""
    decided = {decision.aspect: decision for decision in dialect.decisions}
    for aspect in ASPECT_ORDER:
        said = getattr(options, _snake(aspect))
        if said is not None and is_asked_for(aspect, dialect):
            decided[aspect] = Decision(aspect=aspect, value=str(said), confidence=1.0, reason=strings.READING_SAID, is_said=True)
    if options.date_order is not None:
        decided["dateOrder"] = Decision("dateOrder", options.date_order, 1.0, strings.READING_SAID, is_said=True)
    order = {aspect: place for place, aspect in enumerate(_SHOWN_ORDER)}
    return sorted(decided.values(), key=lambda decision: order.get(decision.aspect, len(order)))


def describe_format(dialect: Dialect) -> str:
    """What kind of file it is, and what it was wrapped in."""
    words = strings.FORMATS.get(dialect.format.upper(), dialect.format)
    if dialect.archive is None or dialect.archive == dialect.format:
        return words
    return _WRAPPED.format(format=words, archive=strings.ARCHIVES.get(dialect.archive.upper(), dialect.archive))


def say(aspect: str, value: str | None) -> str:
    """What a decision came to, as a person says it."""
    if aspect == "headerRow":
        return strings.READING_ROW.format(row=value) if value not in (None, "0") else strings.READING_NO_HEADER
    if aspect == "headerRows":
        return strings.READING_ROWS.format(count=value) if value not in (None, "1") else strings.READING_ROWS_ONE
    if aspect == "blankRecords" and value is not None:
        return strings.READING_LEFT_OUT.format(count=number(int(value)))
    if value is None:
        return strings.ESCAPE_NONE if aspect == "escape" else strings.NONE
    words = {
        "delimiter": strings.DELIMITERS,
        "quote": strings.QUOTES,
        "escape": strings.ESCAPES,
        "encoding": strings.ENCODINGS,
        "dateOrder": strings.DATE_ORDERS,
    }
    if aspect in words:
        return words[aspect].get(value, value)
    return value


def _row(decision: Decision, job: ImportMapping, *, is_beside: bool) -> Any:
    aspect = decision.aspect
    told: list[Any] = [
        html.Div(_name_aspect(aspect, job), className="decision-aspect"),
        html.Div(
            [
                html.Div(
                    [html.Span(_value(decision, job), className="decision-value"), _badge(decision)],
                    className="decision-said",
                ),
                html.Div(decision.reason, className="dimmed small"),
            ],
            className="decision-told",
        ),
    ]
    if is_beside:
        told.append(html.Div(picker(aspect, job), className="decision-picker"))
    if aspect == "dateOrder":
        suggested = decision.value if decision.is_question else None
        chooser = date_order_picker(job.options, suggested, is_asked=decision.is_question)
        told.append(html.Div(chooser, className="decision-picker"))
    kind = "decision decision-question" if decision.is_unsure else "decision"
    return html.Div(told, className=kind, id=f"decision-{aspect}", **attributes(data_question=str(decision.is_unsure).lower()))


def _name_aspect(aspect: str, job: ImportMapping) -> str:
    if aspect == "sheet" and job.dialect is not None and is_list(job.dialect):
        return strings.OPTION_LIST
    return strings.ASPECTS.get(aspect, aspect)


def _value(decision: Decision, job: ImportMapping) -> str:
    if is_unchosen(job) and decision.suggested is not None:
        return strings.MAPPING_SUGGESTED.format(field=decision.suggested)
    return say(decision.aspect, decision.value)


def _badge(decision: Decision) -> Any:
    if decision.is_said:
        return dmc.Badge(strings.READING_YOURS, color="indigo", variant="light", radius="sm", tt="none", fw=600)
    if decision.is_unsure:
        return dmc.Badge(strings.READING_UNSURE, color="yellow", variant="light", radius="sm", tt="none", fw=600)
    return None


def _notice(job: ImportMapping, dialect: Dialect) -> Any:
    """One word above the list about what is asked of the person; nothing where all is certain."""
    if is_unchosen(job):
        return _alert(strings.READING_WHICH_FILE, "reading-which-file")
    if len(dialect.sheets) > 1 and not job.preview:
        words = strings.LIST_EMPTY if is_list(dialect) else strings.SHEET_EMPTY
        return _alert(words.format(sheet=dialect.sheet or ""), "sheet-empty")
    if any(decision.is_question for decision in dialect.decisions):
        return _alert(strings.READING_ASKS, "reading-asks")
    return None


def _alert(text: str, element_id: str) -> Any:
    return dmc.Alert(text, color="yellow", variant="light", icon=icon("alert"), mb="sm", id=element_id)


def _fold(names: Sequence[str], job: ImportMapping, dialect: Dialect, button: Any) -> Any:
    """The pickers of what is certain enough, behind a heading."""
    fields = [html.Div(picker(name, job), style={} if is_asked_for(name, dialect) else _HIDDEN) for name in names]
    has_any = any(is_asked_for(name, dialect) for name in names)
    heading = html.Div(
        [dmc.Text(strings.READING_OTHERWISE, fw=600, size="sm"), dmc.Text(strings.READING_OTHERWISE_HINT, size="xs", c="dimmed")],
        id="reading-otherwise",
    )
    grid = dmc.SimpleGrid(fields, cols={"base": 1, "sm": 2}, spacing="md")
    item = dmc.AccordionItem([dmc.AccordionControl(heading), dmc.AccordionPanel([grid, button])], value="reading")
    return html.Div(dmc.Accordion(item, variant="separated", mt="md", id="reading-fold"), style={} if has_any else _HIDDEN)


def _is_beside(decision: Decision, dialect: Dialect) -> bool:
    """Whether its picker is at hand: where it is a question, and where there is a choice of tables."""
    if decision.aspect not in ASPECT_ORDER or not is_asked_for(decision.aspect, dialect):
        return False
    return decision.is_unsure or decision.aspect in IMMEDIATE


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
