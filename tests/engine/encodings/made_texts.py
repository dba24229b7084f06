"""Contact files of made-up people in many languages, in every encoding that can write them; the same each time."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
WESTERN = ("cp1252", "iso8859-1", "iso8859-15", "cp850", "cp858", "cp437", "mac-roman")
NORDIC = ("cp865", "iso8859-10")
CENTRAL = ("cp1250", "iso8859-2", "cp852", "mac-latin2")
BALTIC = ("cp1257", "iso8859-13", "iso8859-4", "cp775")
CYRILLIC = ("cp1251", "iso8859-5", "cp866", "cp855", "mac-cyrillic")
ENCODINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("de", "es", "it", "nl", "ca", "ga", "gl", "lb", "fo"), WESTERN),
    "fr": (*WESTERN, "cp863"),
    "pt": (*WESTERN, "cp860"),
    **dict.fromkeys(("sv", "da", "nb", "fi"), (*WESTERN, *NORDIC)),
    "is": ("cp1252", "iso8859-1", "iso8859-15", "iso8859-10", "cp850", "cp861", "mac-iceland"),
    "sq": ("cp1252", "cp1250", "iso8859-1", "cp850", "mac-roman"),
    **dict.fromkeys(("pl", "cs", "sk", "hu", "hr", "sl"), CENTRAL),
    "ro": ("iso8859-16",),
    "tr": ("cp1254", "iso8859-9", "cp857", "mac-turkish"),
    **dict.fromkeys(("lt", "lv"), BALTIC),
    "et": ("cp1257", "iso8859-13", "iso8859-4", "cp775", "iso8859-15", "cp1252"),
    "mt": ("iso8859-3",),
    "eo": ("iso8859-3",),
    "cy": ("iso8859-14",),
    "vi": ("cp1258",),
    "el": ("cp1253", "iso8859-7", "cp737", "cp869", "mac-greek"),
    "ru": (*CYRILLIC, "koi8-r"),
    "uk": ("cp1251", "koi8-u", "cp1125", "mac-cyrillic", "iso8859-5"),
    "bg": CYRILLIC,
    "mk": ("cp1251", "iso8859-5", "cp855", "mac-cyrillic"),
    "be": ("cp1251", "iso8859-5", "koi8-u"),
    "sr": ("cp1251", "iso8859-5", "cp855", "mac-cyrillic"),
    "he": ("cp1255", "iso8859-8", "cp862"),
    "ar": ("cp1256", "iso8859-6", "cp720"),
    "th": ("cp874", "tis-620"),
    "ja": ("shift_jis", "cp932", "euc_jp", "iso2022_jp"),
    "zh": ("gb18030", "gbk", "gb2312", "hz"),
    "zt": ("big5", "cp950", "big5hkscs", "gb18030"),
    "ko": ("euc_kr", "cp949", "johab", "iso2022_kr"),
    "kk": ("kz1048", "ptcp154"),
}
# Those on which the detection was tuned, and those on which it is measured.
KNOWN = Path(__file__).with_name("samples.txt")
HELD_OUT = Path(__file__).with_name("samples_held_out.txt")
DOMAINS = ("example.com", "example.org", "mail.example.net")


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    header: tuple[str, ...]
    given_names: tuple[str, ...]
    family_names: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    language: str
    encoding: str
    rows: int
    text: str
    data: bytes


def read_languages(path: Path = HELD_OUT) -> dict[str, Language]:
    """The languages by their codes."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    languages = {}
    for start in range(0, len(lines), 6):
        code, header = lines[start].split(" ", 1)
        parts = [tuple(line.split("|")) for line in lines[start + 1 : start + 6]]
        languages[code] = Language(code, tuple(header.split("|")), *parts)
    return languages


def iter_samples(path: Path = HELD_OUT, sizes: tuple[int, ...] = (5, 20, 60, 200), *, seed: int = 1) -> Iterator[Sample]:
    """One file for each of the languages, encodings and sizes; in every other one most rows are ASCII, as in most real files."""
    for code, language in read_languages(path).items():
        for encoding in (*ENCODINGS[code], *UNICODE):
            for rows in sizes:
                random = Random(f"{seed} {code} {encoding} {rows}")
                text = write_contacts(language, rows, random, plain_share=random.choice((0.0, 0.0, 0.7, 0.9)))
                data = text.encode(encoding, "ignore")
                # What the encoding cannot write is left out of the text too: the sample is what such a program would have exported.
                yield Sample(code, encoding, rows, data.decode(encoding), data)


def write_contacts(language: Language, rows: int, random: Random, *, plain_share: float) -> str:
    """A CSV file with a header; such a share of its rows, but never all, is in plain English."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=random.choice(",,;\t"), lineterminator=random.choice(("\r\n", "\n")))
    names, surnames, city = language.header if random.random() < 0.5 else ("First name", "Last name", "Note")
    writer.writerow((names, surnames, "E-mail", "Phone", "Address", "City", city))
    own_row = random.randrange(rows)
    for row in range(rows):
        email = f"user{random.randrange(10_000)}@{random.choice(DOMAINS)}"
        phone = f"+{random.randrange(1, 99)} {random.randrange(10**8):08d}"
        if row != own_row and random.random() < plain_share:
            writer.writerow(("Grace", "Hopper", email, phone, f"{row} Main Street", "Springfield", "met at the fair"))
            continue
        parts = (language.streets, language.cities, language.notes)
        street, town, note = (random.choice(part) if random.random() < 0.8 else "" for part in parts)
        writer.writerow((random.choice(language.given_names), random.choice(language.family_names), email, phone, street, town, note))
    return out.getvalue()
