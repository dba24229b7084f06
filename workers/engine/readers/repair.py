"""Restores text that was encoded twice: UTF-8 that some program read in a single-byte encoding, and wrote as UTF-8 again ("Ã©" for "é").

Only where it is provable: all characters beyond ASCII are such sequences, they spell valid UTF-8, and what comes out is far more plausible.
"""

import re
from functools import cache

import polars as pl

from workers.engine.readers.encodings.likelihood import cost_of

# Text may have gone through this more than once.
_MAX_ROUNDS = 3
_MOST_LOOKED_AT = 200
# A byte order mark of UTF-8, read as Windows-1252.
_SPELT_MARK = "\u00ef\u00bb\u00bf"
# In natural units: twelve to one, before the shape of the words is counted.
_MIN_GAIN = 2.5
# Two readings of the same text that are as close as this are a guess.
_MIN_LEAD = 3.0
# The beginning of a word, in Slovak or Estonian, as much as a Czech or Turkish capital encoded twice; and the end of a Portuguese
# word in capitals before a no-break space, as much as a small letter encoded twice.
_INNOCENT = re.compile("(?:\u00c4[\u0161\u017e]|[\x00-\x7f])*|.*[A-Z]\u00c3\u00a0.*", re.DOTALL)
_LOOSE_ACCENTS = re.compile("[\u0300-\u036f]")
_CONTROLS = re.compile("[\x7f-\x9f]")
# The encodings that programs read UTF-8 in by mistake, and the first bytes of two that are looked for: where nearly every letter could
# be one (Cyrillic), there must be two sequences on end.
_MISTAKEN = {
    "cp1252": (range(0xC2, 0xE0), 1),
    "mac-roman": (range(0xC2, 0xC6), 1),
    "cp850": (range(0xC2, 0xC6), 1),
    "cp437": (range(0xC2, 0xC6), 1),
    "cp1250": (range(0xC2, 0xC6), 1),
    "cp1251": (range(0xC2, 0xD2), 2),
}


def repair_text(text: str) -> str | None:
    """The text as it was before it was encoded twice; None where that is not proven."""
    if not _suspect().search(text):
        return None
    current, restored = text, None
    for _ in range(_MAX_ROUNDS):
        if current.isascii() or (better := _repair_once(current)) is None:
            break
        current = better
        # Control characters come out half-way only: nobody wrote them.
        if _CONTROLS.search(current) is None:
            restored = current
    return restored


def repair_column(texts: pl.Series) -> tuple[pl.Series, pl.Series] | None:
    """The column with its texts restored, and in which rows; None where there is nothing to restore, which costs next to nothing."""
    # What is ASCII is told faster than by any pattern, and names occur often.
    text = pl.first()
    foreign = texts.to_frame().lazy().filter(text.str.len_bytes() != text.str.len_chars()).unique().collect().to_series()
    # The pattern takes polars as long to compile as Python to look at some hundred texts.
    distinct = foreign if len(foreign) <= _MOST_LOOKED_AT else foreign.filter(foreign.str.contains(suspect_pattern()))
    repairs = {text: repaired for text in distinct if (repaired := repair_text(text)) is not None}
    if not repairs:
        return None
    is_repaired = texts.is_in(list(repairs)).fill_null(False)
    return texts.replace(list(repairs), list(repairs.values())), is_repaired


@cache
def suspect_pattern() -> str:
    """What occurs in every text that was encoded twice, and hardly ever in another."""
    patterns = [_SPELT_MARK]
    for codec, (leads, least) in _MISTAKEN.items():
        tail = _make_class(codec, range(0x80, 0xC0))
        # Of longer sequences: punctuation in every encoding, East Asian text in the most usual one.
        longer = range(0xE0, 0xF5) if codec == "cp1252" else range(0xE2, 0xE3)
        patterns.append(f"(?:{_make_class(codec, leads)}{tail}){{{least}}}|{_make_class(codec, longer)}{tail}{{2}}")
    return "|".join(patterns)


@cache
def _suspect() -> re.Pattern[str]:
    """The same pattern, which polars spells otherwise than Python."""
    return re.compile(re.sub(r"\\x\{(\w+)\}", lambda found: re.escape(chr(int(found[1], 16))), suspect_pattern()))


def _make_class(codec: str, values: range) -> str:
    return "[" + "".join(f"\\x{{{ord(character):x}}}" for character, byte in _table(codec).items() if byte in values) + "]"


def _repair_once(text: str) -> str | None:
    if text.startswith(_SPELT_MARK):
        rest = text.removeprefix(_SPELT_MARK)
        return _repair_once(rest) or rest
    if _INNOCENT.fullmatch(text):
        return None
    found: dict[str, float] = {}
    for codec in _MISTAKEN:
        table = _table(codec)
        try:
            repaired = bytes([table[character] for character in text]).decode("utf-8")
        except (KeyError, UnicodeDecodeError):
            continue
        # Loose accents (U+0300 to U+036F) are hardly ever written; in another encoding their bytes are ordinary letters encoded twice.
        if not _LOOSE_ACCENTS.search(repaired):
            found[repaired] = cost_of(repaired)[1]
    if not found:
        return None
    best, *others = sorted(found, key=lambda repaired: found[repaired])
    is_alone = not others or found[others[0]] - found[best] >= _MIN_LEAD
    return best if is_alone and cost_of(text)[1] - found[best] >= _MIN_GAIN else None


@cache
def _table(codec: str) -> dict[str, int]:
    """The byte of each character. Programs give the bytes that Windows leaves undefined to the control characters of their number."""
    table = {}
    for byte in range(256):
        try:
            table[bytes([byte]).decode(codec)] = byte
        except UnicodeDecodeError:
            table[chr(byte)] = byte
    if codec == "cp1252":
        table |= {chr(byte): byte for byte in range(0x80, 0xA0)}
    return table
