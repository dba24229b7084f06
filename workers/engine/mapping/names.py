"""The names that people give to columns, folded so that spelling habits do not matter: English and French here."""

import re
import unicodedata

from models.vocabulary import CUSTOM_PREFIX, MAX_FIELD_LENGTH, ContactField
from workers.engine.mapping.foreign_names import FOREIGN_ALIASES

# No name is longer; a whole text in the place of a header costs no more than a name does.
_MAX_NAME = 100
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^a-z0-9]+")

# Written as they come out of `fold_name`.
_ALIASES: dict[str, tuple[str, ...]] = {
    ContactField.FIRST_NAME: (
        *("first name", "firstname", "first", "given name", "givenname", "forename", "fname", "christian name"),
        *("prenom", "prenoms", "petit nom"),
    ),
    ContactField.LAST_NAME: (
        *("last name", "lastname", "last", "surname", "family name", "familyname", "lname", "second name"),
        *("nom de famille", "nom famille", "nom patronymique", "patronyme", "nom usuel"),
    ),
    ContactField.FULL_NAME: (
        *("full name", "fullname", "name", "contact name", "display name", "complete name", "customer name", "client name", "person"),
        *("name original name", "attendee name", "participant name", "guest name"),
        *("nom complet", "nom et prenom", "prenom et nom", "nom prenom", "prenom nom", "nom du contact"),
    ),
    ContactField.EMAIL: (
        *("email", "e mail", "mail", "email address", "e mail address", "mail address", "emailaddress", "e mail 1 value", "email id"),
        *("user email", "attendee email", "participant email", "guest email"),
        *("courriel", "adresse email", "adresse e mail", "adresse mail", "adresse courriel", "mel", "adresse electronique"),
        *("courrier electronique", "adresse de messagerie"),
    ),
    ContactField.PHONE: (
        *("phone", "phone number", "phonenumber", "telephone", "telephone number", "tel", "tel no", "phone no", "landline"),
        *("contact number", "telephone fixe", "tel fixe", "numero de telephone", "no de telephone", "num tel", "numero telephone", "fixe"),
    ),
    ContactField.MOBILE_PHONE: (
        *("mobile phone", "mobilephone", "mobile", "mobile number", "mobile phone number"),
        *("cell", "cell phone", "cellphone", "cellular", "cell number"),
        *("portable", "telephone portable", "tel portable", "telephone mobile", "tel mobile", "numero de portable", "gsm", "cellulaire"),
    ),
    ContactField.COMPANY: (
        *("company", "company name", "organization", "organisation", "organization name", "organisation name", "business name", "employer"),
        *(
            "account name",
            "associated company",
            "firm",
            "societe",
            "entreprise",
            "nom de l entreprise",
            "nom de la societe",
            "raison sociale",
        ),
        *("employeur", "organisme"),
    ),
    ContactField.JOB_TITLE: (
        *("job title", "jobtitle", "job", "position", "role", "occupation", "organization title", "job position", "job role"),
        *("fonction", "poste", "titre professionnel", "intitule de poste", "intitule du poste", "metier", "profession", "titre du poste"),
    ),
    ContactField.ADDRESS_LINE1: (
        *("address line 1", "address line1", "address 1", "address1", "address", "street", "street address", "mailing address"),
        *("addr1", "address addr1", "address street", "street 1"),
        *("postal address", "adresse", "adresse 1", "adresse postale", "rue", "voie", "ligne d adresse 1"),
    ),
    ContactField.ADDRESS_LINE2: (
        *("address line 2", "address line2", "address 2", "address2", "street 2", "apartment", "suite", "unit", "addr2"),
        *("extended address", "address extended address"),
        *("adresse 2", "complement d adresse", "complement", "complement adresse", "adresse complementaire", "ligne d adresse 2"),
    ),
    ContactField.CITY: ("city", "town", "city name", "address city", "town city", "ville", "commune", "localite"),
    ContactField.STATE: (
        *(
            "state",
            "province",
            "region",
            "state province",
            "state or province",
            "state region",
            "address state",
            "address region",
            "state code",
        ),
        *("etat", "departement", "etat province"),
    ),
    ContactField.POSTAL_CODE: (
        *(
            "postal code",
            "postalcode",
            "zip",
            "zip code",
            "zipcode",
            "post code",
            "postcode",
            "zip postal code",
            "address zip",
            "address postal code",
        ),
        *("code postal", "codepostal", "cp", "npa"),
    ),
    ContactField.COUNTRY: (
        "country",
        "country name",
        "country code",
        "country region",
        "address country",
        "nation",
        "pays",
        "code pays",
        "pays region",
    ),
    ContactField.WEBSITE: (
        *("website", "web site", "web", "url", "homepage", "home page", "web page", "webpage", "website url", "web address"),
        *("site web", "site internet", "site", "adresse web", "page web", "website 1 value"),
    ),
    ContactField.BIRTHDAY: (
        *("birthday", "birth date", "birthdate", "date of birth", "dob", "bday", "born", "born on"),
        *("date de naissance", "date naissance", "naissance", "anniversaire", "ne le", "nee le"),
    ),
    ContactField.NOTES: (
        *("notes", "note", "comment", "comments", "remark", "remarks", "memo", "annotation"),
        *("remarque", "remarques", "commentaire", "commentaires", "observations", "observation"),
    ),
    ContactField.OWNER: (
        *("owner", "contact owner", "account owner", "record owner", "assigned to", "assignee", "sales rep", "account manager"),
        *("proprietaire", "responsable", "assigne a", "attribue a", "charge de compte"),
    ),
    ContactField.EXTERNAL_ID: (
        *("external id", "externalid", "id", "customer id", "client id", "contact id", "record id", "user id", "member id", "person id"),
        *("crm id", "customer number", "customer no", "member number", "identifier", "unique id", "uid"),
        *("identifiant", "identifiant externe", "id externe", "id client", "id contact", "numero client", "numero de client"),
        *("no client", "n client", "code client", "reference client"),
    ),
    ContactField.CONSENT: (
        *("consent", "subscribed", "subscription status", "email consent", "marketing consent", "opt in", "optin", "email opt in"),
        *("newsletter", "subscription", "email marketing status", "consentement", "abonne", "inscrit newsletter", "abonnement"),
    ),
    ContactField.TAGS: (
        *("tags", "tag", "labels", "label", "keywords", "categories", "group membership"),
        *("etiquettes", "etiquette", "mots cles"),
    ),
}
ALIASES: dict[str, tuple[str, ...]] = {field: (*names, *FOREIGN_ALIASES.get(field, ())) for field, names in _ALIASES.items()}

