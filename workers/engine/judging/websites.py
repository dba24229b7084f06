"""Web addresses: http or https with a dotted host; https:// is put before a bare host, scheme and host are lower-cased.

An address with a user name in it is refused (RFC 3986, 3.2.1 warns of the form, which disguises the host), and so is a bare IP address.
"""

import polars as pl

from models.vocabulary import MAX_LENGTH, ContactField, IssueCode
from workers.engine.judging.text import PLACEHOLDERS, blank, refuse_long
from workers.engine.judging.verdict import make_verdict

_LETTER = r"\p{L}\p{M}\p{N}"
# Scheme, host with port, the rest. Host labels in any script: an internationalised host is kept as it is written.
_LABEL = rf"[{_LETTER}_](?:[{_LETTER}_-]*[{_LETTER}])?"
_HOST = rf"(?:{_LABEL}\.)+\p{{L}}[{_LETTER}-]*[{_LETTER}]\.?(?::[0-9]{{1,5}})?"
_ADDRESS = rf"^(?P<scheme>(?i:https?))://(?P<host>{_HOST})(?P<rest>[/?#]\S*)?$"
_HAS_SCHEME = r"^[A-Za-z][A-Za-z0-9+.-]*://"


def judge_websites(texts: pl.Series) -> pl.DataFrame:
    """The verdict on cleaned texts."""
    given = blank(texts, PLACEHOLDERS).str.replace(r"^//", "https://").alias("given")
    full_form = pl.select(pl.when(given.str.contains(_HAS_SCHEME)).then(given).otherwise("https://" + given)).to_series()
    parts = full_form.str.extract_groups(_ADDRESS).struct.unnest()
    scheme, host, rest = parts["scheme"].str.to_lowercase(), parts["host"].str.to_lowercase().str.normalize("NFC"), parts["rest"]
    full = pl.select(pl.when(given == "").then(pl.lit("")).otherwise(scheme + "://" + host + rest.fill_null(""))).to_series()
    codes = pl.select(pl.when((given != "") & host.is_null()).then(pl.lit(IssueCode.INVALID_WEBSITE.value))).to_series()
    limit = MAX_LENGTH[ContactField.WEBSITE]
    return refuse_long(refuse_long(make_verdict(full, codes), full, limit), given, limit)
