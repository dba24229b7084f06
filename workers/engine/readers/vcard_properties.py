"""Parses one property of a vCard: group, name, parameters and value, by RFC 6350, RFC 2426 and vCard 2.1.

The three differ in what a backslash escapes (in 2.1 a semicolon only) and in how a value is encoded.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from models.errors import InvalidRequest
from workers.engine.readers.encoding import require_encoding

VERSION_21 = "2.1"

_HEAD = re.compile(r'((?:[^":]|"[^"]*")*):(.*)', re.DOTALL)
_PART = re.compile(r'(?:[^";]|"[^"]*")+')
_COMPONENT = re.compile(r"((?:[^\\;]|\\.|\\$)*)(?:;|$)", re.DOTALL)
_LIST_PART = re.compile(r"((?:[^\\,]|\\.|\\$)*)(?:,|$)", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\,;:nN])")
_CARET = re.compile(r"\^([n'^])")
_RUN = re.compile(r"[\x00-\x7f]+|[^\x00-\x7f]+")
_BARE_ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"})
# They say how sure or how to call, not which one it is.
_NO_TYPES = frozenset({"pref", "internet", "voice"})
_LAST = 101


class Head(NamedTuple):
    """What stands before the colon. `types` are in lower case and say which of several; `rank` is lower for what is preferred."""

    group: str
    name: str
    types: tuple[str, ...]
    rank: int
    parameters: Mapping[str, str]


class Property(NamedTuple):
    """A property of a card of that version; the value is as it stands in the file."""

    head: Head
    value: str
    version: str

    @property
    def text(self) -> str:
        """The value as one text."""
        return self._restore(self.value)

    @property
    def components(self) -> list[str]:
        """The parts of a structured value, such as a name."""
        return [self._restore(part) for part in _split(self.value, ";", _COMPONENT, self.version)]

    @property
    def parts(self) -> list[str]:
        """The values of a list, such as categories."""
        if self.version == VERSION_21:
            return [part for component in self.components for part in component.split(",")]
        return [self._restore(part) for part in _split(self.value, ",", _LIST_PART, self.version)]

    def _restore(self, text: str) -> str:
        parameters = self.head.parameters
        if parameters:
            match parameters.get("ENCODING", "").upper():
                case "QUOTED-PRINTABLE":
                    text = _decode_quoted_printable(text, parameters.get("CHARSET"))
                case "B" | "BASE64":
                    text = _decode_base64(text, parameters.get("CHARSET"))
        return _unescape(text, self.version)


def parse_property(line: str, version: str, encoding: str) -> Property | None:
    """The property in an unfolded line; None: it is none. `encoding` is the one that the file was read in."""
    head, colon, value = line.partition(":")
    if '"' in head and (match := _HEAD.fullmatch(line)):
        head, value = match[1], match[2]
    found = _parse_head(head) if colon else None
    if found is None:
        return None
    charset = found.parameters.get("CHARSET")
    if charset and not value.isascii():
        value = _decode_again(value, encoding, charset)
    return Property(found, value, version)


# The same few heads come again in every card.
@lru_cache(maxsize=1024)
def _parse_head(head: str) -> Head | None:
    parts = head.split(";") if '"' not in head else _PART.findall(head)
    if not parts or not parts[0].strip():
        return None
    group, _, name = parts[0].strip().rpartition(".")
    types: list[str] = []
    parameters: dict[str, str] = {}
    for part in parts[1:]:
        _read_parameter(part, types, parameters)
    kept = tuple(dict.fromkeys(kind for kind in types if kind not in _NO_TYPES))
    return Head(group.lower(), name.upper(), kept, _rank(types, parameters), parameters)


def _read_parameter(part: str, types: list[str], parameters: dict[str, str]) -> None:
    key, equals, value = part.partition("=")
    key = key.strip().upper()
    value = _CARET.sub(lambda match: {"n": "\n", "'": '"', "^": "^"}[match[1]], value.strip().replace('"', ""))
    if not equals:
        if key in _BARE_ENCODINGS:
            parameters["ENCODING"] = key
        elif key:
            types.append(key.lower())
    elif key in ("TYPE", "X-SERVICE-TYPE"):
        types += [kind.strip().lower() for kind in value.split(",") if kind.strip()]
    else:
        parameters[key] = value


def _rank(types: list[str], parameters: Mapping[str, str]) -> int:
    preference = parameters.get("PREF", "")
    if preference.isascii() and preference.isdigit():
        return int(preference[:4])
    return 1 if "pref" in types else _LAST


def _split(value: str, separator: str, pattern: re.Pattern[str], version: str) -> list[str]:
    if "\\" not in value:
        return value.split(separator)
    if version == VERSION_21:
        return re.split(rf"(?<!\\){separator}", value)
    parts = []
    at = 0
    while True:
        match = pattern.match(value, at)
        assert match is not None
        parts.append(match[1])
        if match.end() == match.end(1):
            return parts
        at = match.end()


def _unescape(text: str, version: str) -> str:
    if "\\" not in text:
        return text
    if version == VERSION_21:
        return text.replace("\\;", ";")
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)


def _decode_quoted_printable(text: str, charset: str | None) -> str:
    if not text.isascii():
        # Letters stand as they are beside encoded ones: each run of one kind is decoded by itself.
        return "".join(_decode_quoted_printable(run, charset) if run.isascii() else run for run in _RUN.findall(text))
    return _decode(quopri.decodestring(text.encode("ascii")), charset).replace("\r\n", "\n")


def _decode_base64(text: str, charset: str | None) -> str:
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text
    decoded = _decode(data, charset)
    return decoded if decoded.isprintable() or not ("\ufffd" in decoded or "\0" in decoded) else text


def _decode(data: bytes, charset: str | None) -> str:
    encoding = _find_encoding(charset)
    if encoding is not None:
        return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")


def _decode_again(text: str, encoding: str, charset: str) -> str:
    """The text in the character set that its property names, where the file as a whole was read in another one of eight bits."""
    named = _find_encoding(charset)
    if named is None or named == encoding or encoding.startswith("utf"):
        return text
    try:
        return text.encode(encoding).decode(named)
    except (UnicodeError, LookupError):
        return text


def _find_encoding(charset: str | None) -> str | None:
    try:
        return require_encoding(charset) if charset else None
    except InvalidRequest:
        return None
