"""Tables by which phone numbers are read character by character, a whole column at once: each row leads from a character to the next row.

The row that the last character leads to has the answer. Answers are the library's own, asked once for each class of digits that its
metadata cannot tell apart: two strings of one class are equally long and fit the same patterns behind the same prefixes, so that what the
library does with one it does with the other. Where it takes off more than fixed digits before a number, the answer is to ask it.
"""

from collections import Counter
from threading import Lock
from typing import TypeAlias

import numpy as np
import phonenumbers
from numpy.typing import NDArray
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from workers.engine.judging.digit_languages import EVERYTHING, NOTHING, Language, accepts, after, behind, unite
from workers.engine.judging.phone_rules import RegionRules, is_code_of_no_region, list_country_codes, read_rules, read_valid

Integers: TypeAlias = NDArray[np.int64]
Row: TypeAlias = int

# Classes of characters, after the ten digits: what may stand before a number, what only within, and the spaces that fill a column.
# OTHER is the highest, so that a text with one in it is found by its maximum.
OPENING, GAP, PLUS, PADDING, OTHER = 10, 11, 12, 13, 14
_CLASSES = 16

# Answers. From FIRST_VALID on they are valid numbers; below zero they stand for country codes whose rows are not built yet.
INVALID, ASK, COUNTRY_UNKNOWN, FIRST_VALID = 0, 1, 2, 3

# Building the rows of a region takes about as long as asking the library about this many numbers.
_WORTH_BUILDING = 200

# More digits are left to the library, with those that are dialled before a number; the value of so many fits 64 bits.
MOST_DIGITS = 18

# Fewer digits than this are a number nowhere, so naming a country would not help (ITU-T E.164, Annex A; the library's own minimum is 2).
FEWEST_DIGITS = 4


