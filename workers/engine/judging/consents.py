"""Consent: subscribed, unsubscribed or unknown, from those words and the ones that other tools export, and from yes and no.

The words are English, French and German; yes and no are known in more languages. What yes means depends on the name of its column: in one
that asks who has refused ("Opted out") it is a refusal, and no says nothing, since who has not refused has not agreed by that. Where a name
leaves open what it asks, yes and no are not understood. In a column of refusals the day of one says yes ("Unsubscribe date").
"""

from datetime import date, timedelta

import polars as pl

from models.vocabulary import Consent, DateOrder, IssueCode
from workers.engine.judging.consent_columns import Asks
from workers.engine.judging.dates import judge_dates
from workers.engine.judging.text import PLACEHOLDERS_OF_CONSENT, blank
from workers.engine.judging.verdict import make_verdict

_YES = ["yes", "y", "true", "t", "1", "on", "ja", "j", "si", "sí", "sim", "tak", "да", "はい", "是", "oui", "o", "vrai", "wahr"]
_NO = ["no", "n", "false", "f", "0", "off", "nein", "nee", "nej", "nei", "não", "nie", "нет", "いいえ", "否", "non", "faux", "falsch"]
# What says by itself what it means, whatever the column asks.
_STATES = {
    Consent.SUBSCRIBED: "subscribed,subscribe,opt in,opted in,optin,double opt in,abonné,abonnée,inscrit,inscrite,angemeldet,abonniert",
    Consent.UNSUBSCRIBED: "unsubscribed,unsubscribe,opt out,opted out,optout,do not contact,désabonné,désabonnée,désinscrit,désinscrite,"
    "abgemeldet,abbestellt,ausgetragen",
    Consent.UNKNOWN: "unknown,not known,pending,not set,inconnu,inconnue,en attente,unbekannt,ausstehend,offen",
}
# What is said of a consent, and means nothing or the opposite where it is said of a refusal.
_OF_CONSENT = {
    Consent.SUBSCRIBED: "active,confirmed,granted,given,accepted,agreed,accepté,accepte,consenti,actif,"
    "eingewilligt,zugestimmt,einwilligung erteilt,erteilt,aktiv,bestätigt",
    Consent.UNSUBSCRIBED: "inactive,cleaned,denied,refused,withdrawn,revoked,refusé,refuse,retiré,inactif,"
    "gekündigt,widerrufen,widersprochen,abgelehnt,verweigert,gesperrt,inaktiv",
}
_KNOWN = {word: consent.value for consent, words in _STATES.items() for word in words.split(",")}
_AGREED = {word: consent.value for consent, words in _OF_CONSENT.items() for word in words.split(",")}
_AGREED |= dict.fromkeys(_YES, Consent.SUBSCRIBED.value) | dict.fromkeys(_NO, Consent.UNSUBSCRIBED.value)
_REFUSED = dict.fromkeys(_YES, Consent.UNSUBSCRIBED.value) | dict.fromkeys([*_NO, "never", "jamais", "niemals"], "")
# Days up to this one are what programs write for none, and so are these years; people unsubscribe from mail since there is mail.
_LAST_OF_NONE = "1980-01-01"
_YEAR_OF_NONE = r"^(?:0001|1601|1753|9999)-|[./-](?:0001|1601|1753|9999)(?:\D|$)"
_MEANINGS = {Asks.WHO_AGREED: _AGREED, Asks.WHO_REFUSED: _REFUSED, Asks.UNCLEAR: {}}


def judge_consents(texts: pl.Series, asks: Asks, today: date) -> pl.DataFrame:
    """The verdict on cleaned texts; blank says nothing about consent, it does not say unknown."""
    words = blank(texts, PLACEHOLDERS_OF_CONSENT).str.to_lowercase().str.replace_all(r"[-_\s]+", " ").str.strip_chars(" ")
    meanings = {**_KNOWN, **_MEANINGS[asks], "": ""}
    values = words.replace_strict(meanings, default=None, return_dtype=pl.String)
    if asks is Asks.WHO_REFUSED:
        unread = (values.is_null() & texts.is_not_null()).arg_true()
        values = values.scatter(unread, _read_days(texts.gather(unread), today))
    is_other = values.is_null() & texts.is_not_null()
    codes = pl.select(pl.when(is_other).then(pl.lit(IssueCode.INVALID_CONSENT.value))).to_series()
    return make_verdict(values, codes)


def _read_days(texts: pl.Series, today: date) -> pl.Series:
    """What the day of a refusal comes to; null for what is no day, and for a number that a spreadsheet may count or a person."""
    # It is a day if it is one in either order; and where it was, it may be tomorrow already.
    days = pl.DataFrame([texts.alias("text")])
    for order in DateOrder:
        read = judge_dates(texts, order, today + timedelta(days=1))
        days = days.with_columns(pl.when(read["code"].is_null()).then(read["value"]).alias(order.value))
    found = [pl.col(order.value) for order in DateOrder]
    text = pl.col("text").str
    is_none = text.contains(_YEAR_OF_NONE) | pl.any_horizontal(*(day == "" for day in found))
    # A year of two digits that is not this century's may be a day to come, misread.
    is_old = pl.any_horizontal(*(day.is_not_null() for day in found)) & text.contains(r"\d{4}")
    return days.select(
        pl.when(pl.any_horizontal(*(day > _LAST_OF_NONE for day in found)))
        .then(pl.lit(Consent.UNSUBSCRIBED.value))
        .when(is_none | is_old)
        .then(pl.lit(""))
    ).to_series()
