"""Corruptions of what stands around the rows: lines above and below the table, headers, comments, further tables."""

from random import Random

from tests.engine.pollution.document import Document, DoesNotApply, Record, Role

_COMPANY_ROWS = (
    ("Northwind", "https://northwind.example.com", "120"),
    ("Initech", "https://initech.example.com", "45"),
    ("Blue Green", "https://blue-green.example.com", "8"),
    ("Acme", "https://acme.example.com", "1300"),
)


def put_preamble(document: Document, rng: Random) -> None:
    """Lines of text above the header, with delimiters in them."""
    between = document.style.delimiter
    lines = [
        f"Export of contacts{between} made on 2026-03-0{rng.randint(1, 9)}",
        f"Filter: city is Paris{between} status is active{between} owner is anybody",
        "For internal use only",
    ]
    document.records[:0] = [document.noise(line) for line in lines[: rng.randint(2, 3)]]


def put_preamble_and_blank(document: Document, rng: Random) -> None:
    """Lines of text above the header, then a blank one."""
    lines = ["Customer list", f"Printed by the CRM on 2026-03-1{rng.randint(0, 9)}", ""]
    document.records[:0] = [document.noise(line) for line in lines]


def put_banner(document: Document, rng: Random) -> None:
    """A title in the first cell of a record that is as wide as the table."""
    title = document.noise("")
    title.pieces = [f"Contacts {rng.randint(2010, 2026)}", *[""] * (document.width - 1)]
    document.records.insert(0, title)


def drop_header(document: Document, rng: Random) -> None:
    """No header."""
    document.records = [record for record in document.records if record.role is not Role.HEADER]


def repeat_header(document: Document, rng: Random) -> None:
    """The header again amid the rows, as at the top of each printed page."""
    for _ in range(2):
        document.records.insert(_between_rows(document, rng), _copy_header(document))


def split_header(document: Document, rng: Random) -> None:
    """A header over two rows: groups above, names below. The names below count."""
    if document.width < 4:
        raise DoesNotApply
    groups = document.noise("")
    half = document.width // 2
    groups.pieces = ["Person", *[""] * (half - 1), "Details", *[""] * (document.width - half - 1)]
    groups.role = Role.HEADER
    document.records.insert(document.header_index, groups)


def blank_header_names(document: Document, rng: Random) -> None:
    """Some columns without names; whatever stands there instead is made up."""
    if document.width < 3:
        raise DoesNotApply
    header = _header(document)
    for index in rng.sample(range(1, document.width), max(1, document.width // 4)):
        header.change(index, "")


def double_header_names(document: Document, rng: Random) -> None:
    """Two columns of one name."""
    if document.width < 2:
        raise DoesNotApply
    header = _header(document)
    assert header.truth is not None
    first, second = sorted(rng.sample(range(document.width), 2))
    header.change(second, header.truth[first])


def put_footer(document: Document, rng: Random) -> None:
    """Totals below the table, and who made it."""
    if document.width < 2:
        raise DoesNotApply
    total = document.noise("")
    total.pieces = ["Total", *[""] * (document.width - 2), str(len(document.rows()))]
    document.records += [total, document.noise(f"Report made by the CRM on 2026-03-1{rng.randint(0, 9)}")]


def put_footer_after_blank(document: Document, rng: Random) -> None:
    """A blank line below the table, then a sentence."""
    document.records += [document.noise(""), document.noise(f"{len(document.rows())} records exported, {rng.randint(2, 9)} left out")]


def put_comments(document: Document, rng: Random) -> None:
    """Comment lines above the header and amid the rows, with delimiters in them."""
    between = document.style.delimiter
    document.records.insert(_between_rows(document, rng), document.noise(f"# checked by Maria{between} 2026{between} all well"))
    document.records.insert(0, document.noise("# contacts, export 7"))


def put_blank_lines(document: Document, rng: Random) -> None:
    """Blank lines, some of them of delimiters only."""
    for line in ("", "", document.style.delimiter * (document.width - 1), "  "):
        document.records.insert(_between_rows(document, rng), document.noise(line))


def add_trailing_delimiters(document: Document, rng: Random) -> None:
    """A delimiter at the end of every record."""
    if document.width < 2:
        raise DoesNotApply
    for record in document.records:
        if record.role is not Role.NOISE:
            record.pieces.append("")


def put_table_of_same_header(document: Document, rng: Random) -> None:
    """The rows in two tables, each with its header; all are rows of one."""
    cut = _between_rows(document, rng)
    document.records[cut:cut] = [document.noise(""), _copy_header(document)]


def put_other_table(document: Document, rng: Random) -> None:
    """Another table below, of other things; it is the smaller one, and not the contacts."""
    if document.width < 2:
        raise DoesNotApply
    lines: list[Record] = []
    for cells in (("Company", "Web site", "Employees"), *_COMPANY_ROWS[: rng.randint(3, 4)]):
        record = document.noise("")
        record.pieces = [document.style.write(cell) for cell in cells]
        lines.append(record)
    document.records += [document.noise(""), document.noise("Companies"), *lines]


def state_separator(document: Document, rng: Random) -> None:
    """Excel's first line about the delimiter."""
    if len(document.style.delimiter) > 1:
        raise DoesNotApply
    document.records.insert(0, document.noise(f"sep={document.style.delimiter}"))


def cut_off(document: Document, rng: Random) -> None:
    """The file ends amid a row. The cell that was cut is in truth what is left of it, those after it are blank."""
    if document.width < 2:
        raise DoesNotApply
    last = document.rows()[-1]
    document.records = document.records[: document.records.index(last) + 1]
    assert last.truth is not None
    if any("\n" in cell for cell in last.truth):
        raise DoesNotApply
    fits = [index for index in range(document.width - 1) if len(last.truth[index]) > 1 and index < len(last.pieces)]
    if not fits:
        raise DoesNotApply
    index = rng.choice(fits)
    last.is_hit = True
    # Cut within its text, which is at most one escape away from the same place in its written form.
    piece = last.pieces[index]
    kept = len(piece) // 2
    last.pieces = [*last.pieces[:index], piece[:kept]]
    shown = piece[:kept].removeprefix(last.style.quote) if last.is_enclosed(index) or piece[:1] == last.style.quote else piece[:kept]
    last.truth = (*last.truth[:index], shown, *[""] * (document.width - index - 1))
    last.also = {index: (piece[:kept],)}
    last.end = ""


def _header(document: Document) -> Record:
    header = document.header
    if header is None:
        raise DoesNotApply
    return header


def _copy_header(document: Document) -> Record:
    header = _header(document)
    return Record(Role.NOISE, list(header.pieces), header.style, header.end)


def _between_rows(document: Document, rng: Random) -> int:
    """A place with at least three rows above and three below."""
    rows = [index for index, record in enumerate(document.records) if record.role is Role.ROW]
    return rng.choice(rows[3:-3])
