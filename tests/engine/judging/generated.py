"""E-mail addresses and phone numbers that are hard to judge, and what the engine and the reference libraries disagree on among them."""

import random
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email

from models.vocabulary import MAX_LENGTH, ContactField, IssueCode
from workers.engine.judging.emails import judge_emails
from workers.engine.judging.phones import judge_phones, parse_phone
from workers.engine.judging.text import PLACEHOLDERS

# A number as it stands in the file, and the country of its row ("" for none).
Phone = tuple[str, str]

_REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
_NUMBERS_OF_A_REGION = 700
_DIGITS = "0123456789"
_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789ABCXYZ"
_ODD = "._-+'!#%&*/=?^`{|}~" + '@ ,;()[]\\"' + "éßИ\u0301中\u200d"
# The first of these are usual in files, and the tables are to know them.
_USUAL = 10
_WORDS = (
    "tel. ", "tel: ", "Tel ", "T:", "t. (", "(", "((", ".", "-", ". ", "- ", "Mobile: ", "Tél. : ", "m ", "ph#", "tel/fax ", "Телефон: ",
    "phone +", "Tel.+", "x", "0 ", "tel. 1 ", "tel;", "a very long word before it: ", "電話 ", "\u2013 ", "[", "*",
    "\u0661", "٣ ", "tel.(00) ",
)  # fmt: skip
_LABELS_BEHIND = (
    " ext. ", " ext.", " ext ", "ext", " x", "x", " x ", "X", " EXT: ", " Ext - ", "extn ", " extension ", " exten ", "#", " #", " int ",
    ", ext ", ";ext=", "/x", "/ ext ", " / x", ") x", ".x", " - ext ", "~", " e ", " extensión ", "    ext 1", " ext  ",
    " xt ", " x-", " x.-", " x,",
)  # fmt: skip
_REMARKS = (
    " Fr. Maier", " (private)", ", evenings", " - Büro", " home", "/office", " : ask for Ann", " (", " m", " 自宅", " только утром",
    "a", " x", " ext", " DW 12", " or 0171 2345678", "; mobile", " (2nd floor)", " FLOWERS", " HELP", " #b", " b#", " tel. 2",
    ";phone-context=+49", " e\u0301t\u00e9", " +b", " \u0660b", " 2. Stock", " (2. Stock)",
    " / 2. OG", " 9-17 Uhr", "24h", " 24h", " 7 days", " 20 b", " / 0171 2345678", ", 212 555 0123", ";0171/2345678", " / 2", " - 3. b x",
)  # fmt: skip
_LABELS = (
    "mail", "a-b", "a--b", "ab--c", "-a", "a-", "9", "x" * 62, "x" * 63, "x" * 64, "xn--mnchen-3ya", "xn--a", "münchen", "BÜCHER",
    "straße", "例え", "a_b", "", "a" * 30, "mail.example", "www",
)  # fmt: skip
_TOPS = (
    "com", "ORG", "co.uk", "fr", "test", "local", "localhost", "onion", "arpa", "invalid", "example", "c", "c1", "x-y", "xn--p1ai", "рф",
    "123", "museum", "com.", "",
)  # fmt: skip


def generate_emails(count: int, random_source: random.Random) -> list[str]:
    """Addresses, mostly right or nearly so, as they come out of cleaning; none that the engine itself would unwrap or blank."""
    texts: list[str] = []
    while len(texts) < count:
        sign = _pick(random_source, "@", "@@", " @", "", "\N{FULLWIDTH COMMERCIAL AT}")
        text = (_make_local(random_source) + sign + _make_domain(random_source)).strip()
        if random_source.random() < 0.15:
            place = random_source.randrange(len(text) + 1)
            text = text[:place] + random_source.choice(_ODD) + text[place + random_source.randrange(2) :]
        text = " ".join(text.split())
        if not set(text) & set("<>:") and not _stands_for_nothing(text):
            texts.append(text)
    return texts


