"""A larger file of made-up people, with known ones, repeated ones and unusable rows among them."""

import csv
import io
from collections.abc import Iterable, Iterator

KNOWN = 2_000
ROWS = 12_000
HEADER = ("Customer number", "First name", "E-mail", "Phone", "City", "Tags")
MAPPING = dict(zip(HEADER, ("external_id", "first_name", "email", "phone", "city", "tags"), strict=True))


def make_file(rows: Iterable[tuple[str, ...]]) -> bytes:
    """A CSV file with the header."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue().encode()


def known_people() -> bytes:
    """Those who are contacts already."""
    return make_file((f"N{number}", f"Old{number}", f"p{number}@example.com", "", "Lyon", "old") for number in range(KNOWN))


def all_people() -> bytes:
    """The known with changes, new ones, some twice with another city the second time, some that cannot be used."""
    return make_file(_iter_people(ROWS))


def _iter_people(count: int) -> Iterator[tuple[str, ...]]:
    for number in range(count):
        if number % 97 == 5:
            yield "", f"Nobody{number}", "no address", "", "", ""
        elif number % 31 == 7:
            # The person of an earlier row, far enough before to lie in another batch.
            other = number - number // 2
            yield f"N{other}", f"New{other}", f"p{other}@example.com", "", f"Moved{number}", "again"
        else:
            phone = f"+1202{2_000_000 + number}" if number % 3 else "12"
            yield f"N{number}", f"New{number}", f"p{number}@example.com", phone, f"City{number % 50}", "new;list"
