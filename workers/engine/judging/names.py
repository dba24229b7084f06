"""Names written in one case only get their usual capitals, where no knowledge of the person is needed for it.

ADA LOVELACE becomes Ada Lovelace, o'brien O'Brien, MCDONALD McDonald. A cell stays as it is where any word is doubtful: initials and
acronyms (JP), particles (VAN GOGH), Mac (MACDONALD, MACIAS), letters of which the case depends on the language (İ, IJ), firms, or one word
alone as a whole name. What is written in both cases was written so on purpose.
"""

import re

import polars as pl

from models.vocabulary import IssueCode
from workers.engine.judging.name_words import APOSTROPHES, DEGREES, GENERATIONS, LETTERS, ORGANISATIONS, PARTICLES, TITLES
from workers.engine.judging.verdict import find_rows, make_verdict

_MOST_WORDS = 5
_LONGEST_NAME = 100
_VOWELS = "aeiouy"
# So many letters make a word; fewer may be initials.
_SHORTEST_WORD = 3

_WORD = rf"(?:[Oo][{APOSTROPHES}])?[{LETTERS}]{{{_SHORTEST_WORD},}}"
_COMMON = rf"^{_WORD}(?:[ -]{_WORD}){{0,{_MOST_WORDS - 1}}}$"
# What the reference looks at: words with a meaning, beginnings with a capital inside, words without a vowel, letters of other rules.
_MEANING = "|".join(sorted(TITLES | PARTICLES | DEGREES | ORGANISATIONS | GENERATIONS.keys()))
_DOTLESS = "\N{LATIN SMALL LETTER DOTLESS I}"
# Small among capitals too, GROßMANN: few keyboards have the other one. No word begins with it.
_SHARP_S = "ß"
_BREAK = f"[ {APOSTROPHES}-]"
_DOUBTFUL = rf"(?i)(?:^|{_BREAK})(?:(?:{_MEANING})(?:$|{_BREAK})|ma?c|ij|{_SHARP_S}|[b-df-hj-np-tv-xz]+(?:$|{_BREAK}))|[İ{_DOTLESS}]"

_INITIAL = re.compile(rf"[{LETTERS}]\.?")
_IRISH = re.compile(rf"[Oo]([{APOSTROPHES}])([{LETTERS}]{{{_SHORTEST_WORD},}})")
_ONLY_LETTERS = re.compile(rf"[{LETTERS}]+")


def is_in_one_case(names: pl.Expr) -> pl.Expr:
    """Where names have capitals only, or small letters only."""
    return names.str.contains(r"\p{Lu}") != names.str.contains(rf"[\p{{Ll}}--{_SHARP_S}]")


def recase_names(verdict: pl.DataFrame, *, is_whole: bool) -> pl.DataFrame:
    """The verdict with names recased where it is safe, and a note on each; `is_whole`: the values are whole names, not halves of them."""
    value = pl.col("value")
    places = find_rows(verdict.select((is_in_one_case(value) & pl.col("code").is_null()).fill_null(False)).to_series())
    if not len(places):
        return verdict
    found: pl.Series = verdict["value"][places]
    is_common = value.str.contains(_COMMON) & ~value.str.contains(_DOUBTFUL)
    if is_whole:
        is_common = is_common & value.str.contains(" ", literal=True)
    looked_at = found.to_frame().with_columns(is_common=is_common)
    looked_at = looked_at.with_columns(recased=pl.when("is_common").then(value.str.to_titlecase()))
    recased = looked_at["recased"]
    rest = ~looked_at["is_common"]
    if rest.any():
        texts = found.filter(rest)
        answers = {text: recase_name(text, is_whole=is_whole) for text in texts.unique()}
        recased = recased.scatter(find_rows(rest), texts.replace_strict(answers, return_dtype=pl.String))
    # Null, and passed over, where there is no answer.
    is_changed = recased != found
    changed = places.filter(is_changed)
    return make_verdict(
        verdict["value"].clone().scatter(changed, recased.filter(is_changed)),
        verdict["code"].clone().scatter(changed, IssueCode.NAME_RECASED.value),
        verdict["suggestion"],
    )


def recase_name(text: str, *, is_whole: bool) -> str | None:
    """The reference: the name with its usual capitals; None where that is not safe, or it has them."""
    cased = text.replace(_SHARP_S, "")
    if len(text) > _LONGEST_NAME or cased.isupper() == cased.islower() or "İ" in text or _DOTLESS in text:
        return None
    words = text.split(" ")
    if len(words) > _MOST_WORDS or (is_whole and len(words) < 2):
        return None
    recased = [_recase_word(word, is_first=place == 0, is_last=place == len(words) - 1) for place, word in enumerate(words)]
    if None in recased or all(_is_aside(word) for word in words):
        return None
    return " ".join(word for word in recased if word is not None)


def _recase_word(word: str, *, is_first: bool, is_last: bool) -> str | None:
    key, point = word.removesuffix(".").casefold(), "." if word.endswith(".") else ""
    if is_first and key in TITLES:
        return key.capitalize() + point
    if is_last and not is_first and key in GENERATIONS:
        return GENERATIONS[key] + point
    # A comma behind the family name, as in "LOVELACE, ADA".
    if word.endswith(",") and not is_last:
        before = _recase_word(word[:-1], is_first=False, is_last=False)
        return before and before + ","
    parts = [_recase_part(part) for part in word.split("-")]
    return None if None in parts else "-".join(part for part in parts if part is not None)


def _recase_part(part: str) -> str | None:
    key = part.casefold()
    if key in PARTICLES or key in DEGREES or key in ORGANISATIONS or part.lower().startswith(_SHARP_S):
        return None
    if _INITIAL.fullmatch(part):
        return part.upper()
    irish = _IRISH.fullmatch(part)
    if irish is not None:
        name = _recase_part(irish[2])
        return name and f"O{irish[1]}{name}"
    if not _ONLY_LETTERS.fullmatch(part) or len(part) < _SHORTEST_WORD:
        return None
    lower = part.lower()
    if lower.startswith("ij") or (lower.startswith("mac") and len(lower) > len("mac") + 2) or not any(map(_is_vowel, lower)):
        return None
    if lower.startswith("mc"):
        rest = _recase_part(lower[2:])
        return rest and "Mc" + rest
    return lower[0].upper() + lower[1:]


def _is_aside(word: str) -> bool:
    key = word.removesuffix(".").casefold()
    return key in TITLES or key in GENERATIONS or bool(_INITIAL.fullmatch(word))


def _is_vowel(letter: str) -> bool:
    # One with an accent is taken for a vowel: consonants with one stand in words that have others.
    return letter in _VOWELS or not letter.isascii()
