"""What texts have in common that people take for the same, however they are written: capitals, ligatures, composed accents."""

import unicodedata


def fold_case(text: str) -> str:
    """The text without what tells capitals from small letters, in Unicode's compatible composed form (NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
