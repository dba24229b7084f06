"""How many records of a source said nothing and were left out: they are no rows, and yet nothing is to vanish in silence."""

from workers.engine.frames import Decision, Dialect

ASPECT = "blank_records"


def explain_blank_records(dialect: Dialect, last_row: int, row_count: int, told_count: int) -> Decision | None:
    """What is said of them; None: there is none. Blank ones below the last row are the end of the file and not counted.

    Every record has a number, so that those are blank which are neither a row nor, as `told_count` up to the last row are, left out with
    an issue that says so.
    """
    first_row = dialect.header_row + dialect.header_rows if dialect.header_row else 1
    count = last_row - first_row + 1 - row_count - told_count
    if count <= 0:
        return None
    what = f"{count:,} blank records were" if count > 1 else "1 blank record was"
    return Decision(ASPECT, str(count), 1.0, f"{what} left out between rows {first_row:,} and {last_row:,}.")