# Names near to one of ours that mean something else.
OTHER_NAMES = frozenset(
    {
        *("county", "status", "statut", "username", "user name", "nickname", "surnom", "middle name", "deuxieme prenom", "maiden name"),
        *("fax", "fax number", "telecopie", "gender", "sexe", "suffix", "prefix", "salutation", "civilite", "type", "district", "party"),
        *("event name", "additional name", "anniversary", "billing address", "shipping address", "last contact", "first contact"),
        *("file name", "product name", "campaign name", "host name", "mail code", "email type", "phone type", "address type"),
        *("street number", "ip address", "mac address", "created", "updated", "source", "language", "langue", "photo", "age"),
        *("siret", "siren", "anrede", "hausnummer", "segundo apellido", "tussenvoegsel", "huisnummer", "titel", "bairro", "geburtsort"),
        *("titolo", "titulo", "numero", "geburtsname", "codice fiscale", "partita iva"),
    }
)

# Which of several e-mails or phones this one is does not change what it is.
_QUALIFIERS = frozenset(
    {
        *(
            "primary",
            "main",
            "work",
            "business",
            "home",
            "personal",
            "private",
            "default",
            "preferred",
            "professional",
            "office",
            "mailing",
        ),
        *("daytime", "contact", "customer", "client", "lead", "person", "member", "your", "value", "1", "direct"),
        *("principal", "principale", "professionnel", "professionnelle", "pro", "personnel", "personnelle", "perso", "domicile", "bureau"),
        *(
            "kontakt",
            "privat",
            "geschaftlich",
            "dienstlich",
            "contacto",
            "laboral",
            "particular",
            "contatto",
            "contato",
            "zakelijk",
            "prive",
        ),
    }
)
_SECONDARY = frozenset({"2", "3", "4", "secondary", "other", "alternate", "alternative", "secondaire", "autre", "additional"})

