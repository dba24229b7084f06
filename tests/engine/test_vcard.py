"""vCards of 2.1, 3.0 and 4.0: card n is row n, and everything that a card says has a column."""

import base64

import pytest

from models.errors import LimitExceeded, UnreadableFile
from models.vocabulary import FileFormat
from tests.engine.reading import Reading, read_source
from workers.engine.frames import ReaderLimits
from workers.engine.mapping import choose_mapping


def read(text: str | bytes, **limits: int) -> Reading:
    return read_source(text if isinstance(text, bytes) else text.encode(), format=FileFormat.VCARD, limits=ReaderLimits(**limits))


def card(*lines: str, version: str = "3.0", end: str = "\r\n") -> str:
    return end.join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def cells_of(*lines: str, version: str = "3.0") -> dict[str, str | None]:
    """The only card, its cells by their columns; the names that the test does not write are left out."""
    reading = read(card("FN:x", *lines, version=version))
    assert reading.issues == []
    (cells,) = reading.cells
    return {name: cell for name, cell in zip(reading.headers, cells, strict=True) if name != "Full name"}


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        (
            "N:Doe;John;Philip,Paul;Dr.;Jr.",
            {"Prefix": "Dr.", "First name": "John", "Middle name": "Philip,Paul", "Last name": "Doe", "Suffix": "Jr."},
        ),
        ("N:Doe", {"Last name": "Doe"}),
        ("N:Semi\\;colon;Back\\\\slash;;;", {"First name": "Back\\slash", "Last name": "Semi;colon"}),
        ("ORG:Acme\\, Inc.;Sales;West", {"Company": "Acme, Inc.", "Department": "Sales, West"}),
        ("NOTE:One\\nTwo\\NThree\\, four\\; five: six", {"Notes": "One\nTwo\nThree, four; five: six"}),
        ("NOTE:C:\\Users", {"Notes": "C:\\Users"}),
        ("CATEGORIES:friends,work\\, too", {"Tags": "friends; work, too"}),
        ("TITLE:Clerk", {"Job title": "Clerk"}),
        ("URL;TYPE=WORK:https://example.com/?a=1;b", {"Website": "https://example.com/?a=1;b", "Website type": "work"}),
        ("UID:urn:uuid:1", {"vCard UID": "urn:uuid:1"}),
        ("X-TWITTER:@ann", {"X-TWITTER": "@ann"}),
        ("x-lower;x-param=1:a:b", {"X-LOWER": "a:b"}),
        ("EMAIL:", {}),
        ("EMAIL;VALUE=uri:mailto:ann@example.com", {"Email": "ann@example.com"}),
        ("TEL;VALUE=uri:tel:+1-555-0100;ext=12", {"Phone": "+1-555-0100 ext. 12"}),
        (
            'ADR;LABEL="1 Main St, Town";TYPE=home:;;1 Main St;Town;;;',
            {"Address": "1 Main St", "City": "Town", "Address type": "home", "Address label": "1 Main St, Town"},
        ),
        ('X-A;X-B="colon: and; semicolon":value', {"X-A": "value"}),
        ("NOTE;LANGUAGE=fr:Bonjour", {"Notes": "Bonjour"}),
        ("NOTE;ENCODING=b:" + base64.b64encode("café".encode()).decode(), {"Notes": "café"}),
    ],
)
def test_a_property_has_its_column(line: str, cells: dict[str, str]) -> None:
    assert cells_of(line) == cells


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("19850412", "1985-04-12"),
        ("1985-04-12", "1985-04-12"),
        ("1985-04-12T00:00:00Z", "1985-04-12"),
        ("19850412T000000", "1985-04-12"),
        ("--0412", "--04-12"),
        ("--04-12", "--04-12"),
        ("1985-04", "1985-04"),
        ("1985-04-12T14:30:00Z", "1985-04-12T14:30:00Z"),
        ("circa 1800", "circa 1800"),
    ],
)
def test_a_birthday_is_a_date_where_it_is_one(written: str, text: str) -> None:
    assert cells_of(f"BDAY:{written}") == {"Birthday": text}


def test_a_year_that_stands_for_none_is_left_out() -> None:
    assert cells_of("BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12") == {"Birthday": "--04-12"}


def test_several_addresses_and_numbers_are_told_apart_by_their_types() -> None:
    cells = cells_of(
        "EMAIL;TYPE=INTERNET,WORK:work@example.com",
        "EMAIL;TYPE=INTERNET;TYPE=HOME;TYPE=pref:home@example.com",
        "EMAIL:third@example.com",
        "EMAIL;TYPE=WORK:fourth@example.com",
        "TEL;TYPE=WORK,FAX:1",
        "TEL;TYPE=CELL;TYPE=VOICE:2",
        "TEL;TYPE=HOME,VOICE:3",
        "TEL;TYPE=WORK:4",
        "TEL;TYPE=CELL,WORK:5",
    )
    assert cells == {
        "Email": "home@example.com",
        "Email type": "home",
        "Email (work)": "work@example.com",
        "Email 2": "third@example.com",
        "Email (work) 2": "fourth@example.com",
        "Phone": "3",
        "Phone type": "home",
        "Phone (work)": "4",
        "Mobile phone": "2",
        "Mobile phone (work)": "5",
        "Fax": "1",
        "Fax type": "work",
    }


