"""Tells lines around a table, and somebody's row, from each other: the titles above it, the remarks below it."""

import re
from collections.abc import Container, Sequence

from workers.engine.readers.footers import Saying, filled_cells, has_figure, read_saying, reads_as_title
from workers.engine.readers.kinds import Kind, Record, find_loud_kind, fold_cell, is_of
from workers.engine.readers.layout import Survey, fold_names
from workers.engine.readers.other_tables import extent
from workers.engine.records import is_blank

# A narrower table may have a value that stands alone in its row.
_LEAST_WIDTH = 3
_MAX_REMARK = 500
_EMAIL = re.compile(r"[^\s@]@[^\s@]+\.[^\s@.]")
_DIGITS = re.compile(r"\d(?:[\s().\-/\u00a0\u202f]{0,3}\d){6,}")
_TIMES = re.compile(
    r"\b(?:19|20)\d\d\s?[-\N{EN DASH}/]\s?(?:19|20)\d\d\b|\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b(?:T?\s?\d{1,2}:\d\d(?::\d\d)?)?"
    r"|\b\d{1,2}:\d\d(?::\d\d)?\b"
)
_SUMS = """
amount amounts balance budget cost costs count counts orders paid price qty quantity revenue sales spent sum total totals turnover value
visits anzahl betrag gesamt summe umsatz menge montant nombre somme importe cantidad ventas 合計 金額
"""
_IDENTIFIERS = """
id ids key account acct no nr num number code customer client member ref reference sku zip plz postal postcode phone phones telephone
telefon tel mobile cell fax handy konto kunden kd iban vat tax ssn year born ext extension téléphone telefono teléfono
電話 電話番号 番号 手机 电话
"""
_SUM_NAMES = frozenset(_SUMS.split())
_IDENTIFIER_NAMES = frozenset(_IDENTIFIERS.split())


class Surroundings:
    """What may stand around the table of the survey."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._width = survey.layout.width
        words = [frozenset(re.split(r"[\W_]+", name)) for name in fold_names(survey.names)]
        self._is_sum = [bool(some & _SUM_NAMES) for some in words]
        self._is_identifier = [bool(some & _IDENTIFIER_NAMES) and not some & _SUM_NAMES for some in words]

    def is_bare(self, record: Record) -> bool:
        """Whether the line of the record has no separators, as no row of a table of several columns has."""
        return len(record) == 1 and self._width > 1 and not self._survey.layout.is_grid

    def is_title(self, record: Record) -> bool:
        """Whether a record holds one text and nothing else, as the title of a table does."""
        filled = filled_cells(record)
        return self._width >= _LEAST_WIDTH and len(filled) == 1 and extent(record) == 1 and find_loud_kind(filled[0]) is None

    def has_title(self, cells: Sequence[Record], index: int, start: int, codes: Container[int]) -> bool:
        """Whether what stands directly above a header is certainly its title, and not the last row of the table before.

        `start` is where the data begin; `codes` knows the records that are no rows.
        """
        above = index - 1
        if above < start or above in codes or not self.is_title(cells[above]) or self.has_key(cells[above]):
            return False
        record = cells[above]
        is_below_gap = above == start or above - 1 in codes or is_blank(cells[above - 1])
        if read_saying(record) is Saying.CERTAIN or (is_below_gap and (self.is_bare(record) or self._survey.layout.is_grid)):
            return True
        return reads_as_title(filled_cells(record)[0], is_bare=self.is_bare(record))

    def find_titles_above(self, cells: Sequence[Record], index: int, start: int, codes: Container[int]) -> list[int]:
        """What stands directly above a header and belongs to it, by index."""
        titles: list[int] = []
        while index > start and index - 1 not in codes:
            if not is_blank(cells[index - 1]):
                if not self.has_title(cells, index, start, codes):
                    break
                titles.append(index - 1)
            index -= 1
        return titles

    def find_titles(self, cells: Sequence[Record], marked: set[int]) -> list[int]:
        """The titles at the beginning of a table without a header, by index; above a header nobody asks for them.

        A text alone may be somebody's name: it is a title if it reads like one.
        """
        titles: list[int] = []
        for index, record in enumerate(cells):
            if is_blank(record):
                continue
            if index + 1 in marked or self._survey.usual_filled < _LEAST_WIDTH or not self.is_title(record) or self.has_key(record):
                break
            if not reads_as_title(filled_cells(record)[0], is_bare=self.is_bare(record)):
                break
            titles.append(index)
        return titles

    def has_key(self, record: Record) -> bool:
        """Whether somebody can be known by something in the record: an address, a phone number, an identifier."""
        return any(self._is_key(index, text) for index, cell in enumerate(record) if (text := fold_cell(cell)))

    def _is_key(self, index: int, text: str) -> bool:
        if len(text) > _MAX_REMARK or _EMAIL.search(text):
            return True
        kinds = self._survey.kinds
        kind = kinds[index].kind if index < len(kinds) else Kind.TEXT
        is_number = is_of(Kind.NUMBER, text)
        if _DIGITS.search(_TIMES.sub("", text)):
            return not (is_number and index < len(self._is_sum) and self._is_sum[index])
        if is_number:
            return self._is_identifier_in(index, text, kind)
        # One word with a digit: a code, or a date where dates of people stand.
        is_word = " " not in text and any(map(str.isdigit, text))
        return is_word and (any(map(str.isalpha, text)) or (kind is Kind.DATE and is_of(Kind.DATE, text)))

    def _is_identifier_in(self, index: int, text: str, kind: Kind) -> bool:
        """Whether a short number is one that nobody adds up: one that begins with 0, or of accounts."""
        if len(text) > 1 and text[0] == "0" and text.isdigit():
            return True
        if not self._survey.names:
            return kind is Kind.NUMBER
        return index < len(self._is_identifier) and self._is_identifier[index]

    def read_footer(self, record: Record, most_filled: int) -> Saying:
        """What a record says of the table, NOTHING where somebody could be meant. Where it stands decides about it."""
        if len(filled_cells(record)) > most_filled:
            return Saying.NOTHING
        said = read_saying(record)
        if said is Saying.NOTHING or self.has_key(record) or (said is Saying.VAGUE and self._width == 1):
            return Saying.NOTHING
        return said

    def is_loose(self, record: Record) -> bool:
        """Whether a footer amid the rows is certainly one where a blank record follows it."""
        return self.is_bare(record) or (self._width > 1 and has_figure(record))

    def is_remark(self, record: Record, *, is_below: bool) -> bool:
        """Whether a record at the end is a remark; `is_below`: it stands below a blank record or another that is no row.

        A cell alone in a row of several may be somebody's name.
        """
        texts = filled_cells(record)
        return is_below and len(texts) == 1 and self._width >= _LEAST_WIDTH and self.is_bare(record) and not self.has_key(record)
