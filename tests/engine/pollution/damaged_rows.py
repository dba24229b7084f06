"""Corruptions of single rows: delimiters, quotes and cells that were added or lost, and rows in another dialect."""

from dataclasses import replace
from random import Random

from tests.engine.pollution.document import Document, DoesNotApply, Forgiven, Record

_LONG_CELL_CHARACTERS = 70_000


def add_delimiter(document: Document, rng: Random) -> None:
    """A delimiter within a cell that has no quotes. Whether it belongs to the value nobody can say: both count as right."""
    for record in document.pick(rng, lambda record: _has_plain(document, record)):
        index = rng.choice(_plain(record))
        clean = _true(record, index)
        middle = rng.randint(1, len(clean) - 1)
        record.pieces[index] = clean[:middle] + record.style.delimiter + clean[middle:]
        record.also[index] = (record.pieces[index],)


def lose_delimiter(document: Document, rng: Random) -> None:
    """Two cells run together."""
    for record in document.pick(rng, lambda record: _is_wide(document, record) and len(_neighbours(record)) > 0):
        index = rng.choice(_neighbours(record))
        record.pieces[index : index + 2] = ["".join(record.pieces[index : index + 2])]


def add_opening_quote(document: Document, rng: Random) -> None:
    """A quote before a cell that has none, and no other to close it. Whether it belongs to the value nobody can say."""
    for record in document.pick(rng, lambda record: _has_plain(document, record)):
        index = rng.choice(_plain(record))
        record.pieces[index] = record.style.quote + record.pieces[index]
        record.also[index] = (record.pieces[index],)


def add_closing_quote(document: Document, rng: Random) -> None:
    """A quote behind a cell that has none."""
    for record in document.pick(rng, lambda record: _has_plain(document, record)):
        index = rng.choice(_plain(record))
        record.pieces[index] += record.style.quote
        record.also[index] = (record.pieces[index],)


def lose_opening_quote(document: Document, rng: Random) -> None:
    """A quoted cell without the first of its quotes."""
    for record in document.pick(rng, _is_one_line):
        index = _quoted(record, rng)
        record.pieces[index] = record.pieces[index][len(record.style.quote) :]
        record.also[index] = (record.pieces[index],)


def lose_closing_quote(document: Document, rng: Random) -> None:
    """A quoted cell without the last of its quotes."""
    for record in document.pick(rng, _is_one_line):
        index = _quoted(record, rng)
        record.pieces[index] = record.pieces[index][: -len(record.style.quote)]
        record.also[index] = (record.pieces[index],)


def leave_quotes_unescaped(document: Document, rng: Random) -> None:
    """A cell within quotes that has quotes of its own, neither doubled nor escaped."""
    for record in document.pick(rng, lambda record: len(_filled(record)) > 0):
        index = rng.choice(_filled(record))
        quote = record.style.quote
        word = rng.choice(("great", "old", "second"))
        content = f"the {quote}{word}{quote} {_true(record, index).replace(quote, '')}"
        record.change(index, content)
        record.pieces[index] = quote + content + quote


def put_quotes_inside(document: Document, rng: Random) -> None:
    """A cell without quotes around it that has quotes inside."""
    for record in document.pick(rng, lambda record: _has_plain(document, record)):
        index = rng.choice(_plain(record))
        quote = record.style.quote
        content = f"{_true(record, index)} {quote}{rng.choice(('Didi', 'Max', 'Jo'))}{quote} indeed"
        record.change(index, content)
        record.pieces[index] = content


def use_other_delimiter(document: Document, rng: Random) -> None:
    """A row written with another delimiter."""
    for record in document.pick(rng, lambda record: _is_wide(document, record)):
        others = [delimiter for delimiter in (",", ";", "\t", "|") if delimiter not in record.style.delimiter]
        record.rewrite(replace(record.style, delimiter=rng.choice(others)))


def use_other_quote(document: Document, rng: Random) -> None:
    """A row written with another quote around every cell."""
    for record in document.pick(rng, _is_one_line):
        record.rewrite(replace(record.style, quote='"' if record.style.quote == "'" else "'", quotes_all=True))


def use_other_escape(document: Document, rng: Random) -> None:
    """A row whose quotes within quotes are escaped by a backslash where the file doubles them, or the other way round."""
    for record in document.pick(rng, lambda record: len(_filled(record)) > 0):
        index = rng.choice(_filled(record))
        quote = record.style.quote
        record.change(index, f"{_true(record, index)}, {quote}Max{quote} to friends")
        record.rewrite(replace(record.style, escape="\\" if record.style.escape is None else None))


