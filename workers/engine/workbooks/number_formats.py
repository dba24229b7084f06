"""What a number format tells of a value: that it is a date or a duration, or that it has digits which the number lost.

The rule for dates is the one that calamine goes by, so that both readers of .xlsx agree; it looks at the first section only.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache


class Kind(Enum):
    NUMBER = "number"
    DATE = "date"
    DURATION = "duration"


# ECMA-376, part 1, 18.8.30: formats that are known by number alone; others of these depend on the language.
BUILT_IN_DATES = frozenset((*range(14, 23), 45, 47))
BUILT_IN_DURATION = 46
_FEWEST_PHONE_DIGITS = 7
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETS = re.compile(r"\[[^\]]*\]")
_CONDITION = re.compile(r"\[(<=|>=|<|>|=)(\d+(?:\.\d+)?)\]")
_PLACEHOLDERS = re.compile(r"[0#?]")


@dataclass(frozen=True, slots=True)
class DigitSection:
    """A section of a format that shows whole numbers with at least so many digits, and perhaps a plus before them."""

    condition: tuple[str, float] | None
    digits: int
    has_plus: bool


@lru_cache(maxsize=4096)
def kind_of_format(code: str) -> Kind:
    """Whether numbers of this format are dates or durations."""
    is_escaped = is_quoted = has_am = False
    brackets = 0
    is_elapsed = False
    previous = " "
    for character in code:
        low = character.lower()
        if is_escaped:
            is_escaped = False
        elif character in "_\\" and not is_quoted:
            is_escaped = True
        elif character == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            pass
        elif character == ";":
            return Kind.NUMBER
        elif character == "[":
            brackets += 1
        elif character == "]":
            if brackets == 1 and is_elapsed:
                return Kind.DURATION
            brackets = max(brackets - 1, 0)
        elif low == "a" and not has_am and not brackets:
            has_am = True
        elif not brackets and low in ("pm/" if has_am else "dmhys"):
            return Kind.DATE
        elif not (is_elapsed and low == previous.lower()):
            is_elapsed = previous == "[" and low in "mhs"
        previous = character
    return Kind.NUMBER


@lru_cache(maxsize=4096)
def find_digit_sections(code: str) -> tuple[DigitSection, ...]:
    """The sections that prove digits; empty where the format proves none."""
    if kind_of_format(code) is not Kind.NUMBER:
        return ()
    sections = _split_sections(code)
    has_conditions = any(_CONDITION.search(section) for section in sections)
    # Without conditions the first section is that of the positive numbers.
    made = [_read_section(section) for section in (sections if has_conditions else sections[:1])]
    if not any(section and (section.digits > 1 or section.has_plus) for section in made):
        return ()
    return tuple(section or DigitSection(None, 0, has_plus=False) for section in made)


def find_digits(value: float, sections: tuple[DigitSection, ...]) -> str | None:
    """The digits that are shown of a whole number where it lacks some of them, else None."""
    if value < 0 or value != int(value):
        return None
    section = next((section for section in sections if _holds(section.condition, value)), None)
    if section is None:
        return None
    digits = str(int(value))
    if section.has_plus and len(digits) >= _FEWEST_PHONE_DIGITS:
        return f"+{digits.zfill(section.digits)}"
    return digits.zfill(section.digits) if len(digits) < section.digits else None


def _split_sections(code: str) -> list[str]:
    sections = [""]
    position = 0
    while position < len(code):
        literal = _LITERAL.match(code, position)
        part = literal[0] if literal else code[position]
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
        position += len(part)
    return sections


def _read_section(section: str) -> DigitSection | None:
    match = _CONDITION.search(section)
    condition = (match[1], float(match[2])) if match else None
    shown = _BRACKETS.sub("", section)
    # A dot or a comma between digits makes it a decimal or a grouped number, and the rest another kind of number altogether.
    has_plus = re.match(r'\s*(?:"\+"|\\\+|\+)', shown) is not None
    bare = _LITERAL.sub(" ", shown)
    if re.search(r"[.,%/EeA-DF-Za-df-z@*]", bare):
        return None
    placeholders = "".join(_PLACEHOLDERS.findall(bare))
    if not placeholders:
        return None
    first_zero = placeholders.find("0")
    digits = len(placeholders) - first_zero if first_zero >= 0 else 0
    return DigitSection(condition, digits, has_plus)


def _holds(condition: tuple[str, float] | None, value: float) -> bool:
    if condition is None:
        return True
    sign, bound = condition
    return {"<=": value <= bound, ">=": value >= bound, "<": value < bound, ">": value > bound, "=": value == bound}[sign]
