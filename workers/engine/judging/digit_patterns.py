"""Regular expressions over digits, as the metadata of `phonenumbers` writes them, read into a tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit out of some."""

    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple["Pattern", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple["Pattern", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    part: "Pattern"
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class End:
    """Nothing may follow."""


Pattern: TypeAlias = Digit | Sequence | Choice | Repeat | End


def parse_pattern(text: str) -> Pattern:
    r"""The tree of an expression made of digits, \d, [..], groups, |, ?, {n}, {n,m} and $. Raises ValueError for any other."""
    pattern, rest = _parse_choice(text)
    if rest:
        raise ValueError(f"no pattern of digits goes on with {rest!r}")
    return pattern


def list_literals(pattern: Pattern, most: int) -> list[str] | None:
    """The digits that fit the pattern; None if these are more than `most`."""
    match pattern:
        case Digit(of):
            found = sorted(of)
        case Sequence(parts):
            found = [""]
            for part in parts:
                ends = list_literals(part, most)
                if ends is None or len(found) * len(ends) > most:
                    return None
                found = [start + end for start in found for end in ends]
        case Choice(options):
            lists = [list_literals(option, most) for option in options]
            found = [literal for literals in lists if literals is not None for literal in literals]
            if None in lists:
                return None
        case Repeat(part, least, count):
            lists = [list_literals(Sequence((part,) * times), most) for times in range(least, count + 1)]
            found = [literal for literals in lists if literals is not None for literal in literals]
            if None in lists:
                return None
        case End():
            found = [""]
    return found if len(found) <= most else None


def _parse_choice(text: str) -> tuple[Pattern, str]:
    options: list[Pattern] = []
    while True:
        parts: list[Pattern] = []
        while text and text[0] not in "|)":
            part, text = _parse_repeated(text)
            parts.append(part)
        options.append(parts[0] if len(parts) == 1 else Sequence(tuple(parts)))
        if not text.startswith("|"):
            return (options[0] if len(options) == 1 else Choice(tuple(options))), text
        text = text[1:]


def _parse_repeated(text: str) -> tuple[Pattern, str]:
    part, text = _parse_single(text)
    if text.startswith("?"):
        return Repeat(part, 0, 1), text[1:]
    if text.startswith("{"):
        counts, text = text[1:].split("}", 1)
        least, _, most = counts.partition(",")
        return Repeat(part, int(least), int(most or least)), text
    return part, text


def _parse_single(text: str) -> tuple[Pattern, str]:
    if text.startswith(r"\d"):
        return Digit(frozenset(DIGITS)), text[2:]
    if text[0] in DIGITS:
        return Digit(frozenset(text[0])), text[1:]
    if text[0] == "$":
        return End(), text[1:]
    if text[0] == "[":
        inside, text = text[1:].split("]", 1)
        return Digit(frozenset(_iter_class(inside))), text
    if text[0] == "(":
        pattern, text = _parse_choice(text[1:].removeprefix("?:"))
        return pattern, text[1:]
    raise ValueError(f"no pattern of digits holds {text!r}")


def _iter_class(inside: str) -> Iterator[str]:
    while inside:
        if inside.startswith(r"\d"):
            yield from DIGITS
            inside = inside[2:]
        elif inside[1:2] == "-":
            yield from map(str, range(int(inside[0]), int(inside[2]) + 1))
            inside = inside[3:]
        else:
            yield str(int(inside[0]))
            inside = inside[1:]
