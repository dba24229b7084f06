"""In which order a column writes day and month: what all of its values prove, and what is to be asked where they prove nothing.

A value such as 31/12/1984 proves an order, 3/4/1984 does not. The few that contradict an otherwise clear column are odd rows, not doubts.
Where most values could be either, no country and no language decides for the person; they only say which order is suggested.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from models.vocabulary import ContactField, DateOrder
from workers.engine.edits import Edits, edit_frame
from workers.engine.frames import LEAST_CONFIDENCE, ROW, Decision

ASPECT = "date_order"

# An order is the column's although so small a share of the proofs speaks for the other one.
_STRAY_SHARE = 0.01
# Where so few of a column's values could be either, they are told row by row: one odd row must not stop a million good ones.
_ASKED_SHARE = 0.01

_NUMBERS = r"^\s*(?<first>[0-9]{1,2})[/-](?<second>[0-9]{1,2})[/-](?:[0-9]{4}|[0-9]{2})(?:[T\s]|$)"

# Where people write the month first (Unicode CLDR, short date formats), and where they write the year first, so that nothing follows.
_MONTH_FIRST = frozenset(["AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "UM", "US", "VI"])
_YEAR_FIRST = frozenset(["BT", "CA", "CN", "HU", "IR", "JP", "KP", "KR", "LT", "MN", "SE", "TW", "ZA"])
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_WORDS = {DateOrder.DAY_FIRST: "the day first", DateOrder.MONTH_FIRST: "the month first"}


@dataclass(frozen=True, slots=True)
class Proof:
    """How many values prove an order, or none, and the first of them."""

    count: int = 0
    row: int | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class DateFinding:
    """What one column tells: the proofs by order, the values that could be either, and how many cells are not blank."""

    header: str
    proofs: Mapping[DateOrder, Proof]
    either: Proof = Proof()
    filled: int = 0

    @property
    def order(self) -> DateOrder | None:
        """The order that is proven, if only one is."""
        day, month = self.proofs[DateOrder.DAY_FIRST].count, self.proofs[DateOrder.MONTH_FIRST].count
        if min(day, month) > _STRAY_SHARE * max(day, month) or day == month:
            return None
        return DateOrder.DAY_FIRST if day > month else DateOrder.MONTH_FIRST

    @property
    def is_open(self) -> bool:
        """Whether so much of the column depends on an order that is not proven that a person has to say it."""
        return self.order is None and self.either.count > 0 and self.either.count >= _ASKED_SHARE * self.filled


class DateEvidence:
    """What the date columns of a source tell about their order, gathered frame by frame while it is read, in any order.

    With edits, what is told is what the corrected cells tell.
    """

    def __init__(self, headers: Sequence[str], mapping: Mapping[str, str], edits: Edits | None = None) -> None:
        self._headers = headers
        self._edits = edits
        self._names = {header: f"c{index}" for index, header in enumerate(headers) if mapping.get(header) == ContactField.BIRTHDAY}
        self._findings = {header: DateFinding(header, {order: Proof() for order in DateOrder}) for header in self._names}

    @property
    def columns(self) -> list[str]:
        """The frame's columns that are looked at."""
        return list(self._names.values())

    def add(self, frame: pl.DataFrame) -> None:
        """Take in the values of a chunk's frame."""
        frame = frame if self._edits is None else edit_frame(frame, self._headers, self._edits)
        for header, name in self._names.items():
            values = frame.select(pl.col(ROW) if ROW in frame.columns else pl.lit(None, pl.Int64).alias(ROW), pl.col(name).alias("value"))
            filled = values.filter(pl.col("value").str.contains(r"\S"))
            numbers = filled.filter(pl.col("value").str.contains(_NUMBERS))
            parts = numbers.with_columns(numbers["value"].str.extract_groups(_NUMBERS).alias("parts")).unnest("parts")
            parts = parts.with_columns(pl.col("first", "second").cast(pl.Int16))
            can_be = {
                DateOrder.DAY_FIRST: pl.col("first").is_between(1, 31) & pl.col("second").is_between(1, 12),
                DateOrder.MONTH_FIRST: pl.col("second").is_between(1, 31) & pl.col("first").is_between(1, 12),
            }
            found = self._findings[header]
            is_either = can_be[DateOrder.DAY_FIRST] & can_be[DateOrder.MONTH_FIRST]
            proofs = {order: _more(found.proofs[order], parts.filter(possible & ~is_either)) for order, possible in can_be.items()}
            either = _more(found.either, parts.filter(is_either & (pl.col("first") != pl.col("second"))))
            self._findings[header] = replace(found, proofs=proofs, either=either, filled=found.filled + filled.height)

    def list_findings(self) -> list[DateFinding]:
        """What each date column tells, in the order of the columns."""
        return list(self._findings.values())

    def decide(self) -> dict[str, str | None]:
        """The order of each date column: the one that is proven, None where none is or both are."""
        return {header: finding.order for header, finding in self._findings.items()}


