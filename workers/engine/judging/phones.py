"""Phone numbers in E.164, as `phonenumbers` reads and validates them.

A number with + or 00 stands for itself. A national number belongs to the row's own country where the row names one, and is tried in the
default country where it is not a number there (a customer in France with a New York number): what the row says is better evidence than what
was set for all rows. E.164 has no extension: it is left out, and told. So is a remark behind a number, and a second number.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import phonenumbers
import polars as pl
from numpy.typing import NDArray
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from models.vocabulary import IssueCode
from workers.engine.judging.phone_spellings import (
    LONGEST_TEXT,
    MAY_BE_TWO,
    PARTED,
    cut_another,
    has_letters,
    is_in_capitals,
    list_before_remark,
    strip_words,
)
from workers.engine.judging.phone_tables import (
    ASK,
    COUNTRY_UNKNOWN,
    FEWEST_DIGITS,
    FIRST_VALID,
    GAP,
    INVALID,
    MOST_DIGITS,
    OPENING,
    OTHER,
    PADDING,
    PLUS,
    TABLES,
    Integers,
    parse_valid,
)
from workers.engine.judging.text import PLACEHOLDERS
from workers.engine.judging.verdict import Opinion

# What the tables read: "+33 (0)6 12 34 56 78" has 20 characters. Every character more costs time for all numbers of a chunk.
_LONGEST_COMMON = 24

_CLASSES = np.full(128, OTHER, dtype=np.uint8)
_CLASSES[np.frombuffer(b"0123456789", np.uint8)] = range(10)
_CLASSES[np.frombuffer(b" (", np.uint8)] = OPENING
_CLASSES[np.frombuffer(b").-/", np.uint8)] = GAP
_CLASSES[ord("+")] = PLUS
_CLASSES[0] = PADDING

# By two characters: what the digits before them are worth more for them, and what they are worth themselves.
_CLASS_COUNT = 16
_PAIRS = [[digit for digit in divmod(pair, _CLASS_COUNT) if digit < 10] for pair in range(_CLASS_COUNT**2)]
_PAIR_FACTORS = np.array([10 ** len(digits) for digits in _PAIRS], dtype=np.int64)
_PAIR_VALUES = np.array([int("".join(map(str, digits)) or "0") for digits in _PAIRS], dtype=np.int64)

# Numbers that are bought for what they spell.
_SPELLED_OUT = (PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN)

# What is said, by answer. Of what is asked the library tells; of what is valid there is something to tell of that stood behind, or nothing.
_EXTENDED, _REMARKED = FIRST_VALID + 1, FIRST_VALID + 2
_SAID = {
    INVALID: IssueCode.INVALID_PHONE.value,
    COUNTRY_UNKNOWN: IssueCode.PHONE_COUNTRY_UNKNOWN.value,
    _EXTENDED: IssueCode.PHONE_EXTENSION.value,
    _REMARKED: IssueCode.PHONE_REMARK.value,
}
_CODES = pl.Series([_SAID.get(answer) for answer in range(_REMARKED + 1)], dtype=pl.String)


def judge_phones(texts: pl.Series, countries: pl.Series | None, default_country: str | None) -> pl.DataFrame:
    """The verdict on cleaned texts. `countries` are the rows' own, normalised; null or "" where there is none."""
    own = pl.repeat("", len(texts), eager=True, dtype=pl.String) if countries is None else countries.fill_null("")
    characters = classify(texts)
    given = _blank(texts, characters)
    # Nothing that is left of a cleaned text reads as padding but where there is no text at all.
    is_absent = characters[0] == PADDING
    behind = read_spellings(characters, given)
    # With something behind it, it may be a number in the row's own country in another way.
    answers = read_answers(characters, own, default_country, may_be_elsewhere=behind == FIRST_VALID)
    # Letters behind what is no number may be those of a keypad, and what is none as a whole may be two.
    invalid = np.flatnonzero(answers == INVALID)
    answers[invalid[(behind[invalid] != FIRST_VALID) | _may_be_two(given.gather(invalid))]] = ASK
    is_valid = answers >= FIRST_VALID
    is_refused = ~(is_valid | is_absent)
    numbers = pl.Series("number", TABLES.spell(np.where(is_valid, answers, INVALID), _value(characters)))
    said = np.where(is_refused, answers, behind)
    frame = pl.DataFrame({"number": numbers, "is_valid": is_valid, "is_blank": given.str.len_bytes() == 0, "said": said})
    verdict = frame.select(
        value=pl.when("is_valid").then("+" + pl.col("number").cast(pl.String)).when("is_blank").then(pl.lit("")),
        code=pl.lit(_CODES).gather("said"),
        suggestion=pl.lit(None, pl.String),
    )
    asked = np.flatnonzero(is_refused & (answers == ASK))
    return _ask_library(verdict, given, own, default_country, asked) if len(asked) else verdict


