"""Phone numbers out of the words round about them: "tel. +33 6 12 34 56 78", "(202) 225-4965 ext. 12", hyphens other than the common one.

What `phonenumbers` skips before a number and takes off behind it is told here for the plain forms; any other text is left as it is.
"""

from dataclasses import dataclass

import polars as pl

# The library takes these for hyphens within a number.
_HYPHENS = r"\u{2010}-\u{2015}\u{2212}"
# It skips whatever stands before the first digit or +; digits of other scripts are no letters, and an RFC 3966 context begins with ";".
_BEFORE = rf"[\p{{L}} ().:/{_HYPHENS}-]{{0,20}}"
# With five digits or more there are three left when a leading 00 is read as +: fewer are no number, to which an extension could belong.
_NUMBER = rf"\+?(?:[ ()./{_HYPHENS}-]*[0-9]){{5,24}}\)?"
# The labels and the lengths are a subset of those that the library takes for an extension whatever number stands before them.
_EXTENSION = r" {0,3}(?i:ext(?:ensio)?n?|x|#)[.:]?[ -]{0,3}[0-9]{1,9}"
_SPELLING = rf"^(?P<before>{_BEFORE})(?P<number>{_NUMBER})(?P<extension>{_EXTENSION})?$"


@dataclass(frozen=True, slots=True)
class Spelled:
    """The numbers alone, null for a text that is not understood, and which of them had an extension. A word before one became a point."""

    numbers: pl.Series
    has_extension: pl.Series


def strip_words(texts: pl.Series) -> Spelled:
    """The numbers without what stands before and behind them.

    Before a number spaces and opening parentheses are nothing, as ever; anything else is kept as a point, since 00 is read as + only where
    nothing else stands before it.
    """
    parts = texts.str.extract_groups(_SPELLING).struct.unnest()
    number = pl.col("number").str.replace_all(f"[{_HYPHENS}]", "-")
    found = parts.select(
        numbers=pl.when(pl.col("before").str.strip_chars("( ") == "").then(number).otherwise("." + number),
        has_extension=pl.col("extension").is_not_null(),
    )
    return Spelled(found["numbers"], found["has_extension"])
