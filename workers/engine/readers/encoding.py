"""Which encoding a text is in: by its signature, else UTF-8 where all bytes say so, else the likeliest reading of those in question."""

import codecs
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from workers.engine.frames import LEAST_CONFIDENCE, Decision
from workers.engine.readers.encodings.evidence import Evidence, collect_evidence
from workers.engine.readers.encodings.likelihood import Reading, make_mixed_reading, make_readings, rank_readings
from workers.engine.readers.encodings.names import MULTIBYTE, RARITY, SHIFTED, require_encoding
from workers.engine.readers.encodings.odd_lines import decode_odd_line
from workers.engine.readers.encodings.signatures import detect_unicode_signature

__all__ = ["detect_encoding", "detect_fallback", "detect_unicode_signature", "require_encoding"]

DEFAULT_FALLBACK = "windows-1252"

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 65_536
_ALTERNATIVES = 4
_FALLBACKS = 6
# What is likelier than this is plausible enough to replace a likelier reading that leaves bytes undecoded.
_PLAUSIBLE = 0.01
_MIXED = "utf-8"
_MIXED_COST = 3.0
# Fewer lines of UTF-8 than this were encoded twice, or are so by chance: the file is in the other encoding.
_MIN_UNICODE_SHARE = 0.1
# Where bytes of the evidence remain undecoded in every reading, the file is damaged or in an encoding that we do not know.
_DAMAGED_CONFIDENCE = 0.8


def detect_encoding(stream: BinaryIO) -> Decision:
    """The encoding of the whole stream, which is read to its end and rewound."""
    stream.seek(0)
    try:
        return _detect(stream)
    finally:
        stream.seek(0)


def detect_fallback(stream: BinaryIO) -> str:
    """The encoding of those lines of a UTF-8 stream that are not UTF-8."""
    evidence = collect_evidence(stream)
    return _read_other(evidence)[0] if evidence.other else DEFAULT_FALLBACK


def _detect(stream: BinaryIO) -> Decision:
    if signed := detect_unicode_signature(stream.read(_HEAD_BYTES)):
        is_marked = not signed.endswith(("le", "be"))
        reason = "The file begins with a byte order mark." if is_marked else "Zero bytes stand at every other place, as in Unicode text."
        return _decide(signed, 1.0 if is_marked else 0.99, reason)
    stream.seek(0)
    is_valid, has_shifts = _scan_utf8(stream)
    if is_valid and has_shifts and (shifted := _detect_shifted(stream)):
        return _decide(shifted, 0.98, "ASCII bytes and escape sequences spell East Asian text.", ("utf-8",))
    if is_valid:
        return _decide("utf-8", 1.0, "The whole file is valid UTF-8.")
    return _detect_legacy(stream)


def _decide(encoding: str, confidence: float, reason: str, alternatives: Iterable[str] = ()) -> Decision:
    return Decision("encoding", encoding, round(confidence, 3), reason, tuple(alternatives))


def _scan_utf8(stream: BinaryIO) -> tuple[bool, bool]:
    """Whether all is UTF-8, and whether there are signs of an encoding that shifts between alphabets."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    has_shifts = False
    try:
        while block := stream.read(_BLOCK_BYTES):
            decoder.decode(block)
            has_shifts = has_shifts or b"\x1b" in block or (b"~" in block and b"~{" in block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, has_shifts
    return True, has_shifts


def _detect_shifted(stream: BinaryIO) -> str | None:
    stream.seek(0)
    data = stream.read(_BLOCK_BYTES)
    for encoding in SHIFTED:
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(data)
        except UnicodeDecodeError:
            continue
        east_asian = sum("\u3000" <= character <= "\ud7a3" for character in text)
        if east_asian and "\x1b" not in text and (encoding != "hz" or east_asian >= 2 * data.count(b"~{") / 2):
            return encoding
    return None


def _detect_legacy(stream: BinaryIO) -> Decision:
    evidence = collect_evidence(stream)
    if not evidence.other:
        return _decide("utf-8", 0.95, "The file is UTF-8 with a few damaged bytes.")
    readings = make_readings(_decode_all((*evidence.unicode, *evidence.other)), RARITY)
    if evidence.unicode_lines and evidence.unicode_lines >= _MIN_UNICODE_SHARE * evidence.other_lines:
        fallback, text = _read_other(evidence)
        readings.append(make_mixed_reading(b"\n".join(evidence.unicode).decode("utf-8"), text, _MIXED, _MIXED_COST))
        ranked = rank_readings(readings)
        if ranked[0].encodings[0] == _MIXED:
            reason = f"Lines are UTF-8, but {evidence.other_lines:,} are not: these are read as {fallback}, or are damaged."
            return _decide(_MIXED, ranked[0].probability, reason, _list_alternatives(ranked[1:]))
    return _choose(rank_readings([reading for reading in readings if reading.encodings[0] != _MIXED]), stream, evidence)


def _read_other(evidence: Evidence) -> tuple[str, str]:
    """The encoding of the cells that are not UTF-8, and their text without what is damaged under every encoding."""
    fallbacks = rank_readings(make_readings(_decode_all(evidence.other), RARITY))[:_FALLBACKS]
    texts = {name: "\n".join(_iter_other(evidence, name)) for name in (reading.encodings[0] for reading in fallbacks)}
    best = rank_readings(make_readings(texts, RARITY))[0]
    if best.probability >= LEAST_CONFIDENCE:
        return best.encodings[0], best.text
    return DEFAULT_FALLBACK, "\n".join(_iter_other(evidence, DEFAULT_FALLBACK))


def _iter_other(evidence: Evidence, fallback: str) -> Iterator[str]:
    for cell in evidence.other:
        text, is_odd = decode_odd_line(cell, fallback)
        yield text if is_odd else text.replace("\ufffd", "")


def _decode_all(cells: Iterable[bytes]) -> dict[str, str]:
    data = b"\n".join(cells)
    return {encoding: data.decode(encoding, "replace") for encoding in RARITY}


def _choose(readings: list[Reading], stream: BinaryIO, evidence: Evidence) -> Decision:
    """The likeliest reading that decodes every byte of the stream, if any plausible one does; else the likeliest."""
    for reading in readings:
        if reading.probability < _PLAUSIBLE and reading is not readings[0]:
            break
        for encoding in reading.encodings:
            if _decodes(encoding, stream, evidence):
                rest = (other for other in readings if other is not reading)
                return _decide(encoding, reading.probability, _explain(reading), _list_alternatives(rest))
    best = readings[0]
    reason = f"{_explain(best)} Some bytes have no meaning in it."
    return _decide(best.encodings[0], min(best.probability, _DAMAGED_CONFIDENCE), reason, _list_alternatives(readings[1:]))


def _explain(reading: Reading) -> str:
    return f"So read, the bytes beyond ASCII spell {reading.language} text."


def _list_alternatives(readings: Iterable[Reading]) -> tuple[str, ...]:
    return tuple(reading.encodings[0] for reading in readings)[:_ALTERNATIVES]


def _decodes(encoding: str, stream: BinaryIO, evidence: Evidence) -> bool:
    try:
        if encoding not in MULTIBYTE:
            evidence.byte_values.decode(encoding)
            return True
        decoder = codecs.getincrementaldecoder(encoding)()
        stream.seek(0)
        while block := stream.read(_BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
