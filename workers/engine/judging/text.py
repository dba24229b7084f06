"""What happens to every cell before its field is looked at: Unicode, spaces, characters that nobody sees, ways of writing "nothing"."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

import polars as pl

from models.vocabulary import IssueCode
from workers.engine.judging.plain_cells import look_at
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
_WORDS = r"n\.a\.?|nan|nil|null|none|unknown|undefined|inconnue?|néant|aucune?|unbekannt|k\. ?a\.|keine angabe"

LEFTOVERS = rf"^(?i:{_LEFTOVERS})$"
# Without "na": the code of Namibia.
PLACEHOLDERS_OF_COUNTRIES = rf"^(?i:{_LEFTOVERS}|{_WORDS})$"
PLACEHOLDERS = rf"^(?i:{_LEFTOVERS}|{_WORDS}|na)$"
# "Unknown" is an answer there, and "none" may say that no consent was given.
PLACEHOLDERS_OF_CONSENT = rf"^(?i:{_LEFTOVERS}|na|n\.a\.?|nan|nil|null|undefined)$"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The texts after cleaning, "" for blank, and where control characters were removed.

    `doubtful`: the rows that may hold one of the leftovers; None: any may. `longest`: the bytes of the longest text, or of one that was.
    """

    texts: pl.Series
    had_controls: pl.Series | None
    doubtful: pl.Series | None
    longest: int


def clean_columns(frame: pl.DataFrame, names: Sequence[str], keeps_lines: Collection[str]) -> dict[str, Cleaned]:
    """By column: NFC, no control characters, no space at the ends, and none doubled or broken inside but in the columns `keeps_lines`.

    All columns at once, since a question to polars costs as much for a few cells as for a thousand.
    """
    if not names:
        return {}
    looks = look_at(frame, names)
    # Of the cells that are not plain most have a space too many and nothing else; lines are looked at one column at a time.
    spaced = _drop_spaces({name: frame[name][looks[name].rough] for name in names if name in looks and name not in keeps_lines})
    cleaned = {}
    for name in names:
        cells, look = frame[name], looks.get(name)
        if name in spaced:
            texts, is_odd = spaced[name]
            cells = _put(cells, looks[name].rough, texts)
            positions = looks[name].rough.filter(is_odd)
        elif look is not None:
            positions = look.rough
        else:
            positions = _find_rough(cells)
        cleaned[name] = _smooth(frame[name], cells, positions, keeps_lines=name in keeps_lines)
    after = pl.DataFrame([cells.alias(name) for name, (cells, _) in cleaned.items()])
    longest = after.select(pl.all().str.len_bytes().max().fill_null(0)).row(0, named=True)
    return {
        name: Cleaned(cells, had_controls, None if name not in looks else looks[name].doubtful, longest[name])
        for name, (cells, had_controls) in cleaned.items()
    }


def _drop_spaces(columns: Mapping[str, pl.Series]) -> dict[str, tuple[pl.Series, pl.Series]]:
    """By column: the texts without spaces at the ends and doubled ones, and which of them are not plain all the same."""
    found = {name: texts for name, texts in columns.items() if len(texts)}
    if not found:
        return {}
    text = pl.col("text").str
    joined = pl.concat([texts.alias("text") for texts in found.values()]).to_frame()
    joined = joined.select(text.replace_all("  +", " ").str.strip_chars(" ")).with_columns(is_odd=~text.contains(_PLAIN).fill_null(True))
    parts = pairwise(accumulate(map(len, found.values()), initial=0))
    slices = {name: joined[start:end] for name, (start, end) in zip(found, parts, strict=True)}
    return {name: (part["text"], part["is_odd"]) for name, part in slices.items()}


def _find_rough(cells: pl.Series) -> pl.Series:
    """The rows whose cells are not plain."""
    text = pl.first().str
    return cells.to_frame().select(text.contains(_PLAIN).fill_null(True).not_().arg_true()).to_series()


