"""Sets of digit strings as minimal automata: what a pattern accepts, and what follows from several such sets together.

A language is the number of a state, which says whether the empty string belongs to it and which language is left after each digit. States
that are alike are one, so that equal languages have equal numbers. All but EVERYTHING are finite, or end in it.
Not for several threads at once: `phone_tables` holds a lock while it builds.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeAlias

from workers.engine.judging.digit_patterns import DIGITS, Choice, Digit, End, Pattern, Repeat, Sequence

Language: TypeAlias = int

NOTHING: Language = 0
EVERYTHING: Language = 1

_accepts: list[bool] = [False, True]
_after: list[tuple[Language, ...]] = [(NOTHING,) * 10, (EVERYTHING,) * 10]
_numbers: dict[tuple[bool, tuple[Language, ...]], Language] = dict(
    zip(zip(_accepts, _after, strict=True), (NOTHING, EVERYTHING), strict=True)
)


def accepts(language: Language) -> bool:
    """Whether the empty string belongs to it: whether the digits that led here are accepted."""
    return _accepts[language]


def after(language: Language) -> tuple[Language, ...]:
    """What is left of it after each of the ten digits."""
    return _after[language]


def _intern(is_accepted: bool, rest: tuple[Language, ...]) -> Language:
    key = (is_accepted, rest)
    if key not in _numbers:
        _numbers[key] = len(_accepts)
        _accepts.append(is_accepted)
        _after.append(rest)
    return _numbers[key]


EMPTY: Language = _intern(True, (NOTHING,) * 10)


@cache
def combine(languages: tuple[Language, ...], rule: Callable[[tuple[bool, ...]], bool]) -> Language:
    """The strings for which the rule holds, given to which of the languages they belong."""
    is_accepted = bool(rule(tuple(_accepts[language] for language in languages)))
    if all(language in (NOTHING, EVERYTHING) for language in languages):
        return EVERYTHING if is_accepted else NOTHING
    return _intern(is_accepted, tuple(combine(parts, rule) for parts in zip(*(_after[language] for language in languages), strict=True)))


def unite(languages: Iterable[Language]) -> Language:
    """What belongs to any of them."""
    distinct = sorted(set(languages) - {NOTHING})
    return distinct[0] if len(distinct) == 1 else combine(tuple(distinct), any)


def read(pattern: Pattern, then: Language = EMPTY) -> Language:
    """The strings that begin with what fits the pattern and go on with `then`; EVERYTHING: however they go on."""
    match pattern:
        case Digit(of):
            return _intern(False, tuple(then if digit in of else NOTHING for digit in DIGITS)) if then else NOTHING
        case Sequence(parts):
            for part in reversed(parts):
                then = read(part, then)
            return then
        case Choice(options):
            return unite(read(option, then) for option in options)
        case Repeat(part, least, most):
            lead = then
            for _ in range(most - least):
                lead = unite((read(part, lead), then))
            for _ in range(least):
                lead = read(part, lead)
            return lead
        case End():
            return EMPTY if accepts(then) else NOTHING


def behind(literal: str, language: Language) -> Language:
    """The strings of the language, each with the literal digits before it."""
    return read(Sequence(tuple(Digit(frozenset(digit)) for digit in literal)), language)
