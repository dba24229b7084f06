"""What the lines around a table look like: its title; totals, counts, when it was exported and by whom, the end.

Texts are looked at with single blanks and up to a length, so that no pattern works long on a cell that somebody made up.
"""

import re
from enum import IntEnum

from workers.engine.readers.kinds import Kind, Record, fold_cell, is_of

_MAX_CHARACTERS = 200
_MAX_CUT_PARTS = 3

_NOUN = r"(?:records?|rows?|contacts?|results?|entries|entry|lines?|items?|people|members?|users?|leads?|customers?|lignes?|datens[aä]tze)"
_NUMBER = r"[$€£]?\d[\d., ]{0,30}[$€£%]?"
_DONE = r"exported|generated|created|printed|produced|downloaded|extracted|last updated|updated|exporté|généré|erstellt|exportiert"
_SUM = r"(?:sum|count|average|summe|somme|gesamt|anzahl|nombre|合計|総計|合计)"
# A figure or a fixed phrase stands in each: nobody is called so.
_CERTAIN = re.compile(
    rf"(?:grand |sub[- ]?)?totals?(?: (?:{_NOUN}|count|number|amount|général))?(?: of [^\W\d]+)? ?[:=]? ?{_NUMBER}(?: ?{_NOUN})?"
    rf"|{_SUM} ?[:=]? ?{_NUMBER}"
    rf"|(?:{_SUM}|total|number|numero|número) [^:=\d]{{0,40}}[:=] ?{_NUMBER}"
    rf"|\d[\d.,]{{0,20}} {_NOUN}(?: (?:{_DONE}|in total|total|found|listed|selected|shown)\b.{{0,60}}|[,;:(].{{0,60}})?"
    rf"|(?:number of |nb |no\.? of )?{_NOUN}(?: count)? ?[:=] ?{_NUMBER}"
    r"|page \d+(?: ?(?:/|of) ?\d+)?"
    r"|.{0,150}all rights reserved.{0,100}"
    r"|end of (?:the )?(?:report|file|list|data|table|records?|export|document|results?)"
    r"|fin (?:du|de la) (?:rapport|fichier|liste)|ende (?:der|des) (?:liste|berichts|datei)",
    re.IGNORECASE,
)
# Certain only with a date in it.
_DATED = re.compile(
    rf"(?:{_DONE})(?: (?:on|by|at|from|with|le|par|am|von)\b| ?:).{{0,200}}"
    r"|(?:report|export|run|print) (?:date|time|generated|created|run)\b.{0,200}"
    r"|(?:copyright\b|©|\(?c\)).{0,200}",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[-/.]\d{1,2}[-/.]\d\d")
_TOTAL = re.compile(
    rf"(?:grand |sub[- ]?)?totals?(?: (?:{_NOUN}|count|number|amount|général))?(?: of [^\W\d]+)?|{_SUM}(?: [^:=\d]{{1,40}})?", re.IGNORECASE
)
_END = re.compile(r"end|eof|fin|ende", re.IGNORECASE)
_WORDED = re.compile(
    r"(?:sources?|notes?|disclaimer|confidential\w{0,10}) ?:.{1,200}|confidential\b.{0,200}|(?:end|fin|ende) (?:of|du|de|der)\b.{0,100}",
    re.IGNORECASE,
)
_DECORATION = " -=*_#~<>[]|.:;!+"
_RULE = re.compile(r"[-=*_#~+.\s|]{3,}")
_PLAIN_RULE = re.compile(r"[-=_]{3,}")
_LEAST_RULE = 5
_FIGURE = re.compile(r"[-+]?[$€£]?\s?\d[\d.,\s]*[%$€£]?")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LISTING = re.compile(
    r"\b(?:contacts?|customers?|clients?|members?|subscribers?|leads?|people|list|report|export|directory|address book|kontakte|adressen|"
    r"kunden|mitglieder|liste|carnet d.adresses)\b|一覧|名簿|リスト|列表",
    re.IGNORECASE,
)


class Saying(IntEnum):
    """How surely a record says what only lines below a table say. VAGUE: a name may read the same."""

    NOTHING = 0
    VAGUE = 1
    CERTAIN = 2


def filled_cells(record: Record) -> list[str]:
    """The cells in which something stands."""
    return [text for cell in record if (text := fold_cell(cell))]


def reads_as_footer(record: Record) -> bool:
    """Whether the record says, surely or not, what lines below a table say."""
    return read_saying(record) is not Saying.NOTHING


def read_saying(record: Record) -> Saying:
    """What the record says by its words. Beside them only figures may stand, as in a row of totals, or the date of the export."""
    filled = [cell for cell in record if cell and not cell.isspace()]
    if not filled:
        return Saying.NOTHING
    if _is_rule(filled, is_bare=len(record) == 1):
        return Saying.CERTAIN if all(_PLAIN_RULE.fullmatch(cell.strip()) for cell in filled) else Saying.VAGUE
    texts = [_squeeze(cell) for cell in filled]
    if sum(map(len, texts)) > _MAX_CHARACTERS:
        return Saying.NOTHING
    first, *rest = texts
    said = _read_text(first)
    if not rest:
        return said
    words = first.strip(_DECORATION)
    if all(map(_FIGURE.fullmatch, rest)) and (said is Saying.CERTAIN or _TOTAL.fullmatch(words)):
        return Saying.CERTAIN
    if len(rest) == 1 and _DATED.fullmatch(words) and is_of(Kind.DATE, rest[0]):
        return Saying.CERTAIN
    # A sentence with commas in it was cut at them: the blanks behind them are still there.
    is_cut = len(filled) == len(record) <= _MAX_CUT_PARTS and all(cell[0].isspace() for cell in filled[1:])
    return Saying.CERTAIN if is_cut and _read_text(", ".join(texts)) is Saying.CERTAIN else Saying.NOTHING


def _squeeze(cell: str) -> str:
    return " ".join(cell.split())


def _read_text(text: str) -> Saying:
    words = text.strip(_DECORATION)
    if _CERTAIN.fullmatch(words) or (_DATED.fullmatch(words) and _WHEN.search(words)):
        return Saying.CERTAIN
    if _END.fullmatch(words):
        # As `-- end --`, which no name is.
        return Saying.CERTAIN if text[0] in _DECORATION and text[-1] in _DECORATION else Saying.VAGUE
    is_vague = _TOTAL.fullmatch(words) or _DATED.fullmatch(words) or _WORDED.fullmatch(words)
    return Saying.VAGUE if is_vague else Saying.NOTHING


def _is_rule(filled: list[str], *, is_bare: bool) -> bool:
    """Whether a line is drawn: alone, long enough to be no mark that somebody gave, or through several cells."""
    texts = [cell.strip() for cell in filled]
    if not all(map(_RULE.fullmatch, texts)):
        return False
    return len(texts) > 1 or (is_bare and len(texts[0]) >= _LEAST_RULE)


def has_figure(record: Record) -> bool:
    """Whether the record holds a digit."""
    return any(character.isdigit() for text in filled_cells(record) for character in text)


def reads_as_sentence(text: str) -> bool:
    """Whether the text is a remark rather than the name of a column: several words, or ended as a sentence or a heading is."""
    return len(text.split()) >= 4 or (len(text.split()) >= 2 and text[-1] in ".:!)")


def reads_as_title(text: str, *, is_bare: bool) -> bool:
    """Whether the text, alone in its record, is what stands above a table: what the table is about, or of when.

    `is_bare`: its line has no separators; with some, as any row has, it takes more.
    """
    if len(text) > _MAX_CHARACTERS:
        return False
    says = [text[:4].lower() == "sep=", _YEAR.search(text) is not None, _LISTING.search(text) is not None]
    return sum(says) >= (1 if is_bare else 2)
