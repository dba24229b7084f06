"""What the lines around a table look like: its title; totals, counts, when it was exported and by whom, the end."""

import re

from workers.engine.readers.kinds import Kind, Record, fold_cell, is_of

_NOUNS = r"(?:records?|rows?|contacts?|results?|entries|entry|lines?|items?|people|members?|users?|leads?|customers?|lignes?|datens[aä]tze)"
_FOOTER = re.compile(
    r"\W*(?:"
    rf"(?:grand |sub[- ]?)?totals?(?: (?:{_NOUNS}|count|number|amount|général))?(?: of \w+)?\s*[:=]?\s*(?:[\d.,\s$€£%]*(?: {_NOUNS})?)"
    r"|(?:sum|count|average|summe|somme|gesamt|anzahl|nombre|合計|総計|合计)\s*[:=]?\s*[\d.,\s]*"
    rf"|[\d.,]+ {_NOUNS}\b.{{0,60}}"
    rf"|(?:number of |nb |no\.? of |# )?{_NOUNS}(?: count)?\s*[:=]\s*\d[\d.,\s]*"
    r"|(?:total|sum|count|number|anzahl|nombre|numero|número|gesamt)\b[^:=\d]{0,40}[:=]\s*\d[\d.,\s]*"
    r"|(?:exported|generated|created|printed|produced|downloaded|extracted|last updated|updated|exporté|généré|erstellt|exportiert)"
    r"(?: (?:on|by|at|from|with|le|par|am|von)\b|\s*:).{1,200}"
    r"|(?:report|export|run|print)\s+(?:date|time|generated|created|run)\b.{0,200}"
    r"|page \d+(?: ?(?:/|of) ?\d+)?"
    r"|(?:source|sources|note|notes|disclaimer|confidential\w*)\s*:.{1,300}"
    r"|confidential\b.{0,200}|copyright\b.{0,200}|©\s*\w.{0,200}|\(c\) ?\d{4}.{0,200}|.{0,100}all rights reserved.{0,100}"
    r"|(?:end|fin|ende) (?:of|du|de|der)\b.{0,100}|<?(?:end|eof|fin|ende)>?"
    r")\W*",
    re.IGNORECASE | re.DOTALL,
)
_TITLE = re.compile(
    r"sep=.{1,3}|.*(?:\b(?:19|20)\d\d\b|\b(?:contacts?|customers?|clients?|members?|subscribers?|leads?|people|list|report|export|"
    r"directory|address book|kontakte|adressen|kunden|mitglieder|liste|carnet d.adresses)\b|一覧|名簿|リスト|列表).*",
    re.IGNORECASE | re.DOTALL,
)
_RULE = re.compile(r"[-=*_#~+.\s|]{3,}")
_MAX_TITLE = 200
_NAMED_NUMBER = re.compile(r"[-+]?[$€£]?\s?[\d.,\s]+%?")


def filled_cells(record: Record) -> list[str]:
    """The cells in which something stands."""
    return [text for cell in record if (text := fold_cell(cell))]


def reads_as_footer(record: Record) -> bool:
    """Whether the record says what only lines below a table say; numbers may stand beside it, as in a row of totals."""
    filled = [cell.strip() for cell in record if cell and cell.strip()]
    if not filled:
        return False
    if all(_RULE.fullmatch(text) for text in filled) and any(len(text) >= 3 for text in filled):
        return True
    first, *rest = filled
    if _FOOTER.fullmatch(first) and all(_NAMED_NUMBER.fullmatch(text) or is_of(Kind.DATE, text) for text in rest):
        return True
    # A sentence with commas in it was cut at them.
    return bool(_FOOTER.fullmatch(", ".join(filled))) and len(filled) <= 3


def reads_as_sentence(text: str) -> bool:
    """Whether the text is a remark rather than a value: several words, or ended as a sentence or a heading is."""
    return len(text.split()) >= 4 or (len(text.split()) >= 2 and text[-1] in ".:!)")


def reads_as_title(text: str) -> bool:
    """Whether the text, alone in its record, is what stands above a table: what the table is about, or of when."""
    return len(text) <= _MAX_TITLE and (_TITLE.fullmatch(text) is not None or reads_as_sentence(text))
