"""What the API refuses of the options, told at the field that says it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard import strings
from dashboard.formatting import field_label
from dashboard.pages.importing.reading_form import READING_IDS
from dashboard.records.answers import UserError

# By the API's name of the option, or of its part.
_ELEMENTS = {
    "matchFields": "option-match-fields",
    "maxErrorRate": "option-error-rate",
    "defaultCountry": "option-country",
    "tags": "option-tags",
    "assignment.owners": "option-owners",
    "assignment.column": "option-owner-column",
    **{name: element_id for name, element_id in READING_IDS.items() if name != "delimiterOther"},
}
# Which part of the folded options a field stands in.
_GROUPS = {
    "option-match-fields": "matching",
    "option-error-rate": "errors",
    "option-tags": "assignment",
    "option-owners": "assignment",
    "option-owner-column": "assignment",
}
ELEMENTS = tuple(_ELEMENTS.values())
# Where everything else is told; above what a person sees who has just pressed the button below.
ABOVE = "import-feedback"


@dataclass(frozen=True, slots=True)
class Refusals:
    """`at_fields`: what is told at each element; `others`: what concerns none of them."""

    at_fields: dict[str, str]
    others: tuple[UserError, ...]

    @property
    def groups(self) -> list[str]:
        """The folded parts of the options that have to be open to see it."""
        return sorted({_GROUPS[element_id] for element_id in self.at_fields if element_id in _GROUPS})

    @property
    def first_place(self) -> str | None:
        """Where to look first; None: nothing was refused."""
        return next(iter(self.at_fields), ABOVE if self.others else None)

    @property
    def is_about_reading(self) -> bool:
        return any(element_id in READING_IDS.values() for element_id in self.at_fields)


def part(errors: Sequence[UserError], fields: Sequence[str | None] = ()) -> Refusals:
    """Each refusal with its place; `fields`: those that were chosen, column by column."""
    places = [(error, _option(error)) for error in errors]
    at_fields = {_ELEMENTS[name]: strings.OPTION_REFUSALS.get(name, error.message) for error, name in places if name in _ELEMENTS}
    return Refusals(at_fields, tuple(_in_words(error, fields) for error, name in places if name not in _ELEMENTS))


def _in_words(error: UserError, fields: Sequence[str | None]) -> UserError:
    """With the field as the page calls it, where the API names it by its key: input, mapping, 3, field."""
    if error.code != "FIELD_MAPPED_TWICE" or not error.path or len(error.path) < 3:
        return error
    field = fields[int(error.path[2])]
    return replace(error, message=strings.MAPPING_TWICE.format(fields=field_label(field)))


def _option(error: UserError) -> str:
    """input, options, assignment, owners -> assignment.owners; blank for what is no option."""
    path = error.path or ()
    return ".".join(path[2:]) if path[:2] == ("input", "options") else ""
