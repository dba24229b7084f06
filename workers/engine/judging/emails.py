"""E-mail addresses: lower-cased, as `email_validator` accepts them without asking the network; "Name <a@b.org>" and mailto: are understood.

The special-use domains are the library's: .test, .local, .localhost, .invalid, .onion and .arpa cannot get mail and are refused, while
example.com and .example pass, since made-up examples must be importable. An address is compared in lower case, local part too: RFC 5321
lets a host tell cases apart, and no provider does.
"""

import re
import unicodedata

import polars as pl
from email_validator import EmailNotValidError, validate_email

from models.vocabulary import MAX_LENGTH, ContactField, IssueCode
from workers.engine.judging.email_domains import ROLES, list_remarkable
from workers.engine.judging.text import PLACEHOLDERS, blank, refuse_long
from workers.engine.judging.verdict import Opinion, ask_rest, find_rows, make_verdict, put_rows

# "Name <address>", "<address>" and mailto:address with or without its query.
_WRAPPED = r"(?s)^[^<>]*<\s*(?:(?i:mailto):)?([^<>\s]+)\s*>$"
_MAILTO = r"^(?i:mailto):\s*([^?\s]+)(?:\?.*)?$"

# A subset of what the library accepts, in lower case and 63 characters at most, so that no label can be too long: dot-atoms
# (RFC 5322, 3.2.3) at labels of letters and digits with single hyphens inside (RFC 1123, 2.1; two hyphens may be Punycode),
# under a top level of letters.
_ATOM = r"[a-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_LABEL = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_COMMON = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z]{{2,}}$"
# No special-use domain has so short a top level, and most addresses have: one pattern is enough for them.
_USUAL = rf"^{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[a-z]{{2,3}}$"
_COMMON_LENGTH = 63
_SPECIAL_USE = r"[@.](?:arpa|invalid|local|localhost|onion|test)$"

# What is no address with any local part and domain: nothing on one side of the sign, or several signs. A quoted local part may hold some.
_ODD_SIGNS = r"(?s)^@|@$|^[^\"]*@[^\"]*@[^\"]*$"
# Where text is parted, one of the parts may be an address.
_PARTED = "[,;]"
_ODD_SIGNS_ONLY = re.compile(_ODD_SIGNS)

# Beyond this an address cannot become shorter than the limit by lower-casing and normalising; the library need not look.
_HOPELESS_LENGTH = 4 * MAX_LENGTH[ContactField.EMAIL]

# Of several addresses in one cell, how many are tried for a suggestion: a cell full of separators must not cost more than another.
_MOST_TRIED = 3

# Lower-casing and NFC settle at once for every address seen; the bound only proves that the loop ends.
_ROUNDS = 4

_ROLE = rf"^(?:{'|'.join(map(re.escape, ROLES))})@"


def judge_emails(texts: pl.Series) -> pl.DataFrame:
    """The verdict on cleaned texts; what the common pattern does not know is asked of the library, once for each distinct text."""
    # Nothing is wrapped round what is usual, and no placeholder has the sign.
    text = pl.col("text").str
    is_usual = (text.len_bytes() <= _COMMON_LENGTH) & text.contains(_USUAL)
    lowered = texts.alias("text").to_frame().select(text.to_lowercase())
    is_decided = lowered.select((is_usual | (text.len_bytes() == 0)).fill_null(True)).to_series()
    verdict = make_verdict(lowered["text"])
    if not is_decided.all():
        verdict = put_rows(verdict, find_rows(~is_decided), _judge_uncommon(texts.filter(~is_decided)))
    return _remark(verdict)


def _judge_uncommon(texts: pl.Series) -> pl.DataFrame:
    bare = unwrap(blank(texts, PLACEHOLDERS)).alias("text").to_frame().select(pl.col("text").str.to_lowercase())
    text = pl.col("text").str
    is_blank = text.len_bytes() == 0
    is_hopeless = ~is_blank & (~text.contains("@", literal=True) | (text.contains(_ODD_SIGNS) & ~text.contains(_PARTED)))
    is_common = text.contains(_COMMON) & (text.len_bytes() <= _COMMON_LENGTH) & ~text.contains(_SPECIAL_USE)
    looked_at = bare.with_columns(is_hopeless=is_hopeless, is_decided=is_hopeless | is_blank | is_common.fill_null(False))
    said = looked_at.select(
        value=pl.when(~pl.col("is_hopeless")).then("text"), code=pl.when("is_hopeless").then(pl.lit(IssueCode.INVALID_EMAIL.value))
    )
    verdict = ask_rest(bare["text"], make_verdict(said["value"], said["code"]), looked_at["is_decided"], parse_email)
    return refuse_long(verdict, bare["text"], MAX_LENGTH[ContactField.EMAIL])


def unwrap(texts: pl.Series) -> pl.Series:
    """The address alone, out of "Name <address>" or a mailto: link; any other text as it is."""
    is_wrapped = texts.str.contains(r"[<:]")
    if not is_wrapped.any():
        return texts
    rows = is_wrapped.arg_true()
    text, inner = pl.col("text"), pl.col("inner")
    wrapped = texts.gather(rows).alias("text").to_frame().with_columns(inner=pl.coalesce(text.str.extract(_WRAPPED), text))
    return texts.clone().scatter(rows, wrapped.select(pl.coalesce(inner.str.extract(_MAILTO), inner)).to_series())


def _remark(verdict: pl.DataFrame) -> pl.DataFrame:
    """The verdict with a word on typing errors in the domain, domains that throw mail away, and mailboxes of a role; the value stays.

    One thing is said of an address at most, in this order: what should be corrected before what is only worth knowing.
    """
    value = pl.col("value").str
    seen = verdict.select(domain=value.slice(value.find("@", literal=True) + 1), is_role=value.contains(_ROLE).fill_null(False))
    known = list_remarkable()
    remarkable = {domain: known[domain] for domain in seen["domain"].unique().to_list() if domain in known}
    is_remarked = seen["is_role"]
    if remarkable:
        is_remarked = seen.select(pl.col("is_role") | pl.col("domain").is_in(list(remarkable)).fill_null(False)).to_series()
    rows = find_rows(is_remarked)
    if not len(rows):
        return verdict
    remarked = verdict.hstack(seen)[rows]
    domain = pl.col("domain")
    meant_domain = domain.replace_strict(remarkable, default=None, return_dtype=pl.String) if remarkable else pl.lit(None, pl.String)
    code = (
        pl.when(meant_domain.is_not_null())
        .then(pl.lit(IssueCode.EMAIL_DOMAIN_TYPO.value))
        .when(domain.is_in(list(remarkable)))
        .then(pl.lit(IssueCode.DISPOSABLE_DOMAIN.value))
        .otherwise(pl.lit(IssueCode.ROLE_ADDRESS.value))
    )
    suggestion = pl.col("value").str.strip_suffix(domain) + meant_domain
    return put_rows(verdict, rows, remarked.select("value", code=code, suggestion=suggestion))


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
    for candidate in dict.fromkeys(candidate.strip(" .;,<>()[]\"'") for candidate in candidates):
        address = None if candidate == text or _ODD_SIGNS_ONLY.search(candidate) else _settle(candidate)
        if address is not None:
            return address
    return None
