"""Phone numbers out of the words round about them: "tel. +33 6 12 34 56 78", "(202) 225-4965 ext. 12", "030 901820 (office)".

What `phonenumbers` skips before a number and takes off behind it is told here for the plain forms; any other text is left as it is. A
remark it does not know: it drops one or two letters, and takes more for those of a keypad, 1-800-FLOWERS. So the number that stands before
one is tried by itself, and the whole is read only if that is no number.
"""

import re
from dataclasses import dataclass

import polars as pl

# The library takes these for hyphens within a number.
_HYPHENS = r"\u{2010}-\u{2015}\u{2212}"
# It skips whatever stands before the first digit or +; digits of other scripts are no letters, and an RFC 3966 context begins with ";".
_BEFORE = rf"^[\p{{L}} ().:/{_HYPHENS}-]{{1,20}}"
# With five digits or more there are three left when a leading 00 is read as +: fewer are no number, to which an extension could belong.
_NUMBER = rf"^\+?(?:[ ()./{_HYPHENS}-]*[0-9]){{5,24}}\)?$"
# The labels and the lengths are a subset of those that the library takes for an extension whatever number stands before them.
_EXTENSION = r" {0,3}(?i:ext(?:ensio)?n?|x|#)[.:]?[ -]{0,3}[0-9]{1,9}$"
# Without digits it cannot be an extension in other words, nor hold another number.
_REMARK = rf"^(\+?(?:[ ()./{_HYPHENS}-]*[0-9]){{5,24}}\)?)[ ,:(./{_HYPHENS}-]{{0,3}}\p{{L}}[^\p{{N}};#]*$"
# Fewer digits are no number, or begin one that is written out in letters. A context says how the number itself is to be read.
_BEFORE_REMARK = re.compile(r"((?:\D*\d){5}[\d\W_]*)[^\W\d_]")
_CONTEXT = ";phone-context="


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
    text, rest, number, short = pl.col("text"), pl.col("rest"), pl.col("number"), pl.col("short")
    parts = texts.alias("text").to_frame().with_columns(rest=text.str.replace(_BEFORE, ""))
    parts = parts.with_columns(short=rest.str.replace(_EXTENSION, ""))
    parts = parts.with_columns(number=short.str.replace(_REMARK, "${1}"))
    has_word = text.str.strip_chars_start("( ") != rest
    found = parts.select(
        numbers=pl.when(number.str.contains(_NUMBER)).then(
            pl.when(has_word).then(pl.lit(".")).otherwise(pl.lit("")) + number.str.replace_all(f"[{_HYPHENS}]", "-")
        ),
        has_extension=(short != rest).fill_null(False),
        has_remark=(number != short).fill_null(False),
    )
    return Spelled(found["numbers"], found["has_extension"], found["has_remark"])


def cut_remark(text: str) -> str | None:
    """What stands before the first letter behind five digits; None: there is no such letter, or it says how to read the number."""
    found = _BEFORE_REMARK.match(text)
    return None if found is None or _CONTEXT in text else found[1]