def parse_valid(text: str, region: str | None) -> PhoneNumber | None:
    """The number that the library finds valid; None if there is none."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


class PhoneTables:
    """The rows for the regions and country codes asked for so far. Several threads may use it: what was built stays as it is."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._table: Integers = np.zeros((4096, _CLASSES), dtype=np.int64)
        self._answers: Integers = np.zeros(4096, dtype=np.int64)
        self._row_count = 0
        self._rows: dict[tuple[int, tuple[Row, ...], Row | None], Row] = {}
        self._homes: dict[str | None, Row] = {}
        self._retried: set[str | None] = set()
        self._wanted: Counter[tuple[str, str | None]] = Counter()
        # By answer: the number is `bases` plus the last digits, as many as `moduli` leaves.
        self._numbers: dict[tuple[str, int], int] = {}
        self._bases: Integers = np.zeros(FIRST_VALID, dtype=np.int64)
        self._moduli: Integers = np.ones(FIRST_VALID, dtype=np.int64)
        self._codes = list(list_country_codes())
        self._doors: dict[str, list[tuple[Row, int]]] = {}
        self.asking = self._add_sink(ASK)
        self._dead = self._add_sink(INVALID)
        self._abroad = self._add_country_codes("", self.asking)
        self._abroad_without_plus = self._add_country_codes("", self._dead)
        # Where a text begins that is read with + for a leading 00, if it has one.
        self.zeros = self._add_zeros()

    def walk(self, characters: NDArray[np.uint8], starts: Integers) -> Integers:
        """The answers for texts given as classes, first characters first; `starts` are the rows to begin with."""
        table, place = self._table.ravel(), starts * _CLASSES
        for classes in characters:
            place = table.take(place + classes)
        return self._answers.take(place // _CLASSES)

    def spell(self, answers: Integers, digits: Integers) -> Integers:
        """The international numbers without +, given valid answers and the value of all digits of the texts."""
        return self._bases.take(answers) + digits % self._moduli.take(answers)

    def find_home(self, region: str | None, count: int) -> Row:
        """The row to begin with for so many numbers in a region (None: nowhere); `asking` until there were enough of them to build more."""
        if region not in self._homes:
            with self._lock:
                if region not in self._homes and self._is_worth_building(("home", region), count):
                    self._homes[region] = self._add_home(region)
        return self._homes.get(region, self.asking)

    def open_door(self, answer: int, count: int) -> bool:
        """Whether there are rows now for the country code that an answer below zero stands for, which so many numbers have."""
        code = self._codes[-1 - answer]
        with self._lock:
            if code in self._doors and self._is_worth_building(("abroad", code), count):
                first = self._add_abroad(code) * _CLASSES
                for row, digit in self._doors[code]:
                    self._table[row, digit] = first
                del self._doors[code]
            return code not in self._doors

    def retries(self, region: str | None) -> bool:
        """Whether a number that is none in the region is to be read once more from `zeros`; elsewhere the region's rows do so already."""
        return region in self._retried

    def _is_worth_building(self, key: tuple[str, str | None], count: int) -> bool:
        self._wanted[key] += count
        return self._wanted[key] >= _WORTH_BUILDING

    def _add_home(self, region: str | None) -> Row:
        rules = None if region is None else read_rules(region)
        if rules is not None:
            first = self._add_national(rules)
        elif region is None:
            first = self._add_sink(COUNTRY_UNKNOWN)
            for _ in range(FEWEST_DIGITS):
                first = self._add_row(INVALID, (first,) * 10)
        else:
            first = self._dead
        # Behind a word or a point, which the library skips, 00 is not read as +.
        behind_word = self._add_start(first)
        if rules is None or "00" not in rules.abroad.literals:
            first = self._lead_abroad_after_00(first, region)
        start = self._add_start(first)
        self._table[start, GAP] = behind_word * _CLASSES
        return start

    def _add_start(self, first: Row) -> Row:
        row = self._add_row(INVALID, self._rest(first), is_shared=False)
        self._table[row, PLUS] = self._abroad * _CLASSES
        return row

    def _add_zeros(self) -> Row:
        dead = self._dead
        second = self._add_row(INVALID, (self._abroad, *(dead,) * 9), gap=dead)
        row = self._add_row(INVALID, (second, *(dead,) * 9), is_shared=False)
        self._table[row, [GAP, PLUS]] = dead * _CLASSES
        return row

    def _add_national(self, rules: RegionRules) -> Row:
        """Numbers as they are dialled at home: also with the country code in front, where the library takes it off."""
        code = rules.country_code
        main = read_rules(list_country_codes()[code]) or rules
        own, others = rules.national, main.national
        stems = {"", *own.literals}
        coded = {code, *(code + prefix for prefix in (*own.literals, *others.literals))}
        coded |= {code + first + second for first in own.literals for second in others.literals}
        plain_abroad = [literal for literal in rules.abroad.literals if _leave(rules.abroad.intricate, literal) == NOTHING]
        intricate = unite(
            (
                own.intricate,
                rules.abroad.intricate,
                *(behind(literal, EVERYTHING) for literal in rules.abroad.literals),
                *(behind(code + prefix, prefixes.intricate) for prefix in ("", *own.literals) for prefixes in (own, others)),
            )
        )
        places = (*stems, *coded)
        general = tuple(behind(place, each.general) for place in places for each in {rules, main})
        # What is too long for the region loses a country code in front, also where nothing is left then that could be a number.
        general = (*general, behind(code, EVERYTHING))
        valid = tuple(behind(place, read_valid(code)) for place in places)
        first = self._grow(intricate, valid, general, "", rules.region, {})
        # Without + there is no second way for a country code that does not exist; 00 has one, since it is read as + too.
        target = self._abroad if "00" in plain_abroad else self._abroad_without_plus
        for literal in plain_abroad:
            first = self._redirect(first, literal, target)
        return first

    def _add_abroad(self, code: str) -> Row:
        """Numbers after + and their country code."""
        rules = read_rules(list_country_codes()[code])
        if rules is None:
            return self.asking
        places = ("", *rules.national.literals)
        general = tuple(behind(place, rules.general) for place in places)
        valid = tuple(behind(place, read_valid(code)) for place in places)
        return self._grow(rules.national.intricate, valid, general, "", f"+{code}", {})

    def _add_country_codes(self, start: str, unknown: Row) -> Row:
        """The row after + and some digits of a country code; `unknown`: the row where no code goes on so.

        Behind + the library has a way of its own there, and before a zero it does not take off what is dialled for +.
        """
        nexts: list[Row] = []
        for digit in "0123456789":
            code = start + digit
            if code in self._codes:
                nexts.append(self._add_sink(-1 - self._codes.index(code)))
            elif any(known.startswith(code) for known in self._codes):
                nexts.append(self._add_country_codes(code, unknown))
            else:
                nexts.append(self.asking if code == "0" or is_code_of_no_region(code) else unknown)
        row = self._add_row(INVALID, tuple(nexts), is_shared=False)
        for digit in "0123456789":
            if start + digit in self._codes:
                self._doors.setdefault(start + digit, []).append((row, int(digit)))
        return row

    def _lead_abroad_after_00(self, first: Row, region: str | None) -> Row:
        """Where 00 is not dialled for +, it still stands for it if nothing parts the zeros and it is no number at home."""
        after_0 = self._rest(first)[0]
        if after_0 == self._abroad:
            return first  # Where a single 0 is dialled for +, the library is asked about a second one.
        if region is not None and self._dead not in (first, self._rest(after_0)[0]):
            self._retried.add(region)
            return first
        changed = (self._abroad, *self._rest(after_0)[1:])
        return self._add_row(self._answer(first), (self._add_row(self._answer(after_0), changed, gap=after_0), *self._rest(first)[1:]))

    def _grow(
        self,
        intricate: Language,
        valid: tuple[Language, ...],
        general: tuple[Language, ...],
        digits: str,
        context: str,
        known: dict[tuple[object, ...], Row],
    ) -> Row:
        """The row after the digits, given what is left of the languages that decide. `context`: a region, or + with a country code."""
        if intricate == EVERYTHING or len(digits) > MOST_DIGITS:
            return self.asking
        if intricate == NOTHING and not any(valid):
            return self._dead
        key = (intricate, valid, general, len(digits))
        if key not in known:
            nexts = tuple(
                self._grow(
                    after(intricate)[digit],
                    tuple(after(language)[digit] for language in valid),
                    tuple(after(language)[digit] for language in general),
                    f"{digits}{digit}",
                    context,
                    known,
                )
                for digit in range(10)
            )
            answer = INVALID
            if accepts(intricate):
                answer = ASK
            elif any(map(accepts, valid)):
                answer = self._ask(digits, context)
            known[key] = self._add_row(answer, nexts)
        return known[key]

    def _ask(self, digits: str, context: str) -> int:
        """The library's answer on one string of digits, as the answer on all of its class."""
        is_abroad = context.startswith("+")
        number = parse_valid(context + digits, None) if is_abroad else parse_valid(digits, context)
        if number is None:
            return INVALID
        code = str(number.country_code)
        national = phonenumbers.format_number(number, PhoneNumberFormat.E164)[1 + len(code) :]
        if not digits.endswith(national):
            return ASK
        key = (code, len(national))
        if key not in self._numbers:
            self._numbers[key] = len(self._bases)
            self._bases = np.append(self._bases, int(code) * 10 ** len(national))
            self._moduli = np.append(self._moduli, 10 ** len(national))
        return self._numbers[key]

    def _add_sink(self, answer: int) -> Row:
        """A row that further digits do not leave."""
        row = self._add_row(answer, (0,) * 10, is_shared=False)
        self._table[row, :10] = row * _CLASSES
        if answer == ASK:
            self._table[row] = row * _CLASSES
        return row

    def _add_row(self, answer: int, rest: tuple[Row, ...], *, gap: Row | None = None, is_shared: bool = True) -> Row:
        """A row with its answer and the rows after each digit; `gap`: the row after a separator, if not the same."""
        key = (answer, rest, gap)
        if is_shared and key in self._rows:
            return self._rows[key]
        row = self._row_count
        if row == len(self._table):
            self._table, self._answers = np.concatenate([self._table] * 2), np.concatenate([self._answers] * 2)
        self._table[row] = row * _CLASSES
        self._table[row, :10] = np.multiply(rest, _CLASSES)
        if gap is not None:
            self._table[row, [OPENING, GAP]] = gap * _CLASSES
        # The first row of all is `asking`.
        self._table[row, [PLUS, OTHER]] = 0
        self._answers[row] = answer
        self._row_count += 1
        if is_shared:
            self._rows[key] = row
        return row

    def _redirect(self, row: Row, digits: str, target: Row) -> Row:
        """The row with another one at the end of the digits."""
        rest = list(self._rest(row))
        digit = int(digits[0])
        rest[digit] = self._redirect(rest[digit], digits[1:], target) if digits[1:] else target
        return self._add_row(self._answer(row), tuple(rest))

    def _rest(self, row: Row) -> tuple[Row, ...]:
        return tuple((self._table[row, :10] // _CLASSES).tolist())

    def _answer(self, row: Row) -> int:
        return int(self._answers[row])


def _leave(language: Language, digits: str) -> Language:
    for digit in digits:
        language = after(language)[int(digit)]
    return language


# Those of this process, made while the module is imported, when only one thread can be here: what is a number of one row or answer in these
# would be that of another in others.
TABLES = PhoneTables()
