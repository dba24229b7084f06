"""First and last name out of a full name, where its form tells them apart in every language that could be meant; else nothing.

Safe are: two words; a comma behind the family name; one middle initial; a small particle between two words (Vincent van Gogh). Titles and
degrees stay in the full name alone, a generation (Jr.) goes with the last name. One word, four and more, two given or two family names,
names that may have the family name first, other scripts, firms and couples are left as they are.
"""

import re

import polars as pl

from workers.engine.judging.name_words import (
    APOSTROPHES,
    DEGREES,
    FAMILY_NAMES_FIRST,
    GENERATIONS,
    JOINED_GIVEN_NAMES,
    LETTERS,
    ORGANISATIONS,
    PARTICLES,
    SURE_PARTICLES,
    TITLES,
)

_LONGEST_NAME = 100
_MOST_WORDS_AT_COMMA = 3

_WORD = rf"[{LETTERS}][{LETTERS}{APOSTROPHES}-]*[{LETTERS}]"
_COMMON = rf"^{_WORD},? {_WORD}$"
_NEVER_NAMES = sorted(PARTICLES | ORGANISATIONS | TITLES | DEGREES | GENERATIONS.keys())

_NAME = re.compile(_WORD)
_INITIAL = re.compile(rf"[{LETTERS}]\.?")
_LATIN = re.compile(rf"[{LETTERS}{APOSTROPHES} .,-]+")


def split_names(names: pl.Series) -> tuple[pl.Series, pl.Series]:
    """First and last names out of normalised full names; null where it is not safe."""
    halves = names.str.split_exact(" ", 1).struct.unnest()
    before, after = halves["field_0"], halves["field_1"]
    has_comma = before.str.ends_with(",")
    family, given = before.str.strip_suffix(","), after
    lowered, other = family.str.to_lowercase(), after.str.to_lowercase()
    is_doubtful = lowered.is_in(_NEVER_NAMES) | other.is_in(_NEVER_NAMES) | (~has_comma & lowered.is_in(list(FAMILY_NAMES_FIRST)))
    is_common = (names.str.contains(_COMMON) & ~is_doubtful).fill_null(False)
    first = pl.select(pl.when(is_common).then(pl.when(has_comma).then(given).otherwise(before))).to_series()
    last = pl.select(pl.when(is_common).then(pl.when(has_comma).then(family).otherwise(after))).to_series()
    rest = (~is_common & names.str.contains(" ", literal=True)).fill_null(False).arg_true()
    if len(rest):
        texts = names.gather(rest)
        answers = {text: split_name(text) for text in texts.unique()}
        parts = [{text: parts and parts[half] for text, parts in answers.items()} for half in (0, 1)]
        first = first.scatter(rest, texts.replace_strict(parts[0], return_dtype=pl.String))
        last = last.scatter(rest, texts.replace_strict(parts[1], return_dtype=pl.String))
    return first, last


def split_name(text: str) -> tuple[str, str] | None:
    """The reference: first and last name of one full name; None where it is not safe to tell."""
    if len(text) > _LONGEST_NAME or not _LATIN.fullmatch(text):
        return None
    sides, generation = _strip_asides(text)
    if len(sides) > 2:
        return None
    found = _part_at_comma(*sides) if len(sides) == 2 else _part_words(sides[0])
    if found is None or any(_key(word) in ORGANISATIONS for word in " ".join(found).split()):
        return None
    first, last = found
    return first, f"{last} {generation}" if generation else last


def _strip_asides(text: str) -> tuple[list[list[str]], str | None]:
    """The words on either side of the comma, without titles and degrees, and the generation."""
    sides = [side.split() for side in text.split(",")]
    generation = None
    while sides and sides[-1] and len(sides) > 1 and all(_key(word) in DEGREES or _key(word) in GENERATIONS for word in sides[-1]):
        generation = next((word for word in sides.pop() if _key(word) in GENERATIONS), generation)
    for side in sides:
        while side and _key(side[0]) in TITLES:
            side.pop(0)
    last_side = sides[0]
    while len(last_side) > 1 and (_key(last_side[-1]) in DEGREES or _key(last_side[-1]) in GENERATIONS):
        word = last_side.pop()
        generation = word if _key(word) in GENERATIONS else generation
    return sides, generation


def _part_at_comma(family: list[str], given: list[str]) -> tuple[str, str] | None:
    """What stands before the comma is the family name, particles included; behind it are given names and initials only."""
    if not 1 <= len(family) <= _MOST_WORDS_AT_COMMA or not 1 <= len(given) <= _MOST_WORDS_AT_COMMA:
        return None
    if not _is_name(given[0]) or not all(_is_name(word) or _INITIAL.fullmatch(word) for word in given):
        return None
    if not _is_name(family[-1]) or not all(_is_name(word) or word.casefold() in PARTICLES for word in family):
        return None
    return " ".join(given), " ".join(family)


def _part_words(words: list[str]) -> tuple[str, str] | None:
    if len(words) < 2 or not _is_name(words[0]) or not _is_name(words[-1]) or _key(words[0]) in FAMILY_NAMES_FIRST:
        return None
    first, middle, last = words[0], words[1:-1], words[-1]
    if not middle:
        return first, last
    if len(middle) == 1 and _INITIAL.fullmatch(middle[0]) and middle[0] == middle[0].upper():
        return f"{first} {middle[0]}", last
    particle = " ".join(middle)
    is_joined = particle.startswith("de") and _key(first) in JOINED_GIVEN_NAMES
    return (first, f"{particle} {last}") if particle in SURE_PARTICLES and not is_joined else None


def _is_name(word: str) -> bool:
    key = word.casefold()
    is_aside = key in PARTICLES or key in TITLES or key in DEGREES or key in GENERATIONS
    return bool(_NAME.fullmatch(word)) and not is_aside


def _key(word: str) -> str:
    return word.replace(".", "").casefold()
