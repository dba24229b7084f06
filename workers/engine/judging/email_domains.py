"""What is known of e-mail domains and mailboxes: large providers, typing errors of them, throw-away domains, role mailboxes.

The providers are those with the most private addresses in Europe and North America, from general knowledge. The throw-away domains are of
the services that have been about for years, with their best-known aliases: new ones appear daily, and a long list would lag behind too.
The role mailboxes are those of RFC 2142 and what companies use beside them, in English, French and German.
"""

from functools import cache

_PROVIDERS = """\
gmail.com googlemail.com hotmail.com hotmail.fr hotmail.co.uk hotmail.de outlook.com outlook.fr outlook.de live.com live.fr
msn.com yahoo.com yahoo.fr yahoo.de yahoo.co.uk ymail.com rocketmail.com icloud.com me.com mac.com aol.com protonmail.com
proton.me gmx.com gmx.de gmx.net gmx.fr gmx.at gmx.ch web.de freenet.de t-online.de orange.fr wanadoo.fr laposte.net free.fr
sfr.fr neuf.fr bbox.fr bluewin.ch btinternet.com comcast.net verizon.net sbcglobal.net bellsouth.net earthlink.net libero.it
yandex.ru rambler.ru mail.com mail.ru email.com zoho.com fastmail.com rediffmail.com
"""

# Domains of their own, one letter from a provider's.
_NO_ERRORS = "gail.com gmails.com yazoo.com oranges.fr hotmails.com outlooks.com iclouds.com"

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

_DISPOSABLE = """\
mailinator.com mailinator.net mailinator.org mailinator2.com sogetthis.com binkmail.com safetymail.info bobmail.info suremail.info
guerrillamail.com guerrillamail.net guerrillamail.org guerrillamail.biz guerrillamail.de guerrillamail.info guerrillamailblock.com
sharklasers.com grr.la spam4.me pokemail.net 10minutemail.com 10minutemail.net 10minutemail.org 20minutemail.com tempmail.com
tempmail.net temp-mail.org temp-mail.io tempmailo.com tempr.email tempinbox.com yopmail.com yopmail.fr yopmail.net cool.fr.nf
jetable.fr.nf nospam.ze.tc nomail.xl.cx mega.zik.dj speed.1s.fr courriel.fr.nf moncourrier.fr.nf monemail.fr.nf monmail.fr.nf
jetable.org trashmail.com trashmail.net trashmail.org trashmail.me trashmail.de trash-mail.com trash-mail.de wegwerfmail.de
wegwerfmail.net wegwerfmail.org spamgourmet.com mailnesia.com maildrop.cc mailcatch.com mytemp.email moakt.com dispostable.com
throwawaymail.com getnada.com nada.email inboxkitten.com fakeinbox.com fakemailgenerator.com discard.email discardmail.com
discardmail.de spambog.com spambog.de spambox.us mintemail.com mohmal.com emailondeck.com burnermail.io getairmail.com
mailexpire.com mailnull.com meltmail.com incognitomail.org anonbox.net byom.de einrot.com armyspy.com cuvox.de dayrep.com
fleckens.hu gustr.com jourrapide.com rhyta.com superrito.com teleworm.us spamex.com spamfree24.org spamhole.com tempail.com
"""

_ROLES = """\
abuse accounting accounts admin administration administrator all billing booking bookings careers catering compliance contact
contacts contactus customercare customerservice customer-service do-not-reply donotreply ebusiness editor enquiries enquiry events
everyone facturation feedback finance frontdesk ftp hello help helpdesk hostmaster hr info information inquiries inquiry
investorrelations invoice invoices it jobs legal list mail mailer-daemon maildaemon mailing marketing media news newsletter
no-reply no_reply noc noreply notifications office orders order partners payroll postmaster press privacy pr purchasing reception
recruitment recruiting registrar returns root sales security service services shop spam staff subscribe support sysadmin tech team
undisclosed-recipients unsubscribe usenet uucp webmaster web welcome www accueil achats administratif bonjour commandes commercial
commerciale communication comptabilite compta direction rh secretariat standard ventes anfrage anfragen bestellung bewerbung
buchhaltung einkauf empfang kontakt kundenservice personal post presse rechnung rechnungen sekretariat verkauf vertrieb verwaltung
"""

DISPOSABLE_DOMAINS = frozenset(_DISPOSABLE.split())
ROLES = tuple(_ROLES.split())

# Of a shorter name too many words are one letter away.
_SHORTEST_NAME = 5
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


@cache
def known_typos() -> dict[str, str]:
    """Domains nobody means, with those they mean: the listed ones, and what is one edit from a provider's name.

    The first letter counts as typed right: ymail, rmail and mail are providers of their own. Other endings are other domains, unless they
    are listed.
    """
    typos: dict[str, str] = {}
    for domain in _PROVIDERS.split():
        name, _, ending = domain.partition(".")
        if len(name) >= _SHORTEST_NAME:
            typos |= {f"{edited}.{ending}": domain for edited in _edit_once(name)}
    typos |= _TYPOS
    for domain in (*_PROVIDERS.split(), *_NO_ERRORS.split(), *DISPOSABLE_DOMAINS):
        typos.pop(domain, None)
    return typos


@cache
def list_remarkable() -> dict[str, str | None]:
    """The domains that something is to be said of: those that throw mail away, and typing errors with the domain that is meant."""
    return dict.fromkeys(DISPOSABLE_DOMAINS) | known_typos()


def _edit_once(name: str) -> set[str]:
    """The name with a letter dropped, doubled, added or changed, or two neighbours exchanged; never the first letter."""
    splits = [(name[:index], name[index:]) for index in range(1, len(name) + 1)]
    dropped = {start + end[1:] for start, end in splits if end}
    exchanged = {start + end[1] + end[0] + end[2:] for start, end in splits if len(end) > 1}
    changed = {start + letter + end[1:] for start, end in splits if end for letter in _LETTERS}
    added = {start + letter + end for start, end in splits for letter in _LETTERS}
    return {edited for edited in dropped | exchanged | changed | added if edited != name and not edited.endswith("-")}