def _more(proof: Proof, proving: pl.DataFrame) -> Proof:
    if proving.is_empty():
        return proof
    row, value = proving.row(0)[:2]
    is_first = proof.count == 0 or (proof.row is not None and row is not None and row < proof.row)
    return Proof(proof.count + proving.height, row if is_first else proof.row, value.strip() if is_first else proof.value)


def decide_date_orders(
    frames: Iterable[pl.DataFrame], headers: Sequence[str], mapping: Mapping[str, str], said: str | None = None
) -> dict[str, str | None]:
    """The order of each date column, as a person said it, else by the evidence of all its values."""
    evidence = DateEvidence(headers, mapping)
    if said is not None:
        return dict.fromkeys(evidence.decide(), said)
    for frame in frames:
        evidence.add(frame)
    return evidence.decide()


def suggest_date_order(country: str | None) -> DateOrder | None:
    """The order in which the people of a country write; None where it is neither, or no country is known."""
    if country is None or country in _YEAR_FIRST:
        return None
    return DateOrder.MONTH_FIRST if country in _MONTH_FIRST else DateOrder.DAY_FIRST


def explain_date_order(finding: DateFinding, default_country: str | None) -> Decision | None:
    """The decision on a column's order, a question where it is open; None where no value depends on it."""
    order, proofs = finding.order, finding.proofs
    proven = [order for order in DateOrder if proofs[order].count]
    if order is not None:
        told = f"“{finding.header}” is written {_WORDS[order]}: {_show(proofs[order])} can be nothing else."
        strays = proofs[_other(order)]
        odd = (
            f" {strays.count:,} of {strays.count + proofs[order].count:,} say the contrary, first {_show(strays)}." if strays.count else ""
        )
        return Decision(ASPECT, order.name, 0.9 if strays.count else 0.99, told + odd, (_other(order).name,))
    either = finding.either
    if not either.count:
        return None
    count = f"{either.count:,} date{'s' if either.count > 1 else ''} in “{finding.header}” can be read both ways, "
    if proven:
        why = f"and the column proves both: {', '.join(f'{_show(proofs[each])} has {_WORDS[each]}' for each in proven)}."
    else:
        why = "and no other value tells."
    if not finding.is_open:
        return Decision(
            ASPECT,
            None,
            LEAST_CONFIDENCE,
            f"{count}such as {_show(either)}, {why} They are left out.",
            tuple(each.name for each in DateOrder),
        )
    suggested = None if proven else suggest_date_order(default_country)
    hint = f" In the default country, {default_country}, people write {_WORDS[suggested]}." if suggested is not None else ""
    others = tuple(each.name for each in DateOrder if each is not suggested)
    asked = f"Does {_show(either)} mean {_read_both_ways(either)}? "
    return Decision(ASPECT, suggested and suggested.name, 0.4 if suggested else 0.0, f"{asked}{count}{why}{hint}", others)


def _read_both_ways(either: Proof) -> str:
    """3/4/1984 -> 3 April or 4 March."""
    first, second = (int(number) for number in re.split("[/-]", either.value or "")[:2])
    return f"{first} {_MONTHS[second - 1]} or {second} {_MONTHS[first - 1]}"


def _other(order: DateOrder) -> DateOrder:
    return DateOrder.MONTH_FIRST if order is DateOrder.DAY_FIRST else DateOrder.DAY_FIRST


def _show(proof: Proof) -> str:
    return f"“{proof.value}”" if proof.row is None else f"“{proof.value}” in row {proof.row}"
