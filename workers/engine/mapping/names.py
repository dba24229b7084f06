"""The names that people give to columns, in English and French, folded so that spelling habits do not matter."""

import re
import unicodedata

from models.vocabulary import CUSTOM_PREFIX, ContactField

# No name is longer; a whole text in the place of a header costs no more than a name does.
_MAX_NAME = 100
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^a-z0-9]+")

# Written as they come out of `fold_name`.
ALIASES: dict[str, tuple[str, ...]] = {
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
        *("nom complet", "nom et prenom", "prenom et nom", "nom prenom", "prenom nom", "nom du contact"),
    ),
    ContactField.EMAIL: (
        *("email", "e mail", "mail", "email address", "e mail address", "mail address", "emailaddress", "e mail 1 value", "email id"),
        *("courriel", "adresse email", "adresse e mail", "adresse mail", "adresse courriel", "mel", "adresse electronique"),
        *("courrier electronique", "adresse de messagerie"),
    ),
    ContactField.PHONE: (
        *("phone", "phone number", "phonenumber", "telephone", "telephone number", "tel", "tel no", "phone no", "landline"),
        *("contact number", "telephone fixe", "tel fixe", "numero de telephone", "no de telephone", "num tel", "numero telephone", "fixe"),
    ),
    ContactField.MOBILE_PHONE: (
        *("mobile phone", "mobile", "mobile number", "cell", "cell phone", "cellphone", "cellular", "mobile phone number", "cell number"),
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
        *("address street", "street 1", "postal address", "adresse", "adresse 1", "adresse postale", "rue", "voie", "ligne d adresse 1"),
    ),
    ContactField.ADDRESS_LINE2: (
        *("address line 2", "address line2", "address 2", "address2", "street 2", "apartment", "suite", "unit"),
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

# Names near to one of ours that mean something else.
OTHER_NAMES = frozenset(
    {
        *("county", "status", "statut", "username", "user name", "nickname", "surnom", "middle name", "deuxieme prenom", "maiden name"),
        *("fax", "fax number", "telecopie", "gender", "sexe", "suffix", "prefix", "salutation", "civilite", "type", "district", "party"),
        *("event name", "additional name", "anniversary", "billing address", "shipping address", "last contact", "first contact"),
        *("file name", "product name", "campaign name", "host name", "mail code", "email type", "phone type", "address type"),
        *("street number", "ip address", "mac address", "created", "updated", "source", "language", "langue", "photo", "age"),
        *("siret", "siren"),
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
    }
)
_SECONDARY = frozenset({"2", "3", "4", "secondary", "other", "alternate", "alternative", "secondaire", "autre", "additional"})

_FIELD_NAMES: dict[str, str] = {field.value: field.value for field in ContactField} | {
    re.sub(r"_(\w)", lambda letter: letter[1].upper(), field.value): field.value for field in ContactField
}
FIELD_BY_ALIAS: dict[str, str] = {alias: str(field) for field, aliases in ALIASES.items() for alias in aliases}


def fold_name(header: str) -> str:
    """The header in lower case, without accents, its words (also those of camelCase) apart by one space."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", header[:_MAX_NAME]) if not unicodedata.combining(letter))
    return _SEPARATORS.sub(" ", _CAMEL.sub(" ", plain).lower()).strip()


def find_field_name(header: str) -> str | None:
    """The field that the header names by our own name for it: `first_name`, `firstName`, `custom.<key>`."""
    header = header.strip()
    if header.startswith(CUSTOM_PREFIX) and len(header) > len(CUSTOM_PREFIX):
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
