"""What happens to every cell before its field is looked at: Unicode, spaces, characters that nobody sees, ways of writing "nothing"."""

from dataclasses import dataclass

import polars as pl

from models.vocabulary import IssueCode
from workers.engine.judging.plain_cells import Look, Rows
from workers.engine.judging.verdict import make_verdict

# Plain cells, as `plain_cells` tells of them.
_PLAIN = r"^(?:[!-~\u{C0}-\u{17F}]+(?: [!-~\u{C0}-\u{17F}]+)*)?$"

# Category Cc without the white space in it (tab, line ends, form feed, next line), and the bidirectional controls of UAX #9 that
# embed or override. Removing them is told: somebody may have meant them, and an override can disguise a value.
CONTROLS = r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u{202A}-\u{202E}\u{2066}-\u{2069}]"

# Zero-width space, word joiner, byte order mark, soft hyphen: they carry no meaning in a contact and leave without a word.
_INVISIBLE = r"[\u{200B}\u{2060}\u{FEFF}\u{00AD}]"

# Joiners and direction marks mean something inside a word (Persian, Hindi, emoji), never at an end of a value.
NEVER_AT_ENDS = " \u200c\u200d\u200e\u200f"
_ENDS = rf"^[\s{NEVER_AT_ENDS}]+|[\s{NEVER_AT_ENDS}]+$"

# What stands for "nothing" in any field: dashes, and spreadsheet and export leftovers that are nobody's name.
_LEFTOVERS = r"[-" + "\N{EN DASH}\N{EM DASH}" + r"_.?/\\\s]+|#?n/a|\((?:null|none|blank)\)|#(?:null|value|ref)!"

# What stands for "nothing" besides, where a value has a form (an e-mail, a phone) or identifies: Null and None are surnames, never e-mails.
_WORDS = r"n\.a\.?|nan|nil|null|none|unknown|undefined|inconnue?|néant|aucune?"

LEFTOVERS = rf"^(?i:{_LEFTOVERS})$"
# Without "na": the code of Namibia.
PLACEHOLDERS_OF_COUNTRIES = rf"^(?i:{_LEFTOVERS}|{_WORDS})$"
PLACEHOLDERS = rf"^(?i:{_LEFTOVERS}|{_WORDS}|na)$"
# "Unknown" is an answer there, and "none" may say that no consent was given.
PLACEHOLDERS_OF_CONSENT = rf"^(?i:{_LEFTOVERS}|na|n\.a\.?|nan|nil|null|undefined)$"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The texts after cleaning, "" for blank, and where control characters were removed.

    `doubtful`: the rows that may hold one of the leftovers; None: any may.
    """

    texts: pl.Series
    had_controls: pl.Series | None
    doubtful: Rows | None = None


def clean(cells: pl.Series, look: Look | None = None, *, keeps_lines: bool = False) -> Cleaned:
    """NFC, no control characters, no space at the ends, and none doubled or broken inside unless lines are kept."""
    if look is None:
        positions = (~cells.str.contains(_PLAIN).fill_null(True)).arg_true()
        doubtful = None
    else:
        positions, doubtful = pl.Series(look.rough, dtype=pl.get_index_type()), look.doubtful
    if not len(positions):
        return Cleaned(cells, None, doubtful)
    rough = cells.gather(positions)
    if not keeps_lines:
        # Most cells that are not plain have a space too many, and nothing else.
        spaced = rough.str.replace_all("  +", " ").str.strip_chars(" ")
        is_odd = (~spaced.str.contains(_PLAIN)).fill_null(False)
        cells = cells.clone().scatter(positions, spaced)
        positions, rough = positions.filter(is_odd), rough.filter(is_odd)
        if not len(positions):
            return Cleaned(cells, None, doubtful)
    smooth = rough.str.replace_all(CONTROLS, "").str.replace_all(_INVISIBLE, "").str.normalize("NFC")
    smooth = _tidy_lines(smooth) if keeps_lines else smooth.str.replace_all(r"\s+", " ")
    smooth = smooth.str.replace_all(_ENDS, "")
    had_controls = rough.str.contains(CONTROLS)
    return Cleaned(
        cells.clone().scatter(positions, smooth),
        pl.repeat(False, len(cells), dtype=pl.Boolean, eager=True).scatter(positions, had_controls) if had_controls.any() else None,
        doubtful,
    )


def _tidy_lines(texts: pl.Series) -> pl.Series:
    """Every kind of line end becomes a newline; spaces before one go."""
    lines = texts.str.replace_all(r"\r\n|[\r\x0b\x0c\x85\u{2028}\u{2029}]", "\n")
    return lines.str.replace_all(r"[^\S\n]+\n", "\n")


def blank(texts: pl.Series, pattern: str, rows: Rows | None = None) -> pl.Series:
    """The texts, "" for each that only stands for nothing; `rows`: the only ones that may."""
    if rows is None:
        stands_for_nothing = texts.str.contains(pattern)
        return texts.set(stands_for_nothing, "") if stands_for_nothing.any() else texts
    if not len(rows):
        return texts
    found = rows[texts.gather(rows).str.contains(pattern).fill_null(False).to_numpy()]
    return texts.clone().scatter(found, "") if len(found) else texts


def judge_text(texts: pl.Series, limit: int) -> pl.DataFrame:
    """Any text is usable, if it is not too long."""
    return refuse_long(make_verdict(texts), texts, limit)


def refuse_long(verdict: pl.DataFrame, texts: pl.Series, limit: int) -> pl.DataFrame:
    """The verdict, with what is longer than `limit` characters left out."""
    # No text has more characters than bytes, which are counted already.
    longest = texts.str.len_bytes().max()
    if not isinstance(longest, int) or longest <= limit:
        return verdict
    is_long = (texts.str.len_chars() > limit).fill_null(False)
    return verdict.select(
        pl.when(is_long).then(None).otherwise(pl.col("value")).alias("value"),
        pl.when(is_long).then(pl.lit(IssueCode.VALUE_TOO_LONG.value)).otherwise(pl.col("code")).alias("code"),
        pl.when(is_long).then(None).otherwise(pl.col("suggestion")).alias("suggestion"),
    )
