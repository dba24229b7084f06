"""The options of an import: the few that matter on top, the rest folded away with good defaults."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.countries import COUNTRIES
from dashboard.records.mapping import Options

POLICY_IDS = {policy: f"option-policy-{policy.lower().replace('_', '-')}" for policy in strings.FIELD_POLICIES}
_APPENDABLE = ("tags", "notes")
# Every element of the form that carries a value, in the order in which the callback receives them.
OPTION_IDS = (
    "option-strategy",
    "option-match-fields",
    "option-match-mode",
    "option-error-policy",
    "option-error-rate",
    "option-invalid-values",
    "option-empty-cells",
    "option-country",
    "option-date-order",
    "option-names",
    "option-assignment-mode",
    "option-owners",
    "option-owner-column",
    "option-company-policy",
    "option-owner-policy",
    "option-tags",
    *POLICY_IDS.values(),
)
_SHOWN = {"display": "block"}
_HIDDEN = {"display": "none"}


def options_form(options: Options, headers: Sequence[str], fields: Sequence[dict[str, Any]], *, is_order_beside: bool = False) -> Any:
    """The form. `fields` are the choices of fields, by group; `is_order_beside`: the picker of the date order stands where it is
    asked for.
    """
    strategy = dmc.RadioGroup(
        dmc.SimpleGrid(
            [_strategy_card(value, name, text) for value, (name, text) in strings.STRATEGIES.items()],
            cols={"base": 1, "xs": 2, "md": 4},
            spacing="sm",
            mt="xs",
        ),
        id="option-strategy",
        value=options.duplicate_strategy,
        label=strings.OPTION_STRATEGY,
    )
    country = dmc.Select(
        id="option-country",
        label=strings.OPTION_COUNTRY,
        description=strings.OPTION_COUNTRY_HINT,
        placeholder=strings.OPTION_COUNTRY_NONE,
        data=_country_choices(),
        value=options.default_country,
        allowDeselect=False,
        clearable=True,
        searchable=True,
    )
    more = dmc.Accordion(
        [
            _group("matching", strings.OPTION_GROUP_MATCHING, strings.OPTION_GROUP_MATCHING_HINT, _matching(options)),
            _group("values", strings.OPTION_GROUP_VALUES, strings.OPTION_GROUP_VALUES_HINT, _values(options)),
            _group("fields", strings.OPTION_GROUP_FIELDS, strings.OPTION_GROUP_FIELDS_HINT, _policies(options, fields)),
            _group("errors", strings.OPTION_GROUP_ERRORS, strings.OPTION_GROUP_ERRORS_HINT, _errors(options)),
            _group("assignment", strings.OPTION_GROUP_ASSIGNMENT, strings.OPTION_GROUP_ASSIGNMENT_HINT, _assignment(options, headers)),
        ],
        multiple=True,
        variant="separated",
        mt="lg",
        id="options-more",
    )
    return dmc.Card(
        [
            dmc.Title(strings.OPTIONS_TITLE, order=2, mb="sm"),
            strategy,
            html.Div(country, className="half", style={"marginTop": 20}),
            None if is_order_beside else html.Div(date_order_picker(options), className="half", style={"marginTop": 20}),
            more,
        ],
        withBorder=True,
        padding="lg",
        id="options-form",
    )


def date_order_picker(options: Options, suggested: str | None = None, *, is_asked: bool = False) -> Any:
    """Which of two numbers is the day. `is_asked`: beside the question; `suggested` is what planning accepts then."""
    return dmc.Select(
        id="option-date-order",
        label=strings.OPTION_DATE_ORDER_ASKED if is_asked else strings.OPTION_DATE_ORDER,
        description=strings.OPTION_DATE_ORDER_ASKED_HINT if is_asked else strings.OPTION_DATE_ORDER_HINT,
        placeholder=strings.OPTION_DATE_ORDER_ASKED_NONE if is_asked else strings.OPTION_DATE_ORDER_NONE,
        data=_choices(strings.DATE_ORDERS),
        value=options.date_order or suggested,
        allowDeselect=False,
        clearable=True,
    )


def _strategy_card(value: str, name: str, text: str) -> Any:
    body = dmc.Group(
        [dmc.RadioIndicator(), html.Div([dmc.Text(name, fw=600, size="sm"), dmc.Text(text, size="xs", c="dimmed")])],
        wrap="nowrap",
        align="flex-start",
        gap="sm",
    )
    return dmc.RadioCard(body, value=value, p="sm", radius="md", withBorder=True, className="radio-card", id=f"strategy-{value.lower()}")


def _matching(options: Options) -> list[Any]:
    fields = [{"value": value, "label": label} for value, label in strings.MATCH_FIELDS.items()]
    return [
        dmc.MultiSelect(id="option-match-fields", label=strings.OPTION_MATCH_FIELDS, data=fields, value=list(options.match_fields)),
        _select("option-match-mode", strings.OPTION_MATCH_MODE, _choices(strings.MATCH_MODES), options.match_mode),
    ]


def _values(options: Options) -> list[Any]:
    return [
        _select("option-empty-cells", strings.OPTION_EMPTY, _choices(strings.EMPTY_CELLS), options.empty_cells),
        _select("option-invalid-values", strings.OPTION_INVALID, _choices(strings.INVALID_VALUES), options.invalid_values),
        dmc.MultiSelect(
            id="option-names",
            label=strings.OPTION_NAMES,
            data=_choices(strings.NAME_OPTIONS),
            value=[name for name, is_on in (("splitNames", options.split_names), ("recaseNames", options.recase_names)) if is_on],
        ),
    ]


def _policies(options: Options, fields: Sequence[dict[str, Any]]) -> list[Any]:
    """A choice of fields for each policy, so that what follows the strategy takes no room."""
    appendable = [{"value": field, "label": strings.FIELDS[field]} for field in _APPENDABLE]
    return [
        dmc.MultiSelect(
            id=element_id,
            label=strings.FIELD_POLICIES[policy],
            placeholder=strings.OPTION_POLICY_NONE,
            data=appendable if policy == "APPEND" else list(fields),
            value=[each.field for each in options.field_policies if each.policy == policy],
            searchable=True,
            clearable=True,
        )
        for policy, element_id in POLICY_IDS.items()
    ]


def _errors(options: Options) -> list[Any]:
    rate = dmc.NumberInput(
        id="option-error-rate",
        label=strings.OPTION_ERROR_RATE,
        value=round(options.max_error_rate * 100, 4) if options.max_error_rate is not None else 5,
        min=0,
        max=100,
        suffix=" %",
    )
    return [
        _select("option-error-policy", strings.OPTION_ERROR_POLICY, _choices(strings.ERROR_POLICIES), options.error_policy),
        html.Div(rate, id="option-error-rate-box", style=rate_style(options.error_policy)),
    ]


def _assignment(options: Options, headers: Sequence[str]) -> list[Any]:
    assignment = options.assignment
    owners = dmc.TagsInput(
        id="option-owners",
        label=strings.OPTION_OWNERS,
        placeholder=strings.OPTION_OWNERS_HINT,
        value=list(assignment.owners),
        acceptValueOnBlur=True,
    )
    column = _select(
        "option-owner-column", strings.OPTION_OWNER_COLUMN, _choices({h: h for h in headers}), assignment.column, clearable=True
    )
    owners_style, column_style = assignment_styles(assignment.mode)
    return [
        _select("option-assignment-mode", strings.OPTION_ASSIGNMENT, _choices(strings.ASSIGNMENTS), assignment.mode),
        html.Div(owners, id="option-owners-box", style=owners_style),
        html.Div(column, id="option-owner-column-box", style=column_style),
        _select("option-owner-policy", strings.OPTION_OWNER_POLICY, _choices(strings.DIRECTORY_POLICIES), options.owner_policy),
        _select("option-company-policy", strings.OPTION_COMPANY_POLICY, _choices(strings.DIRECTORY_POLICIES), options.company_policy),
        dmc.TagsInput(id="option-tags", label=strings.OPTION_TAGS, value=list(options.tags), acceptValueOnBlur=True),
    ]


def rate_style(error_policy: str | None) -> dict[str, str]:
    """The rate is asked only where a policy uses it."""
    return _SHOWN if error_policy == "STOP_AT_ERROR_RATE" else _HIDDEN


def assignment_styles(mode: str | None) -> tuple[dict[str, str], dict[str, str]]:
    """Which of owners and column the mode asks for."""
    return (_SHOWN if mode in ("SINGLE", "ROUND_ROBIN") else _HIDDEN, _SHOWN if mode == "BY_COLUMN" else _HIDDEN)


def _group(value: str, title: str, text: str, children: Sequence[Any]) -> Any:
    heading = html.Div([dmc.Text(title, fw=600, size="sm"), dmc.Text(text, size="xs", c="dimmed")], id=f"options-{value}")
    grid = dmc.SimpleGrid(list(children), cols={"base": 1, "sm": 2}, spacing="md")
    # Unmounted fields would be missing from the plan button's state.
    return dmc.AccordionItem([dmc.AccordionControl(heading), dmc.AccordionPanel(grid)], value=value)


def _select(element_id: str, label: str, data: list[dict[str, str]], value: str | None, *, clearable: bool = False) -> Any:
    return dmc.Select(
        id=element_id,
        label=label,
        data=data,
        value=value,
        clearable=clearable,
        allowDeselect=False,
    )


def _choices(labels: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in labels.items()]


def _country_choices() -> list[dict[str, str]]:
    return [{"value": code, "label": f"{name} ({code})"} for code, name in COUNTRIES.items()]


def form_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """The options as the API takes them, from the form's values by element id."""
    mode = values["option-assignment-mode"]
    is_rate = values["option-error-policy"] == "STOP_AT_ERROR_RATE"
    rate = values["option-error-rate"]
    return {
        "duplicateStrategy": values["option-strategy"],
        "matchFields": list(values["option-match-fields"] or ()) or None,
        "matchMode": values["option-match-mode"],
        "errorPolicy": values["option-error-policy"],
        "maxErrorRate": float(rate) / 100 if is_rate and rate not in (None, "") else None,
        "invalidValues": values["option-invalid-values"],
        "emptyCells": values["option-empty-cells"],
        "fieldPolicies": [
            {"field": field, "policy": policy} for policy, element_id in POLICY_IDS.items() for field in values[element_id] or ()
        ],
        "defaultCountry": values["option-country"] or None,
        "dateOrder": values["option-date-order"] or None,
        **{name: name in (values["option-names"] or ()) for name in strings.NAME_OPTIONS},
        "assignment": {
            "mode": mode,
            "owners": list(values["option-owners"] or ()) if mode in ("SINGLE", "ROUND_ROBIN") else [],
            "column": values["option-owner-column"] if mode == "BY_COLUMN" else None,
        },
        "companyPolicy": values["option-company-policy"],
        "ownerPolicy": values["option-owner-policy"],
        "tags": list(values["option-tags"] or ()),
    }