def lose_last_cells(document: Document, rng: Random) -> None:
    """A row that ends early, delimiters and all. What is lost is lost: those cells are blank in truth."""
    for record in document.pick(rng, lambda record: _is_wide(document, record)):
        count = rng.randint(1, document.width - 1)
        assert record.truth is not None
        record.truth = (*record.truth[: document.width - count], *[""] * count)
        record.pieces = record.pieces[: document.width - count]


def lose_inner_cell(document: Document, rng: Random) -> None:
    """A cell in the middle of a row is lost with its delimiter. It is blank in truth, the others stand where they stood."""
    if document.width < 3:
        raise DoesNotApply
    for record in document.pick(rng, lambda record: _is_wide(document, record)):
        index = rng.randrange(1, document.width - 1)
        record.change(index, "")
        del record.pieces[index]


def add_last_cells(document: Document, rng: Random) -> None:
    """A row with blank cells beyond the last column."""
    for record in document.pick(rng, lambda record: _is_wide(document, record)):
        record.pieces += [""] * rng.randint(1, 3)


def add_inner_cell(document: Document, rng: Random) -> None:
    """A delimiter too many between two cells: a blank cell that pushes the others on."""
    for record in document.pick(rng, lambda record: _is_wide(document, record)):
        record.pieces.insert(rng.randrange(1, document.width), "")


def put_nul_in_cell(document: Document, rng: Random) -> None:
    """A NUL character in a cell; whether it is kept is nobody's loss."""
    document.forgiven.add(Forgiven.NUL)
    for record in document.pick(rng, lambda record: len(_filled(record)) > 0):
        index = rng.choice(_filled(record))
        clean = _true(record, index)
        record.change(index, f"{clean[: len(clean) // 2]}\0{clean[len(clean) // 2 :]}")


def write_long_cell(document: Document, rng: Random) -> None:
    """A cell of many pages."""
    for record in document.pick(rng, lambda record: record.truth is not None)[:1]:
        record.change(rng.randrange(document.width), "a long story, with a comma " * (_LONG_CELL_CHARACTERS // 27))


def break_lines_in_cells(document: Document, rng: Random) -> None:
    """Cells with line breaks, within quotes."""
    for record in document.pick(rng, lambda record: len(_filled(record)) > 0):
        index = rng.choice(_filled(record))
        record.change(index, f"{_true(record, index)}\nsecond line\n\nand a last one")


def add_blanks_around(document: Document, rng: Random) -> None:
    """Blanks around every cell, within the quotes or outside; they may be kept or not."""
    if document.style.delimiter == "\t":
        raise DoesNotApply
    document.forgiven.add(Forgiven.BLANKS_AROUND)
    for record in document.records:
        record.pieces = [f"{' ' if index else ''}{piece} " for index, piece in enumerate(record.pieces)]


def add_blanks_after_delimiters(document: Document, rng: Random) -> None:
    """A blank after every delimiter, as people type."""
    if document.style.delimiter == "\t" or document.width < 2:
        raise DoesNotApply
    document.forgiven.add(Forgiven.BLANKS_AROUND)
    for record in document.records:
        record.pieces = [f"{' ' if index else ''}{piece}" for index, piece in enumerate(record.pieces)]


def _true(record: Record, index: int) -> str:
    assert record.truth is not None
    return record.truth[index]


def _is_wide(document: Document, record: Record) -> bool:
    return document.width > 1 and len(record.pieces) == document.width


def _is_one_line(record: Record) -> bool:
    return record.truth is not None and not any("\n" in cell for cell in record.truth) and len(_filled(record)) > 0


def _filled(record: Record) -> list[int]:
    """The columns whose cells are worth damaging."""
    return [index for index in range(len(record.pieces)) if index < len(record.truth or ()) and len(_true(record, index)) > 2]


def _plain(record: Record) -> list[int]:
    """The columns whose cells stand without quotes, exactly as in truth."""
    return [index for index in _filled(record) if record.pieces[index] == _true(record, index)]


def _has_plain(document: Document, record: Record) -> bool:
    # Over several lines a damaged quote leaves it open which lines are records, and so what the rows' numbers are.
    return len(record.pieces) == document.width and _is_one_line(record) and len(_plain(record)) > 0


def _neighbours(record: Record) -> list[int]:
    return [index for index in range(len(record.pieces) - 1) if record.pieces[index] and record.pieces[index + 1]]


def _quoted(record: Record, rng: Random) -> int:
    """A column whose cell stands within quotes, which are put there if there is none; those that need them are taken first."""
    filled = _filled(record)
    needed = [index for index in filled if record.is_enclosed(index)]
    index = rng.choice(needed or filled)
    if not needed:
        record.pieces[index] = record.style.enclose(_true(record, index))
    return index
