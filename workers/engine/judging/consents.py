"""Consent: subscribed, unsubscribed or unknown, from those words and the ones that other tools export, and from yes and no.

The words are English and French; yes and no are known in more languages.
"""

import polars as pl

from models.vocabulary import Consent, IssueCode
from workers.engine.judging.text import PLACEHOLDERS_OF_CONSENT, blank
from workers.engine.judging.verdict import make_verdict

_WORDS: dict[str, str] = {
    word: consent.value
    for consent, words in {
        Consent.SUBSCRIBED: "subscribed,subscribe,yes,y,true,t,1,on,opt in,opted in,optin,active,confirmed,granted,given,accepted,agreed,"
        "double opt in,ja,si,sí,sim,tak,да,はい,是,"
        "oui,o,vrai,abonné,abonnée,inscrit,inscrite,accepté,accepte,consenti,actif",
        Consent.UNSUBSCRIBED: "unsubscribed,unsubscribe,no,n,false,f,0,off,opt out,opted out,optout,inactive,cleaned,denied,refused,"
        "withdrawn,revoked,do not contact,"
        "nein,nee,nej,nei,não,nie,нет,いいえ,否,non,faux,désabonné,désabonnée,désinscrit,désinscrite,refusé,refuse,retiré,inactif",
        Consent.UNKNOWN: "unknown,not known,pending,not set,inconnu,inconnue,en attente",
    }.items()
    for word in words.split(",")
}


def judge_consents(texts: pl.Series) -> pl.DataFrame:
    """The verdict on cleaned texts; blank says nothing about consent, it does not say unknown."""
    words = blank(texts, PLACEHOLDERS_OF_CONSENT).str.to_lowercase().str.replace_all(r"[-_\s]+", " ").str.strip_chars(" ")
    values = words.replace_strict({**_WORDS, "": ""}, default=None, return_dtype=pl.String)
    is_other = values.is_null() & texts.is_not_null()
    codes = pl.select(pl.when(is_other).then(pl.lit(IssueCode.INVALID_CONSENT.value))).to_series()
    return make_verdict(values, codes)
