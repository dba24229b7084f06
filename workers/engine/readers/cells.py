"""Puts single cells right where that is provable, column by column, and reports what is lost in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from models.vocabulary import IssueCode
from workers.engine.frames import ROW, Issue, ReaderLimits
from workers.engine.readers.issues import make_issue
from workers.engine.readers.kinds import ColumnKind, Kind
from workers.engine.readers.repair import repair_column
from workers.engine.records import MAX_SHOWN_CHARACTERS

_REPLACEMENT = "\ufffd"
_BETWEEN = "\n"
# A long whole number as spreadsheets write it; what is a decimal in its own right (1.2E-5, 6.02E+23) is not meant.
_SCIENTIFIC = r"^\s*(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})\s*$"
_LEAST_DIGITS = 7
_MOST_DIGITS = 20
_LONG_DIGITS = r"^\s*\+?\d{7,20}\s*$"
# A text protected from Excel: ="00123", or an apostrophe before digits.
_PROTECTION = ('="', "'")
_PROTECTED_KINDS = frozenset({Kind.TEXT, Kind.WORDS, Kind.CHOICE})
_NUMERIC_KINDS = frozenset({Kind.TEXT, Kind.NUMBER, Kind.PHONE, Kind.POSTAL_CODE, Kind.CHOICE})
# What spreadsheets write in place of a value (ECMA-376, part 1, 18.17.3).
_ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!")
_PROTECTED = r'^(?s:="((?:[^"]|"")*)"|\'(\+?\d+))$'


def check_cells(
    frame: pl.DataFrame, headers: tuple[str, ...], limits: ReaderLimits, kinds: Sequence[ColumnKind]
) -> tuple[pl.DataFrame, list[Issue]]:
    """The frame with its cells put right, null for each that cannot be used, and what was wrong with them.

    `kinds` are those of the columns of delimited text, of which a spreadsheet may have made something else; none: it is no such text.
    """
    issues: list[Issue] = []
    changed: list[pl.Series] = []
    if frame.is_empty():
        return frame, issues
    looks = _look_at(frame)
    for index, (header, look) in enumerate(zip(headers, looks, strict=True)):
        original = frame[f"c{index}"]
        kind = kinds[index].kind if index < len(kinds) else None
        text, found = _check_column(frame, original, look, header, limits, kind)
        issues += found
        if text is not original:
            changed.append(text.alias(original.name))
    return (frame.with_columns(changed) if changed else frame), issues


@dataclass(frozen=True, slots=True)
class _Look:
    """What there may be in the cells of a column; `size` is that of all of them together, in characters."""

    size: int
    is_ascii: bool
    has_error: bool
    has_protected: bool
    has_replacement: bool
    has_power: bool


def _look_at(frame: pl.DataFrame) -> Iterator[_Look]:
    """One look at each column as one text tells what cannot be in it, several times faster than looks at its cells."""
    whole = pl.first().str
    has_protected = pl.lit(False)
    for sign in _PROTECTION:
        has_protected |= whole.starts_with(sign) | whole.contains(_BETWEEN + sign, literal=True)
    looks = (
        whole.len_chars().alias("size"),
        (whole.len_chars() == whole.len_bytes()).alias("ascii"),
        whole.contains("#", literal=True).alias("error"),
        has_protected.alias("protected"),
        whole.contains(_REPLACEMENT, literal=True).alias("replacement"),
        whole.contains("E+", literal=True).alias("power"),
    )
    # One after the other, so that no two columns are held as such a text at a time.
    wholes = (frame.lazy().select(pl.col(name).str.join(_BETWEEN)) for name in frame.columns if name != ROW)
    return (_Look(*whole.select(*looks).collect().row(0)) for whole in wholes)


def _check_column(
    frame: pl.DataFrame, text: pl.Series, look: _Look, header: str, limits: ReaderLimits, kind: Kind | None
) -> tuple[pl.Series, list[Issue]]:
    """The column put right, and what was wrong with it."""
    issues: list[Issue] = []
    if look.size > limits.max_cell_characters:
        is_large = (text.str.len_chars() > limits.max_cell_characters).fill_null(False)
        if is_large.any():
            issues += _report(frame, text, is_large, IssueCode.CELL_TOO_LARGE, header, limits)
            text = _blank(text, is_large)
    if kind is not None and look.has_error:
        is_error = text.is_in(_ERRORS).fill_null(False)
        if is_error.any():
            issues += _report(frame, text, is_error, IssueCode.CELL_ERROR, header, limits)
            text = _blank(text, is_error)
    if kind in _PROTECTED_KINDS and look.has_protected:
        text = _unprotect(text)
    # Nothing in plain ASCII was encoded twice or damaged.
    if not look.is_ascii:
        repaired = repair_column(text)
        if repaired is not None:
            issues += _report(frame, text, repaired[1], IssueCode.TEXT_REPAIRED, header, limits)
            text = repaired[0]
        if repaired is not None or look.has_replacement:
            is_damaged = text.str.contains(_REPLACEMENT, literal=True)
            issues += _report(frame, text, is_damaged, IssueCode.UNDECODABLE_TEXT, header, limits)
    if kind in _NUMERIC_KINDS and look.has_power:
        before = text
        text, is_rounded = _restore_numbers(text)
        issues += _report(frame, before, is_rounded, IssueCode.NUMBER_ROUNDED, header, limits)
    return text, issues


def _unprotect(text: pl.Series) -> pl.Series:
    is_protected = (text.str.starts_with(_PROTECTION[0]) | text.str.starts_with(_PROTECTION[1])).fill_null(False)
    if not is_protected.any():
        return text
    groups = text.str.extract_groups(_PROTECTED)
    inner = groups.struct.field("1").str.replace_all('""', '"', literal=True)
    digits = groups.struct.field("2")
    return pl.select(pl.coalesce(inner, digits, text)).to_series()


def _restore_numbers(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The numbers in digits where all digits are there, null where some were lost; and where."""
    is_lost = pl.repeat(False, len(text), dtype=pl.Boolean, eager=True)
    groups = text.str.extract_groups(_SCIENTIFIC)
    if groups.struct.field("1").null_count() == len(text):
        return text, is_lost
    head, rest = groups.struct.field("1"), groups.struct.field("2").fill_null("")
    power = groups.struct.field("3").cast(pl.Int64)
    is_whole = ((power >= _LEAST_DIGITS - 1) & (power < _MOST_DIGITS)).fill_null(False)
    others = text.filter(groups.struct.field("1").is_null() & (text != "").fill_null(False))
    # Beside real decimals such a text is one of them; beside digits, or alone, it was a phone number or an id.
    if len(others) and others.str.contains(_LONG_DIGITS).mean() < 0.5:  # type: ignore[operator]  # a mean of Booleans is a float
        return text, is_lost
    is_exact = is_whole & (rest.str.len_chars().cast(pl.Int64) == power)
    is_lost = is_whole & (rest.str.len_chars().cast(pl.Int64) < power)
    exact = pl.select(pl.when(is_exact).then(pl.concat_str(head, rest)).when(is_lost).then(None).otherwise(text)).to_series()
    return exact, is_lost


def _blank(text: pl.Series, where: pl.Series) -> pl.Series:
    return pl.select(pl.when(where).then(None).otherwise(text)).to_series()


def _report(frame: pl.DataFrame, text: pl.Series, where: pl.Series, code: IssueCode, header: str, limits: ReaderLimits) -> Iterator[Issue]:
    odd = pl.DataFrame([frame[ROW], text.str.slice(0, MAX_SHOWN_CHARACTERS).alias("text")]).filter(where)
    for row, value in odd.iter_rows():
        yield make_issue(row, code, column=header, value=value, limit=limits.max_cell_characters)
