"""What can be wrong in a cell: each kind changes a right row and says which issue it must raise, and no other."""

from collections.abc import Callable
from random import Random

from models.vocabulary import IssueCode
from tests.engine.detection_quality.people import Person

# The field and the code of an issue; no field: of the row.
Label = tuple[str | None, IssueCode]


def plant(field: str, code: IssueCode, *values: str, **others: str) -> Callable[[Person, Random], Label]:
    """One of these values in the field; `others` are what the other fields must be for it to be wrong."""

    def change(person: Person, rng: Random) -> Label:
        person |= others
        person[field] = rng.choice(values).replace("{n}", str(rng.randint(10, 99)))
        return field, code

    return change


def _spoil_email(person: Person, rng: Random) -> Label:
    address = f"bad.{rng.randint(0, 9999)}@example.com"
    wrong = rng.choice(
        (
            address.replace("@", " at "),
            address.replace("@", "@@"),
            address.replace("@", ""),
            address.replace(".com", ""),
            address.replace("bad.", "bad.."),
            "." + address,
            address.replace("example", "exa mple"),
            address.replace("example", "-example"),
            address + ", second@example.com",
            address.replace(".com", ".com."[:-1] + ".."),
            "Ann <" + address,
            address.replace("example.com", "mailbox.invalid"),
        )
    )
    person |= {"email": wrong, "external_id": ""}
    return "email", IssueCode.INVALID_EMAIL


def _mistype_domain(person: Person, rng: Random) -> Label:
    typo = rng.choice(
        [
            "gmial.com",
            "gmai.com",
            "gmail.con",
            "hotnail.com",
            "hotmial.com",
            "yaho.com",
            "yahooo.com",
            "outlok.com",
            "iclod.com",
            "gnail.com",
        ]
    )
    person["email"] = f"typo.{rng.randint(0, 10**9)}@{typo}"
    return "email", IssueCode.EMAIL_DOMAIN_TYPO


def _leave_without_keys(person: Person, rng: Random) -> Label:
    person |= {"external_id": rng.choice(("", "n/a")), "email": rng.choice(("", "-", "none")), "phone": rng.choice(("", "n/a"))}
    return None, IssueCode.NO_MATCH_KEY


def _put_control(person: Person, rng: Random) -> Label:
    field = rng.choice(("first_name", "last_name", "company", "city", "external_id", "website"))
    person |= {"website": "example.com", "external_id": f"X{rng.randint(0, 10**9)}"}
    text = person[field] if len(person[field]) > 2 else "Anna"
    person[field] = text[:1] + rng.choice("\x01\x07\x1b\x7f\x9f\u202e\u2066") + text[1:]
    return field, IssueCode.CONTROL_CHARACTERS


def _write_too_long(person: Person, rng: Random) -> Label:
    field = rng.choice(("first_name", "last_name", "company", "city"))
    person[field] = "Long name " * rng.randint(25, 40)
    return field, IssueCode.VALUE_TOO_LONG


def _shout_name(person: Person, rng: Random) -> Label:
    field = rng.choice(("first_name", "last_name", "full_name"))
    first = rng.choice(("ADA", "grace", "JOSÉ", "élise", "MARY-JANE", "ngozi"))
    last = rng.choice(("LOVELACE", "hopper", "O'BRIEN", "MCDONALD", "garcía", "NOWAK"))
    is_upper = rng.random() < 0.5
    name = {"first_name": first, "last_name": last, "full_name": f"{first} {last}"}[field]
    person[field] = name.upper() if is_upper else name.lower()
    return field, IssueCode.NAME_RECASED


def _write_from_a_role(person: Person, rng: Random) -> Label:
    person["email"] = f"{rng.choice(('info', 'Sales', 'no-reply', 'billing'))}@firm{rng.randint(0, 10**9)}.example"
    return "email", IssueCode.ROLE_ADDRESS


def _throw_away(person: Person, rng: Random) -> Label:
    person["email"] = f"person.{rng.randint(0, 10**9)}@{rng.choice(('mailinator.com', 'guerrillamail.com', 'yopmail.com'))}"
    return "email", IssueCode.DISPOSABLE_DOMAIN


WRONG_CELLS: dict[str, Callable[[Person, Random], Label]] = {
    "e-mail": _spoil_email,
    "mistyped domain": _mistype_domain,
    "role": _write_from_a_role,
    "disposable domain": _throw_away,
    "impossible phone": plant(
        "phone", IssueCode.INVALID_PHONE, "+1 555", "12", "+49 1", "0123 4567 890123 456789", "call me", "+33 6 12", country="FR"
    ),
    "phone of no country": plant(
        "phone", IssueCode.PHONE_COUNTRY_UNKNOWN, "020 7946 01{n}", "(212) 555-20{n}", "06 12 34 56 {n}", country=""
    ),
    "phone with extension": plant(
        "phone", IssueCode.PHONE_EXTENSION, "+1 212 555 20{n} ext. 5", "+1 (212) 555-20{n} x123", "+49 30 1234{n}56 ext 7"
    ),
    "phone with a remark": plant(
        "phone",
        IssueCode.PHONE_REMARK,
        "+1 212 555 20{n} (office)",
        "+49 30 1234{n}56 Fr. Maier",
        "+44 20 7946 01{n}, after six",
        "+33 6 12 34 56 {n} ou 01 40 20 53 17",
        "+49 30 1234{n}56 2. Stock",
        "+44 20 7946 01{n} / +44 20 7946 0999",
    ),
    "phone in letters": plant("phone", IssueCode.PHONE_LETTERS, "+1 800 GET {n}55", "+1-888-TAXI{n}4", "+44 800 CALL {n}5"),
    "no country": plant(
        "country", IssueCode.INVALID_COUNTRY, "Atlantis", "Frnace", "XX", "Westeros", "Germny", "Europe", "12", phone="", website=""
    ),
    "no web address": plant(
        "website", IssueCode.INVALID_WEBSITE, "htp://x", "ann@example.com", "none yet", "1.2.3.4", "https://u:p@x.org", "example"
    ),
    "no date": plant(
        "birthday",
        IssueCode.INVALID_DATE,
        "1984-02-30",
        "31.04.1984",
        "soon",
        "1984-13-01",
        "2099-01-01",
        "32 May 1984",
        "1.1.1700",
        "12 1984",
    ),
    "day number": plant("birthday", IssueCode.DATE_FROM_SERIAL, "307{n}", "289{n}", "30{n}3.5"),
    "no consent": plant("consent", IssueCode.INVALID_CONSENT, "maybe", "later", "2", "ask Bob", "yes?", "jawohl"),
    "no owner": plant("owner", IssueCode.OWNER_MISSING, "", "n/a", "-", "  "),
    "nothing to tell by": _leave_without_keys,
    "control character": _put_control,
    "too long": _write_too_long,
    "name in one case": _shout_name,
}
# Only where the column proves no order.
AMBIGUOUS_DATE = plant("birthday", IssueCode.AMBIGUOUS_DATE, "03/04/1984", "1/2/1990", "12-11-1975", "5/6/84", "07/08/1999 00:00")
