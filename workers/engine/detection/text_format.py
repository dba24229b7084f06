"""What a text is by how it begins: JSON, JSON Lines, vCard, a delimited table, or something that is refused by its name."""

import codecs
import json
import re
import unicodedata
from collections.abc import Callable

from models.vocabulary import FileFormat
from workers.engine.readers.encoding import detect_unicode_signature

# Tab, line feed, vertical tab, form feed, carriage return, the shifts of ISO-2022, the end-of-file mark of old systems and escape
# do occur in text.
_CONTROL_BYTES = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\n\v\f\r\x0e\x0f\x1a\x1b")
# Random bytes are control characters in one case of ten and hardly ever valid UTF-8.
_MAX_CONTROL_SHARE_OF_UTF8 = 0.3
_MAX_CONTROL_SHARE_OF_BYTES = 0.02
# Of random pairs of bytes half are characters; of a text nearly all are.
_LEAST_TEXT_SHARE = 0.98
_WIDE_ENCODINGS = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_SEPARATORS = frozenset(",;\t|\n\r")
_SPACE = "\ufeff \t\r\n\v\f\0\x1e"

_STRING = r'"(?:[^"\\]|\\.)*'
_OBJECT = re.compile(rf'\{{\s*(?:\}}|{_STRING}(?:"\s*(?::|\Z)|\Z)|\Z)', re.DOTALL)
_ARRAY_OF_OBJECTS = re.compile(r"\[\s*(?=\{)")
_ARRAY_OF_ARRAYS = re.compile(rf'\[\s*\[\s*(?:\[|\]\s*[,\]]|{_STRING}"\s*[,\]]|(?:-?\d[\d.eE+-]*|true|false|null)\s*[,\]])', re.DOTALL)
_VCARD = re.compile(r"begin[ \t]*:[ \t]*vcard[ \t]*(?:[\r\n]|\Z)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|title|style|table|center|div|font)\b", re.IGNORECASE)
_ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>\s*<[^<>]*>")

WEB_PAGE = "a web page (HTML)"
WEB_ARCHIVE = "a web archive (.mht)"
XML_SPREADSHEET = "an XML Spreadsheet 2003"
FLAT_OPEN_DOCUMENT = "a flat OpenDocument file"
LDIF = "an LDIF address book"

_OPENINGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"begin[ \t]*:[ \t]*vcalendar\b", re.IGNORECASE), "a calendar (.ics)"),
    (re.compile(r"(?:version:[ \t]*1\s+)?dn::?[ \t]*\w+=", re.IGNORECASE), LDIF),
    (re.compile(r"\{\\rtf"), "an RTF document"),
    (re.compile(r"%!PS"), "a PostScript document"),
    (re.compile(r"MIME-Version:.*?Content-Type:\s*multipart/related", re.IGNORECASE | re.DOTALL), WEB_ARCHIVE),
)


def detect_text(head: bytes) -> FileFormat | str | None:
    """The format of the text that begins with `head`, in words what else it is, or None: this is no text."""
    text = decode_head(head)
    if text is None:
        return None
    opening = text.lstrip(_SPACE)
    if opening.startswith("<"):
        return _name_markup(opening) or FileFormat.CSV
    if opening.startswith(("{", "[")):
        return _detect_json(opening) or next((words for pattern, words in _OPENINGS if pattern.match(opening)), FileFormat.CSV)
    if _VCARD.match(opening):
        return FileFormat.VCARD
    return next((words for pattern, words in _OPENINGS if pattern.match(opening)), FileFormat.CSV)


