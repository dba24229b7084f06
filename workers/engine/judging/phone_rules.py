"""What the metadata of `phonenumbers` says of a region, as languages over digits: which numbers are valid, what is dialled before them."""

from dataclasses import dataclass
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, REGION_CODE_FOR_NON_GEO_ENTITY, PhoneMetadata, PhoneNumberDesc

from workers.engine.judging.digit_languages import EVERYTHING, NOTHING, Language, combine, read, unite
from workers.engine.judging.digit_patterns import (
    DIGITS,
    Choice,
    Digit,
    End,
    Pattern,
    Repeat,
    Sequence,
    list_literals,
    parse_pattern,
)

# More ways than this of dialling a prefix are not spelled out, but left to the library. A way abroad costs less: where all of them lead
# is one row.
_MOST_LITERALS = 4
_MOST_LITERALS_ABROAD = 24

_KINDS = (
    "fixed_line",
    "mobile",
    "premium_rate",
    "toll_free",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What may be dialled before a number: digits that are simply taken off, and what is more than that, which only the library follows."""

    literals: tuple[str, ...] = ()
    intricate: Language = NOTHING


@dataclass(frozen=True, slots=True)
class RegionRules:
    """`general`: the numbers that the library calls viable. `national`, `abroad`: what is dialled before a number at home and from home."""

    region: str
    country_code: str
    general: Language
    national: Prefixes
    abroad: Prefixes


@cache
def read_rules(region: str) -> RegionRules | None:
    """The rules of a region; None where the library knows none."""
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.country_code is None:
        return None
    return RegionRules(
        region=region,
        country_code=str(metadata.country_code),
        general=_read_pattern(metadata.general_desc),
        national=_read_prefixes(metadata.national_prefix_for_parsing, _MOST_LITERALS),
        abroad=_read_prefixes(metadata.international_prefix, _MOST_LITERALS_ABROAD),
    )


@cache
def list_country_codes() -> dict[str, str]:
    """The country codes, each with its main region, by whose rules numbers of that code are read. Codes of no region are not among them."""
    return {str(code): regions[0] for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if regions[0] != REGION_CODE_FOR_NON_GEO_ENTITY}


def is_code_of_no_region(digits: str) -> bool:
    """Whether some digits begin a country code that no region has, or are one."""
    return any(
        str(code).startswith(digits)
        for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()
        if regions[0] == REGION_CODE_FOR_NON_GEO_ENTITY
    )


@cache
def read_valid(country_code: str) -> Language:
    """The valid national numbers of all regions of a country code.

    As the library tells these regions apart: in their order, the first that claims the leading digits decides, or in which it is valid.
    """
    valid = NOTHING
    for region in reversed(COUNTRY_CODE_TO_REGION_CODE[int(country_code)]):
        metadata = PhoneMetadata.metadata_for_region(region)
        if metadata is None:
            continue
        own = combine((_read_kind(metadata.general_desc), unite(_read_kind(getattr(metadata, kind)) for kind in _KINDS)), all)
        if metadata.leading_digits is None:
            valid = unite((own, valid))
        else:
            leading = read(parse_pattern(metadata.leading_digits), EVERYTHING)
            valid = combine((leading, own, valid), _second_where_first)
    return valid


def _second_where_first(belongs: tuple[bool, ...]) -> bool:
    first, second, third = belongs
    return second if first else third


def _read_pattern(kind: PhoneNumberDesc | None) -> Language:
    if kind is None or not kind.national_number_pattern:
        return NOTHING
    return read(parse_pattern(kind.national_number_pattern))


def _read_kind(kind: PhoneNumberDesc | None) -> Language:
    """The numbers of one kind: by pattern and by length."""
    pattern = _read_pattern(kind)
    if kind is None or not kind.possible_length:
        return pattern
    lengths = unite(read(Repeat(Digit(frozenset(DIGITS)), length, length)) for length in kind.possible_length if length > 0)
    return combine((pattern, lengths), all)


def _read_prefixes(expression: str | None, most: int) -> Prefixes:
    if not expression:
        return Prefixes()
    pattern = parse_pattern(expression)
    literals: set[str] = set()
    intricate: list[Pattern] = []
    for option in pattern.options if isinstance(pattern, Choice) else (pattern,):
        first, whole = _less_optional_end(option)
        found = list_literals(first, most)
        if found is None or _has_end(option):
            intricate.append(option)
            continue
        literals |= set(found) - {""}
        if whole is not None:
            intricate.append(whole)
    # Where one is the beginning of another, the order of the alternatives tells which is taken off.
    simple = {literal for literal in literals if not any(literal != other and literal.startswith(other) for other in literals)}
    languages = [read(Sequence(tuple(Digit(frozenset(digit)) for digit in literal)), EVERYTHING) for literal in literals - simple]
    languages += [read(option, EVERYTHING) for option in intricate]
    return Prefixes(literals=tuple(sorted(simple)), intricate=unite(languages))


def _less_optional_end(option: Pattern) -> tuple[Pattern, Pattern | None]:
    """The pattern without the part at its end that may be missing, and the pattern with that part; None if there is no such part."""
    parts = option.parts if isinstance(option, Sequence) else (option,)
    if parts and isinstance(parts[-1], Repeat) and parts[-1].least == 0:
        return Sequence(parts[:-1]), Sequence((*parts[:-1], Sequence((parts[-1].part,))))
    return option, None


def _has_end(option: Pattern) -> bool:
    return isinstance(option, Sequence) and any(isinstance(part, End) for part in option.parts)
