"""Checks what a person chose for an import, and fills it in: what is absent stays or is the default, what is null is the default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl
from phonenumbers import SUPPORTED_REGIONS

from api.commands.ids import find_id
from models.clock import utc_now
from models.database import Reading
from models.errors import InvalidRequest
from models.queries.lists import list_lists
from models.queries.transitions import require_match_field
from models.tables.import_options import AssignmentOptions, FieldPolicyOption, ImportOptions
from models.vocabulary import (
    APPENDABLE_FIELDS,
    CUSTOM_PREFIX,
    MAX_FIELD_LENGTH,
    MAX_LENGTH,
    MAX_TAG_LENGTH,
    REPEATABLE_FIELDS,
    AssignmentMode,
    ContactField,
    ErrorPolicy,
    FieldPolicy,
    IssueCode,
)
from workers.engine.frames import ROW, EngineOptions
from workers.engine.judging import judge_rows
from workers.engine.readers.encoding import require_encoding

# What was given, by the names of ImportOptions; what was not given is not in it.
OptionsPatch = Mapping[str, Any]
NOT_AVAILABLE = ("notify_emails", "webhook_url")
PATH = ("input", "options")
MOST_HEADER_ROWS = 3
MOST_DELIMITER_CHARACTERS = 10
LINE_BREAKS = frozenset("\r\n")
NO_DELIMITER = LINE_BREAKS | {'"', "\0"}


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column and the field it goes to; None: it is left out."""

    column: str
    field: str | None


def patch_options(current: ImportOptions, patch: OptionsPatch) -> ImportOptions:
    """The options after a patch. Raises InvalidRequest for a choice that makes no sense."""
    for name in NOT_AVAILABLE:
        if patch.get(name):
            shown = "Notifications by e-mail are" if name == "notify_emails" else "Webhooks are"
            raise InvalidRequest(f"{shown} not available yet.", code="not_available", path=(*PATH, camel(name)))
    defaults = ImportOptions()
    given = {name: getattr(defaults, name) if value is None else value for name, value in patch.items() if name not in NOT_AVAILABLE}
    # Validated again, since model_copy would take any type.
    options = ImportOptions.model_validate(current.model_dump() | given)
    _check(options)
    return options.model_copy(
        update={
            "default_country": options.default_country and options.default_country.upper(),
            "tags": _clean_tags(options.tags),
            "assignment": options.assignment.model_copy(update={"owners": _clean_owners(options.assignment.owners)}),
        }
    )


def _clean_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """The tags as they would be read in cells, each once whatever its case. Raises InvalidRequest for one that would be left out."""
    judged = _judge(ContactField.TAGS, tags)
    if None in judged or [] in judged:
        raise _refuse(f"A tag has from 1 to {MAX_TAG_LENGTH} characters.", "tags")
    kept: dict[str, str] = {}
    for tag in (tag for tags in judged for tag in tags):
        kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())


def _clean_owners(owners: Sequence[str]) -> tuple[str, ...]:
    """The owners as they would be read in cells; who stands there twice has two turns. Raises InvalidRequest as for tags."""
    judged = _judge(ContactField.OWNER, owners)
    if not all(judged):
        most = MAX_LENGTH[ContactField.OWNER]
        raise _refuse(f"An owner is blank, or has more than {most} characters.", "assignment", "owners")
    return tuple(judged)


def _judge(field: ContactField, texts: Sequence[str]) -> list[Any]:
    """What becomes of each text in a cell of the field; None: it cannot be used."""
    if not texts:
        return []
    options = EngineOptions(mapping={field.value: field.value}, today=utc_now().date())
    judged = judge_rows([(row, [text]) for row, text in enumerate(texts, start=1)], [field.value], options)
    refused = set(judged.issues.filter(pl.col("code") == IssueCode.VALUE_TOO_LONG.value)["row"])
    return [None if row in refused else value for row, value in judged.rows.select(ROW, field.value).iter_rows()]


def require_lists(tx: Reading, tenant_id: UUID, list_ids: Sequence[str]) -> None:
    """Raises InvalidRequest for a list that the tenant does not have."""
    wanted = {text: find_id(text) for text in list_ids}
    found = {each.id for each in list_lists(tx, tenant_id, {each for each in wanted.values() if each is not None})} if wanted else set()
    for text, list_id in wanted.items():
        if list_id not in found:
            raise InvalidRequest(f"There is no list {text}.", code="list_not_found", path=(*PATH, "listIds"))


def read_mapping(choices: Sequence[ColumnChoice] | None, options: ImportOptions) -> dict[str, str] | None:
    """The mapping from header to field; None: none was given. Raises InvalidRequest."""
    if choices is None:
        return None
    mapping: dict[str, str] = {}
    named: set[str] = set()
    for index, choice in enumerate(choices):
        path = ("input", "mapping", str(index))
        if choice.column in named:
            message = f"The column “{choice.column}” is in the mapping twice."
            raise InvalidRequest(message, code="column_mapped_twice", path=(*path, "column"))
        named.add(choice.column)
        if not choice.field:
            continue
        _require_field(choice.field, path)
        if choice.field in mapping.values() and choice.field not in REPEATABLE_FIELDS:
            raise InvalidRequest(f"Two columns are mapped to {choice.field}.", code="field_mapped_twice", path=(*path, "field"))
        mapping[choice.column] = choice.field
    require_match_field(mapping.values(), options.match_fields)
    return mapping


