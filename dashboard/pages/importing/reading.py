"""How the file was read, and the ways to have it read otherwise: another sheet, header row, delimiter or encoding."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import strings
from dashboard.components.icons import icon
from dashboard.records import Dialect, ImportMapping

# By the API's name of the option; the order is the one in which the callback receives them.
READING_IDS = {
    "sheet": "option-sheet",
    "headerRow": "option-header-row",
    "delimiter": "option-delimiter",
    "encoding": "option-encoding",
}
_HIDDEN = {"display": "none"}


def sheet_choice(job: ImportMapping) -> Any:
    """A choice where the file has several sheets, and a word where the one that was read is empty. A change has the file read anew."""
    sheets = job.dialect.sheets if job.dialect else ()
    select = dmc.Select(
        id="option-sheet",
        label=strings.OPTION_SHEET,
        description=strings.OPTION_SHEET_HINT,
        data=[{"value": sheet, "label": sheet} for sheet in dict.fromkeys(sheets)],
        value=job.dialect.sheet if job.dialect else None,
        allowDeselect=False,
        className="half",
    )
    is_choice = len(sheets) > 1
    parts: list[Any] = [select]
    if is_choice and not job.preview:
        text = strings.SHEET_EMPTY.format(sheet=job.dialect.sheet if job.dialect else "")
        parts.append(dmc.Alert(text, color="yellow", variant="light", icon=icon("alert"), mt="md", id="sheet-empty"))
    store = dcc.Store(id="reading-shown", data=shown(job.dialect))
    # Hidden rather than left out, because the plan button asks for its value.
    return html.Div(
        [dmc.Card(parts, withBorder=True, padding="lg", id="sheet-choice"), store], style={} if is_choice else _HIDDEN, id="sheet-box"
    )


def is_table(dialect: Dialect | None) -> bool:
    """Whether there is something to read otherwise: rows that a program sent name their fields themselves."""
    return dialect is not None and dialect.format.upper() in ("CSV", "XLSX")


def form(dialect: Dialect | None) -> list[Any]:
    known = dialect or Dialect(format="")
    style = {} if known.format.upper() == "CSV" else _HIDDEN
    header_row = dmc.NumberInput(
        id="option-header-row",
        label=strings.OPTION_HEADER_ROW,
        description=strings.OPTION_HEADER_ROW_HINT,
        value=shown(dialect)["headerRow"],
        min=0,
        allowDecimal=False,
        allowNegative=False,
    )
    delimiter = dmc.Select(
        id="option-delimiter",
        label=strings.OPTION_DELIMITER,
        data=_choices(strings.DELIMITERS, known.delimiter),
        value=known.delimiter,
        allowDeselect=False,
    )
    encoding = dmc.Select(
        id="option-encoding",
        label=strings.OPTION_ENCODING,
        data=_choices(strings.ENCODINGS, known.encoding),
        value=known.encoding,
        searchable=True,
        allowDeselect=False,
    )
    button = dmc.Button(strings.READ_AGAIN, id="read-button", variant="default", leftSection=icon("retry"))
    return [header_row, html.Div(delimiter, style=style), html.Div(encoding, style=style), html.Div(button, className="read-again")]


def shown(dialect: Dialect | None) -> dict[str, Any]:
    """How the file was read, by the API's names of the options."""
    if dialect is None:
        return dict.fromkeys(READING_IDS)
    # The option says with a nought what the dialect says with nothing: that there is no header.
    return {"sheet": dialect.sheet, "headerRow": dialect.header_row or 0, "delimiter": dialect.delimiter, "encoding": dialect.encoding}


def changes(before: Mapping[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    """What is to be read otherwise than it was. Only this is sent, since an option that is named is no longer detected."""
    now = {name: None if value == "" else value for name, value in zip(READING_IDS, values, strict=True)}
    changed = {name: value for name, value in now.items() if value != before.get(name)}
    if "sheet" in changed:
        # The header row of one sheet says nothing about another.
        changed.setdefault("headerRow", None)
    return changed


def _choices(labels: Mapping[str, str], current: str | None) -> list[dict[str, str]]:
    every = dict(labels) if current is None or current in labels else {current: current, **labels}
    return [{"value": value, "label": label} for value, label in every.items()]
