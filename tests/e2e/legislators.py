"""The file of the members of the Congress of the United States, or one of its shape where it is not at hand."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

REAL = Path(__file__).parents[3] / "shared" / "data" / "real" / "us-legislators-current.csv"
COLUMNS = (
    *("last_name", "first_name", "middle_name", "suffix", "nickname", "full_name", "birthday", "gender", "type", "state", "district"),
    *("senate_class", "party", "url", "address", "phone", "contact_form", "rss_url", "twitter", "twitter_id", "facebook", "youtube"),
    *("youtube_id", "mastodon", "bioguide_id", "thomas_id", "opensecrets_id", "lis_id", "fec_ids", "cspan_id", "govtrack_id"),
    *("votesmart_id", "ballotpedia_id", "washington_post_id", "icpsr_id", "wikipedia_id"),
)
ROWS = 537


def write_like_it(path: Path) -> Path:
    """As many made-up people in the same columns, the last of them without a phone."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(_iter_people())
    return path


def _iter_people() -> Iterator[dict[str, str]]:
    for number in range(1, ROWS + 1):
        first, last = f"Ada{number}", ("Nuñez", "O'Neill", "Van Der Berg")[number % 3]
        yield {
            "last_name": last,
            "first_name": first,
            "full_name": f"{first} {last}",
            "birthday": f"19{40 + number % 50}-0{1 + number % 9}-1{number % 10}",
            "gender": "F",
            "type": "rep",
            "state": ("WA", "NY", "TX")[number % 3],
            "party": "Independent",
            "url": f"https://person{number}.example.gov",
            "address": f"{number} Longworth House Office Building Washington DC 20515",
            "phone": f"202-225-{number:04}" if number < ROWS else "",
            "bioguide_id": f"X{number:06}",
            "fec_ids": f"H{number:08},S{number:08}",
        }


def read_people(path: Path) -> list[dict[str, str]]:
    """The rows of the file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def expected_phone(person: dict[str, str]) -> str | None:
    """A number of the United States in E.164, made without our engine."""
    digits = re.sub(r"\D", "", person["phone"])
    return f"+1{digits}" if digits else None
