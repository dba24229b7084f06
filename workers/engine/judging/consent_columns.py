"""What a column of consent asks, so far as its name tells: who has agreed ("Opt-in"), or who has refused ("Opted out").

There are more ways to refuse in a name than any list has ("Consent withdrawn", "Newsletter gekündigt", "Email blocked"). A refusal that is
read as an agreement mails to who said no, and an agreement that is read as a refusal is final. So every word of a name has to be known, or
nobody can tell.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Asks(StrEnum):
    """What a column wants to know, so far as its name tells."""

    WHO_AGREED = "who agreed"
    WHO_REFUSED = "who refused"
    UNCLEAR = "unclear"


# All in small letters and without accents.
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_YES, _NO = r"(?:yes|y|ja|j|oui|o|si|s|sim|tak|true|t|1)", r"(?:no|n|nein|non|nee|nao|nie|false|f|0)"
# The two answers, as forms name them: "(yes/no)", "J/N", "si o no". Beside each other they may be words of a sentence ("si no desea").
_YES_OR_NO = re.compile(rf"(?<!\w){_YES}(?:\s*[/|]\s*{_NO}(?!\w)|\s+(?:or|oder|ou|o|of)\s+{_NO}(?!\w)|\s*,\s*{_NO}(?=\s*(?:$|[)\]])))")
# What turns a word round, at the beginning or joined to its word: "De-subscribed", "emailDeSubscribed", "Newsletter dé abonné".
_TURNING = re.compile(
    r"^\W*(?:de|des|dis|di|un|non)(?![a-z])|(?<![a-z])(?:de|des|dis|di|un|non)(?:_|[^\w\s])|"
    r"(?<![a-z])(?:de|di) (?:subscribe|active)|\bdes? (?:abonnee?|inscrite?)\b"
)
# Parts of a choice, and notes behind a question: "Contact / Do not contact", "(Un)subscribed", "Newsletter? E-mail us to unsubscribe".
_PARTS = re.compile(r"[/|();,\[\]{}\\&]|[.?!] | [-\u2013\u2014] ")
_ABOUT_MAIL = re.compile(r"\((?:e-?mail|primary)\)\s*$")
# A name that ends with one of these was cut off: "optin_with" was withdrawn, "consent_de" denied, "Would you like to" asks anything.
_CUT_OFF = frozenset(
    ["d", "de", "del", "den", "des", "di", "do", "can", "with", "of", "to", "a", "e", "i", "l", "la", "le", "lo", "los", "el", "il", "ou"]
)
_IS_CUT_OFF = re.compile(r"(?:[-_\N{HORIZONTAL ELLIPSIS}(]|\.\.)\W*$")
# A sign may stand for no: "!subscribed", "¬ opt-in", or a picture.
_NOT = re.compile(r"(?<!\w)[!\N{FULLWIDTH EXCLAMATION MARK}](?=\w)")
_SIGNS = frozenset(("So", "Sm", "Me"))
# What a program adds to the names of its custom fields.
_SUFFIX = re.compile(r"__p?c$")
_OPT_IN = re.compile(r"\b(?:e?mail|sms|marketing|newsletter)?opt(?:ed|s)? ?ins?\b")
_SIGN_UP = re.compile(r"\bsign(?:ed|s)? up\b")
# Nought is an answer: "newsletter_0" may be a column of those who said no.
_NUMBER = re.compile(r"[1-9]\d*")
_REFUSAL = re.compile(
    r"\b(?:(?:has|is|e?mail|sms|bulk|marketing)*opt(?:ed|s)? ?outs?(?:of\w*|flag|date|\d+)?|"
    r"(?:e?mail)?un ?subscri\w*|unsub|"
    r"(?:do ?not|don'?t) ?(?:allow ?)?(?:bulk ?)?(?:e ?)?(?:mail|contact|call|send ?mm|send|market|text|phone|sms)\w*|"
    r"never (?:e ?)?(?:mail|contact|call|text|phone)\b|"
    r"no newsletters?|no bulk e ?mails?|do not disturb|dnc|"
    r"suppress\w*|black ?list\w*|block ?list\w*|liste noire|lista (?:negra|nera|robinson)|robinson ?list[ea]?|bloctel|"
    r"desabonn\w*|desinscri\w*|dado de baja|disiscri\w*|afgemeld|uitgeschreven|"
    r"abgemeldet|(?:newsletter)?abmeldung|abbestell(?!bar)\w*|ausgetragen|"
    r"(?:werbe|mail|kontakt)?(?:sperre|sperrliste|sperrvermerk|verbot|widerspruch))\b|"
    # Within a longer name these may be part of anything.
    r"^(?:kein newsletter|keine (?:newsletter|werbung|e ?mails?)|geen (?:nieuwsbrief|e ?mails?)|niet mailen|ne pas contacter|"
    r"no enviar (?:e ?mails?|correos?)|no contactar|non contattare|non inviare e ?mail|not subscribed|not opt(?:ed )?in)$"
)
# "Unsubscribed from blacklist", "De-blacklisted".
_REFUSED_A_REFUSAL = re.compile(r"\0 (?:(?:of|from|de|la|der) )*\0|(?<![a-z])de (?=\0)")
# Words of agreement, and of wishing for something.
_AGREEING_WORDS = """
    optin ok okay yes sub subs subscribe subscribed active consent consents consented given granted confirmed agree agrees agreed
    agreement accept accepts accepted acceptance permission permissions permitted allow allows allowed want wants wanted like likes would
    wish receive receives receiving get gets may can sign signed signup join joined einwilligung einwilligungen werbeeinwilligung
    emaileinwilligung mailingeinwilligung datenschutzeinwilligung kontakteinwilligung eingewilligt erteilt zustimmung zugestimmt
    akzeptiert anmeldung newsletteranmeldung angemeldet einverstandnis einverstanden erlaubnis erlaubt erhalten abonniert abonniere
    abonne abonnes abonnee abonnees abonnement abonnements inscrit inscrite inscrits inscrites inscription souscrit accord accepte
    acceptes consentement consenti souhaite recoit recevoir consentimiento consentimento inscrito inscrita inscricao inscripcion suscrito
    suscrita suscripcion subscrito subscrita subscricao suscriptor acepta acepto aceita aceito quiero quero deseo desejo recibir receber
    autoriza autorizo autorizacion autorizacao consenso consensi iscritto iscritta iscrizione accetta accetto ricevere autorizza
    autorizzo autorizzazione toestemming akkoord aangemeld ingeschreven inschrijving abonnent abonnenten geabonneerd ontvangen zgoda
    mochte mochten abonnieren souhaitez recevez desea deseja wil vuoi aktiv gewunscht erwunscht
