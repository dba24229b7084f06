"""Every kind of corruption, in the order in which two of them are applied, and the case that a table makes with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from random import Random
from zlib import crc32

from tests.engine.pollution import bytes_and_lines, damaged_rows, layout
from tests.engine.pollution.document import Document, DoesNotApply, make_document
from tests.engine.pollution.tables import Table

Corruption = Callable[[Document, Random], None]

CLEAN = "clean"

# First what changes true cells, then what writes rows otherwise, then what damages the writing, the layout, the lines and the bytes.
KINDS: dict[str, Corruption] = {
    "header missing": layout.drop_header,
    "header blank in places": layout.blank_header_names,
    "header names twice": layout.double_header_names,
    "NUL in a cell": damaged_rows.put_nul_in_cell,
    "very long cell": damaged_rows.write_long_cell,
    "line breaks in cells": damaged_rows.break_lines_in_cells,
    "other delimiter in a row": damaged_rows.use_other_delimiter,
    "other quote in a row": damaged_rows.use_other_quote,
    "other escape in a row": damaged_rows.use_other_escape,
    "delimiter added": damaged_rows.add_delimiter,
    "delimiter lost": damaged_rows.lose_delimiter,
    "opening quote added": damaged_rows.add_opening_quote,
    "closing quote added": damaged_rows.add_closing_quote,
    "opening quote lost": damaged_rows.lose_opening_quote,
    "closing quote lost": damaged_rows.lose_closing_quote,
    "quotes not escaped": damaged_rows.leave_quotes_unescaped,
    "quotes inside a bare cell": damaged_rows.put_quotes_inside,
    "cell lost in the middle": damaged_rows.lose_inner_cell,
    "cells lost at the end": damaged_rows.lose_last_cells,
    "blank cell in the middle": damaged_rows.add_inner_cell,
    "blank cells at the end": damaged_rows.add_last_cells,
    "file cut off": layout.cut_off,
    "header over two rows": layout.split_header,
    "header repeated": layout.repeat_header,
    "two tables, same header": layout.put_table_of_same_header,
    "another table below": layout.put_other_table,
    "footer": layout.put_footer,
    "footer after a blank line": layout.put_footer_after_blank,
    "trailing delimiters": layout.add_trailing_delimiters,
    "blanks around cells": damaged_rows.add_blanks_around,
    "blanks after delimiters": damaged_rows.add_blanks_after_delimiters,
    "blank lines": layout.put_blank_lines,
    "banner": layout.put_banner,
    "preamble": layout.put_preamble,
    "preamble and blank line": layout.put_preamble_and_blank,
    "comment lines": layout.put_comments,
    "sep= line": layout.state_separator,
    "other line end after a row": bytes_and_lines.end_a_row_otherwise,
    "other line ends": bytes_and_lines.end_lines_otherwise,
    "CR line ends": bytes_and_lines.end_lines_with_cr,
    "mixed line ends": bytes_and_lines.mix_line_ends,
    "no last line end": bytes_and_lines.drop_last_line_end,
    "UTF-8 with signature": bytes_and_lines.sign_utf_8,
    "UTF-16": bytes_and_lines.encode_as_utf_16,
    "UTF-16 without signature": bytes_and_lines.encode_as_utf_16_unsigned,
    "Windows-1252": bytes_and_lines.encode_as_windows_1252,
    "other encoding in a row": bytes_and_lines.encode_rows_otherwise,
    "row encoded twice": bytes_and_lines.encode_rows_twice,
}

# Of these a file suffers one at most: two of them undo or contradict each other, or nobody could tell what the outcome means.
_EXCLUSIVE = (
    {"header missing", "header blank in places", "header names twice", "header over two rows"},
    {"header missing", "header repeated"},
    {"header missing", "two tables, same header"},
    {"file cut off", "footer", "footer after a blank line", "another table below", "no last line end"},
    {"blanks around cells", "blanks after delimiters"},
    {"other line end after a row", "other line ends", "CR line ends", "mixed line ends"},
    {"UTF-8 with signature", "UTF-16", "UTF-16 without signature", "Windows-1252", "other encoding in a row"},
    {"UTF-16", "UTF-16 without signature", "Windows-1252", "row encoded twice"},
)


@dataclass(frozen=True, slots=True)
class Case:
    """One polluted file: the kinds that were applied, the table, and the document that came of them."""

    kinds: tuple[str, ...]
    table: Table
    seed: int
    document: Document

    @property
    def name(self) -> str:
        return f"{' + '.join(self.kinds)}, table {self.table.name}, seed {self.seed}"


def make_case(kinds: tuple[str, ...], table: Table, seed: int) -> Case | None:
    """The table put through the kinds, in their order; None where one of them does not apply to it."""
    rng = Random(crc32(f"{kinds} {table.name} {seed}".encode()))
    document = make_document(table.header, table.rows, table.style)
    try:
        for kind in sorted((kind for kind in kinds if kind != CLEAN), key=list(KINDS).index):
            KINDS[kind](document, rng)
    except DoesNotApply:
        return None
    return Case(kinds, table, seed, document)


def pairs_of_kinds() -> Iterator[tuple[str, str]]:
    """All pairs that make sense."""
    for first, second in combinations(KINDS, 2):
        if not any({first, second} <= group for group in _EXCLUSIVE):
            yield first, second
