"""Gathers from a whole stream the bytes that say which encoding it is in: cells that are not ASCII, and every byte value that occurs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

_BLOCK_BYTES = 1 << 20
_LINE_END_BYTES = 1 << 16
# Of a larger stream so many blocks are looked at, evenly spread.
_MAX_BLOCKS = 64
_MAX_EVIDENCE_BYTES = 12_288
_MIN_BLOCK_EVIDENCE_BYTES = 256
_MAX_CELL_BYTES = 2_048
_SPREAD_LINES = 300
_MANY_LINES = 20_000
_STEP_AMONG_MANY = 16
# None of these is the second byte of a character in any encoding.
_CELL_ENDS = re.compile(rb'[\t,;"]')
_ASCII = bytes(range(128))
# Of ten damaged bytes and a hundred good accents one concludes: UTF-8 with damage. Latin text hardly ever looks like UTF-8 by chance.
_GOOD_PER_DAMAGED = 3


@dataclass(slots=True)
class Evidence:
    """Distinct cells beyond ASCII, those that are UTF-8 and others; how many lines are UTF-8, if damaged, and how many are not."""

    unicode: dict[bytes, None] = field(default_factory=dict)
    other: dict[bytes, None] = field(default_factory=dict)
    unicode_lines: int = 0
    other_lines: int = 0
    byte_values: bytes = b""


def is_unicode_line(line: bytes) -> bool:
    """Whether a line is UTF-8, if with some damage."""
    text = line.decode("utf-8", "replace")
    damaged = text.count("\ufffd") - line.count(b"\xef\xbf\xbd")
    if damaged <= 0:
        return True
    good = len(text) - len(text.encode("ascii", "ignore")) - damaged
    return good >= _GOOD_PER_DAMAGED * damaged


def collect_evidence(stream: BinaryIO) -> Evidence:
    """The evidence of the whole stream, in time and memory that hardly depend on its size."""
    evidence = Evidence()
    size = stream.seek(0, 2)
    blocks = max(1, -(-size // _BLOCK_BYTES))
    stride = max(1, -(-blocks // _MAX_BLOCKS))
    quota = max(_MIN_BLOCK_EVIDENCE_BYTES, _MAX_EVIDENCE_BYTES * stride // blocks)
    stream.seek(0)
    for number, block in enumerate(_iter_blocks(stream)):
        if evidence.byte_values or not block.isascii():
            evidence.byte_values += bytes(set(block.translate(None, _ASCII + evidence.byte_values)))
        if number % stride == 0 and not block.isascii():
            _add_block(evidence, block, quota)
    return evidence


def _iter_blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Blocks that end with a line, unless lines are very long."""
    while block := stream.read(_BLOCK_BYTES):
        yield block + stream.readline(_LINE_END_BYTES)


def _add_block(evidence: Evidence, block: bytes, quota: int) -> None:
    room = {"unicode": quota, "other": quota}
    lines = [line for line in block.splitlines() if not line.isascii()]
    if _is_utf8(block):
        evidence.unicode_lines += len(lines)
        room["other"] = 0
    else:
        # Once so many lines are not UTF-8, some of the others are as good as all.
        weight = 1 if evidence.other_lines < _MANY_LINES else _STEP_AMONG_MANY
        lines = lines[::weight]
        for line in lines:
            if _is_utf8(line) or is_unicode_line(line):
                evidence.unicode_lines += weight
            else:
                evidence.other_lines += weight
    # Lines from everywhere in the block first, then those between.
    step = len(lines) // _SPREAD_LINES + 1
    for line in (*lines[::step], *lines):
        if max(room.values()) <= 0:
            break
        _add_cells(evidence, line, room)


def _add_cells(evidence: Evidence, line: bytes, room: dict[str, int]) -> None:
    for cell in _CELL_ENDS.split(line):
        if cell.isascii():
            continue
        cell = cell[:_MAX_CELL_BYTES]
        kind = "unicode" if _is_utf8(cell) else "other"
        cells = evidence.unicode if kind == "unicode" else evidence.other
        if room[kind] > 0 and cell not in cells:
            room[kind] -= len(cell)
            cells[cell] = None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