def test_the_preferred_one_is_the_one_with_the_lowest_number() -> None:
    cells = cells_of("EMAIL;PREF=20:b@example.com", "EMAIL;PREF=1:a@example.com", "EMAIL:c@example.com", version="4.0")
    assert cells == {"Email": "a@example.com", "Email 2": "b@example.com", "Email 3": "c@example.com"}


def test_a_second_postal_address_is_one_text() -> None:
    cells = cells_of("ADR;TYPE=HOME:PO 1;Flat 2;1 Main St;Town;CA;90210;USA", "ADR;TYPE=WORK:;;2 High St;City;;;UK")
    assert cells == {
        "Address": "1 Main St",
        "Address line 2": "Flat 2",
        "PO box": "PO 1",
        "City": "Town",
        "State": "CA",
        "Postal code": "90210",
        "Country": "USA",
        "Address type": "home",
        "Address (work)": "2 High St, City, UK",
    }


def test_a_label_of_a_group_is_a_type() -> None:
    cells = cells_of(
        "item1.EMAIL;type=INTERNET:a@example.com",
        "item1.X-ABLabel:_$!<Other>!$_",
        "item2.TEL:1",
        "item2.X-ABLabel:Ferienhaus",
        "item3.X-ABLabel:alone",
    )
    assert cells == {"Email": "a@example.com", "Email type": "other", "Phone": "1", "Phone type": "Ferienhaus", "X-ABLABEL": "alone"}


def test_version_two_escapes_semicolons_only() -> None:
    cells = cells_of("N:A\\;B;C,D;;;", "NOTE:C:\\new\\, really", "TEL;HOME;VOICE:1", "CATEGORIES:a,b;c", version="2.1")
    assert cells == {
        "Last name": "A;B",
        "First name": "C,D",
        "Notes": "C:\\new\\, really",
        "Phone": "1",
        "Phone type": "home",
        "Tags": "a; b; c",
    }


def test_quoted_printable_goes_on_behind_its_soft_line_breaks() -> None:
    cells = cells_of(
        "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCl=",
        "ler;J=C3=B6rg;;;",
        "NOTE;QUOTED-PRINTABLE:a=3Db=0D=0A=",
        "c=3B=",
        "",
        "ORG;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Caf=E9;Caf=E9 2",
        "TITLE;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=83A=83C",
        version="2.1",
    )
    assert cells == {
        "Last name": "Müller",
        "First name": "Jörg",
        "Notes": "a=b\nc;",
        "Company": "Café",
        "Department": "Café 2",
        "Job title": "アイ",
    }


def test_folded_lines_are_unfolded_as_their_version_folds() -> None:
    for end in ("\r\n", "\n", "\r"):
        assert read(card("NOTE:some lo", " ng", "\t text", end=end)).cells == [("some long text",)]
        assert read(card("NOTE:some", " long", "\ttext", end=end, version="2.1")).cells == [("some long\ttext",)]


def test_a_line_that_is_no_property_goes_on_the_one_before() -> None:
    assert cells_of("NOTE:one", "two, by hand", "TITLE:Clerk") == {"Notes": "one\ntwo, by hand", "Job title": "Clerk"}


@pytest.mark.parametrize(
    "photo",
    [
        ("PHOTO;ENCODING=b;TYPE=JPEG:" + "A" * 70, " " + "B" * 70, " CC=="),
        ("PHOTO;JPEG;ENCODING=BASE64:", " " + "A" * 70, " CC==", ""),
        ("PHOTO;BASE64:", "A" * 70, "CC==", ""),
        ("PHOTO:data:image/jpeg;base64," + "A" * 70,),
        ("item1.LOGO;VALUE=URI;TYPE=png:data:image/png;base64,AAAA", " BBBB"),
        ("KEY;ENCODING=B:" + "A" * 3_000_000,),
    ],
)
def test_pictures_are_passed_over_and_counted(photo: tuple[str, ...]) -> None:
    reading = read(card("FN:Ann", *photo, "EMAIL:ann@example.com"), max_cell_characters=1_000)
    assert (reading.headers, reading.cells) == (("Full name", "Email"), [("Ann", "ann@example.com")])
    (decision,) = (decision for decision in reading.inspection.decisions if decision.aspect == "keys")
    assert decision.value is not None
    assert decision.value.endswith(" (1)")


def test_the_address_of_a_picture_is_kept() -> None:
    assert cells_of("PHOTO;VALUE=uri:https://example.com/a.png") == {"PHOTO": "https://example.com/a.png"}


