"""In which encoding a text is: decided on all of it, and with a confidence that is worth something."""

# ruff: noqa: RUF001 - the letters are meant.

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.encodings.made_texts import ENCODINGS, UNICODE, iter_samples
from tests.engine.encodings.measuring import DETECTORS, detect_here, list_misread
from tests.engine.reading import read_source
from workers.engine.frames import LEAST_CONFIDENCE, Decision, DialectOverrides
from workers.engine.readers.encoding import detect_encoding, require_encoding
from workers.engine.readers.text import iter_text

PLAIN = b"name,email\n" + b"Ada,ada@example.com\n" * 50


def detect(data: bytes) -> Decision:
    return detect_encoding(io.BytesIO(data))


def test_texts_never_seen_before_decode_identically_in_98_of_100_files_and_more_often_than_by_other_detectors() -> None:
    samples = list(iter_samples(sizes=(5, 60)))
    assert len({sample.encoding for sample in samples}) >= 60
    shares = {name: 1 - len(list_misread(samples, detector)) / len(samples) for name, detector in DETECTORS.items()}
    assert shares["Rolodock"] >= 0.98
    assert shares["Rolodock"] > max(shares["charset-normalizer alone"], shares["chardet alone"])


def test_unicode_is_never_misread() -> None:
    samples = [sample for sample in iter_samples(sizes=(5, 20)) if sample.encoding in UNICODE]
    assert list_misread(samples, detect_here) == []


def test_every_encoding_that_is_detected_can_be_chosen() -> None:
    for encoding in {name for names in ENCODINGS.values() for name in names} | set(UNICODE):
        assert require_encoding(encoding)
    for name in ("klingon", "base64", "idna", "unicode_escape", "utf-7", "", "a\0b"):
        with pytest.raises(InvalidRequest) as refusal:
            require_encoding(name)
        assert refusal.value.code == "unknown_encoding"


@pytest.mark.parametrize("name", ["Zoé", "Müller", "niño", "Renée O\u2019Brien", "it\u2019s", "5 °C", "10 \u2013 12", "São"])
def test_one_accent_in_a_file_is_no_question(name: str) -> None:
    decision = detect(PLAIN + name.encode("cp1252") + b",z@example.com\n")
    assert decision.value == "windows-1252"
    assert decision.confidence >= LEAST_CONFIDENCE
    assert decision.reason


@pytest.mark.parametrize("data", [b"\xd1", b"\xdf", b"\xe0", b"\xd0\xcf\xd3", bytes(range(128, 256))])
def test_bytes_that_mean_nothing_for_certain_are_a_question(data: bytes) -> None:
    decision = detect(PLAIN + data + b",z@example.com\n")
    assert decision.confidence < LEAST_CONFIDENCE
    assert decision.alternatives


def test_evidence_far_behind_the_beginning_counts() -> None:
    far = PLAIN * 3_000
    assert detect(far + "Łukasz Żółć,Gdańsk\n".encode("cp1250")).value == "cp1250"
    assert detect(far + "Иванов,Москва\n".encode("koi8-r")).value == "koi8-r"
    assert detect("Zoé,Orléans\n".encode("cp1252") + far + "山田太郎,東京都\n".encode("cp932") * 50).value == "cp932"


def test_an_encoding_that_leaves_bytes_undecoded_gives_way_to_one_that_decodes_all() -> None:
    # 0x81 has no meaning in Windows-1252; in the code page of DOS it is a letter.
    data = PLAIN + "Jürgen Köhler,Düsseldorf\nÜte,Äpfel\n".encode("cp850") * 3
    decision = detect(data)
    assert decision.value is not None
    assert data.decode(decision.value) == data.decode("cp850")


def test_the_wider_of_two_encodings_is_named() -> None:
    assert detect("Zoé,Orléans\n".encode("iso8859-1")).value == "windows-1252"
    assert detect("山田太郎,東京都\n".encode("shift_jis")).value == "cp932"
    assert detect("王小明,北京市人民路\n".encode("gb2312")).value == "gb18030"
    assert detect("김민수,서울 중앙로\n".encode("euc_kr")).value == "cp949"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ["名前,住所\r\n山田太郎,東京都中央区本町\r\n", "имя,город\r\nИванов,Москва\r\n", "a,b\r\n1,2\r\n"])
