"""Suggests contact fields for columns: by name, exact or near, and by what the values look like."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from models.vocabulary import ContactField
from workers.engine.frames import Suggestion
from workers.engine.judging import Asks, what_is_asked
from workers.engine.mapping.evidence import share_fitting, share_of_consents, share_of_emails, share_of_salutations, share_of_written_phones
from workers.engine.mapping.foreign_names import FOREIGN_ALIASES
from workers.engine.mapping.names import (
    FIELD_BY_ALIAS,
    OTHER_NAMES,
    find_field_name,
    find_field_of_path,
    fold_name,
    is_path,
    split_qualifiers,
)

_EXACT = 0.95
_QUALIFIED = 0.92
_SECONDARY = 0.62
_BY_VALUES = 0.7
_SUPPORT = 1.03
_CONTRADICTION = 0.4
_MIN_SIMILARITY = 86
_MIN_FOLDED_LENGTH = 5
_MIN_FOREIGN_LENGTH = 8
_MAX_EXAMINED = 200
_GENERIC = re.compile(r"(?:column|colonne|field|champ|unnamed)(?: \d+)*")

# Words that name a field in one file and something else in the next.
_LOOSE: dict[str, tuple[tuple[str, float], ...]] = {
    "title": ((ContactField.JOB_TITLE, 0.75),),
    "titre": ((ContactField.JOB_TITLE, 0.65),),
    "description": ((ContactField.NOTES, 0.55),),
    # A card's own identifier is hardly ever the one by which another system knows the person.
    "v card uid": ((ContactField.EXTERNAL_ID, 0.55),),
    "reference": ((ContactField.EXTERNAL_ID, 0.65),),
    "ref": ((ContactField.EXTERNAL_ID, 0.65),),
    "commercial": ((ContactField.OWNER, 0.6),),
    "groups": ((ContactField.TAGS, 0.6),),
    # Or what somebody pays for.
    "subscription": ((ContactField.CONSENT, 0.75),),
    "abonnement": ((ContactField.CONSENT, 0.75),),
    "department": (),
    "cap": ((ContactField.POSTAL_CODE, 0.75),),
    "land": ((ContactField.COUNTRY, 0.75),),
    "mobil": ((ContactField.MOBILE_PHONE, 0.88),),
    "funktion": ((ContactField.JOB_TITLE, 0.7),),
    "ruolo": ((ContactField.JOB_TITLE, 0.7),),
    "estado": ((ContactField.STATE, 0.7),),
    "stato": ((ContactField.STATE, 0.6),),
    "aniversario": ((ContactField.BIRTHDAY, 0.65),),
    "via": ((ContactField.ADDRESS_LINE1, 0.6),),
}
# Identifiers of every kind resemble each other; the right one is named exactly or not at all.
_NEVER_NEAR = frozenset({ContactField.EXTERNAL_ID})
# Names of columns when they stand alone; beside another word they say which of several.
_ORDINALS = frozenset({"first", "last"})
# Short words of one language are near to words of another.
_SHORT_FOREIGN = frozenset(alias for aliases in FOREIGN_ALIASES.values() for alias in aliases if len(alias) < _MIN_FOREIGN_LENGTH)
_NEAR_ALIASES = tuple(
    alias
    for alias, field in FIELD_BY_ALIAS.items()
    if len(alias) >= _MIN_FOLDED_LENGTH and field not in _NEVER_NEAR and alias not in _SHORT_FOREIGN
)
# Who refuses to be called may like to have mail.
_OF_OTHER_MESSAGES = re.compile(
    r"^(?!.*(?:mail|newsletter|nieuwsbrief|courriel|correo)).*(?:sms|call|phone|tel|text|fax|whats ?app|push|dnc|bloctel|post|letter|brief)"
    # Beside "Do not e-mail" it is of letters.
    r"|^do ?not (?:allow )?(?:bulk )?mails?$"
)
# The last name beside a first name, else the whole.
_WHOLE_OR_LAST = frozenset({"nom", "naam"})
# The first name beside a last name, else the whole.
_WHOLE_OR_FIRST = frozenset({"nombre", "nome"})


def suggest_mapping(headers: Sequence[str], samples_by_column: Sequence[Sequence[str]]) -> list[tuple[Suggestion, ...]]:
    """For each column the fields that it may hold, best first."""
    names = [fold_name(header) for header in headers]
    has_first_name = any(FIELD_BY_ALIAS.get(name) == ContactField.FIRST_NAME for name in names)
    has_last_name = any(FIELD_BY_ALIAS.get(name) == ContactField.LAST_NAME for name in names)
    return [
        _suggest(header, name, values[:_MAX_EXAMINED], _other_name(has_first_name=has_first_name, has_last_name=has_last_name))
        for header, name, values in zip(headers, names, samples_by_column, strict=True)
    ]


def _other_name(*, has_first_name: bool, has_last_name: bool) -> str | None:
    """Which half of a person's name is still to be named, where one is."""
    if has_first_name == has_last_name:
        return None
    return ContactField.LAST_NAME if has_first_name else ContactField.FIRST_NAME


