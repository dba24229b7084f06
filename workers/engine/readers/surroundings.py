"""Tells lines around a table, and somebody's row, from each other: the titles above it, the remarks below it."""

from collections.abc import Sequence

from workers.engine.readers.footers import filled_cells, reads_as_sentence, reads_as_title
from workers.engine.readers.kinds import Kind, Record, find_loud_kind, fold_cell, is_of
from workers.engine.readers.layout import Survey
from workers.engine.readers.other_tables import extent
from workers.engine.records import is_blank

# A narrower table may have a value that stands alone in its row.
_LEAST_WIDTH = 3


class Surroundings:
    """What may stand around the table of the survey."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._width = survey.layout.width
        self._phones = [index for index, kind in enumerate(survey.kinds) if kind.kind is Kind.PHONE]

    def is_title(self, record: Record) -> bool:
        """Whether a record holds one text and nothing else, as the title of a table does."""
        filled = filled_cells(record)
        return self._width >= _LEAST_WIDTH and len(filled) == 1 and extent(record) == 1 and find_loud_kind(filled[0]) is None

    def find_titles(self, cells: Sequence[Record], marked: set[int]) -> list[int]:
        """The titles at the beginning of a table without a header, by index; above a header nobody asks for them.

        A text alone may be somebody's name: it is a title if it reads like one, or cannot stand in its column.
        """
        titles: list[int] = []
        for index, record in enumerate(cells):
            if is_blank(record):
                continue
            if index + 1 in marked or self._survey.usual_filled < _LEAST_WIDTH or not self.is_title(record) or self.has_key(record):
                break
            (text,) = filled_cells(record)
            if not reads_as_title(text) and self._survey.kinds[0].admits(text):
                break
            titles.append(index)
        return titles

    def has_key(self, record: Record) -> bool:
        """Whether an e-mail address or a phone number stands in a cell of its own: somebody can be known by it."""
        if any(is_of(Kind.EMAIL, text) for text in filled_cells(record)):
            return True
        return any(is_of(Kind.PHONE, fold_cell(record[index])) for index in self._phones if index < len(record))

    def is_remark(self, record: Record, *, is_below: bool) -> bool:
        """Whether a record at the end is a remark; `is_below`: it stands below a blank record or another that is no row."""
        texts = filled_cells(record)
        if len(texts) != 1 or self._width < _LEAST_WIDTH or extent(record) != 1 or self.has_key(record):
            return False
        # A line without any separator is no row of a table of three columns; a cell alone in a full row may be somebody's name.
        is_bare = len(record) == 1 and not self._survey.layout.is_grid
        return reads_as_sentence(texts[0]) or (is_bare and is_below)
