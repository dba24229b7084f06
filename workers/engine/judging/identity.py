"""Who a row is: which of its match keys decides, whether it can be used, and what an unusable one means for the row.

Under IDENTITY the strongest match field with something in it decides (external id, then e-mail, then phone): if that value is unusable the
row fails, whatever weaker keys it has: they could find somebody else. Under ANY every key may find, so an unusable one is an error only
where no other is usable. A row with nothing in any match field fails with NO_MATCH_KEY.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from models.vocabulary import ContactField, MatchField, MatchMode

# The strongest first. PHONE reads the phone, else the mobile phone.
KEY_FIELDS: dict[MatchField, tuple[ContactField, ...]] = {
    MatchField.EXTERNAL_ID: (ContactField.EXTERNAL_ID,),
    MatchField.EMAIL: (ContactField.EMAIL,),
    MatchField.PHONE: (ContactField.PHONE, ContactField.MOBILE_PHONE),
}


@dataclass(frozen=True, slots=True)
class KeyColumns:
    """Of one match field, by row: whether its value can be used, and whether there is one that cannot."""

    is_usable: pl.Series
    is_unusable: pl.Series


@dataclass(frozen=True, slots=True)
class Identity:
    """By field: the rows that an unusable value of it fails. `has_no_key`: the rows that nothing identifies."""

    deciding: Mapping[str, pl.Series]
    has_no_key: pl.Series


def decide_identity(keys: Mapping[str, KeyColumns], match_fields: Sequence[MatchField], match_mode: MatchMode, row_count: int) -> Identity:
    """What each row's keys come to. `keys` are by contact field, for the key fields that are mapped."""
    nobody = pl.Series([False]).new_from_index(0, row_count)
    combined = {
        field: _combine([keys[name] for name in names if name in keys], nobody)
        for field, names in KEY_FIELDS.items()
        if field in match_fields
    }
    any_usable = _any([key.is_usable for key in combined.values()], nobody)
    any_unusable = _any([key.is_unusable for key in combined.values()], nobody)
    deciding: dict[str, pl.Series] = {}
    is_open = ~nobody
    for field, key in combined.items():
        fails = key.is_unusable & (is_open if match_mode is MatchMode.IDENTITY else ~any_usable)
        is_open = is_open & ~key.is_usable & ~key.is_unusable
        deciding.update(dict.fromkeys(KEY_FIELDS[field], fails))
    return Identity(deciding=deciding, has_no_key=~any_usable & ~any_unusable)


def _combine(columns: Sequence[KeyColumns], nobody: pl.Series) -> KeyColumns:
    """Several columns as one key: usable if one is; unusable if one is and none is usable."""
    is_usable = _any([column.is_usable for column in columns], nobody)
    return KeyColumns(is_usable=is_usable, is_unusable=_any([column.is_unusable for column in columns], nobody) & ~is_usable)


def _any(masks: Sequence[pl.Series], nobody: pl.Series) -> pl.Series:
    result = nobody
    for mask in masks:
        result = result | mask
    return result