def test_a_card_within_a_card_is_part_of_it() -> None:
    for agent in ("AGENT:", "AGENT: "):
        reading = read("BEGIN:VCARD\nVERSION:2.1\nFN:Boss\n" + agent + "\nBEGIN:VCARD\nFN:Clerk\nTEL:1\nEND:VCARD\nTEL:2\nEND:VCARD\n")
        assert reading.headers == ("Full name", "Phone", "AGENT")
        assert reading.rows == [(1, ("Boss", "2", "FN:Clerk\nTEL:1"))]


@pytest.mark.parametrize(
    ("damaged", "shown"),
    [
        ("BEGIN:VCARD\nFN:No end\n", "FN:No end"),
        ("FN:No beginning\nEND:VCARD\n", "FN:No beginning"),
        ("rubbish\n", "rubbish"),
        ("BEGIN:VCARD\nrubbish first\nFN:Ann\nEND:VCARD\n", "rubbish first"),
    ],
)
def test_a_damaged_card_costs_its_own_row_only(damaged: str, shown: str) -> None:
    for after in (card("FN:Eve"), ""):
        reading = read(card("FN:Ann") + damaged + after)
        assert reading.rows == [(1, ("Ann",)), (2, (None,)), *([(3, ("Eve",))] if after else [])]
        assert [(issue["row"], issue["code"], issue["severity"], issue["value"]) for issue in reading.issues] == [
            (2, "damaged_record", "error", shown)
        ]


@pytest.mark.parametrize("text", ["BEGIN:VCARD", "FN:Ann\nTEL:1\n", "BEGIN:VCARD\nFN:Ann\n"])
def test_a_file_without_a_sound_card_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(text)
    assert refusal.value.code == "invalid_vcard"


def test_borders_are_seen_in_any_spelling() -> None:
    text = "\ufeffbegin:vcard\nversion:3.0\nfn:Ann\nend:vCard \n\n\ufeffBegin : VCARD\nFN:Eve\nEND:VCARD"
    assert read(text).cells == [("Ann",), ("Eve",)]


def test_a_file_may_be_in_another_encoding() -> None:
    names = ["Müller", "Jürgen Größe", "Zoë Brontë", "François"]
    text = "".join(card(f"FN:{name}", f"NOTE:{name} schreibt über Äpfel und Straßen", version="2.1") for name in names)
    for encoding in ("utf-8", "cp1252", "utf-16"):
        assert [cells[0] for cells in read(text.encode(encoding)).cells] == names


def test_columns_come_in_an_order_that_people_know() -> None:
    reading = read(card("X-A:1", "NOTE:2", "TEL:3", "EMAIL:4") + card("EMAIL;TYPE=pref:5", "EMAIL;TYPE=home:6", "N:L;F", "FN:7"))
    assert reading.headers == ("Full name", "First name", "Last name", "Email", "Email (home)", "Phone", "Notes", "X-A")


def test_the_columns_find_their_fields() -> None:
    reading = read(
        card(
            "N:Doe;Ann;;Dr.;",
            "FN:Ann Doe",
            "EMAIL;TYPE=home:h@example.com",
            "EMAIL;TYPE=work:w@example.com",
            "TEL;TYPE=work:+1 555 0100",
            "TEL;TYPE=cell:+1 555 0101",
            "TEL;TYPE=fax:+1 555 0102",
            "ADR;TYPE=home:;Flat 2;1 Main St;Town;CA;90210;USA",
            "ORG:Acme;Sales",
            "TITLE:Clerk",
            "BDAY:1985-04-12",
            "URL:https://example.com",
            "NOTE:A note",
            "CATEGORIES:a,b",
            "UID:urn:uuid:1",
        )
    )
    assert choose_mapping(reading.inspection.columns) == {
        "Full name": "full_name",
        "First name": "first_name",
        "Last name": "last_name",
        "Email": "email",
        "Phone": "phone",
        "Mobile phone": "mobile_phone",
        "Company": "company",
        "Job title": "job_title",
        "Address": "address_line1",
        "Address line 2": "address_line2",
        "City": "city",
        "State": "state",
        "Postal code": "postal_code",
        "Country": "country",
        "Birthday": "birthday",
        "Website": "website",
        "Notes": "notes",
        "Tags": "tags",
    }
    (uid,) = (column for column in reading.inspection.columns if column.header == "vCard UID")
    assert [suggestion.field for suggestion in uid.suggestions] == ["external_id"]


def test_limits_hold() -> None:
    with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_COLUMNS"):
        read(card(*(f"X-{n}:1" for n in range(30))), max_columns=20)
    for line in ("NOTE:" + "x" * 2_000_000, "\r\n".join(f"NOTE:{'x' * 1000}" for _ in range(2_000)), "NOTE:x\r\n" + " x\r\n" * 1_100_000):
        with pytest.raises(LimitExceeded, match="ROLODOCK_MAX_CELL_CHARACTERS") as refusal:
            read(card(line), max_cell_characters=1_000)
        assert refusal.value.code == "row_too_large"