def test_unicode_without_a_mark_is_told_by_its_zeros_in_any_script(encoding: str, text: str) -> None:
    assert detect(text.encode(encoding) * 20).value == encoding


def test_zeros_in_bytes_make_no_utf16() -> None:
    assert detect(b"na\0me,email\n" + b"a,b\n" * 20).value == "utf-8"
    assert detect(b"a\0\0\0,b\0\0\0\n" * 20).value == "utf-8"


@pytest.mark.parametrize("encoding", ["iso2022_jp", "iso2022_kr", "hz"])
def test_ascii_that_spells_another_script_is_told_by_its_escapes(encoding: str) -> None:
    text = {"iso2022_jp": "山田,東京\n", "iso2022_kr": "김민수,서울\n", "hz": "王小明,北京\n"}[encoding]
    decision = detect(text.encode(encoding))
    assert decision.value is not None
    assert text.encode(encoding).decode(decision.value) == text
    assert detect(b"note,a\n\x1b[0m terminal colours,b\n~{ no Chinese,c\n").value == "utf-8"


def test_a_stream_is_rewound_and_reading_in_what_was_detected_loses_nothing() -> None:
    for sample in iter_samples(sizes=(5,)):
        stream = io.BytesIO(sample.data)
        decision = detect_encoding(stream)
        assert stream.tell() == 0
        assert decision.value is not None
        assert "\ufffd" not in "".join(iter_text(stream, decision.value))


@given(data=st.binary(max_size=400))
def test_any_bytes_get_an_encoding_that_can_be_chosen(data: bytes) -> None:
    decision = detect(data)
    assert decision.value is not None
    assert require_encoding(decision.value)
    assert 0 <= decision.confidence <= 1
    "".join(iter_text(io.BytesIO(data), decision.value)).encode("utf-8")


@given(data=st.data())
def test_a_damaged_file_is_still_read(data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(SMALL))
    damaged = bytearray(sample)
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, len(sample) - 1), st.integers(0, 255)), max_size=6)):
        damaged[place] = value
    decision = detect(bytes(damaged))
    assert decision.value is not None
    "".join(iter_text(io.BytesIO(bytes(damaged)), decision.value)).encode("utf-8")


SMALL = [sample.data for sample in iter_samples(sizes=(5,)) if sample.language in ("fr", "ru", "ja", "zh", "ko", "he")]


@pytest.mark.parametrize("chosen", ["utf-16", "utf-32"])
@pytest.mark.parametrize("order", ["-le", "-be", ""])
def test_a_chosen_unicode_encoding_is_read_in_either_byte_order_with_and_without_its_mark(chosen: str, order: str) -> None:
    data = "Name,Email\nJosé,a@example.com\n".encode(chosen + order)
    reading = read_source(data, overrides=DialectOverrides(encoding=chosen))
    assert (reading.headers, reading.rows) == (("Name", "Email"), [(2, ("José", "a@example.com"))])


@pytest.mark.parametrize("chosen", ["utf-16", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("format", [FileFormat.CSV, FileFormat.JSON, FileFormat.VCARD])
@pytest.mark.parametrize("data", [b"", b"a", b"Name,Email\nAnn,a@example.com\n", b"BEGIN:VCARD\nFN:Ann\nEND:VCARD\n", b'[{"a": 1}]'])
def test_a_wrong_choice_of_unicode_is_read_or_refused(chosen: str, format: FileFormat, data: bytes) -> None:
    try:
        reading = read_source(data, format=format, overrides=DialectOverrides(encoding=chosen))
    except UnreadableFile as error:
        assert error.code in ("empty_file", "invalid_json", "invalid_vcard")  # noqa: PT017  # either is right
    else:
        assert reading.inspection.dialect.encoding == chosen


def test_text_in_an_east_asian_script_without_zeros_is_little_endian() -> None:
    reading = read_source("氏名\t電話\n佐藤\t〇一二\n".encode("utf-16-le"), overrides=DialectOverrides(encoding="utf-16"))
    assert reading.headers == ("氏名", "電話")