def _blank(texts: pl.Series, characters: NDArray[np.uint8]) -> pl.Series:
    """The texts, "" for each that only stands for nothing; its characters are padding then. What has a digit stands for something."""
    odd = np.flatnonzero(~(characters < 10).any(axis=0) & (characters[0] != PADDING))
    if not len(odd):
        return texts
    stands_for_nothing = texts.gather(odd).str.contains(PLACEHOLDERS).to_numpy()
    blanked = odd[stands_for_nothing]
    characters[:, blanked] = PADDING
    return texts.clone().scatter(blanked, "") if len(blanked) else texts


def _may_be_two(texts: pl.Series) -> NDArray[np.bool_]:
    """Whether there may be two numbers in each text; what parts two is looked for first, which costs less."""
    places = texts.str.contains(PARTED).fill_null(False).arg_true()
    answers = np.zeros(len(texts), dtype=np.bool_)
    answers[places.to_numpy()] = texts.gather(places).str.contains(MAY_BE_TWO).to_numpy()
    return answers


def classify(texts: pl.Series, width: int | None = None) -> NDArray[np.uint8]:
    """The texts' characters as classes, one text a column; OTHER in place of what the tables cannot read."""
    length = pl.col("text").str.len_bytes()
    longest = texts.str.len_bytes().max()
    if width is None:
        width = min(longest, _LONGEST_COMMON) if isinstance(longest, int) and longest > 0 else 1
    is_short = ((length <= width) & (length == pl.col("text").str.len_chars())).fill_null(True)
    padded = pl.when(is_short).then("text").otherwise(pl.lit("?")).fill_null("").str.pad_end(width, "\0")
    joined: str = texts.alias("text").to_frame().select(padded.str.join("")).item()
    return _CLASSES.take(np.frombuffer(joined.encode("ascii"), dtype=np.uint8)).reshape(len(texts), width).T.copy()


def read_spellings(characters: NDArray[np.uint8], texts: pl.Series) -> Integers:
    """Put the classes of the number alone in place of a text that the tables cannot read; what is to be said of each if it is valid."""
    behind = np.full(len(texts), FIRST_VALID, dtype=np.int64)
    odd = np.flatnonzero(characters.max(axis=0) == OTHER)
    if len(odd):
        spelled = strip_words(texts.gather(odd))
        is_read = spelled.numbers.is_not_null().to_numpy()
        characters[:, odd[is_read]] = classify(spelled.numbers.drop_nulls(), len(characters))
        behind[odd[is_read & spelled.has_extension.to_numpy()]] = _EXTENDED
        behind[odd[is_read & spelled.has_remark.to_numpy()]] = _REMARKED
    return behind


def _value(characters: NDArray[np.uint8]) -> Integers:
    """The value of all digits of each text."""
    value = np.zeros(characters.shape[1], dtype=np.int64)
    if len(characters) % 2:
        characters = np.append(characters, np.full((1, characters.shape[1]), PADDING, dtype=np.uint8), axis=0)
    for pair in characters[::2] * np.uint8(_CLASS_COUNT) + characters[1::2]:
        value *= _PAIR_FACTORS.take(pair)
        value += _PAIR_VALUES.take(pair)
    return value


def read_answers(
    characters: NDArray[np.uint8], own: pl.Series, default_country: str | None, may_be_elsewhere: NDArray[np.bool_] | None = None
) -> Integers:
    """The tables' answers: in the row's own country, then in the default one, there only where a number may be elsewhere (None: any)."""
    names: list[str] = own.unique().to_list()
    index = own.cast(pl.Enum(names)).to_physical().to_numpy()
    answers = _read_at_home(characters, [name or default_country for name in names], index)
    is_elsewhere = np.array([name not in ("", default_country) for name in names])
    if default_country is not None and is_elsewhere.any():
        is_retried = (answers == INVALID) & is_elsewhere.take(index)
        retried = np.flatnonzero(is_retried if may_be_elsewhere is None else is_retried & may_be_elsewhere)
        if len(retried):
            answers[retried] = _read_at_home(characters[:, retried], [default_country], np.zeros(len(retried), dtype=np.int64))
    if len(characters) > MOST_DIGITS:
        answers[np.add.reduce(characters < 10, axis=0, dtype=np.uint8) > MOST_DIGITS] = ASK
    return answers


