"""Parses workbooks in this process, without the child around it, for tests to compare its readers."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from workers.engine.workbooks.blocks import iter_blocks
from workers.engine.workbooks.child import open_parsed
from workers.engine.workbooks.sheets import Request


@dataclass(frozen=True, slots=True)
class Parsed:
    """The rows that are not blank, by number, and what was said of them."""

    rows: dict[int, list[str | None]]
    marks: list[tuple[int, str, int | None, str | None]]

    @property
    def codes(self) -> list[tuple[int, str, int | None]]:
        return [(row, code, cell) for row, code, cell, _ in self.marks]


def parse(data: bytes, format: str = "xlsx", *, is_streaming: bool = False, sheet: str | None = None) -> Parsed:
    """The first sheet, or the one of this name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workbook"
        path.write_bytes(data)
        workbook = open_parsed(
            Request(
                path=str(path),
                format=format,
                is_streaming=is_streaming,
                fast_bytes=1 << 28,
                max_bytes=1 << 31,
                max_ratio=200,
                max_sheets=256,
                max_parts=1_000,
                memory_bytes=1 << 30,
                cpu_seconds=60,
            )
        )
        blocks = list(iter_blocks(workbook.read(sheet or workbook.sheets[0].name), None))
    rows = {
        block.first_row + index: list(cells) for block in blocks for index, cells in enumerate(block.cells) if any(cells) or None in cells
    }
    return Parsed(rows, [(mark.row, mark.code.value, mark.cell, mark.value) for block in blocks for mark in block.marks])


def parse_both(data: bytes, sheet: str | None = None) -> Parsed:
    """An .xlsx through both of its readers, which must agree."""
    fast, streamed = (parse(data, is_streaming=is_streaming, sheet=sheet) for is_streaming in (False, True))
    assert fast == streamed
    return fast