def _require_field(field: str, path: tuple[str, ...]) -> None:
    is_custom = field.startswith(CUSTOM_PREFIX) and len(field) > len(CUSTOM_PREFIX)
    if not is_custom and field not in {known.value for known in ContactField}:
        raise InvalidRequest(f"A contact has no field called {field}.", code="unknown_field", path=(*path, "field"))
    if len(field) > MAX_FIELD_LENGTH:
        most = MAX_FIELD_LENGTH - len(CUSTOM_PREFIX)
        raise InvalidRequest(f"The name of a custom field has at most {most} characters.", code="text_too_long", path=(*path, "field"))


def _check(options: ImportOptions) -> None:
    if not options.match_fields:
        raise _refuse("Name at least one match field.", "matchFields")
    if options.error_policy is ErrorPolicy.STOP_AT_ERROR_RATE and options.max_error_rate is None:
        raise _refuse("STOP_AT_ERROR_RATE needs maxErrorRate, from 0 to 1.", "maxErrorRate")
    if options.max_error_rate is not None and not 0 <= options.max_error_rate <= 1:
        raise _refuse("maxErrorRate is a share of all rows, from 0 to 1.", "maxErrorRate")
    if options.default_country is not None and options.default_country.upper() not in SUPPORTED_REGIONS:
        raise _refuse("defaultCountry is a code of two letters, such as US or FR.", "defaultCountry")
    _check_field_policies(options.field_policies)
    _check_reading(options)
    _check_assignment(options.assignment)


def _check_field_policies(policies: Sequence[FieldPolicyOption]) -> None:
    named: set[str] = set()
    for index, each in enumerate(policies):
        path = (*PATH, "fieldPolicies", str(index))
        _require_field(each.field, path)
        if each.field in named:
            raise InvalidRequest(f"The field {each.field} has two policies.", code="field_policy_twice", path=(*path, "field"))
        named.add(each.field)
        if each.policy is FieldPolicy.APPEND and each.field not in APPENDABLE_FIELDS:
            message = f"APPEND is for tags and notes; {each.field} takes OVERWRITE, FILL_BLANK or KEEP."
            raise InvalidRequest(message, code="append_not_possible", path=(*path, "policy"))


def _check_reading(options: ImportOptions) -> None:
    if options.header_row is not None and options.header_row < 0:
        raise _refuse("headerRow is a row number, or 0 where there is no header.", "headerRow")
    if options.header_rows is not None and not 1 <= options.header_rows <= MOST_HEADER_ROWS:
        raise _refuse(f"headerRows is how many rows the header takes, from 1 to {MOST_HEADER_ROWS}.", "headerRows")
    delimiter, quote, escape = options.delimiter, options.quote, options.escape
    if delimiter is not None and (not 1 <= len(delimiter) <= MOST_DELIMITER_CHARACTERS or NO_DELIMITER.intersection(delimiter)):
        raise _refuse(f"delimiter has from 1 to {MOST_DELIMITER_CHARACTERS} characters, and neither a quote nor a line break.", "delimiter")
    if quote is not None and (len(quote) > 1 or LINE_BREAKS.intersection(quote)):
        raise _refuse('quote is one character, or "" where nothing is quoted.', "quote")
    if escape is not None and (len(escape) != 1 or LINE_BREAKS.intersection(escape)):
        raise _refuse("escape is one character, such as a backslash.", "escape")
    if quote and delimiter and quote in delimiter:
        raise _refuse("The quote cannot be part of the delimiter.", "quote")
    if escape and delimiter and escape in delimiter:
        raise _refuse("The escape cannot be part of the delimiter.", "escape")
    if options.encoding is not None:
        try:
            require_encoding(options.encoding)
        except InvalidRequest as error:
            raise _refuse(error.message, "encoding") from error
    for name in ("sheet", "member"):
        if getattr(options, name) == "":
            raise _refuse(f"{name} is a name; null lets it be detected.", name)


def _check_assignment(assignment: AssignmentOptions) -> None:
    if assignment.mode in (AssignmentMode.SINGLE, AssignmentMode.ROUND_ROBIN) and not assignment.owners:
        raise _refuse(f"{assignment.mode.value.upper()} needs owners.", "assignment", "owners")
    if assignment.mode is AssignmentMode.SINGLE and len(assignment.owners) > 1:
        raise _refuse("SINGLE takes one owner.", "assignment", "owners")
    if assignment.mode is AssignmentMode.BY_COLUMN and not assignment.column:
        raise _refuse("BY_COLUMN needs a column.", "assignment", "column")


def _refuse(message: str, *path: str) -> InvalidRequest:
    return InvalidRequest(message, code="invalid_option", path=(*PATH, *path))


def camel(name: str) -> str:
    """header_row -> headerRow, as GraphQL spells it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