def _stands_for_nothing(text: str) -> bool:
    return text == "" or re.match(PLACEHOLDERS, text) is not None


def _pick(random_source: random.Random, usual: str, *others: str) -> str:
    return usual if random_source.random() < 0.97 else random_source.choice(others)


def _make_word(random_source: random.Random, most: int) -> str:
    letters = _PLAIN if random_source.random() < 0.85 else _PLAIN + _ODD
    return "".join(random_source.choices(letters, k=random_source.randint(1, most)))


def _make_local(random_source: random.Random) -> str:
    chance = random_source.random()
    if chance < 0.03:
        return f'"{_make_word(random_source, 6)} {_make_word(random_source, 6)}"'
    if chance < 0.06:
        return _make_word(random_source, 1) * random_source.choice((62, 63, 64, 65))
    separator = random_source.choices((".", "", "-", "+", "_", ".."), (60, 20, 5, 5, 5, 5))[0]
    local = separator.join(_make_word(random_source, random_source.choice((3, 10))) for _ in range(random_source.randint(1, 3)))
    return _pick(random_source, "", ".", "-") + local + _pick(random_source, "", ".", "-")


def _make_domain(random_source: random.Random) -> str:
    if random_source.random() < 0.02:
        return random_source.choice(("[127.0.0.1]", "127.0.0.1", "[IPv6:::1]", "localhost", "com", "local"))
    labels = [
        random_source.choice(_LABELS) if random_source.random() < 0.25 else _make_word(random_source, random_source.choice((4, 12)))
        for _ in range(random_source.randint(1, 3))
    ]
    top = random_source.choice(_TOPS) if random_source.random() < 0.4 else "com"
    return ".".join([*labels, top])


def validate_alone(text: str) -> str | None:
    """The library alone, asked as the engine promises: in lower case. None: not an address."""
    try:
        return unicodedata.normalize("NFC", validate_email(text.lower(), check_deliverability=False).normalized.lower())
    except EmailNotValidError:
        return None


def list_email_disagreements(texts: Sequence[str]) -> list[tuple[str, str | None, str | None]]:
    """What the engine and the library say of the texts on which they differ. Texts beyond our own limit of length are left aside."""
    verdict = judge_emails(pl.Series(texts, dtype=pl.String))
    limit = MAX_LENGTH[ContactField.EMAIL]
    differing: list[tuple[str, str | None, str | None]] = []
    for text, value, code in zip(texts, verdict["value"], verdict["code"], strict=True):
        expected = validate_alone(text)
        if len(text) <= limit and (value != expected or (code == IssueCode.INVALID_EMAIL) != (expected is None)):
            differing.append((text, value, expected))
    return differing


@cache
def _list_examples(region: str) -> tuple[str, ...]:
    numbers = (phonenumbers.example_number_for_type(region, kind) for kind in phonenumbers.PhoneNumberType.values())
    return tuple(phonenumbers.national_significant_number(number) for number in numbers if number is not None)