# A key of a nested object, such as `emails.0.value`.
_PATH = re.compile(r"[^\s.]+(?:\.[^\s.]+)+")
# What a nested object may be called that is the person or all there is to say: its inner names speak for themselves.
_WHOLES = frozenset(
    {
        *("properties", "property", "attributes", "fields", "merge fields", "custom fields", "values", "data", "details", "info", "record"),
        *("contact", "person", "user", "profile", "customer", "lead", "member", "subscriber", "recipient", "name", "item", "node"),
    }
)
# Inner names that say nothing without the outer one.
_INNER = frozenset({"value", "number", "text", "raw", "formatted", "full"})
_NOT_BY_INNER_NAME = frozenset({ContactField.EXTERNAL_ID, ContactField.WEBSITE})
_ADDRESS_FIELDS = frozenset(
    {
        *(ContactField.ADDRESS_LINE1, ContactField.ADDRESS_LINE2, ContactField.CITY, ContactField.STATE),
        *(ContactField.POSTAL_CODE, ContactField.COUNTRY),
    }
)

_FIELD_NAMES: dict[str, str] = {field.value: field.value for field in ContactField} | {
    re.sub(r"_(\w)", lambda letter: letter[1].upper(), field.value): field.value for field in ContactField
}
FIELD_BY_ALIAS: dict[str, str] = {alias: str(field) for field, aliases in ALIASES.items() for alias in aliases}


def fold_name(header: str) -> str:
    """The header in lower case, without accents, its words (also those of camelCase) apart by one space."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", header[:_MAX_NAME]) if not unicodedata.combining(letter))
    return _SEPARATORS.sub(" ", _CAMEL.sub(" ", plain).casefold()).strip()


def find_field_name(header: str) -> str | None:
    """The field that the header names by our own name for it: `first_name`, `firstName`, `custom.<key>`."""
    header = header.strip()
    if header.startswith(CUSTOM_PREFIX) and len(CUSTOM_PREFIX) < len(header) <= MAX_FIELD_LENGTH:
        return header
    return _FIELD_NAMES.get(header)


def is_known_name(header: str) -> bool:
    """Whether the text is certainly the name of a column and not a value in one."""
    return fold_name(header) in FIELD_BY_ALIAS or find_field_name(header) is not None


def split_qualifiers(name: str) -> tuple[str, bool]:
    """A folded name without the words that only say which one, and whether they say that it is not the first."""
    words = name.split()
    # "Business street 2" is a second line of an address, and no second street.
    described = " ".join(word for word in words if word not in _QUALIFIERS or word.isdigit())
    if described in FIELD_BY_ALIAS:
        return described, False
    kept = [word for word in words if word not in _QUALIFIERS and word not in _SECONDARY]
    return " ".join(kept), any(word in _SECONDARY for word in words)


def is_path(header: str) -> bool:
    """Whether the header is the key of a nested object."""
    return _PATH.fullmatch(header) is not None


def find_field_of_path(header: str) -> tuple[str, bool] | None:
    """The field that a key of a nested object names, by its last words, and whether it is not the first of several."""
    segments = header.split(".")
    is_further = any(segment.isdecimal() and int(segment[:4]) > 0 for segment in segments)
    words = [_make_singular(fold_name(segment)) for segment in segments if not segment.isdecimal()]
    inner, outer = words[-1] if words else "", words[-2] if len(words) > 1 else ""
    joined = f"{outer} {inner}".strip()
    if joined in OTHER_NAMES or inner in OTHER_NAMES:
        return None
    if joined in FIELD_BY_ALIAS:
        return FIELD_BY_ALIAS[joined], is_further
    if inner in _INNER and outer in FIELD_BY_ALIAS:
        return FIELD_BY_ALIAS[outer], is_further
    field = FIELD_BY_ALIAS.get(inner)
    if field is None:
        return None
    if (outer in _WHOLES and field not in _NOT_BY_INNER_NAME) or (outer.endswith("address") and field in _ADDRESS_FIELDS):
        return field, is_further
    return None


def _make_singular(name: str) -> str:
    """The name without the plural that a list has; what is no list keeps its own."""
    if name in FIELD_BY_ALIAS or name in _WHOLES:
        return name
    for plural, singular in (("addresses", "address"), ("companies", "company"), ("s", "")):
        if name.endswith(plural):
            return name.removesuffix(plural) + singular
    return name
