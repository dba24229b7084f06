"""What happens to every cell before its field is looked at: Unicode, spaces, characters that nobody sees, ways of writing "nothing"."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from models.vocabulary import IssueCode
from workers.engine.judging.verdict import make_verdict

# Most cells of most files are plain: printable ASCII and Latin letters with their accents (U+00C0 to U+017F, all of them NFC, and none of
# them combining), no space at an end or beside another. They pass untouched.
_PLAIN = r"^(?:[!-~\u{C0}-\u{17F}]+(?: [!-~\u{C0}-\u{17F}]+)*)?$"
# The bytes of plain cells in UTF-8, with a line end between each two cells.
_INK, _SPACE, _LINE_END, _OTHER = range(4)
_BYTES = np.full(256, _OTHER, dtype=np.uint8)
_BYTES[[*range(0x21, 0x7F), *range(0x80, 0xC0), 0xC3, 0xC4, 0xC5]] = _INK
_BYTES[ord(" ")], _BYTES[ord("\n")] = _SPACE, _LINE_END

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
    """The texts after cleaning, "" for blank, and where control characters were removed."""

    texts: pl.Series
    had_controls: pl.Series | None


def list_plain(frame: pl.DataFrame, names: Sequence[str]) -> set[str]:
    """Those of the columns whose cells are plain, all of them."""
    if frame.is_empty() or not names:
        return set(names)
    joined = frame.select(pl.col(names).str.join("\n").cast(pl.Binary), *(pl.col(name).count().alias(f"#{name}") for name in names))
    row = joined.row(0, named=True)
    return {name for name in names if _is_plain(row[name], row[f"#{name}"])}


def _is_plain(joined: bytes, cell_count: int) -> bool:
    if not joined:
        return True
    kinds = _BYTES.take(np.frombuffer(joined, dtype=np.uint8))
    if kinds.max() == _OTHER or np.count_nonzero(kinds == _LINE_END) != cell_count - 1:
        return False
    is_space, is_edge = kinds == _SPACE, kinds != _INK
    at_ends = is_space[0] or is_space[-1]
    return not (at_ends or (is_space[1:] & is_edge[:-1]).any() or (is_edge[1:] & is_space[:-1]).any())


def clean(cells: pl.Series, *, keeps_lines: bool = False) -> Cleaned:
    """NFC, no control characters, no space at the ends, and none doubled or broken inside unless lines are kept."""
    is_plain = cells.str.contains(_PLAIN).fill_null(True)
    if is_plain.all():
        return Cleaned(cells, None)
    rough = cells.filter(~is_plain)
    smooth = rough.str.replace_all(CONTROLS, "").str.replace_all(_INVISIBLE, "").str.normalize("NFC")
    smooth = _tidy_lines(smooth) if keeps_lines else smooth.str.replace_all(r"\s+", " ")
    smooth = smooth.str.replace_all(_ENDS, "")
    positions = (~is_plain).arg_true()
    had_controls = rough.str.contains(CONTROLS)
    return Cleaned(
        cells.clone().scatter(positions, smooth),
        pl.repeat(False, len(cells), dtype=pl.Boolean, eager=True).scatter(positions, had_controls) if had_controls.any() else None,
    )


def _tidy_lines(texts: pl.Series) -> pl.Series:
    """Every kind of line end becomes a newline; spaces before one go."""
    lines = texts.str.replace_all(r"\r\n|[\r\x0b\x0c\x85\u{2028}\u{2029}]", "\n")
    return lines.str.replace_all(r"[^\S\n]+\n", "\n")


def blank(texts: pl.Series, pattern: str) -> pl.Series:
    """The texts, "" for each that only stands for nothing."""
    stands_for_nothing = texts.str.contains(pattern)
    return texts.set(stands_for_nothing, "") if stands_for_nothing.any() else texts


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
