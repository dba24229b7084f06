"""Which separators a text may have, judged by the characters in it. Which of them it has is for others to decide."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from workers.engine.frames import DialectOverrides
from workers.engine.readers.delimited.separators import DEFAULT_QUOTE, Separators

STANDARD = (",", ";", "\t", "|")
QUOTES = ('"', "'", "`", "")

_ESCAPE = "\\"
# Cells with line breaks make lines without delimiters.
_MIN_SHARE = 0.3
_MAX_LINES = 200
_MAX_LINE = 5_000
_MAX_SINGLE = 6
_MAX_LONG = 6
_LONGEST = 4
# Neither letters nor digits, nor what is common within values.
_NO_DELIMITERS = frozenset("\r\n\0\"'`\\.@-+/()_\ufdd0\ufffd")
_RUNS = re.compile(r"(?:[^\w\s\"'`\\.@+()/\0\ufdd0\ufffd]|\t| (?=[|;~^])|(?<=[|;~^]) ){2,24}")


def find_delimiters(parts: Sequence[list[str]], given: str | None) -> tuple[str, ...]:
    """The delimiters worth a trial, of one or several characters; the one that is given, alone."""
    if given is not None:
        return (given,)
    lines = [line.rstrip("\r\n")[:_MAX_LINE] for part in parts for line in part[:_MAX_LINES]]
    lines = [line for line in lines if any(map(str.isalnum, line))]
    single: Counter[str] = Counter()
    longer: Counter[str] = Counter()
    for line in lines:
        single.update({character for character in line if not (character.isalnum() or character in _NO_DELIMITERS)})
        longer.update({piece for run in _RUNS.findall(line) for piece in _pieces(run)})
    least = _MIN_SHARE * len(lines)
    usual = [sign for sign, count in single.most_common() if count >= least and sign not in STANDARD and _is_visible(sign)]
    long = sorted((piece for piece, count in longer.items() if count >= least), key=lambda piece: (-longer[piece], -len(piece)))
    return (*STANDARD, *usual[:_MAX_SINGLE], *long[:_MAX_LONG])


def find_candidates(parts: Sequence[list[str]], delimiter: str, overrides: DialectOverrides) -> Iterator[Separators]:
    """The combinations with this delimiter that are worth a trial."""
    lines = [line.rstrip("\r\n")[:_MAX_LINE] for part in parts for line in part[:_MAX_LINES]]
    quotes = [overrides.quote] if overrides.quote is not None else _find_quotes(lines, delimiter)
    for quote in quotes:
        if quote == delimiter:
            continue
        skip_space = _has_blanks_around_quotes(lines, delimiter, quote)
        yield Separators(delimiter, quote, overrides.escape or None, None, skip_space)
        escaped = tuple(f"{_ESCAPE}{sign}" for sign in (quote or DEFAULT_QUOTE, delimiter))
        if overrides.escape is None and any(piece in line for line in lines for piece in escaped):
            yield Separators(delimiter, quote, _ESCAPE, None, skip_space)


def _has_blanks_around_quotes(lines: Sequence[str], delimiter: str, quote: str) -> bool:
    """Whether quoted cells stand behind a delimiter and a blank, and rather so than without the blank."""
    if not quote or delimiter.isspace():
        return False
    enclosed = re.compile(
        f"(?<={re.escape(delimiter)} ) *{quote}[^{quote}]*(?:{quote}{quote}[^{quote}]*)*{quote} *(?={re.escape(delimiter)}|$)"
    )
    spaced = sum(len(enclosed.findall(line)) for line in lines if quote in line)
    return spaced > sum(line.count(delimiter + quote) for line in lines)


def _find_quotes(lines: Sequence[str], delimiter: str) -> list[str]:
    enclosed = {quote: 0 for quote in QUOTES if quote}
    for quote in enclosed:
        pattern = _enclosed(quote, delimiter)
        for line in lines:
            if quote in line:
                enclosed[quote] += len(pattern.findall(line))
    found = [quote for quote, count in enclosed.items() if count and quote != DEFAULT_QUOTE]
    if enclosed[DEFAULT_QUOTE]:
        return [DEFAULT_QUOTE, *(quote for quote in found if enclosed[quote] > enclosed[DEFAULT_QUOTE])]
    opened = sum(line.startswith(DEFAULT_QUOTE) + line.count(delimiter + DEFAULT_QUOTE) for line in lines)
    closing = re.compile(rf"{DEFAULT_QUOTE}[ \t]*(?:{re.escape(delimiter)}|$)")
    is_never_closed = opened > 1 and not any(closing.search(line) for line in lines if DEFAULT_QUOTE in line)
    return [DEFAULT_QUOTE, *found, *([""] if is_never_closed else [])]


def _enclosed(quote: str, delimiter: str) -> re.Pattern[str]:
    sign = re.escape(delimiter)
    return re.compile(f"(?:^|(?<={sign})) *{quote}[^{quote}]*(?:{quote}{quote}[^{quote}]*)*{quote} *(?={sign}|$)")


def _pieces(run: str) -> Iterator[str]:
    for length in range(2, _LONGEST + 1):
        for start in range(len(run) - length + 1):
            piece = run[start : start + length]
            if not piece.isspace() and "  " not in piece and (piece[0] == " ") == (piece[-1] == " "):
                yield piece


def _is_visible(character: str) -> bool:
    """Whether it can be a delimiter: one that is seen, a blank, or a control character that is made for it."""
    return character == " " or character in "\x01\x02\x1c\x1d\x1e\x1f\v\f" or (character.isprintable() and not character.isspace())
