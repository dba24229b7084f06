"""`--map HEADER=FIELD`: which field a column is, as a person says it."""

import re

import click

from models.vocabulary import CUSTOM_PREFIX, ContactField

FIELD_NAMES = ", ".join((*(field.value for field in ContactField), f"{CUSTOM_PREFIX}<key>"))
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


def parse_field(name: str) -> str:
    """Our name of a field that may be spelt as the API's names are: `fullName`."""
    if name.startswith(CUSTOM_PREFIX) and len(name) > len(CUSTOM_PREFIX):
        return name
    try:
        return ContactField(_CAPITAL.sub("_", name).lower()).value
    except ValueError as error:
        raise click.BadParameter(f"There is no field {name!r}; there are: {FIELD_NAMES}.") from error
