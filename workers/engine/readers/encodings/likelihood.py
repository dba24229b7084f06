"""How likely each reading of the bytes in question is: which language its letters make up, and whether words look like words."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from workers.engine.readers.encodings.alphabets import (
    ALPHABETIC,
    COST_OF_LOSS,
    EAST_ASIAN,
    LOSS,
    cost_elsewhere,
    cost_in_east_asia,
    costs_of,
)

# The letters of a word are no independent witnesses, so that the sum of their costs would claim too much.
_INDEPENDENCE = 0.6
_CAPITAL_COST = 0.7
_CAPITAL_INSIDE_COST = 5.0
_MIXED_SCRIPTS_COST = 6.0
_SIGN_INSIDE_COST = 4.0
_CLOSING_AT_START_COST = 4.0
_LONE_LETTER_COST = 2.5
# One letter that is a word, in Latin script.
_LONE_LETTERS = frozenset("àáâåéèêíóòöôøúyÀÁÅÉÈÓÖØÚ")
_LONE_LATIN = re.compile("[\u00c0-\u024f]")
# The world is larger than these encodings and languages: where no reading explains the bytes better than this, none is believed.
_UNKNOWN_COST = 3.0
_UNKNOWN_COST_EACH = 7.5

_WORD = re.compile("[^\x00-@\\[-`{-\x7f]+")
# Behind a small letter, or between a capital and a small letter, in a sketch of the word.
_CAPITAL_INSIDE = re.compile("(?<=a)A|(?<=A)A(?=a)")
_CLOSING_AT_START = re.compile("[\u2019\u201d\u00bb\u00b0\u2026][^\\W\\d_]")
_LETTER = r"[^\W\d_]"
_INSIDE = re.compile(rf"(?<={_LETTER})[^\w\u2019\u00b7\x00-\x7f\u0300-\u0323](?={_LETTER})")
_SCRIPTS = (
    re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    re.compile("[\u0370-\u03ff]"),
    re.compile("[\u0400-\u052f]"),
    re.compile("[\u0590-\u05ff]"),
    re.compile("[\u0600-\u06ff]"),
    re.compile("[\u0e00-\u0e7f]"),
    re.compile("[\uac00-\ud7a3]"),
    re.compile("[\u3040-\u30ff\u4e00-\u9fff]"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that the bytes may stand for, the encodings that give it, the best of them first, and what it costs to believe it."""

    text: str
    encodings: tuple[str, ...]
    language: str
    cost: float
    probability: float = 0.0


def make_readings(texts: Mapping[str, str], prior_costs: Mapping[str, float]) -> list[Reading]:
    """A reading for each different text that the encodings give."""
    encodings: dict[str, list[str]] = {}
    for encoding, text in texts.items():
        encodings.setdefault(text, []).append(encoding)
    readings = []
    for text, names in encodings.items():
        language, cost = cost_of(text)
        names.sort(key=lambda name: prior_costs[name])
        readings.append(Reading(text, tuple(names), language, _INDEPENDENCE * cost + prior_costs[names[0]]))
    return readings


def make_mixed_reading(unicode: str, other: str, encoding: str, prior_cost: float) -> Reading:
    """The reading of text in parts. What is UTF-8 may be in any number of languages."""
    language, cost = cost_of(other)
    return Reading(unicode + other, (encoding,), language, _INDEPENDENCE * (cost_of_any(unicode) + cost) + prior_cost)


def rank_readings(readings: Sequence[Reading]) -> list[Reading]:
    """The readings with their probabilities, the likeliest first."""
    best = min(readings, key=lambda reading: reading.cost)
    beyond = sum(not character.isascii() for word in _list_words(best.text) for character in word)
    unknown = _UNKNOWN_COST + _INDEPENDENCE * _UNKNOWN_COST_EACH * beyond
    total = sum(math.exp(best.cost - reading.cost) for reading in readings) + math.exp(min(best.cost - unknown, 700.0))
    ranked = (replace(reading, probability=math.exp(best.cost - reading.cost) / total) for reading in readings)
    return sorted(ranked, key=lambda reading: reading.cost)


def cost_of(text: str) -> tuple[str, float]:
    """The language that explains the text best, and how improbable it is all the same."""
    letters, cost = _take_apart(text)
    language, least = min(_costs(letters), key=lambda item: item[1])
    return language, cost + least


def cost_of_any(text: str) -> float:
    """How improbable the text is, if each script in it may be of another language."""
    letters, cost = _take_apart(text)
    scripts: dict[int, dict[str, int]] = {}
    for letter, count in letters.items():
        script = next((number for number, pattern in enumerate(_SCRIPTS) if pattern.match(letter)), -1)
        scripts.setdefault(script, {})[letter] = count
    return cost + sum(min(least for _, least in _costs(part)) for part in scripts.values())


def _take_apart(text: str) -> tuple[Counter[str], float]:
    """How often each letter beyond ASCII stands in the text, once a word, and what the shape of the words costs."""
    words = _list_words(text)
    cost = COST_OF_LOSS * text.count(LOSS)
    cost += sum(map(_cost_of_shape, words)) + _SIGN_INSIDE_COST * len(_INSIDE.findall(" ".join(words)))
    letters: Counter[str] = Counter()
    for character, count in Counter("".join(words)).items():
        if character.isascii() or character == LOSS:
            continue
        # The Turkish capital with a dot has a small form of two characters.
        small = character if len(character.lower()) > 1 else character.lower()
        letters[small] += count
        if small != character:
            cost += _CAPITAL_COST * count
    return letters, cost


def _sketch(word: str) -> str:
    return "".join("A" if character.isupper() else "a" if character.islower() else "." for character in word)


def _list_words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text) if not word.isascii()}


def _costs(letters: Mapping[str, int]) -> Iterable[tuple[str, float]]:
    elsewhere = {letter: cost_elsewhere(letter) for letter in letters}
    for language in ALPHABETIC:
        costs = costs_of(language)
        yield language, sum(count * costs.get(letter, elsewhere[letter]) for letter, count in letters.items())
    for language in EAST_ASIAN:
        total = 0.0
        for letter, count in letters.items():
            cost = cost_in_east_asia(language, letter)
            total += count * (elsewhere[letter] if cost is None else cost)
        yield language, total


def _cost_of_shape(word: str) -> float:
    if len(word) == 1:
        return _LONE_LETTER_COST if _LONE_LATIN.match(word) and word not in _LONE_LETTERS else 0.0
    cost = 0.0
    if not (word.isupper() or word.islower() or word.istitle()):
        cost += _CAPITAL_INSIDE_COST * len(_CAPITAL_INSIDE.findall(_sketch(word)))
    if _CLOSING_AT_START.match(word):
        cost += _CLOSING_AT_START_COST
    scripts = sum(script.search(word) is not None for script in _SCRIPTS)
    return cost + (_MIXED_SCRIPTS_COST * (scripts - 1) if scripts > 1 else 0.0)
