"""Time of this machine, and ids that sort by it."""

import os
from datetime import UTC, datetime
from uuid import UUID

ID_TIMESTAMP_SHIFT = 80


def utc_now() -> datetime:
    """The present moment by this machine's clock, with its zone."""
    return datetime.now(UTC)


def new_id(now: datetime | None = None) -> UUID:
    """A UUID of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits."""
    milliseconds = int((now or utc_now()).timestamp() * 1000)
    random_bits = int.from_bytes(os.urandom(10))
    value = (milliseconds << ID_TIMESTAMP_SHIFT) | random_bits
    value = (value & ~(0xF << 76)) | (7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)


def time_of_id(made: UUID) -> datetime:
    """The moment at which an id of `new_id` was made, to the millisecond."""
    return datetime.fromtimestamp((made.int >> ID_TIMESTAMP_SHIFT) / 1000, UTC)
