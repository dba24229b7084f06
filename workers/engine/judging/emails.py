"""E-mail addresses: lower-cased, as `email_validator` accepts them without asking the network; "Name <a@b.org>" and mailto: are understood.

The special-use domains are the library's: .test, .local, .localhost, .invalid, .onion and .arpa cannot get mail and are refused, while
example.com and .example pass, since made-up examples must be importable. An address is compared in lower case, local part too: RFC 5321
lets a host tell cases apart, and no provider does.
"""

import unicodedata

import polars as pl
from email_validator import EmailNotValidError, validate_email

from models.vocabulary import MAX_LENGTH, ContactField, IssueCode
from workers.engine.judging.text import PLACEHOLDERS, blank, refuse_long
from workers.engine.judging.verdict import Opinion, ask_rest, make_verdict

# "Name <address>", "<address>" and mailto:address with or without its query.
_WRAPPED = r"(?s)^[^<>]*<\s*(?:(?i:mailto):)?([^<>\s]+)\s*>$"
_MAILTO = r"^(?i:mailto):\s*([^?\s]+)(?:\?.*)?$"

# A subset of what the library accepts, in lower case and 63 characters at most, so that no label can be too long: dot-atoms
# (RFC 5322, 3.2.3) at labels of letters and digits with single hyphens inside (RFC 1123, 2.1; two hyphens may be Punycode),
# under a top level of letters.
_ATOM = r"[a-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_LABEL = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_COMMON = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z]{{2,}}$"
_COMMON_LENGTH = 63
_SPECIAL_USE = r"[@.](?:arpa|invalid|local|localhost|onion|test)$"

# Beyond this an address cannot become shorter than the limit by lower-casing and normalising; the library need not look.
_HOPELESS_LENGTH = 4 * MAX_LENGTH[ContactField.EMAIL]

# Of several addresses in one cell, how many are tried for a suggestion: a cell full of separators must not cost more than another.
_MOST_TRIED = 3

# Lower-casing and NFC settle at once for every address seen; the bound only proves that the loop ends.
_ROUNDS = 4

# Domains nobody means, with those they mean. A domain stands here only if it is not a provider of its own.
_TYPOS: dict[str, str] = {
    typo: domain
    for domain, typos in {
        "gmail.com": "gmial.com gmai.com gmil.com gamil.com gnail.com gmail.co gmail.con gmail.cm gmail.om gmail.comm gmaill.com gmal.com"
        " gmali.com ggmail.com gmaol.com gmailc.om gmail.cim gmail.vom gmaik.com gemail.com gmail.ocm gmsil.com",
        "hotmail.com": "hotnail.com hotmial.com hotmal.com hotmai.com hotmil.com hotmaill.com hotamil.com hotmail.con hotmail.co hotmail.cm"
        " homail.com hotmsil.com htomail.com hormail.com",
        "yahoo.com": "yaho.com yahooo.com yhaoo.com yahho.com yahoo.con yahoo.cm yhoo.com yaoo.com yahoo.co yahoo.om",
        "outlook.com": "outlok.com outloo.com outlook.con outllook.com oulook.com outlook.co outlookk.com putlook.com",
        "icloud.com": "iclod.com icoud.com iclould.com icloud.con icloud.co",
        "live.com": "live.con",
        "aol.com": "aol.con",
        "orange.fr": "ornage.fr orage.fr organge.fr",
        "wanadoo.fr": "wandoo.fr wanado.fr wanadooo.fr",
        "laposte.net": "lapost.net lapsote.net",
        "free.fr": "frre.fr",
        "hotmail.fr": "hotnail.fr hotmial.fr hotmai.fr hotmal.fr",
        "yahoo.fr": "yaho.fr yahooo.fr yhaoo.fr",
    }.items()
    for typo in typos.split()
}


def judge_emails(texts: pl.Series) -> pl.DataFrame:
    """The verdict on cleaned texts; what the common pattern does not know is asked of the library, once for each distinct text."""
    bare = unwrap(blank(texts, PLACEHOLDERS)).str.to_lowercase()
    is_common = bare.str.contains(_COMMON) & (bare.str.len_bytes() <= _COMMON_LENGTH) & ~bare.str.contains(_SPECIAL_USE)
    is_decided = (is_common | (bare == "")).fill_null(True)
    verdict = refuse_long(ask_rest(bare, make_verdict(bare), is_decided, parse_email), bare, MAX_LENGTH[ContactField.EMAIL])
    return point_out_typos(verdict)


def unwrap(texts: pl.Series) -> pl.Series:
    """The address alone, out of "Name <address>" or a mailto: link; any other text as it is."""
    if not texts.str.contains(r"[<:]").any():
        return texts
    inner = _first_of(texts.str.extract(_WRAPPED), texts)
    return _first_of(inner.str.extract(_MAILTO), inner)


def _first_of(preferred: pl.Series, otherwise: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(preferred, otherwise)).to_series()


def point_out_typos(verdict: pl.DataFrame) -> pl.DataFrame:
    """The verdict with a word on the domains that are common typing errors; the value stays."""
    domain = verdict["value"].str.extract(r"@([^@]+)$")
    is_typo = domain.is_in(list(_TYPOS)).fill_null(False)
    if not is_typo.any():
        return verdict
    meant = verdict["value"].str.extract(r"^(.*@)[^@]+$") + domain.replace_strict(_TYPOS, default=None, return_dtype=pl.String)
    return verdict.with_columns(
        pl.when(is_typo).then(pl.lit(IssueCode.EMAIL_DOMAIN_TYPO.value)).otherwise(pl.col("code")).alias("code"),
        pl.when(is_typo).then(meant).otherwise(pl.col("suggestion")).alias("suggestion"),
    )


def parse_email(text: str) -> Opinion:
    """The reference: what the library says of one address, lower-cased."""
    if len(text) > _HOPELESS_LENGTH:
        return Opinion(code=IssueCode.INVALID_EMAIL)
    address = _settle(text)
    if address is not None:
        return Opinion(value=address)
    return Opinion(code=IssueCode.INVALID_EMAIL, suggestion=_repair(text))


def _settle(text: str) -> str | None:
    """The address that the library and lower-casing both leave as it is; None if there is none."""
    address = text
    for _ in range(_ROUNDS):
        try:
            settled = validate_email(address, check_deliverability=False).normalized
        except EmailNotValidError:
            return None
        settled = unicodedata.normalize("NFC", settled.lower())
        if settled == address:
            return address
        address = settled
    return None


def _repair(text: str) -> str | None:
    """An address that the text may have meant: without spaces, with a point for a comma, the first of several."""
    closed_up, several = text.replace(" ", ""), text.replace(",", ";").split(";", _MOST_TRIED)
    candidates = (closed_up.replace(",", "."), closed_up.replace("..", "."), *several[:_MOST_TRIED])
    for candidate in candidates:
        address = _settle(candidate.strip(" .;,<>()[]\"'"))
        if address is not None:
            return address
    return None
