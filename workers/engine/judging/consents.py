"""Consent: subscribed, unsubscribed or unknown, from those words and the ones that other tools export, and from yes and no.

The words are English, French and German; yes and no are known in more languages. In a column that asks who has refused ("Opted out") yes is
a refusal, and no says nothing: who has not refused has not agreed by that.
"""

import re
import unicodedata

import polars as pl

from models.vocabulary import Consent, IssueCode
from workers.engine.judging.text import PLACEHOLDERS_OF_CONSENT, blank
from workers.engine.judging.verdict import make_verdict

_YES = ["yes", "y", "true", "t", "1", "on", "ja", "j", "si", "sí", "sim", "tak", "да", "はい", "是", "oui", "o", "vrai", "wahr"]
_NO = ["no", "n", "false", "f", "0", "off", "nein", "nee", "nej", "nei", "não", "nie", "нет", "いいえ", "否", "non", "faux", "falsch"]
_STATES = {
    Consent.SUBSCRIBED: "subscribed,subscribe,opt in,opted in,optin,active,confirmed,granted,given,accepted,agreed,double opt in,"
    "abonné,abonnée,inscrit,inscrite,accepté,accepte,consenti,actif,"
    "angemeldet,abonniert,eingewilligt,zugestimmt,einwilligung erteilt,erteilt,aktiv,bestätigt",
    Consent.UNSUBSCRIBED: "unsubscribed,unsubscribe,opt out,opted out,optout,inactive,cleaned,denied,refused,withdrawn,revoked,"
    "do not contact,désabonné,désabonnée,désinscrit,désinscrite,refusé,refuse,retiré,inactif,"
    "abgemeldet,abbestellt,ausgetragen,gekündigt,widerrufen,widersprochen,abgelehnt,verweigert,gesperrt,inaktiv",
    Consent.UNKNOWN: "unknown,not known,pending,not set,inconnu,inconnue,en attente,unbekannt,ausstehend,offen",
}
_KNOWN = {word: consent.value for consent, words in _STATES.items() for word in words.split(",")}
_AGREED = dict.fromkeys(_YES, Consent.SUBSCRIBED.value) | dict.fromkeys(_NO, Consent.UNSUBSCRIBED.value)
_REFUSED = dict.fromkeys(_YES, Consent.UNSUBSCRIBED.value) | dict.fromkeys(_NO, "")

# What the names of such columns hold, without accents and whatever parts the words.
_REFUSALS = re.compile(
    "opt(ed)?out|unsubscri|donot(e?mail|contact|call|send)|no(email|newsletter|mailing|marketing)|suppress(ed|ion)|blacklist|"
    "desabonn|desinscri|abgemeldet|abmeldung|abbestell|ausgetragen|widerruf|widersproch|werbesperre|mailsperre|"
    "keine?(werbung|newsletter|emails?|mails?)|dadodebaja|disiscri|afgemeld|uitgeschreven"
)
_STATUS = re.compile("(?<!un)subscri")


def asks_for_refusal(header: str) -> bool:
    """Whether yes in a column of this name says that somebody does not want to be written to."""
    letters = "".join(char for char in unicodedata.normalize("NFKD", header).casefold() if char.isalnum())
    return _REFUSALS.search(letters) is not None and _STATUS.search(letters) is None


def judge_consents(texts: pl.Series, *, of_refusal: bool = False) -> pl.DataFrame:
    """The verdict on cleaned texts; blank says nothing about consent, it does not say unknown. `of_refusal`: yes is a refusal."""
    words = blank(texts, PLACEHOLDERS_OF_CONSENT).str.to_lowercase().str.replace_all(r"[-_\s]+", " ").str.strip_chars(" ")
    meanings = {**_KNOWN, **(_REFUSED if of_refusal else _AGREED), "": ""}
    values = words.replace_strict(meanings, default=None, return_dtype=pl.String)
    is_other = values.is_null() & texts.is_not_null()
    codes = pl.select(pl.when(is_other).then(pl.lit(IssueCode.INVALID_CONSENT.value))).to_series()
    return make_verdict(values, codes)
