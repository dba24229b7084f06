"""Phone numbers out of the words round about them: "tel. +33 6 12 34 56 78", "(202) 225-4965 ext. 12", "030 901820 (office)".

What `phonenumbers` skips before a number and takes off behind it is told here for the plain forms; any other text is left as it is. A
remark it does not know: it drops one or two letters, and takes more for those of a keypad, 1-800-FLOWERS. So the number that stands before
one is tried by itself, and the whole is read only if that is no number. A remark may begin with a count, "2. Stock", "9-17 Uhr", "24h".
"""

import re
from dataclasses import dataclass

import polars as pl

# E.164 allows 15 digits; with any punctuation and an extension a number is still shorter. The library's time grows with the text.
LONGEST_TEXT = 100

# The library takes these for hyphens within a number.
_HYPHENS = r"\u{2010}-\u{2015}\u{2212}"
# It skips whatever stands before the first digit or +; digits of other scripts are no letters, and an RFC 3966 context begins with ";".
_BEFORE = rf"^[\p{{L}} ().:/{_HYPHENS}-]{{1,20}}"
# With five digits or more there are three left when a leading 00 is read as +: fewer are no number, to which an extension could belong.
_NUMBER = rf"^\+?(?:[ ()./{_HYPHENS}-]*[0-9]){{5,24}}\)?$"
# The labels and the lengths are a subset of those that the library takes for an extension whatever number stands before them.
_EXTENSION = r" {0,3}(?i:ext(?:ensio)?n?|x|#)[.:]?[ -]{0,3}[0-9]{1,9}$"
# Fewer digits are no number, or begin one that is written out in letters; a postal code has fewer.
_FEWEST = 7
# Without digits it cannot be an extension in other words, nor hold another number.
_REMARK = rf"^(\+?(?:[ ()./{_HYPHENS}-]*[0-9]){{{_FEWEST},24}}\)?)[ ,:(./{_HYPHENS}-]{{1,3}}\p{{L}}[^\p{{N}};#]*$"
_NOT_OF_A_KEYPAD = r"[\p{L}--A-Z]"
# What may be a count behind a number: an ordinal, a range, or digits behind a parenthesis.
_MAY_COUNT = r"(?:[ (][0-9]\.|[ (][0-9]{1,2}[^0-9 ][0-9]{1,2}|\( *[0-9]{1,2})[^0-9]*$"

_BEFORE_LETTER = re.compile(rf"((?:\D*\d){{{_FEWEST}}}[\d\W_]*)[^\W\d_]")
_LETTERS = re.compile(r"\d.*[^\W\d_]", re.DOTALL)
# "2. Stock", "9-17 Uhr", "24h", "(2 Personen)"; any other digits may as well end the number, "08-508 290 00 W".
_COUNT = r"\d\.|\d\d?[-\u2013]\d\d?|\d\d?(?=(?i:h|x|st|nd|rd|th|er|[ap]m)\b)|(?<=[(\[])\d\d?(?=[ .:])"
_BEFORE_COUNT = re.compile(rf"((?:\D*\d){{{_FEWEST}}}.*?)[\s(\[]\s*(?:{_COUNT})\W*(?=[^\W\d_])")
_BEFORE_DIGITS = re.compile(rf"((?:\D*\d){{{_FEWEST}}}.*?)[\s(\[]\s*\d\d?\W*(?=[^\W\d_])")
_BEFORE_ANOTHER = re.compile(rf"((?:\D*\d){{{_FEWEST}}}.*?)[/,;|](?=(?:\D*\d){{6}})")
# How the number itself is to be read (RFC 3966).
_CONTEXT = ";phone-context="
# Texts of which more than one number may be made.
PARTED = "[/,;|]"
MAY_BE_TWO = rf"^(?:[^0-9]*[0-9]){{{_FEWEST}}}.*{PARTED}(?:[^0-9]*[0-9]){{6}}"


@dataclass(frozen=True, slots=True)
class Spelled:
    """The numbers alone, null for a text that is not understood, and what was behind them. A word before one became a point."""

    numbers: pl.Series
    has_extension: pl.Series
    has_remark: pl.Series


def strip_words(texts: pl.Series) -> Spelled:
    """The numbers without what stands before and behind them.

    Before a number spaces and opening parentheses are nothing, as ever; anything else is kept as a point, since 00 is read as + only where
    nothing else stands before it.
    """
    text, rest, unextended, number = pl.col("text"), pl.col("rest"), pl.col("unextended"), pl.col("number")
    parts = texts.alias("text").to_frame().with_columns(rest=text.str.replace(_BEFORE, ""))
    parts = parts.with_columns(unextended=rest.str.replace(_EXTENSION, ""))
    # One thing behind a number is understood, not two; and no capitals, which may be those of a keypad.
    may_be_remark = (unextended == rest) & unextended.str.contains(_NOT_OF_A_KEYPAD) & ~unextended.str.contains(_MAY_COUNT)
    parts = parts.with_columns(number=pl.when(may_be_remark).then(unextended.str.replace(_REMARK, "${1}")).otherwise(unextended))
    is_remarked = number != unextended
    parts = parts.with_columns(number=pl.when(is_remarked | (text.str.len_chars() <= LONGEST_TEXT)).then("number"))
    has_word = text.str.strip_chars_start("( ") != rest
    found = parts.select(
        numbers=pl.when(number.str.contains(_NUMBER)).then(
            pl.when(has_word).then(pl.lit(".")).otherwise(pl.lit("")) + number.str.replace_all(f"[{_HYPHENS}]", "-")
        ),
        has_extension=(unextended != rest).fill_null(False),
        has_remark=is_remarked.fill_null(False),
    )
    return Spelled(found["numbers"], found["has_extension"], found["has_remark"])


def list_before_remark(text: str) -> list[str]:
    """What may be the number before a remark, the likeliest first; none where there is no letter behind seven digits.

    A count belongs to the remark. Other digits that stand before the letters by themselves do if there is no number with them.
    """
    found = _BEFORE_LETTER.match(text)
    if found is None or _CONTEXT in text:
        return []
    counted, apart = _BEFORE_COUNT.match(text), _BEFORE_DIGITS.match(text)
    return [before[1] for before in (counted, found, apart) if before is not None]


def is_in_capitals(text: str) -> bool:
    """Whether all letters behind seven digits are capitals, as numbers are written that spell something."""
    found = _BEFORE_LETTER.match(text)
    return found is not None and all("A" <= char <= "Z" or not char.isalpha() for char in text[found.end(1) :])


def has_letters(text: str) -> bool:
    """Whether there are letters behind the first digit that belong to the number as it is written."""
    return _LETTERS.search(text) is not None and _CONTEXT not in text


def cut_another(text: str) -> str | None:
    """The first of two numbers with a sign between them; None: there are not two, or the text is too long for that."""
    found = _BEFORE_ANOTHER.match(text) if len(text) <= LONGEST_TEXT and _CONTEXT not in text else None
    return None if found is None else found[1]
