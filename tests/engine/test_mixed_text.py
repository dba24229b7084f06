"""A UTF-8 file in which some lines are in another encoding: they are read in that one, and reported by row."""

# ruff: noqa: RUF001 - the letters are meant.

import io
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import IssueCode
from workers.engine.readers.encoding import detect_encoding
from workers.engine.readers.text import MarkedText, iter_text
from workers.engine.readers.text_marks import ODD_MARK, mark_line, settle_marks
from workers.engine.records import Mark, Records

GOOD = "Zoé,Besançon\nJürgen,Köln\nŁukasz,Łódź\nСергей,Москва\n".encode()


def read(data: bytes, encoding: str = "utf-8") -> str:
    return "".join(iter_text(io.BytesIO(data), encoding))


def read_marked(data: bytes) -> tuple[str, bool]:
    text = MarkedText(io.BytesIO(data), "utf-8")
    return "".join(text), text.is_mixed


def test_a_line_in_another_encoding_is_read_in_that_one() -> None:
    data = GOOD + "José,Nîmes\n".encode("cp1252") + GOOD
    assert detect_encoding(io.BytesIO(data)).value == "utf-8"
    assert read(data) == GOOD.decode() + "José,Nîmes\n" + GOOD.decode()


def test_the_other_encoding_is_detected_from_the_lines_that_are_in_it() -> None:
    for encoding, text in (
        ("cp1251", "Наталья,Екатеринбург,перезвонить"),
        ("cp1250", "Jiří,Děčín,Šťastný"),
        ("gb18030", "王小明,北京市人民路"),
    ):
        data = GOOD * 5 + (text + "\n").encode(encoding) * 2
        assert detect_encoding(io.BytesIO(data)).value == "utf-8"
        assert read(data).endswith(f"{text}\n{text}\n")


def test_half_a_file_in_another_encoding_is_read_too() -> None:
    data = GOOD * 20 + "José,Nîmes\nAndré,Orléans\n".encode("cp1252") * 40
    assert read(data) == GOOD.decode() * 20 + "José,Nîmes\nAndré,Orléans\n" * 40


def test_a_line_made_of_parts_in_both_encodings_is_read_part_by_part() -> None:
    data = GOOD + "Zoé,".encode() + "Nîmes;Orléans\n".encode("cp1252")
    assert read(data).endswith("Zoé,Nîmes;Orléans\n")


def test_lines_are_marked_inside_a_cell_and_only_those() -> None:
    text, is_mixed = read_marked(GOOD + '"José ""Pepe""","x"\n'.encode("cp1252"))
    assert is_mixed
    assert text == GOOD.decode() + f'"José{ODD_MARK} ""Pepe""","x"\n'
    assert read_marked(GOOD) == (GOOD.decode(), False)


def test_a_character_that_was_cut_is_damage_and_no_letter_of_another_encoding() -> None:
    for cut in (b"Zo\xc3,x\n", b"a name so long that its field was cu\xc3,x\n", b"price 5 \xe2\x82,x\n", b"M\xc3ller,x\n", b"Zo\xc3"):
        text, is_mixed = read_marked(GOOD + cut)
        assert text == GOOD.decode() + cut.decode("utf-8", "replace")
        assert not is_mixed


def test_words_that_end_in_an_accent_are_no_cut_characters() -> None:
    for word in ("IRMÃ", "irmã", "café", "cité »"):
        text, is_mixed = read_marked(GOOD + f"{word},x\n".encode("cp1252"))
        assert is_mixed
        assert text.replace(ODD_MARK, "") == GOOD.decode() + f"{word},x\n"


def test_much_good_text_with_a_damaged_byte_stays_utf8() -> None:
    line = "préférée à côté de l'été\xff\n".encode("latin-1").decode("latin-1").encode().replace(b"\xc3\xbf", b"\xff")
    text, is_mixed = read_marked(GOOD + line)
    assert text.endswith("préférée à côté de l'été\ufffd\n")
    assert not is_mixed