def _smooth(given: pl.Series, cells: pl.Series, positions: pl.Series, *, keeps_lines: bool) -> tuple[pl.Series, pl.Series | None]:
    """The cells with those at some positions put right all over, as they were given there, and where control characters were."""
    if not len(positions):
        return cells, None
    rough: pl.Series = given[positions]
    smooth = rough.str.replace_all(CONTROLS, "").str.replace_all(_INVISIBLE, "").str.normalize("NFC")
    smooth = _tidy_lines(smooth) if keeps_lines else smooth.str.replace_all(r"\s+", " ")
    had_controls = rough.str.contains(CONTROLS)
    nowhere = pl.Series([False]).new_from_index(0, len(cells))
    return (
        _put(cells, positions, smooth.str.replace_all(_ENDS, "")),
        nowhere.scatter(positions, had_controls) if had_controls.any() else None,
    )


def _put(cells: pl.Series, positions: pl.Series, texts: pl.Series) -> pl.Series:
    return cells.clone().scatter(positions, texts)


def _tidy_lines(texts: pl.Series) -> pl.Series:
    """Every kind of line end becomes a newline; spaces before one go."""
    lines = texts.str.replace_all(r"\r\n|[\r\x0b\x0c\x85\u{2028}\u{2029}]", "\n")
    return lines.str.replace_all(r"[^\S\n]+\n", "\n")


def blank_leftovers(cleaned: Mapping[str, Cleaned], names: Collection[str]) -> dict[str, Cleaned]:
    """The columns, those of these names with "" for each text that only stands for nothing in any field (LEFTOVERS)."""
    asked = {name: each for name, each in cleaned.items() if name in names and (each.doubtful is None or not each.doubtful.is_empty())}
    if not asked:
        return dict(cleaned)
    doubtful = [each.texts if each.doubtful is None else each.texts[each.doubtful] for each in asked.values()]
    joined = pl.concat([texts.alias("text") for texts in doubtful]).to_frame()
    stands_for_nothing = joined.select(pl.col("text").str.contains(LEFTOVERS).fill_null(False)).to_series()
    blanked = dict(cleaned)
    start = 0
    for (name, each), texts in zip(asked.items(), doubtful, strict=True):
        is_blank = stands_for_nothing.slice(start, len(texts))
        start += len(texts)
        if not is_blank.any():
            continue
        rows = is_blank.arg_true() if each.doubtful is None else each.doubtful.filter(is_blank)
        blanked[name] = replace(each, texts=each.texts.clone().scatter(rows, ""))
    return blanked


def blank(texts: pl.Series, pattern: str) -> pl.Series:
    """The texts, "" for each that only stands for nothing."""
    stands_for_nothing = texts.str.contains(pattern)
    return texts.set(stands_for_nothing, "") if stands_for_nothing.any() else texts


def judge_text(texts: pl.Series, limit: int, longest: int | None = None) -> pl.DataFrame:
    """Any text is usable, if it is not too long. `longest`: at least the bytes of the longest, where that is known."""
    return refuse_long(make_verdict(texts), texts, limit, longest)


def refuse_long(verdict: pl.DataFrame, texts: pl.Series, limit: int, longest: int | None = None) -> pl.DataFrame:
    """The verdict, with what is longer than `limit` characters left out."""
    # No text has more characters than bytes, which are counted already.
    most = texts.str.len_bytes().max() if longest is None else longest
    if not isinstance(most, int) or most <= limit:
        return verdict
    is_long = (texts.str.len_chars() > limit).fill_null(False)
    return verdict.select(
        pl.when(is_long).then(None).otherwise(pl.col("value")).alias("value"),
        pl.when(is_long).then(pl.lit(IssueCode.VALUE_TOO_LONG.value)).otherwise(pl.col("code")).alias("code"),
        pl.when(is_long).then(None).otherwise(pl.col("suggestion")).alias("suggestion"),
    )
