"""A window that moves over a JSON text and decodes one value at a time, so that no more than one value is ever in memory."""

import json
import re
from collections.abc import Iterator
from typing import Any

from models.errors import LimitExceeded, UnreadableFile
from workers.engine.frames import ReaderLimits
from workers.engine.readers.flattening import NestedTooDeep, Number, make_number, make_object
from workers.engine.records import MAX_SHOWN_CHARACTERS

# Besides JSON's own blanks: byte order marks of files put one behind the other, and the record separators of RFC 7464.
_BLANKS = re.compile(r"[ \t\r\n\ufeff\x1e]*")
# Half a surrogate pair can only come from an escape: the decoder of the bytes makes none.
_SURROGATE_ESCAPES = ("\\ud", "\\uD")
_NULS = ("\\u0000", "\0")
# An error so near to the end of what was read so far may be no error, but a word that is not all there yet.
_LONGEST_WORD = 12
_WORDS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
# From so many values on that ended with their lines, the end of a line is the end of a value.
_LINES_CONVINCING = 20
_MIN_BOUND = 1_000_000
_CELLS_PER_BOUND = 8


class NotJson(Exception):
    """No value stands at the place. `position` is within the window; `is_cut`: all that is wrong is that the text ends here."""

    def __init__(self, reason: str, position: int, *, is_cut: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.is_cut = is_cut


def _make_decoder(*, strict: bool) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=make_object, parse_int=Number, parse_float=make_number, parse_constant=Number, strict=strict)


_lenient = _make_decoder(strict=False)
# Where a line is a value, the end of the line ends a text that was not closed.
_strict = _make_decoder(strict=True)


class JsonText:
    """The text from `at` on. `is_lines`: the values are one a line, or one behind the other, and may be damaged."""

    def __init__(self, blocks: Iterator[str], limits: ReaderLimits, *, is_lines: bool = False) -> None:
        self.window = ""
        self.at = 0
        self.is_ended = False
        self.has_surrogate_escapes = False
        self.has_nuls = False
        self._is_lines = is_lines
        # How many values ended with their line; None: one did not.
        self._lines_seen: int | None = 0
        self._blocks = blocks
        self._bound = max(_MIN_BOUND, _CELLS_PER_BOUND * limits.max_cell_characters)
        self._passed = 0
        self._lines_passed = 0
        self._column_passed = 0

    @property
    def offset(self) -> int:
        """How many characters lie before `at`."""
        return self._passed + self.at

    def peek(self, skipped: str = "") -> str:
        """The next character that is not blank, "" at the end; `at` is moved to it."""
        while True:
            match = _BLANKS.match(self.window, self.at)
            assert match is not None
            self.at = match.end()
            if self.at < len(self.window):
                character = self.window[self.at]
                if character != skipped:
                    return character
                self.at += 1
            elif not self.fill():
                return ""

    def fill(self, least: int = 1) -> bool:
        """Take in so many more characters or a few more, and let go of what lies before `at`; False: there are none."""
        blocks: list[str] = []
        size = 0
        while size < least and (block := next(self._blocks, None)) is not None:
            blocks.append(block)
            size += len(block)
        if not blocks:
            self.is_ended = True
            return False
        self._passed += self.at
        newline = self.window.rfind("\n", 0, self.at)
        self._column_passed = self.at - newline - 1 if newline >= 0 else self._column_passed + self.at
        self._lines_passed += self.window.count("\n", 0, self.at)
        self.window = "".join((self.window[self.at :], *blocks))
        self.at = 0
        self.has_surrogate_escapes = any(escape in self.window for escape in _SURROGATE_ESCAPES)
        self.has_nuls = any(spelling in self.window for spelling in _NULS)
        return True

    def decode(self) -> Any:
        """The value at `at`, which is moved behind it. Raises NotJson, NestedTooDeep, LimitExceeded for one that is too large."""
        while True:
            try:
                return self._scan()
            except NotJson as error:
                if self.is_ended or not error.is_cut:
                    raise
            self._grow()

    def locate(self, position: int) -> str:
        """Where the position within the window is in the file, in words."""
        newline = self.window.rfind("\n", 0, position)
        line = self._lines_passed + self.window.count("\n", 0, position) + 1
        column = position - newline if newline >= 0 else self._column_passed + position + 1
        return f"line {line:,}, column {column:,}"

    def show(self) -> str:
        """The beginning of what stands at `at`, on its line."""
        shown = self.window[self.at : self.at + MAX_SHOWN_CHARACTERS]
        return shown if "\n" not in shown else shown.partition("\n")[0].rstrip("\r")

    def pass_line(self) -> None:
        """Go behind the end of the line."""
        while (end := self.window.find("\n", self.at)) < 0:
            self.at = len(self.window)
            if not self.fill():
                return
        self.at = end + 1

    def refuse(self, error: NotJson) -> UnreadableFile:
        """The error for a file that cannot be read on from here."""
        return UnreadableFile(
            f"The file is not valid JSON: {error.reason} at {self.locate(error.position)}. Export it again, or correct it there.",
            code="invalid_json",
        )

    def _scan(self) -> Any:
        decoder = _strict if self._is_lines else _lenient
        window, at = self.window, self.at
        try:
            value, end = decoder.raw_decode(window, at)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character") or (found := self._scan_line(error.pos)) is None:
                raise self._explain(error.msg, error.pos) from error
            value, end = found
        except RecursionError as error:
            raise NestedTooDeep from error
        # Of a number at the end of the window more digits may follow.
        if end == len(window) and not self.is_ended and window[end - 1] not in '"}]':
            raise NotJson("a number may go on", end, is_cut=True)
        if self._lines_seen is not None and self._is_lines:
            self._lines_seen = self._lines_seen + 1 if window.find("\n", at, end) < 0 else None
        self.at = end
        return value

    def _scan_line(self, position: int) -> tuple[Any, int] | None:
        """The value at `at` that holds a control character as it is, a tab for example, but no line end."""
        end = self.window.find("\n", self.at)
        if 0 <= end <= position:
            return None
        try:
            value, length = _lenient.raw_decode(self.window[self.at : end if end >= 0 else None])
        except ValueError:
            return None
        return value, self.at + length

    def _explain(self, reason: str, position: int) -> NotJson:
        reason = reason[0].lower() + reason[1:]
        if self._lines_seen is not None and self._lines_seen >= _LINES_CONVINCING and self.window.find("\n", self.at) >= 0:
            return NotJson(reason, position, is_cut=False)
        if not self.is_ended:
            is_cut = reason.startswith(("unterminated", "invalid control")) or position >= len(self.window) - _LONGEST_WORD
            return NotJson(reason, position, is_cut=is_cut)
        rest = self.window[position:].rstrip()
        is_cut = (
            reason.startswith("unterminated")
            or any(word.startswith(rest) for word in _WORDS)
            or ("escape" in reason and '"' not in rest and len(rest) < _LONGEST_WORD)
        )
        return NotJson(reason, position, is_cut=is_cut)

    def _grow(self) -> None:
        size = len(self.window) - self.at
        if size > self._bound:
            if self._is_lines and self.window.find("\n", self.at) >= 0:
                raise NotJson("a value goes on over too many lines", self.at, is_cut=False)
            raise LimitExceeded(
                f"An item is longer than {self._bound:,} characters; the bound follows from ROLODOCK_MAX_CELL_CHARACTERS.",
                code="row_too_large",
            )
        # Twice as much each time, so that a long item is not read over and over.
        self.fill(size)