def _suggest(header: str, name: str, values: Sequence[str], other_name: str | None) -> tuple[Suggestion, ...]:
    field = find_field_name(header)
    if field is not None:
        return (Suggestion(field, 1.0, "the name of the field"),)
    is_nested = is_path(header) and name not in FIELD_BY_ALIAS
    named = _suggest_by_path(header) if is_nested else _suggest_by_name(name, other_name)
    found = [_weigh(suggestion, values) for suggestion in named]
    found += _suggest_by_values(name, values)
    if what_is_asked(header) is Asks.WHO_REFUSED:
        found.append(Suggestion(ContactField.CONSENT, _QUALIFIED, "it says who refused"))
    if any(each.field == ContactField.CONSENT for each in found) and not _may_be_consent(header, name, values):
        found = [each for each in found if each.field != ContactField.CONSENT]
    best: dict[str, Suggestion] = {}
    for suggestion in sorted(found, key=lambda suggestion: -suggestion.confidence):
        best.setdefault(suggestion.field, suggestion)
    return tuple(replace(suggestion, field=str(field)) for field, suggestion in best.items())


def _may_be_consent(header: str, name: str, values: Sequence[str]) -> bool:
    """Whether a column tells who may be mailed to: "nonewsletter" is near to "newsletter", and "Blacklist" may hold names of companies."""
    asks = what_is_asked(header)
    if asks is Asks.UNCLEAR or _OF_OTHER_MESSAGES.search(name):
        return False
    share = share_of_consents(values, asks)
    return share is None or share > 0.5


def _suggest_by_path(header: str) -> list[Suggestion]:
    found = find_field_of_path(header)
    if found is None:
        return []
    field, is_further = found
    return [Suggestion(field, _SECONDARY if is_further else _QUALIFIED, "a usual name for it, within another")]


def _suggest_by_name(name: str, other_name: str | None) -> list[Suggestion]:
    if name in _WHOLE_OR_LAST or (name == "name" and other_name == ContactField.LAST_NAME):
        return _suggest_for_half(ContactField.LAST_NAME, other_name)
    if name in _WHOLE_OR_FIRST:
        return _suggest_for_half(ContactField.FIRST_NAME, other_name)
    if name in _LOOSE:
        return [Suggestion(field, confidence, "a name that may mean this") for field, confidence in _LOOSE[name]]
    if name in FIELD_BY_ALIAS:
        return [Suggestion(FIELD_BY_ALIAS[name], _EXACT, "a usual name for it")]
    if name in OTHER_NAMES:
        return []
    bare, is_secondary = split_qualifiers(name)
    if bare in FIELD_BY_ALIAS and bare not in _ORDINALS and FIELD_BY_ALIAS[bare] not in _NEVER_NEAR:
        confidence = _SECONDARY if is_secondary else _QUALIFIED
        return [Suggestion(FIELD_BY_ALIAS[bare], confidence, "a usual name for it, further described")]
    return _suggest_near(name)


def _suggest_for_half(half: str, other_name: str | None) -> list[Suggestion]:
    """For a word that is the whole name, or this half of it beside the other."""
    if half == other_name:
        return [Suggestion(half, _EXACT, "the name beside the other half of it")]
    return [
        Suggestion(ContactField.FULL_NAME, 0.8, "a name that may mean this"),
        Suggestion(half, 0.6, "a name that may mean this"),
    ]


def _suggest_near(name: str) -> list[Suggestion]:
    if len(name) < _MIN_FOLDED_LENGTH:
        return []
    near = process.extract(name, _NEAR_ALIASES, scorer=fuzz.ratio, score_cutoff=_MIN_SIMILARITY, limit=3)
    return [Suggestion(FIELD_BY_ALIAS[alias], round(0.85 * score / 100, 2), f"nearly “{alias}”") for alias, score, _ in near]


def _weigh(suggestion: Suggestion, values: Sequence[str]) -> Suggestion:
    """The suggestion with the confidence that the values leave it."""
    if suggestion.field == ContactField.JOB_TITLE and share_of_salutations(values) > 0.5:
        return _rate(suggestion, _CONTRADICTION, "but the values are forms of address")
    if suggestion.field not in (ContactField.EMAIL, ContactField.PHONE) and share_of_emails(values) > 0.8:
        return _rate(suggestion, _CONTRADICTION, "but the values are e-mail addresses")
    share = share_fitting(suggestion.field, values)
    if share is None:
        return suggestion
    if share >= 0.8:
        return _rate(suggestion, _SUPPORT, "and the values fit")
    if share < 0.3:
        return _rate(suggestion, _CONTRADICTION, "but the values do not fit")
    return suggestion


def _rate(suggestion: Suggestion, factor: float, reason: str) -> Suggestion:
    return Suggestion(suggestion.field, round(min(0.99, suggestion.confidence * factor), 2), f"{suggestion.reason}, {reason}")


def _suggest_by_values(name: str, values: Sequence[str]) -> list[Suggestion]:
    if share_of_emails(values) >= 0.8:
        return [Suggestion(ContactField.EMAIL, _BY_VALUES, "the values are e-mail addresses")]
    # Faxes and pagers have numbers too, so that values alone convince only where the column has no name.
    if share_of_written_phones(values) >= 0.8:
        confidence = _BY_VALUES if _GENERIC.fullmatch(name) else 0.4
        return [Suggestion(ContactField.PHONE, confidence, "the values are phone numbers")]
    return []
