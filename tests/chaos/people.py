"""Files of made-up people: known ones with changes, new ones, repeated ones, unusable rows, and companies that many have in common."""

import csv
import io
from collections.abc import Iterable, Iterator

HEADER = ("Customer number", "First name", "E-mail", "Phone", "City", "Company", "Tags")
FIELDS = ("external_id", "first_name", "email", "phone", "city", "company", "tags")
MAPPING = [{"column": column, "field": field} for column, field in zip(HEADER, FIELDS, strict=True)]
COMPANIES = ("Acme Inc.", "ACME", "Beta Ltd", "beta ltd.", "Gamma")
# How many of the rows are people who are known before.
KNOWN_SHARE = 5


def known_people(rows: int) -> bytes:
    """Those of a file of so many rows who are contacts already."""
    return _make_file((f"N{n}", f"Old{n}", f"p{n}@example.com", "", "Lyon", "", "old") for n in range(0, rows, KNOWN_SHARE))


def all_people(rows: int) -> bytes:
    """Everybody."""
    return _make_file(_iter_people(rows))


def _iter_people(rows: int) -> Iterator[tuple[str, ...]]:
    for n in range(rows):
        if n % 97 == 5:
            yield "", f"Nobody{n}", "no address", "", "", "", ""
        elif n % 31 == 7:
            # The person of an earlier row, far enough before to lie in another batch and another chunk.
            other = n - n // 2
            yield f"N{other}", f"New{other}", f"p{other}@example.com", "", f"Moved{n}", COMPANIES[n % 5], "again"
        else:
            phone = f"+1202{2_000_000 + n}" if n % 3 else "12"
            yield f"N{n}", f"New{n}", f"p{n}@example.com", phone, f"City{n % 50}", COMPANIES[n % 5], "new;list"


def _make_file(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue().encode()
