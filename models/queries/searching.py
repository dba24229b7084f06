"""What may be searched for: each word costs a look at each field of each row, and no database takes any number of them."""

from models.errors import InvalidRequest

MAX_WORDS = 20
MAX_CHARACTERS = 1_000


def require_search(search: str) -> str:
    """The text. Raises InvalidRequest (text_too_long)."""
    if len(search) > MAX_CHARACTERS:
        raise InvalidRequest(f"A search has at most {MAX_CHARACTERS:,} characters.", code="text_too_long")
    return search


def split_search(search: str) -> list[str]:
    """Its words. Raises InvalidRequest (too_many_words, text_too_long)."""
    words = require_search(search).split()
    if len(words) > MAX_WORDS:
        raise InvalidRequest(f"A search has at most {MAX_WORDS} words.", code="too_many_words")
    return words
