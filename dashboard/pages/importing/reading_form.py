"""The pickers by which a person says how the file is to be read, and what of it is to be sent."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.records.mapping import Decision, Dialect, ImportMapping

# By the API's name of the option; the order is the one in which the callback receives them.
READING_IDS = {
    "member": "option-member",
    "sheet": "option-sheet",
    "encoding": "option-encoding",
    "delimiter": "option-delimiter",
    "delimiterOther": "option-delimiter-other",
    "quote": "option-quote",
    "headerRow": "option-header-row",
    "headerRows": "option-header-rows",
}
# What is read as soon as it is chosen: what stands on the page is about another table then.
IMMEDIATE = ("member", "sheet")
ASPECT_ORDER = ("member", "sheet", "encoding", "delimiter", "quote", "headerRow", "headerRows")
_TEXT_ONLY = ("encoding", "delimiter", "quote")
_WORKBOOKS = frozenset({"XLSX", "XLS", "XLSB", "ODS"})
# A select takes an empty text for no choice.
_NO_QUOTE = "none"
# What another member or sheet leaves to be found anew.
_DEPENDS = {"member": ("sheet", "encoding", "delimiter", "quote", "headerRow", "headerRows"), "sheet": ("headerRow", "headerRows")}


def is_asked_for(name: str, dialect: Dialect) -> bool:
    """Whether a way of reading applies to this kind of file."""
    format = dialect.format.upper()
    if name == "member":
        return len(dialect.members) > 1
    if name == "sheet":
        return len(dialect.sheets) > 1
    return format == "CSV" if name in _TEXT_ONLY else format == "CSV" or format in _WORKBOOKS


def picker(name: str, job: ImportMapping) -> Any:
    """The element, or elements, by which a person says it."""
    dialect = job.dialect or Dialect(format="")
    value = shown(job.dialect)
    decided = {decision.aspect: decision for decision in dialect.decisions}
    first = decided[name].alternatives if name in decided else ()
    match name:
        case "member" | "sheet":
            suggested = _suggested(decided[name]) if name in decided and not getattr(job.options, name) else None
            return _table_choice(name, dialect, value[name], suggested)
        case "delimiter":
            return _delimiter(dialect.delimiter, first)
        case "quote":
            labels = {quote or _NO_QUOTE: label for quote, label in strings.QUOTES.items()}
            return _select(name, strings.OPTION_QUOTE, choices(labels, value[name], ()), value[name])
        case "headerRow":
            return _number(name, strings.OPTION_HEADER_ROW, strings.OPTION_HEADER_ROW_HINT, value[name], least=0, most=1_000)
        case "headerRows":
            return _number(name, strings.OPTION_HEADER_ROWS, strings.OPTION_HEADER_ROWS_HINT, value[name], least=1, most=3)
        case _:
            labels = strings.ENCODINGS
            return _select(name, strings.OPTION_ENCODING, choices(labels, dialect.encoding, first), dialect.encoding, searchable=True)


def is_list(dialect: Dialect) -> bool:
    """Whether what a workbook has as sheets are lists within an object here."""
    return dialect.format.upper() == "JSON"


def _suggested(decision: Decision) -> str | None:
    # That nothing of it was taken is an answer too, unless it is the question.
    return decision.suggested if decision.value is not None or decision.is_question else None


def _table_choice(name: str, dialect: Dialect, value: str | None, suggested: str | None) -> Any:
    every = dialect.members if name == "member" else dialect.sheets
    labels = {each: strings.OPTION_SUGGESTED.format(name=each) if each == suggested else each for each in dict.fromkeys(every)}
    label, hint = (strings.OPTION_LIST, strings.OPTION_LIST_HINT) if is_list(dialect) else (strings.OPTION_SHEET, strings.OPTION_SHEET_HINT)
    if name == "member":
        label, hint = strings.OPTION_MEMBER, strings.OPTION_MEMBER_HINT
    return dmc.Select(
        id=READING_IDS[name],
        label=label,
        description=hint,
        placeholder=strings.OPTION_MEMBER_NONE,
        data=[{"value": each, "label": text} for each, text in labels.items()],
        value=value,
        allowDeselect=False,
        searchable=len(labels) > 10,
    )


def _delimiter(current: str | None, first: Sequence[str]) -> Any:
    return html.Div(
        [
            _select("delimiter", strings.OPTION_DELIMITER, choices(strings.DELIMITERS, current, first), current),
            dmc.TextInput(
                id=READING_IDS["delimiterOther"],
                label=strings.OPTION_DELIMITER_OTHER,
                placeholder=strings.OPTION_DELIMITER_EXAMPLE,
                value="",
            ),
        ],
        className="field-pair",
    )


def _select(name: str, label: str, data: list[dict[str, str]], value: str | None, *, searchable: bool = False) -> Any:
    return dmc.Select(id=READING_IDS[name], label=label, data=data, value=value, allowDeselect=False, searchable=searchable)


def _number(name: str, label: str, hint: str, value: int | None, *, least: int, most: int) -> Any:
    return dmc.NumberInput(
        id=READING_IDS[name],
        label=label,
        description=hint,
        value=value,
        min=least,
        max=most,
        allowDecimal=False,
        allowNegative=False,
    )


def shown(dialect: Dialect | None) -> dict[str, Any]:
    """How the file was read, by the API's names of the options, as the pickers show it."""
    if dialect is None:
        return dict.fromkeys(name for name in READING_IDS if name != "delimiterOther")
    return {
        "member": dialect.member,
        "sheet": dialect.sheet,
        "encoding": dialect.encoding,
        "delimiter": dialect.delimiter,
        "quote": dialect.quote if dialect.quote != "" else _NO_QUOTE,
        # The option says with a nought what the dialect says with nothing: that there is no header.
        "headerRow": dialect.header_row or 0,
        "headerRows": dialect.header_rows,
    }


def changes(before: Mapping[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    """What is to be read otherwise than it was. Only this is sent, since an option that is named is no longer detected."""
    now = {name: None if value == "" else value for name, value in zip(READING_IDS, values, strict=True)}
    other = now.pop("delimiterOther")
    if other is not None:
        now["delimiter"] = other
    changed = {name: value for name, value in now.items() if value != before.get(name)}
    for name in IMMEDIATE:
        if name in changed:
            # What was said of one table says nothing about another.
            changed = dict.fromkeys(_DEPENDS[name]) | {name: changed[name]}
            break
    if changed.get("quote") == _NO_QUOTE:
        changed["quote"] = ""
    return changed


def choices(labels: Mapping[str, str], current: str | None, first: Sequence[str]) -> list[dict[str, str]]:
    """What can be chosen: what is, what was weighed, and the rest, each once."""
    names = dict.fromkeys(each for each in (current, *first, *labels) if each is not None)
    return [{"value": name, "label": labels.get(name, name)} for name in names]
