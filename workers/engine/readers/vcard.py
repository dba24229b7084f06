"""Reads a file of vCards, of versions 2.1, 3.0 and 4.0 side by side: card n is row n, and a damaged card costs its own row only."""

from collections import Counter
from collections.abc import Iterator

from workers.engine.frames import ReaderLimits
from workers.engine.readers.flattening import clean_keys
from workers.engine.readers.item_batches import Damaged, Item, ItemBatch, batch_items
from workers.engine.readers.vcard_columns import make_cells
from workers.engine.readers.vcard_lines import BORDER, BORDER_INITIALS, Line, find_bound, iter_lines, refuse_size
from workers.engine.readers.vcard_properties import Property, parse_property

_DEFAULT_VERSION = "3.0"


class Cards:
    """The cards of a text. `left_out` counts, by their names, the properties whose values were passed over."""

    def __init__(self, blocks: Iterator[str], encoding: str, limits: ReaderLimits) -> None:
        self.left_out: Counter[str] = Counter()
        self.has_cards = False
        self._lines = iter_lines(blocks, limits)
        self._encoding = encoding
        self._bound = find_bound(limits)
        self._size = 0

    def iter_batches(self) -> Iterator[ItemBatch]:
        """The cards as items."""
        return batch_items(self._iter_cards(), lambda: self._size)

    def _iter_cards(self) -> Iterator[Item]:
        lines: list[str] = []
        is_open = False
        size = 0
        for line in self._lines:
            text = line.text
            self._size += len(text)
            border = BORDER.fullmatch(text) if text[0] in BORDER_INITIALS else None
            if border is None:
                self._note(line)
                if line.left_out is None:
                    lines.append(text)
                    size += len(text)
                    if size > self._bound:
                        raise refuse_size(self._bound)
                continue
            self.has_cards = True
            if border[1].lower() == "begin":
                if is_open and lines and lines[-1].strip().upper() in ("AGENT:", "AGENT"):
                    lines[-1] = "AGENT:" + self._read_agent()
                    continue
                if lines or is_open:
                    yield Damaged(_begin(lines))
                is_open = True
            else:
                yield self._make_item(lines) if is_open else Damaged(_begin(lines) or line.text)
                is_open = False
            lines, size = [], 0
        if lines or is_open:
            yield Damaged(_begin(lines))

    def _read_agent(self) -> str:
        """The card within a card, as it stands."""
        inner: list[str] = []
        depth = 1
        size = 0
        for line in self._lines:
            self._note(line)
            border = BORDER.fullmatch(line.text)
            if border is not None:
                depth += 1 if border[1].lower() == "begin" else -1
                if depth == 0:
                    break
            if line.left_out is None:
                inner.append(line.text)
                size += len(line.text)
                if size > self._bound:
                    raise refuse_size(self._bound)
        return "\n".join(inner)

    def _note(self, line: Line) -> None:
        if line.left_out is not None:
            self.left_out[line.left_out] += 1

    def _make_item(self, lines: list[str]) -> Item:
        version = next((line.partition(":")[2].strip() for line in lines if line[:7].upper() == "VERSION"), _DEFAULT_VERSION)
        properties: list[Property] = []
        for line in lines:
            found = parse_property(line, version, self._encoding)
            if found is None:
                return Damaged(_begin(lines))
            properties.append(found)
        return clean_keys(make_cells(properties))


def _begin(lines: list[str]) -> str:
    shown = (line for line in lines if line[:7].upper() not in ("VERSION", "PRODID:"))
    return " ".join(next(shown, "").split())