"""
# What takes no side: ways to reach people, what is sent, small words, and what a column is.
_NEUTRAL_WORDS = """
    email emails emailing mail mails mailing mailings courriel courriels correo correos electronico electronica post letter letters brief
    briefe sms text texts phone phones telephone telefon telefono telefone tel mobile call calls calling whatsapp push web newsletter
    newsletters news nieuwsbrief infolettre boletin lettre abo subscriber subscribers subscription subscriptions souscription empfanger
    verteiler mailinglijst list lists liste marketing marketingowa marketingowe advertising promotion promotions promotional offer offers
    update updates info information informationen communication communications comunicaciones comunicazioni comunicacoes message messages
    nachrichten werbung angebote publicidad publicite pubblicita gdpr dsgvo rgpd lgpd rodo double single explicit implied legal basis
    data daten weekly monthly daily a d e i j l y all to for of via by with the an and or me us my our we you your is has have on from
    send sends und oder zum zur fur per der die das den des ich et ou par pour du de la le les je por para el los las al do da dos na il
    lo alla di del della voor het een van status statut state stato estado flag field fields column spalte colonne columna value level
    type date time primary work home custom contact contacts kontakt kontakte customer customers kunde kunden client clients cliente
    clientes clienti buyer buyers member members user users person persons people lead leads attribute attributes properties
    vous sie notre nos ik am at hs global offres commerciales comerciales
"""
_AGREEING, _NEUTRAL = frozenset(_AGREEING_WORDS.split()), frozenset(_NEUTRAL_WORDS.split())
# Neutral only beside a word of consenting: by themselves they may be a wish to be left alone.
_PRIVACY = frozenset(("privacy", "datenschutz", "privacidad", "privacidade"))
_CONSENTING_WORDS = "optin consent consents accept accepts accepted agree agreed agreement einwilligung akzeptiert accepte acepto aceito"
_CONSENTING = frozenset(_CONSENTING_WORDS.split())
# Beside a refusal they make a sentence of it, or a choice: "Subscription and unsubscription", "Send me news (unsubscribe by e-mail)".
_JOINING = frozenset(("us", "with", "and", "or", "und", "oder", "et", "ou", "me", "send", "by", "via", "per", "par"))


@lru_cache(1_024)
def what_is_asked(header: str) -> Asks:
    """What yes in a column of this name would be an answer to."""
    header = _SUFFIX.sub("", header)
    parted = _CAMEL.sub("_", header.replace("WhatsApp", "Whatsapp")).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    letters = (char for char in unicodedata.normalize("NFKD", parted).casefold() if not unicodedata.combining(char))
    name = _YES_OR_NO.sub(" ", "".join(letters))
    words = _OPT_IN.sub("optin", _SIGN_UP.sub("signup", _part_words(name).strip()))
    rest = _REFUSAL.sub(" ", words)
    is_refusal = rest != words
    has_signs = _NOT.search(header) or any(unicodedata.category(char) in _SIGNS for char in header)
    if has_signs or _IS_CUT_OFF.search(header) or (not is_refusal and _TURNING.search(name)):
        return Asks.UNCLEAR
    known = [word for word in re.split(r"'s\b|[ ']+", rest) if word]
    agreeing = _AGREEING.intersection(known)
    harmless = _NEUTRAL | agreeing | (_PRIVACY if _CONSENTING & agreeing else frozenset())
    if not all(word in harmless or _NUMBER.fullmatch(word) for word in known):
        return Asks.UNCLEAR
    if not is_refusal:
        return Asks.WHO_AGREED if known and known[-1] not in _CUT_OFF else Asks.UNCLEAR
    # Of both, of a choice between them, or with a wish, nobody can tell.
    parts = (_part_words(part) for part in _PARTS.split(_ABOUT_MAIL.sub("", name)))
    is_choice = any(re.search(r"[^\W\d]", part) and not _REFUSAL.search(part) for part in parts)
    is_joined = not _JOINING.isdisjoint(known) or re.search(r"\ban\b(?! e ?mail)", rest)
    refuses_a_refusal = _REFUSED_A_REFUSAL.search(_REFUSAL.sub("\0", words))
    return Asks.UNCLEAR if agreeing or is_choice or is_joined or refuses_a_refusal else Asks.WHO_REFUSED


def _part_words(text: str) -> str:
    """Words apart by one space, with their apostrophes."""
    return re.sub(r"[^\w']+|_+", " ", text)
