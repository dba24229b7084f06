"""`--map HEADER=FIELD`, which field a column is, and `--field-policy FIELD=POLICY`, what rows do to it; as a person says it."""

import re

import click

from models.vocabulary import APPENDABLE_FIELDS, CUSTOM_PREFIX, ContactField, FieldPolicy

FIELD_NAMES = ", ".join((*(field.value for field in ContactField), f"{CUSTOM_PREFIX}<key>"))
POLICY_NAMES = ", ".join(policy.value.replace("_", "-") for policy in FieldPolicy)
# The capitals that begin a word in camelCase.
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def parse_mapping(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str | None]:
    """`HEADER=FIELD` pairs; the last = divides, since a header may hold one. No field: the column is left out."""
    mapping: dict[str, str | None] = {}
    for value in values:
        header, divider, field = value.rpartition("=")
        if not divider or not header:
            raise click.BadParameter(f"{value!r} is not HEADER=FIELD.")
        mapping[header] = parse_field(field.strip()) if field.strip() else None
    return mapping


def parse_field_policies(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> list[dict[str, str]]:
    """`FIELD=POLICY` pairs, as the API takes them: `company=fill-blank`."""
    policies: dict[str, FieldPolicy] = {}
    for value in values:
        name, divider, said = value.rpartition("=")
        if not divider:
            raise click.BadParameter(f"{value!r} is not FIELD=POLICY.")
        field = parse_field(name.strip())
        if field in policies:
            raise click.BadParameter(f"{field} is named twice.")
        policies[field] = _parse_policy(said.strip())
        if policies[field] is FieldPolicy.APPEND and field not in APPENDABLE_FIELDS:
            raise click.BadParameter(f"append is for tags and notes, not for {field}.")
    return [{"field": field, "policy": policy.name} for field, policy in policies.items()]


def _parse_policy(name: str) -> FieldPolicy:
    try:
        return FieldPolicy(name.lower().replace("-", "_"))
    except ValueError as error:
        raise click.BadParameter(f"There is no policy {name!r}; there are: {POLICY_NAMES}.") from error


def parse_field(name: str) -> str:
    """Our name of a field that may be spelt as the API's names are: `fullName`."""
    if name.startswith(CUSTOM_PREFIX) and len(name) > len(CUSTOM_PREFIX):
        return name
    try:
        return ContactField(_CAPITAL.sub("_", name).lower()).value
    except ValueError as error:
        raise click.BadParameter(f"There is no field {name!r}; there are: {FIELD_NAMES}.") from error
