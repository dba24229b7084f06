"""How much a text looks like a table of contacts: to put the files of an archive in order, and to tell a README from them."""

from collections import Counter
from enum import IntEnum

from models.vocabulary import FileFormat
from workers.engine.detection.text_format import decode_head

_SEPARATORS = ",;\t|"
_EXAMINED_LINES = 50
_SENTENCE_ENDS = (".", "!", "?", ":")


class Likeness(IntEnum):
    NONE = 0
    PROSE = 1  # no separators, and hardly an e-mail address
    LIST = 2  # a column of addresses
    TABLE = 3
    SURE = 4  # a workbook, JSON or vCard


def judge_likeness(head: bytes, format: FileFormat) -> Likeness:
    """What the beginning of a file of this format looks like."""
    if format is not FileFormat.CSV:
        return Likeness.SURE
    lines = [line for line in (decode_head(head) or "").splitlines() if line.strip()][:_EXAMINED_LINES]
    if not lines:
        return Likeness.NONE
    # Sentences have commas too, and by chance the same number of them.
    has_sentences = 2 * sum(line.rstrip().endswith(_SENTENCE_ENDS) for line in lines) > len(lines)
    wanted_share = 0.8 if has_sentences else 0.5
    for separator in _SEPARATORS:
        ((count, frequency),) = Counter(line.count(separator) for line in lines).most_common(1)
        if count and frequency > wanted_share * len(lines):
            return Likeness.TABLE
    if 2 * sum("@" in line for line in lines) > len(lines):
        return Likeness.LIST
    return Likeness.PROSE