def _read_at_home(characters: NDArray[np.uint8], regions: Sequence[str | None], index: NDArray[np.integer[Any]]) -> Integers:
    """The tables' answers in the region that the index of each text names."""
    counts = np.bincount(index, minlength=len(regions)).tolist()
    starts = [TABLES.find_home(region, count) for region, count in zip(regions, counts, strict=True)]
    answers = _walk(characters, np.array(starts, dtype=np.int64).take(index))
    retries = np.array([TABLES.retries(region) for region in regions])
    if retries.any():
        retried = np.flatnonzero((answers == INVALID) & retries.take(index))
        answers[retried] = _walk(characters[:, retried], np.full(len(retried), TABLES.zeros, dtype=np.int64))
    if None in regions:
        # A number of no country needs one, even with + behind a word; the tables say so of digits only.
        is_of_none = np.array([region is None for region in regions])
        doubtful = np.flatnonzero((answers == INVALID) & is_of_none.take(index) & (characters[0] != PLUS))
        answers[doubtful[(characters[:, doubtful] == PLUS).any(axis=0)]] = ASK
    return answers


def _walk(characters: NDArray[np.uint8], starts: Integers) -> Integers:
    """The tables' answers, with the rows of country codes built as they come up."""
    answers = TABLES.walk(characters, starts)
    waiting = np.flatnonzero(answers < 0)
    if len(waiting):
        codes, counts = np.unique(answers.take(waiting), return_counts=True)
        is_open = [TABLES.open_door(code, count) for code, count in zip(codes.tolist(), counts.tolist(), strict=True)]
        answers[np.isin(answers, codes[~np.array(is_open)])] = ASK
        waiting = np.flatnonzero(answers < 0)
        answers[waiting] = TABLES.walk(characters[:, waiting], starts.take(waiting))
    return answers


def _ask_library(
    verdict: pl.DataFrame, texts: pl.Series, own: pl.Series, default_country: str | None, rows: NDArray[np.intp]
) -> pl.DataFrame:
    """The verdict with the library's opinion on some rows."""
    pairs = list(zip(texts.gather(rows).to_list(), own.gather(rows).to_list(), strict=True))
    known = {(text, country): parse_phone(text, country or None, default_country) for text, country in set(pairs)}
    opinions = [known[pair] for pair in pairs]
    return verdict.with_columns(
        value=verdict["value"].scatter(rows, pl.Series([opinion.value for opinion in opinions], dtype=pl.String)),
        code=verdict["code"].scatter(rows, pl.Series([opinion.code for opinion in opinions], dtype=pl.String)),
    )


def parse_phone(text: str, country: str | None, default_country: str | None) -> Opinion:
    """The reference: what the library says of a text, without a remark or a second number, in the row's country first."""
    if text == "":
        return Opinion(value="")
    regions = tuple(dict.fromkeys((country or default_country, default_country)))
    for region in regions:
        opinion = _read_in(region, text)
        if opinion is not None:
            return opinion
    first = cut_another(text)
    if first is not None:
        for region in regions:
            number = _find_number(first, region)
            if number is not None:
                return Opinion(value=_spell(number), code=IssueCode.PHONE_REMARK)
    needs_country = country is None and default_country is None and not _with_plus(text).startswith(("+", "\N{FULLWIDTH PLUS SIGN}"))
    if needs_country and sum(char.isdecimal() for char in text) >= FEWEST_DIGITS:
        return Opinion(code=IssueCode.PHONE_COUNTRY_UNKNOWN)
    return Opinion(code=IssueCode.INVALID_PHONE)


def _read_in(region: str | None, text: str) -> Opinion | None:
    """What a text says as a number of a region, if it is one: with an extension, before a remark, or as a whole."""
    whole = _find_number(text, region)
    numbers = filter(None, (_find_number(before, region) for before in list_before_remark(text)))
    likeliest = next(numbers, None)
    if whole is not None and whole.extension and (likeliest is None or _spell(whole) in map(_spell, (likeliest, *numbers))):
        return Opinion(value=_spell(whole), code=IssueCode.PHONE_EXTENSION)
    is_spelled_out = whole is not None and is_in_capitals(text) and phonenumbers.number_type(whole) in _SPELLED_OUT
    if likeliest is not None and not is_spelled_out:
        return Opinion(value=_spell(likeliest), code=IssueCode.PHONE_REMARK)
    if whole is None:
        return None
    return Opinion(value=_spell(whole), code=IssueCode.PHONE_LETTERS if has_letters(text) else None)


def _find_number(text: str, region: str | None) -> PhoneNumber | None:
    if len(text) > LONGEST_TEXT:
        return None
    for spelling in dict.fromkeys((text, _with_plus(text))):
        number = parse_valid(spelling, region)
        if number is not None:
            return number
    return None


def _spell(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _with_plus(text: str) -> str:
    """The text with + for a leading 00, which most of the world dials for it; the library knows 00 only where the region dials it."""
    bare = text.lstrip("( ")
    return "+" + bare[2:] if bare.startswith("00") else bare
