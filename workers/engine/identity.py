"""The id of a contact that an import creates: it follows from the import and the row alone, and rises with the row."""

from collections.abc import Callable
from hashlib import blake2b
from uuid import UUID

ROW_BITS = 40
# A whole byte more than the 34 bits that are kept.
_DIGEST_BYTES = 5


def make_contact_id(import_id: UUID, row: int) -> UUID:
    """A version 8 UUID: the import's 48-bit timestamp, 34 bits that tell imports of one millisecond apart, 40 bits of the row."""
    return UUID(make_contact_ids(import_id)(row))


def make_contact_ids(import_id: UUID) -> Callable[[int], str]:
    """`make_contact_id` as text for many rows of one import: the row is the last ten hexadecimal digits, all before is constant."""
    # A digest, and not some of the import id's own bits: a generator may count up in any of them within a millisecond.
    apart = int.from_bytes(blake2b(import_id.bytes, digest_size=_DIGEST_BYTES).digest()) >> (_DIGEST_BYTES * 8 - 34)
    timestamp = import_id.int >> 80
    high = (timestamp << 16) | (0x8 << 12) | (apart >> 22)
    low = (0b10 << 62) | ((apart & 0x3FFFFF) << ROW_BITS)
    prefix = str(UUID(int=(high << 64) | low))[:-10]

    def contact_id(row: int) -> str:
        if not 0 <= row < 1 << ROW_BITS:
            raise ValueError("A row number fits in 40 bits.")
        return f"{prefix}{row:010x}"

    return contact_id
