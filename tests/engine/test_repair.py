"""Text that was encoded twice is restored where that is provable, and nothing else is touched."""

from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.encodings.made_texts import HELD_OUT, KNOWN, Language, read_languages
from workers.engine.readers.repair import repair_column, repair_text


def iter_words(language: Language) -> Iterator[str]:
    for texts in (language.header, language.given_names, language.family_names, language.streets, language.cities, language.notes):
        yield from texts
        yield from (text.upper() for text in texts)


LANGUAGES = [*read_languages(KNOWN).values(), *read_languages(HELD_OUT).values()]
WORDS = [word for language in LANGUAGES for word in iter_words(language)]
BEYOND_ASCII = [word for word in WORDS if not word.isascii()]


def misread(text: str, encoding: str = "cp1252") -> str:
    """What a program makes of UTF-8 that it takes for another encoding; undefined bytes become control characters, as on Windows."""
    return "".join(bytes([byte]).decode(encoding, "surrogateescape") if is_defined(byte, encoding) else chr(byte) for byte in text.encode())


def is_defined(byte: int, encoding: str) -> bool:
    try:
        bytes([byte]).decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def test_words_of_many_languages_are_left_alone() -> None:
    assert [word for word in WORDS if repair_text(word) is not None] == []


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), separator=st.sampled_from([" ", ", ", "\u00a0", "/", ""]))
def test_words_side_by_side_are_left_alone(words: list[str], separator: str) -> None:
    assert repair_text(separator.join(words)) is None


# Misread as Mac Roman only Western letters are looked for, and as Cyrillic, where nearly every letter could begin one, two such on end.
@pytest.mark.parametrize(("encoding", "left_alone"), [("cp1252", 0.02), ("latin-1", 0.02), ("mac-roman", 0.17), ("cp1251", 0.78)])
def test_words_of_many_languages_are_restored_or_left_and_never_made_another_word(encoding: str, left_alone: float) -> None:
    repaired = [(word, repair_text(misread(word, encoding))) for word in BEYOND_ASCII]
    assert [pair for pair in repaired if pair[1] not in (None, pair[0])] == []
    assert sum(result is None for _, result in repaired) <= left_alone * len(repaired)


@given(words=st.lists(st.sampled_from(BEYOND_ASCII), min_size=2, max_size=5))
def test_what_was_encoded_twice_is_restored_or_left_and_thrice_never_made_worse(words: list[str]) -> None:
    text = " ".join(words)
    assert repair_text(misread(text)) in (text, None)
    # Some texts look, half-way back, like nothing that was encoded: then no more is proven.
    assert repair_text(misread(misread(text))) in (text, misread(text), None)


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("JosÃ© GarcÃ\u00ada", "José García"),
        ("\u00efÂ»Â¿Name".replace("Â", ""), "Name"),
        ("it\u00e2\u20ac\u2122s", "it\u2019s"),
        ("20Â°C", "20°C"),
        ("ÃœLKER", "ÜLKER"),
        ("ÃƒÂ©tÃƒÂ©", "été"),
        ("Jos\u221a\u00a9", "José"),
        ("Jos\u251c\u00ae", "José"),
    ],
)
def test_common_cases_are_restored(text: str, restored: str) -> None:
    assert repair_text(text) == restored


@pytest.mark.parametrize(
    "text",
    ["SÃO", "Â", "Ã", "œuvre", "IRMÃ\u00a0X", "café\u00a0»", "«\u00a0café\u00a0»", "José GarcÃ\u00ada", "Äžgür", "l\u2019été", "1ª"],
)
def test_what_proves_nothing_is_left_alone(text: str) -> None:
    assert repair_text(text) is None


def test_a_column_is_restored_row_by_row() -> None:
    column = pl.Series("c0", ["Zoé", None, "JosÃ©", "", "JosÃ©", "SÃO"])
    outcome = repair_column(column)
    assert outcome is not None
    repaired, rows = outcome
    assert repaired.to_list() == ["Zoé", None, "José", "", "José", "SÃO"]
    assert repaired.name == "c0"
    assert rows.to_list() == [False, False, True, False, True, False]
    assert repair_column(pl.Series("c0", ["Zoé", None, "SÃO", "Ã"])) is None
    assert repair_column(pl.Series("c0", [], dtype=pl.String)) is None
    assert repair_column(pl.Series("c0", [None, None], dtype=pl.String)) is None


@given(texts=st.lists(st.one_of(st.none(), st.sampled_from(WORDS), st.sampled_from(BEYOND_ASCII).map(misread)), max_size=12))
def test_a_column_says_the_same_as_its_texts(texts: list[str | None]) -> None:
    expected = [text if text is None else repair_text(text) or text for text in texts]
    outcome = repair_column(pl.Series("c0", texts, dtype=pl.String))
    assert (texts if outcome is None else outcome[0].to_list()) == expected
    if outcome is not None:
        assert outcome[1].to_list() == [after != before for before, after in zip(texts, expected, strict=True)]


@given(text=st.text(max_size=60))
def test_any_text_is_safe(text: str) -> None:
    repaired = repair_text(text)
    assert repaired is None or repaired != text
