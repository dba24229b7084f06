"""How much a text looks like a table of contacts: to put the files of an archive in order, and to tell a README from them."""

from collections import Counter
from enum import IntEnum

from models.vocabulary import FileFormat
from workers.engine.detection.text_format import decode_head
from workers.engine.mapping.names import is_known_name
from workers.engine.mapping.usual_names import is_usual_name

_SEPARATORS = ",;\t|"
_EXAMINED_LINES = 50
_WORDS_OF_PROSE = 5
_LEAST_DIGITS = 6
_SENTENCE_ENDS = (".", "!", "?", ":")


class Likeness(IntEnum):
    NONE = 0
    PROSE = 1  # sentences, or a single line that tells nothing
    LIST = 2  # a column of something, which may be addresses or numbers
    TABLE = 3
    SURE = 4  # a workbook, JSON or vCard


def judge_likeness(head: bytes, format: FileFormat) -> Likeness:
    """What the beginning of a file of this format looks like."""
    if format is not FileFormat.CSV:
        return Likeness.SURE
    lines = [line for line in (decode_head(head) or "").splitlines() if line.strip()][:_EXAMINED_LINES]
    if not lines:
        return Likeness.NONE
    if any(_names_columns(line) for line in lines):
        return Likeness.TABLE
    # Sentences have commas too, and by chance the same number of them.
    has_sentences = 2 * sum(line.rstrip().endswith(_SENTENCE_ENDS) for line in lines) > len(lines)
    wanted_share = 0.8 if has_sentences else 0.5
    for separator in _SEPARATORS:
        ((count, frequency),) = Counter(line.count(separator) for line in lines).most_common(1)
        if count and frequency > wanted_share * len(lines):
            return Likeness.TABLE
    if _is_known(lines[0]) or 2 * sum("@" in line or _is_number(line) for line in lines) > len(lines):
        return Likeness.LIST
    return Likeness.PROSE if has_sentences or len(lines) == 1 or _has_many_words(lines) else Likeness.LIST


def _names_columns(line: str) -> bool:
    """Whether the line is a header: two names of columns or more, and hardly anything else."""
    for separator in _SEPARATORS:
        cells = line.split(separator)
        if len(cells) > 1 and (known := sum(map(_is_known, cells))) > 1 and 2 * known >= len(cells):
            return True
    return False


def _is_known(cell: str) -> bool:
    name = cell.strip("\ufeff \t\"'")
    return is_known_name(name) or is_usual_name(name)


def _is_number(line: str) -> bool:
    """Whether most of it are digits, as of a phone number."""
    digits = sum(map(str.isdigit, line))
    return digits >= _LEAST_DIGITS and 2 * digits > len(line.strip())


def _has_many_words(lines: list[str]) -> bool:
    """Whether most lines are longer than a name or an address is; headings stand above and between them."""
    return 2 * sum(len(line.split()) >= _WORDS_OF_PROSE for line in lines) > len(lines)
