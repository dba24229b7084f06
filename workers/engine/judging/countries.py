"""Countries: ISO 3166-1 alpha-2, from a code of two or three letters or a name.

Names are known in English, French, German, Spanish, Italian, Portuguese, Dutch and Polish, and as the people of each country write it. A
name that stands for two countries in two of these languages is not guessed.
"""

import re
import unicodedata
from functools import cache, lru_cache

import polars as pl

from models.vocabulary import IssueCode
from workers.engine.judging.country_names import COUNTRIES
from workers.engine.judging.foreign_country_names import FOREIGN_NAMES
from workers.engine.judging.text import PLACEHOLDERS_OF_COUNTRIES, blank
from workers.engine.judging.verdict import Opinion, spread

# Letters that no decomposition takes apart, as people write them without a stroke or dot.
_BARE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "æ": "ae", "œ": "oe"})
_ARTICLES = frozenset(["the", "la", "le", "les", "l", "der", "die", "das", "el", "los", "las", "il", "gli", "lo", "os", "as", "de", "het"])

# Short names differ by one letter too easily (Niger, Nigeria; Iran, Iraq) to guess what was meant.
_SHORTEST_GUESS = 6
_BETWEEN_PARTS = re.compile(r"[,()]|\s[-/|]\s")
_ABBREVIATIONS = {"saint": "st", "sainte": "st", "rep": "republic", "fed": "federation", "dem": "democratic"}
# No name is longer, and a guess costs time for every character.
_LONGEST_NAME = 80


def judge_countries(texts: pl.Series) -> pl.DataFrame:
    """The verdict on cleaned texts. NA is Namibia here, not a placeholder."""
    distinct = texts.drop_nulls().unique()
    opinions = [Opinion(value="") if name == "" else parse_country(name) for name in blank(distinct, PLACEHOLDERS_OF_COUNTRIES).to_list()]
    return spread(texts, distinct, opinions)


# Every chunk of a file has the same names, mostly.
@lru_cache(maxsize=4096)
def parse_country(text: str) -> Opinion:
    """The reference: the code of a country, or the country that a misspelt name may have meant."""
    if len(text) > _LONGEST_NAME:
        return Opinion(code=IssueCode.INVALID_COUNTRY)
    key = fold(text)
    code = _by_name().get(key) or _read_parts(text)
    if code is not None:
        return Opinion(value=code)
    return Opinion(code=IssueCode.INVALID_COUNTRY, suggestion=_guess(key))


def fold(name: str) -> str:
    """The name without case, accents, punctuation and article, so that one spelling stands for many."""
    parts = unicodedata.normalize("NFKD", name.casefold()).translate(_BARE)
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    words = "".join(char if char.isalnum() or _is_vowel(char) else " " for char in bare.replace("&", " and ").replace(".", "")).split()
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def _read_parts(text: str) -> str | None:
    """The country of a name with a part put behind (Korea, Republic of; Iran (Islamic Republic of)) or said twice (Deutschland (DE))."""
    parts = [part for part in map(str.strip, _BETWEEN_PARTS.split(text)) if part]
    if len(parts) != 2:
        return None
    before, behind = parts
    whole = _by_name().get(fold(f"{behind} {before}"))
    meant = {_by_name().get(fold(part)) for part in parts}
    return whole or (meant.pop() if len(meant) == 1 else None)


def _is_vowel(char: str) -> bool:
    # Vowel signs and the like of the scripts of India and South-East Asia take part in a word, though they are no letters.
    return unicodedata.category(char) in ("Mc", "Mn")


@cache
def _by_name() -> dict[str, str]:
    """Every code and name, folded, with the alpha-2 code it stands for."""
    names: dict[str, str] = {}
    for line in COUNTRIES.splitlines():
        alpha2, alpha3, spellings = line.split(" ", 2)
        for name in (alpha2, alpha3, *spellings.split("|")):
            names.setdefault(fold(name), alpha2)
    for line in FOREIGN_NAMES.splitlines():
        alpha2, spellings = line.split(" ", 1)
        for name in spellings.split("|"):
            names.setdefault(fold(name), alpha2)
    return names


@cache
def _near_names() -> dict[str, str]:
    """The long names less any one letter: two names that share such a remainder are one typing error apart."""
    return {rest: code for name, code in _by_name().items() if len(name) >= _SHORTEST_GUESS for rest in _less_one(name)}


def _guess(key: str) -> str | None:
    if len(key) < _SHORTEST_GUESS:
        return None
    near = {_near_names().get(rest) or (_by_name().get(rest) if len(rest) >= _SHORTEST_GUESS else None) for rest in [key, *_less_one(key)]}
    near.discard(None)
    return near.pop() if len(near) == 1 else None


def _less_one(name: str) -> list[str]:
    return [name[:index] + name[index + 1 :] for index in range(len(name))]