def test_a_noncharacter_of_the_file_is_never_taken_for_a_mark() -> None:
    assert read(f"a{ODD_MARK}b\n".encode()) == f"a{ODD_MARK}b\n"
    text, is_mixed = read_marked("José\n".encode("cp1252") + f"é{ODD_MARK}b\n".encode() + GOOD)
    assert is_mixed
    assert text == f"José{ODD_MARK}\né\ufffdb\n" + GOOD.decode()


def test_marks_become_one_issue_a_row() -> None:
    cells: list[Sequence[str | None]] = [["a", "b"], ["é" + ODD_MARK, "ü" + ODD_MARK, None], ["x"]]
    settled = settle_marks(Records(7, cells, (Mark(8, IssueCode.STRAY_QUOTE, value="é" + ODD_MARK), Mark(9, IssueCode.STRAY_QUOTE))))
    assert [list(record) for record in settled.cells] == [["a", "b"], ["é", "ü", None], ["x"]]
    assert settled.marks == (
        Mark(8, IssueCode.STRAY_QUOTE, value="é"),
        Mark(8, IssueCode.MIXED_ENCODING, cell=0, value="é"),
        Mark(9, IssueCode.STRAY_QUOTE),
    )
    untouched = Records(1, [["a"]])
    assert settle_marks(untouched) is untouched


def test_a_mark_stands_behind_a_letter() -> None:
    assert mark_line('"\u00a7","é"') == f'"\u00a7","é{ODD_MARK}"'
    assert mark_line("5 \u20ac") == f"5 \u20ac{ODD_MARK}"
    assert mark_line("plain") == "plain"


def test_lines_across_the_borders_of_blocks_are_whole() -> None:
    for size in (65_530, 65_535, 65_536, 65_537, 131_071):
        filler = ("x" * 99 + "\n") * (size // 100) + "y" * (size % 100)
        data = filler.encode() + "Zoé José Nîmes\n".encode("cp1252") + GOOD
        assert read(data) == filler + "Zoé José Nîmes\n" + GOOD.decode()


def test_a_damaged_line_of_many_megabytes_is_read_in_pieces() -> None:
    data = GOOD + b"\xff" + b"x" * 3_000_000
    assert len(read(data)) == len(GOOD.decode()) + 3_000_001


@given(pieces=st.lists(st.sampled_from(["é", "a", ",", "\r", "\n", "日", "\U0001f600", '"']), max_size=40), size=st.integers(1, 7))
def test_valid_text_is_read_as_it_stands_whatever_the_blocks(pieces: list[str], size: int) -> None:
    class Slow(io.BytesIO):
        def read(self, _: int | None = -1, /) -> bytes:
            return super().read(size)

    text = "".join(pieces)
    blocks = list(iter_text(Slow(text.encode()), "utf-8"))
    assert "".join(blocks) == text
    assert not any(before.endswith("\r") and after.startswith("\n") for before, after in pairwise(blocks))


@given(lines=st.lists(st.tuples(st.sampled_from(["Zoé", "Müller", "Ana", "São Tomé", "niño"]), st.booleans()), min_size=1, max_size=30))
def test_every_line_reads_the_same_in_either_encoding(lines: list[tuple[str, bool]]) -> None:
    data = GOOD * 8 + b"".join(f"{name},x\n".encode("cp1252" if is_odd else "utf-8") for name, is_odd in lines)
    text, is_mixed = read_marked(data)
    assert text.replace(ODD_MARK, "") == GOOD.decode() * 8 + "".join(f"{name},x\n" for name, _ in lines)
    odd = [name for name, is_odd in lines if is_odd and not name.isascii()]
    assert text.count(ODD_MARK) == len(odd)
    assert is_mixed == bool(odd)


@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_without_a_mark_left(data: bytes) -> None:
    text = read(data + b"\xff\n")
    assert ODD_MARK not in text
    assert text.count("\n") == (data + b"\n").count(b"\n")