def _detect_json(text: str) -> FileFormat | None:
    """JSON or JSON Lines; None: a table whose first cell happens to begin with a brace or a bracket."""
    if text.startswith("{"):
        return _detect_objects(text) if _OBJECT.match(text) else None
    if (start := _ARRAY_OF_OBJECTS.match(text)) is not None:
        return FileFormat.JSON if _OBJECT.match(text, start.end()) else None
    if _ARRAY_OF_ARRAYS.match(text):
        return FileFormat.JSON
    value, rest = _read_value(text)
    if value is None:
        return None
    if not rest.strip(_SPACE):
        return FileFormat.JSON
    # `[1],name` is a table; a line that is an array, and another below it, is JSON Lines.
    return FileFormat.JSON_LINES if re.match(r"[ \t]*\r?\n\s*\[", rest) else None


def _detect_objects(text: str) -> FileFormat | None:
    value, rest = _read_value(text)
    if value is None:
        # The first object is cut off by the end of the head, or damaged: lines are told by more than one that begins an object.
        lines = text.splitlines()[1:]
        return FileFormat.JSON_LINES if any(_OBJECT.match(line) for line in lines) else FileFormat.JSON
    rest = rest.lstrip(_SPACE)
    if not rest:
        return FileFormat.JSON
    return FileFormat.JSON_LINES if re.match(r",?\s*\{", rest) or not rest.startswith((",", ";", "|")) else None


def _read_value(text: str) -> tuple[object, str]:
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None, ""
    return value, text[end:]


def _name_markup(text: str) -> str | None:
    """In words what a text is that begins with <; None: no markup."""
    start = 0
    while (comment := _COMMENT.match(text, start)) is not None:
        start = comment.end()
    if _WEB_PAGE.match(text, start):
        return WEB_PAGE
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        return XML_SPREADSHEET
    if "urn:oasis:names:tc:opendocument" in text:
        return FLAT_OPEN_DOCUMENT
    if text.startswith("<?xml") and re.search(r"<html\b", text, re.IGNORECASE):
        return WEB_PAGE
    if text.startswith(("<?xml", "<!DOCTYPE")) or _ELEMENT.match(text):
        return "an XML document"
    return None


def decode_head(head: bytes) -> str | None:
    """The head as text, in whatever encoding is good enough to see how it begins; None: it is no text."""
    encoding = detect_unicode_signature(head)
    if encoding is not None:
        text = _make_decoder(encoding, "replace")(head)
        # Zeros alone look like the zeros of a wide encoding.
        return text if text.count("\0") <= _MAX_CONTROL_SHARE_OF_UTF8 * len(text) else None
    share = (len(head) - len(head.translate(None, _CONTROL_BYTES))) / len(head)
    utf8 = _try_decode(head, "utf-8")
    if utf8 is not None and share <= _MAX_CONTROL_SHARE_OF_BYTES:
        return utf8
    for encoding in _WIDE_ENCODINGS:
        wide = _try_decode(head, encoding)
        if wide and _is_probable(wide):
            return wide
    if utf8 is not None and share <= _MAX_CONTROL_SHARE_OF_UTF8:
        return utf8
    # In none of the legacy encodings do control characters stand for anything else, and ASCII begins them all.
    return head.decode("latin-1") if share <= _MAX_CONTROL_SHARE_OF_BYTES else None


def _is_probable(text: str) -> bool:
    """Whether what was decoded without a signature is a table in a writing of people and no chance."""
    if _SEPARATORS.isdisjoint(text):
        return False
    good = sum(character in "\t\r\n" or unicodedata.category(character)[0] in "LMNPSZ" for character in text)
    # A text keeps to a few blocks of characters; pairs of random bytes scatter over all planes and are rarely ASCII.
    common = sum(character.isascii() for character in text)
    return good >= _LEAST_TEXT_SHARE * len(text) and common >= 0.05 * len(text)


def _try_decode(head: bytes, encoding: str) -> str | None:
    try:
        return _make_decoder(encoding, "strict")(head)
    except UnicodeDecodeError:
        return None


def _make_decoder(encoding: str, errors: str) -> Callable[[bytes], str]:
    # An incremental one does not mind that the head may be cut within a character.
    return codecs.getincrementaldecoder(encoding)(errors).decode
