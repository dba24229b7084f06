"""The common ways of writing a phone number, decided column-wise by patterns built from the metadata of `phonenumbers`.

It only ever accepts, and only what the library accepts with the same result; whatever it does not know it leaves to the library.
A differential test holds it to that.
"""

from dataclasses import dataclass
from functools import cache

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc

# Digits in groups. Anything else (letters, extensions, slashes between two numbers) is for the library.
_COMMON_TEXT = r"^\(?\+?[0-9(][0-9 ().\-]*$"

# Compiling the patterns of a country costs about what the library needs for this many numbers.
_WORTH_COMPILING = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """The digits of one kind of number, and how many there can be of them."""

    pattern: str
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Patterns:
    """What makes digits a valid number of a region, and how the region dials. Every pattern is anchored.

    `kinds` are the fixed and mobile numbers. `leading` must match, where set, and `taken` must not: by these the
    library tells regions with one country code apart. `prefix` is the digits dialled before a national number at home, set only where the
    library strips exactly them; `prefix_for_parsing` matches whatever it might strip.
    """

    country_code: str
    idd: str | None
    prefix: str | None
    prefix_for_parsing: str | None
    general: Kind
    kinds: tuple[Kind, ...]
    leading: str | None
    taken: str | None


def find_common(texts: pl.Series, region: str | None) -> pl.Series:
    """The E.164 of each text that is written in a common way and valid; null for the library to look at."""
    home = None if region is None else read_patterns(region)
    digits = _only(texts, texts.str.contains(_COMMON_TEXT)).str.replace_all(r"[ ().\-]+", "")
    is_abroad = digits.str.starts_with("+")
    if region is None or (home is not None and home.idd == "^(?:00)"):
        is_abroad = is_abroad | digits.str.starts_with("00")
    abroad = _find_abroad(_only(digits, is_abroad).str.replace(r"^(?:\+|00)", ""))
    if home is None:
        return abroad
    return _first_of(abroad, _find_at_home(_only(digits, ~is_abroad), home))


def _find_abroad(digits: pl.Series) -> pl.Series:
    """The E.164 of international digits, country code first."""
    codes = digits.str.extract(_country_codes())
    found = _only(digits, digits.is_null() & False)
    counts = codes.drop_nulls().alias("code").value_counts()
    for code in counts.filter(pl.col("count") >= _WORTH_COMPILING)["code"]:
        national = _only(digits, codes == code).str.slice(len(code))
        main, *others = COUNTRY_CODE_TO_REGION_CODE[int(code)]
        # The library strips prefixes by the rules of the main region, whichever region the number turns out to be of.
        home = read_patterns(main)
        if home is None:
            continue
        unstripped = _only(national, ~_matches(national, home.prefix_for_parsing))
        for region in (main, *others):
            patterns = read_patterns(region)
            if patterns is not None and (region == main or patterns.leading is None):
                found = _first_of(found, _accept(unstripped, patterns))
    return found


def _find_at_home(digits: pl.Series, home: Patterns) -> pl.Series:
    """The E.164 of national digits, with or without the prefix dialled at home."""
    if digits.len() - digits.null_count() < _WORTH_COMPILING:
        return _only(digits, digits.is_null() & False)
    local = _only(digits, ~_matches(digits, home.idd))
    # Digits may begin with the country code by chance: where they are valid as they stand, the library does not take it for one.
    bare = _only(local, ~_matches(local, home.prefix_for_parsing))
    found = _accept(bare, home)
    if home.prefix is None:
        return found
    stripped = _only(local, local.str.starts_with(home.prefix)).str.slice(len(home.prefix))
    return _first_of(found, _accept(_only(stripped, ~_matches(stripped, home.prefix_for_parsing)), home))


def _accept(national: pl.Series, patterns: Patterns) -> pl.Series:
    """The E.164 of the national digits that are a valid number of the region; null elsewhere."""
    is_kind = national.is_null() & False
    for kind in patterns.kinds:
        is_kind = is_kind | _is_of(national, kind)
    is_valid = is_kind & _is_of(national, patterns.general)
    if patterns.leading is not None:
        is_valid = is_valid & _matches(national, patterns.leading)
    return _only(patterns.country_code + national, is_valid & ~_matches(national, patterns.taken)).str.replace("^", "+")


def _is_of(national: pl.Series, kind: Kind) -> pl.Series:
    return national.str.len_bytes().is_in(list(kind.lengths)) & _matches(national, kind.pattern)


def _matches(texts: pl.Series, pattern: str | None) -> pl.Series:
    return texts.str.contains(pattern) if pattern is not None else texts.is_null() & False


def _only(texts: pl.Series, mask: pl.Series) -> pl.Series:
    """The texts where the mask holds, null elsewhere."""
    return pl.select(pl.when(mask).then(texts)).to_series()


def _first_of(preferred: pl.Series, otherwise: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(preferred, otherwise)).to_series()


@cache
def _country_codes() -> str:
    """A pattern for the country code that digits begin with; no code begins another (ITU-T E.164), so the first that fits is the one."""
    codes = (str(code) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if regions != ("001",))
    return rf"^({'|'.join(sorted(codes, key=len, reverse=True))})"


@cache
def read_patterns(region: str) -> Patterns | None:
    """The patterns of a region; None where the library knows no such region or no numbers of it."""
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.country_code is None:
        return None
    general = _read_kind(metadata.general_desc)
    if general is None:
        return None
    return Patterns(
        country_code=str(metadata.country_code),
        idd=_anchored(metadata.international_prefix, whole=False),
        prefix=_read_prefix(metadata),
        prefix_for_parsing=_anchored(metadata.national_prefix_for_parsing, whole=False),
        general=general,
        kinds=tuple(kind for kind in map(_read_kind, (metadata.fixed_line, metadata.mobile)) if kind is not None),
        leading=_anchored(metadata.leading_digits, whole=False),
        taken=_taken_before(region, metadata.country_code),
    )


def _read_kind(kind: PhoneNumberDesc | None) -> Kind | None:
    if kind is None or kind.national_number_pattern is None or not kind.possible_length:
        return None
    return Kind(pattern=_anchored(kind.national_number_pattern, whole=True) or "", lengths=tuple(kind.possible_length))


def _read_prefix(metadata: PhoneMetadata) -> str | None:
    """The digits dialled before a national number, where it is they, and nothing more, that the library strips."""
    prefix, parsing = metadata.national_prefix, metadata.national_prefix_for_parsing
    if prefix is None or parsing is None or metadata.national_prefix_transform_rule is not None:
        return None
    # Of several alternatives the first that fits is stripped.
    return prefix if parsing == prefix or parsing.startswith(f"{prefix}|") else None


def _taken_before(region: str, country_code: int) -> str | None:
    """The leading digits by which an earlier region of the same country code claims a number."""
    regions = COUNTRY_CODE_TO_REGION_CODE[country_code]
    earlier = (PhoneMetadata.metadata_for_region(name) for name in regions[: regions.index(region)])
    claims = [metadata.leading_digits for metadata in earlier if metadata is not None and metadata.leading_digits]
    return _anchored("|".join(claims), whole=False) if claims else None


def _anchored(pattern: str | None, *, whole: bool) -> str | None:
    """The pattern from the start (to the end, if whole), its digits ASCII only: the column-wise \\d would match those of every script."""
    if pattern is None:
        return None
    ascii_only = pattern.replace(r"\d", "[0-9]")
    return f"^(?:{ascii_only}){'$' if whole else ''}"
