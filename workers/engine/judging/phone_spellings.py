"""Phone numbers out of the words round about them: "tel. +33 6 12 34 56 78", "(202) 225-4965 ext. 12", hyphens other than the common one.

What `phonenumbers` skips before a number and takes off behind it is told here for the plain forms; any other text is left as it is.
"""

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
    text, rest, number = pl.col("text"), pl.col("rest"), pl.col("number")
    parts = texts.alias("text").to_frame().with_columns(rest=text.str.replace(_BEFORE, ""))
    parts = parts.with_columns(number=rest.str.replace(_EXTENSION, ""))
    has_word = text.str.strip_chars_start("( ") != rest
    found = parts.select(
        numbers=pl.when(number.str.contains(_NUMBER)).then(
            pl.when(has_word).then(pl.lit(".")).otherwise(pl.lit("")) + number.str.replace_all(f"[{_HYPHENS}]", "-")
        ),
        has_extension=(number != rest).fill_null(False),
    )
    return Spelled(found["numbers"], found["has_extension"])
