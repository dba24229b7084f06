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
_REFUSED = dict.fromkeys(_YES, Consent.UNSUBSCRIBED.value) | dict.fromkeys(_NO, "")

# In the name of a column, word by word, without accents.
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_REFUSAL = re.compile(
    r"\b(?:opt(?:ed|s)? ?outs?|unsub\w*|do ?n[o']?t|do not|suppress\w*|blacklist\w*|no (?:e ?)?(?:mails?|newsletters?|mailings?|marketing)|"
    r"desabonn\w*|desinscri\w*|ne pas|abgemeldet|abmeldung|abbestell\w*|ausgetragen|widerruf\w*|widersproch\w*|widerspruch|"
    r"nicht|kein\w*|gesperrt|\w*(?:sperre|verbot)|baja|no suscri\w*|disiscri\w*|afgemeld|uitgeschreven|geen)\b"
)
_AGREEMENT = re.compile(
    r"\b(?:opt ?ins?|opted in|subscribed|consen\w*|\w*einwillig\w*|anmeldung|angemeldet|an|abonn\w*|inscrit\w*|suscrit\w*)\b"
)
_NO_AGREEMENT = re.compile(
    r"\b(?:no|not|non|without|nicht|kein\w*|ohne|pas|sans|pas de|sin|sem|senza|geen|niet) "
    r"(?:consen\w*|\w*einwillig\w*|opt ?in|opted in|subscribed|angemeldet|abonn\w*|inscrit\w*|suscrit\w*)\b"
)


def asks_for_refusal(header: str) -> bool:
    """Whether yes in a column of this name says that somebody does not want to be written to.

    A name that speaks of both, "Subscribed / unsubscribed", "Consent (may be withdrawn)", asks for the agreement.
    """
    parted = _CAMEL.sub(" ", header).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    letters = (char for char in unicodedata.normalize("NFKD", parted).casefold() if not unicodedata.combining(char))
    words = re.sub(r"[^\w']+|_+", " ", "".join(letters)).strip()
    if _NO_AGREEMENT.search(words):
        return True
    return _REFUSAL.search(words) is not None and _AGREEMENT.search(words) is None


def judge_consents(texts: pl.Series, *, of_refusal: bool = False) -> pl.DataFrame:
    """The verdict on cleaned texts; blank says nothing about consent, it does not say unknown. `of_refusal`: yes is a refusal."""
    words = blank(texts, PLACEHOLDERS_OF_CONSENT).str.to_lowercase().str.replace_all(r"[-_\s]+", " ").str.strip_chars(" ")
    meanings = {**_KNOWN, **(_REFUSED if of_refusal else _AGREED), "": ""}
    values = words.replace_strict(meanings, default=None, return_dtype=pl.String)
    is_other = values.is_null() & texts.is_not_null()
    codes = pl.select(pl.when(is_other).then(pl.lit(IssueCode.INVALID_CONSENT.value))).to_series()
    return make_verdict(values, codes)