@cache
def _list_prefixes(region: str) -> tuple[str, ...]:
    """What people put before a national number: right, wrong, and from elsewhere."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    home, code = metadata.national_prefix or "0", str(metadata.country_code)
    return (
        "", "", "", home, home, f"({home})", "0", "1", "8", f"+{code}", f"+{code}", f"+{code} ", f"+{code}", f"(+{code}) ", f"+{code}(0)",
        f"+{code}{home}", f"00{code}", f"00{code}", f"00 {code}", f"0 0{code}", f"(00{code})", code, code + home, f"011{code}",
        f"0011{code}", f"810{code}", f"+{code}{code}", "00", "+0", "++", f"tel:+{code}", f"+ {code}", f".{home}", f"000{code}",
        f"+{code}180020",
    )  # fmt: skip


def generate_phones(count: int, random_source: random.Random, worded: float = 0.1) -> list[Phone]:
    """Numbers round about the examples of every kind, in many spellings, right and nearly right, each with a country.

    They are of so few regions that the tables of each are built. `worded`: the share with a word before or an extension behind, or dialled
    abroad through a carrier.
    """
    phones: list[Phone] = []
    regions = random_source.sample(_REGIONS, max(1, count // _NUMBERS_OF_A_REGION))
    while len(phones) < count:
        region = random_source.choice(regions)
        digits = _change(random_source.choice(_list_examples(region)), random_source)
        prefix = random_source.choice(_list_prefixes(region)) if random_source.random() < 0.98 else f"+{random_source.randint(0, 999)}"
        is_worded = random_source.random() < worded
        text = _put_in_words(prefix, digits, random_source) if is_worded else _spell(prefix + digits, random_source)
        own = random_source.choice((region, region, region, region, "", "US", "FR", "AQ", random_source.choice(_REGIONS)))
        if not _stands_for_nothing(text):
            phones.append((text, own))
    return phones


def _change(number: str, random_source: random.Random) -> str:
    digits = list(number)
    for _ in range(random_source.choice((0, 0, 1, 2, 4))):
        digits[random_source.randrange(len(digits))] = random_source.choice(_DIGITS)
    if random_source.random() < 0.15:
        digits.insert(random_source.randrange(len(digits) + 1), random_source.choice(_DIGITS))
    if random_source.random() < 0.15:
        del digits[random_source.randrange(len(digits))]
    return "".join(digits)


def _spell(number: str, random_source: random.Random) -> str:
    separator = random_source.choice(("", "", " ", " ", ".", "-", " - ", "/", ") ", " (", "\u2011"))
    text = "".join(char + (separator if random_source.random() < 0.3 else "") for char in number)
    if random_source.random() < 0.03:
        text += random_source.choice((" x12", " ext 5", ";ext=3", "a", " - ", "#", "*", " / 5", " x"))
    return " ".join(text.split())


def _put_in_words(prefix: str, digits: str, random_source: random.Random) -> str:
    """The number with what stands before and behind it in real files, and in files that are harder than real ones."""
    if random_source.random() < 0.2:
        prefix = (
            "00" + random_source.choice(("", "1", "14", "55", "31", "7", "91", str(random_source.randint(0, 999)))) + prefix.lstrip("+")
        )
    if random_source.random() < 0.1:
        digits = digits[: random_source.randint(1, 6)]
    if random_source.random() < 0.7:
        spelled = prefix + "".join(digit + " " * (random_source.random() < 0.25) for digit in digits).strip()
        words, labels = _WORDS[:_USUAL], _LABELS_BEHIND[:_USUAL]
    else:
        spelled, words, labels = _spell(prefix + digits, random_source), _WORDS, _LABELS_BEHIND
    before = random_source.choice(words) if random_source.random() < 0.6 else ""
    behind = ""
    if random_source.random() < 0.5:
        extension = str(random_source.randint(0, 10 ** random_source.choice((1, 2, 3, 4, 9, 10))))
        behind = random_source.choice(labels) + extension + (random_source.choice("#.) ") if labels == _LABELS_BEHIND else "")
    if random_source.random() < 0.2:
        remark = random_source.choice(_REMARKS) * random_source.choice((1, 1, 1, 1, 20))
        behind = random_source.choice((remark, remark + behind, behind + remark))
    return " ".join((before + spelled + behind).split())


def list_phone_disagreements(phones: Sequence[Phone], default_country: str | None) -> list[tuple[Phone, str | None, str | None]]:
    """What the engine and the library say of the numbers on which they differ, in value or in code."""
    texts, owns = [text for text, _ in phones], [own for _, own in phones]
    verdict = judge_phones(pl.Series(texts, dtype=pl.String), pl.Series(owns, dtype=pl.String), default_country)
    differing: list[tuple[Phone, str | None, str | None]] = []
    for text, own, value, code in zip(texts, owns, verdict["value"], verdict["code"], strict=True):
        expected = parse_phone(text, own or None, default_country)
        if (value, code) != (expected.value, expected.code):
            differing.append(((text, own), value or code, expected.value or expected.code))
    return differing
