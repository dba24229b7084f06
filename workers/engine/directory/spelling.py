"""What all ways of writing a name have in common: case, accents, spaces and punctuation aside, and of a company its legal form.

A key is kept with its entry, so that changing a rule here means computing the keys of all entries anew.
"""

import polars as pl

from models.vocabulary import DirectoryKind

MOST_KEY_CHARACTERS = 200

# The combining accents of Latin, Greek and Cyrillic; the marks of other scripts are letters to their readers.
_ACCENTS = r"[\u{300}-\u{36F}]"

# Letters that Unicode does not take apart, as they are spelled where they are not at hand; a dotless i, and both small sigmas.
_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "\u03c2": "\u03c3"}

# Written inside a word or an abbreviation: S.A.R.L., O'Brien.
_WITHIN_WORDS = r"[.'\u{2019}\u{2BC}`\u{B4}]"
_BETWEEN_WORDS = r"[^\p{L}\p{M}\p{N}]+"

# Legal forms as they stand behind a name, of the countries that most files come from. Those that are also a word at the end of usual
# names (Me, Do, Art) are left out.
_LEGAL_FORMS = (
    "inc|incorporated|corp|corporation|co|company|llc|l l c|llp|lllp|lp|pllc|ltd|limited|ltee|plc|coltd|"
    "gmbh|ggmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|haftungsbeschrankt|"
    "sarl|s a r l|sas|sasu|sa|s a|snc|eurl|scop|cie|"
    "srl|s r l|srls|spa|s p a|sapa|sl|s l|slu|sau|sa de cv|s de rl de cv|lda|ltda|eireli|"
    "bv|b v|nv|n v|bvba|vof|se|ab|as|a s|asa|aps|oy|oyj|ehf|"
    "sro|s r o|doo|d o o|kft|zrt|nyrt|spzoo|sp z oo|sp z o o|sp zoo|sia|uab|ooo|oao|zao|pao|"
    "pty|pte|pvt|sdn|bhd"
)
_CONNECTIVES = "and|und|et|y|e|i"
_LEGAL_ENDING = rf"^(\S.*?)(?:(?: (?:{_CONNECTIVES}))? (?:{_LEGAL_FORMS}))+$"


def make_name_keys(kind: DirectoryKind, names: pl.Series) -> pl.Series:
    """The key of each name. Names of one key are one entry; no name that is not blank has an empty key."""
    whole = names.str.normalize("NFKD").str.to_lowercase()
    plain = whole.str.replace_all(_ACCENTS, "").str.replace_many(_LETTERS)
    words = plain.str.replace_all(_WITHIN_WORDS, "").str.replace_all("&", " and ", literal=True)
    words = words.str.replace_all(_BETWEEN_WORDS, " ").str.strip_chars(" ")
    if kind is DirectoryKind.COMPANY:
        words = words.str.replace(_LEGAL_ENDING, "$1")
    letters = words.str.replace_all(" ", "", literal=True)
    # A name of nothing but signs is told by them, and so is an e-mail address, in which each of them counts.
    exact = whole.str.replace_all(r"\s+", "")
    is_exact = (letters == "") | (exact.str.contains("@", literal=True) if kind is DirectoryKind.OWNER else False)
    return exact.zip_with(is_exact, letters).str.slice(0, MOST_KEY_CHARACTERS)
