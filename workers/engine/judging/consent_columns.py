"""What a column of consent asks, so far as its name tells: who has agreed ("Opt-in"), or who has refused ("Opted out").

There are more ways to refuse in a name than any list has ("Consent withdrawn", "Newsletter gekündigt", "Email blocked"), and a refusal that
is read as an agreement mails to who said no. So every word of a name has to be known before yes in its column is an agreement.
"""

import re
import unicodedata
from enum import StrEnum


class Asks(StrEnum):
    """What a column wants to know, so far as its name tells."""

    WHO_AGREED = "who agreed"
    WHO_REFUSED = "who refused"
    UNCLEAR = "unclear"


# All without accents, and word by word where nothing else is said.
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# The two answers, as forms name them: "(yes/no)", "J/N", "si o no". Beside each other they may be words of a sentence ("si no desea").
_YES_OR_NO = re.compile(
    r"(?<!\w)(?:yes|y|ja|j|oui|o|si|s|sim|true|t|1)(?:\s*[/|,]\s*|\s+(?:or|oder|ou|o|of)\s+)(?:no|n|nein|non|nee|nao|false|f|0)(?!\w)"
)
_REFUSAL = re.compile(
    r"\w*opt(?:ed|s)? ?outs?\w*|"
    r"\b(?:\w*un ?subscri\w*|unsub|(?:do ?not|don'?t|no|never) ?(?:e ?)?(?:mail|contact|call|send|market|text|phone)\w*|do not disturb|dnc|"
    r"no newsletters?|suppress\w*|black ?list\w*|block ?list\w*|liste noire|lista (?:negra|nera)|\w*robinson ?\w*|bloctel|"
    r"des ?abonn\w*|des ?inscri\w*|dado de baja|disiscri\w*|afgemeld|uitgeschreven|abgemeldet|\w*abmeldung|abbestell\w*|ausgetragen|"
    r"\w*(?:sperre|sperrliste|sperrvermerk|verbot|widerspruch))\b"
)
_AGREEMENT = (
    r"opt ?ins?|optin\w*|opted in|subs?|subscribed?|consen(?:t|ts|ted|so|sos|ti|tement|timiento|timento)|"
    r"\w*einwilligung(?:en)?|eingewilligt|zustimmung|zugestimmt|\w*anmeldung|angemeldet|abonn(?:e|es|ee|ees|ement|ements|ent|enten|iert|iere)|"
    r"inscri(?:t|te|ts|tes|ption|cao|pcion)|iscri(?:tto|tta|zione)|su[bs]scri(?:to|ta|pcion|ptor)|suscriptor|agree(?:s|d|ment)?|"
    r"accept(?:s|ed|e|es|ance)?|accetta|accetto|acepta|acepto|aceita|aceito|permission|permitted|allow(?:s|ed)?|erlaubnis|erlaubt|toestemming|"
    r"aangemeld|ingeschreven|zgoda|souscrit|accord|optedin"
)
_DENIAL = re.compile(
    r"\b(?:no|not|non|nao|never|without|don'?t|nicht|kein\w*|ohne|ne|pas|plus|sans|sin|sem|senza|geen|niet|"
    r"withdr\w*|revo\w*|declin\w*|den(?:y|ied)|refus\w*|oppos\w*|widerruf\w*|widersproch\w*|abgelehnt|gesperrt|baja)\b"
)
_SPEAKS_OF_AGREEMENT = re.compile(rf"\b(?:{_AGREEMENT})\b|\ban$")
# What says nothing against it: ways to reach people, what is sent, small words, and what a column is.
_HARMLESS = re.compile(
    rf"(?:{_AGREEMENT}|\d+|[adeilosuy]|subscri(?:bers?|ptions?)|souscription|"
    r"e?mail(?:s|ing|ings)?|courriels?|correos?|electronic[ao]?|post|letters?|briefe?|sms|texts?|phones?|telephone|telefon[eo]?|tel|mobile|"
    r"calls?|calling|whatsapp|push|web|"
    r"newsletters?|news|nieuwsbrief|marketing|marketingow[ae]|advertising|promotion(?:s|al)?|offers?|updates?|info|information(?:en|s)?|communications?|"
    r"comunica(?:ciones|zioni|coes)|messages?|nachrichten|werbung|werbe|angebote|publicidad|publicite|pubblicita|boletin|lettre|lists?|liste|"
    r"gdpr|dsgvo|rgpd|double|single|explicit|implied|legal|basis|data|privacy|daten|datenschutz|"
    r"opt|opted|in|ok|okay|yes|ja|oui|si|sim|want(?:s|ed)?|like|would|receiv(?:e|es|ing)|recoit|recevoir|recibir|ricevere|receber|erhalten|get|gets|sends?|"
    r"sign(?:ed)?|up|signup|join(?:ed)?|register(?:ed)?|to|for|of|via|by|per|par|por|para|pour|with|the|an|und|and|et|or|oder|ou|me|us|my|our|is|"
    r"has|have|can|may|be|on|from|zum|zur|fur|der|die|das|den|des|du|de|la|le|les|el|los|las|al|do|da|dos|il|lo|di|del|della|voor|het|een|van|"
    r"status|statut|state|stato|estado|flag|field|column|spalte|colonne|columna|value|level|type|date|time|"
    r"contacts?|kontakte?|customers?|kunden?|clients?|clientes?|clienti|members?|users?|persons?|people|leads?|attributes?|properties|fields|custom)"
)


def what_is_asked(header: str) -> Asks:
    """What yes in a column of this name would be an answer to."""
    parted = _CAMEL.sub(" ", header).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    letters = (char for char in unicodedata.normalize("NFKD", parted).casefold() if not unicodedata.combining(char))
    words = re.sub(r"[^\w']+|_+", " ", _YES_OR_NO.sub(" ", "".join(letters))).strip()
    rest = _REFUSAL.sub(" ", words).strip()
    if rest == words:
        return Asks.WHO_AGREED if all(map(_HARMLESS.fullmatch, re.split(r"[ ']+", words))) else Asks.UNCLEAR
    # Of both, or the opposite of a refusal, nobody can tell.
    is_turned = _DENIAL.search(rest) or _SPEAKS_OF_AGREEMENT.search(rest)
    return Asks.UNCLEAR if is_turned else Asks.WHO_REFUSED
