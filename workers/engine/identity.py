"""The id of a contact that an import creates: it follows from the import and the row alone, and rises with the row."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from uuid import UUID

import polars as pl

ROW_BITS = 40
# A whole byte more than the 34 bits that are kept.
_DIGEST_BYTES = 5
# The row's last four hexadecimal digits come out of a table; those before are the same for long stretches of rows.
_TABLE_SIZE = 1 << 16

# From the rows of an import to the ids of the contacts that they create.
MakeIds = Callable[[pl.Series], pl.Series]


def make_contact_id(import_id: UUID, row: int) -> UUID:
    """A version 8 UUID: the import's 48-bit timestamp, 34 bits that tell imports of one millisecond apart, 40 bits of the row."""
    return UUID(make_contact_ids(import_id)(pl.Series([row], dtype=pl.Int64))[0])


def make_contact_ids(import_id: UUID) -> MakeIds:
    """`make_contact_id` as texts for many rows of one import: the row is the last ten hexadecimal digits, all before is constant.

    Raises ValueError for a row that does not fit in 40 bits.
    """
    # A digest, and not some of the import id's own bits: a generator may count up in any of them within a millisecond.
    apart = int.from_bytes(blake2b(import_id.bytes, digest_size=_DIGEST_BYTES).digest()) >> (_DIGEST_BYTES * 8 - 34)
    timestamp = import_id.int >> 80
    high = (timestamp << 16) | (0x8 << 12) | (apart >> 22)
    low = (0b10 << 62) | ((apart & 0x3FFFFF) << ROW_BITS)
    prefix = str(UUID(int=(high << 64) | low))[:-10]

    def contact_ids(rows: pl.Series) -> pl.Series:
        if not rows.is_between(0, (1 << ROW_BITS) - 1).all():
            raise ValueError("A row number fits in 40 bits.")
        stretches = rows // _TABLE_SIZE
        beginnings = {stretch: f"{prefix}{stretch:06x}" for stretch in stretches.unique()}
        first = stretches.replace_strict(beginnings, return_dtype=pl.String)
        return pl.select(pl.concat_str(first, _last_digits().gather(rows % _TABLE_SIZE))).to_series().alias("id")

    return contact_ids


@cache
def _last_digits() -> pl.Series:
    return pl.Series([f"{number:04x}" for number in range(_TABLE_SIZE)])


def contact_id_range(import_id: UUID, first_row: int, last_row: int) -> tuple[UUID, UUID]:
    """The lowest and the highest id of the contacts that these rows can create."""
    return make_contact_id(import_id, first_row), make_contact_id(import_id, last_row)
