"""Suggested fields: by English and French names, by values, and none where none is meant."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from models.vocabulary import ContactField, FileFormat
from tests.e2e.legislators import REAL, write_like_it
from workers.engine.detection import inspect_source
from workers.engine.frames import Column, DialectOverrides, ReaderLimits, Suggestion
from workers.engine.mapping import CERTAIN, CHOSEN, choose_mapping, is_certain, suggest_mapping
from workers.engine.mapping.names import ALIASES, fold_name


def best(header: str, values: Sequence[str] = ()) -> str | None:
    """The field that would be chosen for the header alone."""
    return choose_mapping(make_columns({header: values})).get(header)


def make_columns(columns: dict[str, Sequence[str]]) -> list[Column]:
    suggestions = suggest_mapping(list(columns), list(columns.values()))
    return [Column(index, header, tuple(columns[header]), 1.0, suggestions[index]) for index, header in enumerate(columns)]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-mail", "email"),
        ("E-MAIL ADDRESS", "email"),
        ("Courriel", "email"),
        ("Adresse e-mail", "email"),
        ("Work Email", "email"),
        ("emial address", "email"),
        ("E-mail 1 - Value", "email"),
        ("Téléphone", "phone"),
        ("Téléphone portable", "mobile_phone"),
        ("Tél. portable", "mobile_phone"),
        ("Phone 1 - Value", "phone"),
        ("phone_number", "phone"),
        ("Mobile", "mobile_phone"),
        ("Cell Phone", "mobile_phone"),
        ("Prénom", "first_name"),
        ("GivenName", "first_name"),
        ("First Name*", "first_name"),
        ("fristname", "first_name"),
        ("Nom de famille", "last_name"),
        ("Surname", "last_name"),
        ("Full name", "full_name"),
        ("Name", "full_name"),
        ("Société", "company"),
        ("Raison sociale", "company"),
        ("Organization Name", "company"),
        ("Fonction", "job_title"),
        ("Job Title", "job_title"),
        ("Code postal", "postal_code"),
        ("ZIP", "postal_code"),
        ("Zip/Postal Code", "postal_code"),
        ("Ville", "city"),
        ("Pays", "country"),
        ("Country/Region", "country"),
        ("State/Province", "state"),
        ("address", "address_line1"),
        ("Address 2", "address_line2"),
        ("Complément d'adresse", "address_line2"),
        ("Date de naissance", "birthday"),
        ("birthday", "birthday"),
        ("DOB", "birthday"),
        ("url", "website"),
        ("Site Web", "website"),
        ("Commentaires", "notes"),
        ("Étiquettes", "tags"),
        ("Schlagwörter", "tags"),
        ("Kundennummer", "external_id"),
        ("Kunden-Nr.", "external_id"),
        ("Número de cliente", "external_id"),
        ("Klantnr", "external_id"),
        ("Propriétaire", "owner"),
        ("Assigned To", "owner"),
        ("ID", "external_id"),
        ("Customer ID", "external_id"),
        ("external id", "external_id"),
        ("Identifiant", "external_id"),
        ("N° client", "external_id"),
        ("MailingCity", "city"),
        ("Opt-in", "consent"),
        ("Vorname", "first_name"),
        ("Nachname", "last_name"),
        ("Straße", "address_line1"),
        ("Straße und Hausnummer", "address_line1"),
        ("PLZ", "postal_code"),
        ("Ort", "city"),
        ("Telefon", "phone"),
        ("Telefon privat", "phone"),
        ("Handynummer", "mobile_phone"),
        ("Geburtsdatum", "birthday"),
        ("Firma", "company"),
        ("Apellidos", "last_name"),
        ("Correo electrónico", "email"),
        ("Teléfono", "phone"),
        ("Teléfono móvil", "mobile_phone"),
        ("Código Postal", "postal_code"),
        ("Dirección", "address_line1"),
        ("País", "country"),
        ("Cognome", "last_name"),
        ("Cellulare", "mobile_phone"),
        ("Città", "city"),
        ("Azienda", "company"),
        ("Data di nascita", "birthday"),
        ("Sobrenome", "last_name"),
        ("Endereço", "address_line1"),
        ("Telemóvel", "mobile_phone"),
        ("Observações", "notes"),
        ("Achternaam", "last_name"),
        ("Woonplaats", "city"),
        ("Bedrijf", "company"),
        ("User Email", "email"),
        ("custom.shoe_size", "custom.shoe_size"),
        ("name.first", "first_name"),
        ("name.last", "last_name"),
        ("names.0.givenName", "first_name"),
        ("names.0.displayName", "full_name"),
        ("emailAddresses.0.value", "email"),
        ("emails.0.address", "email"),
        ("contact.email", "email"),
        ("phones.0.number", "phone"),
        ("phoneNumbers.0.value", "phone"),
        ("address.city", "city"),
        ("addresses.0.postalCode", "postal_code"),
        ("mailing_address.country", "country"),
        ("properties.firstname", "first_name"),
        ("properties.mobilephone", "mobile_phone"),
        ("attributes.email", "email"),
        ("merge_fields.FNAME", "first_name"),
        ("organizations.0.name", "company"),
        ("organizations.0.title", "job_title"),
        ("Account.Name", "company"),
        ("company.name", "company"),
    ],
)
def test_a_usual_name_finds_its_field(header: str, field: str) -> None:
    assert best(header) == field


@pytest.mark.parametrize(
    "header",
    [
        *("county", "status", "type", "district", "party", "gender", "suffix", "middle_name", "nickname", "username", "fax", "Civilité"),
        *("twitter", "twitter_id", "wikipedia_id", "fec_ids", "contact_form", "rss_url", "Phone 1 - Type", "Created at", "Age", "custom."),
        *("Last Contact", "First call", "Anniversary", "Additional Name", "Billing Address", "Company Email", "Account ID", "Lead Status"),
        *("Owner.Name", "owner.email", "company.phone", "attributes.url", "attributes.type", "emails.0.type", "stats.name", "phones.0.id"),
        *("vCard UID", "properties.createdate", "list.name", "geo.city"),
        *("Column 1", "Order total", "File name", "IP address", "", "***", "№"),
    ],
)
def test_another_name_finds_none(header: str) -> None:
    assert best(header, ["some text", "more text"]) is None


def test_values_can_speak_where_the_name_does_not() -> None:
    emails = ["ann@example.com", "bob@example.com"]
    phones = ["+33 1 23 45 67 89", "(202) 224-3441", "202-224-3441"]
    assert best("Column 2", emails) == "email"
    assert best("Reach", emails) == "email"
    assert best("Column 3", phones) == "phone"
    assert best("Fax", phones) is None
    assert best("Column 4", ["400357", "300018"]) is None
    assert best("Column 5", ["2024-01-31", "2024-02-28"]) is None


def test_values_can_contradict_a_name() -> None:
    assert best("Address", ["ann@example.com", "bob@example.com"]) == "email"
    assert best("Phone", ["yes", "no"]) is None
    assert best("Title", ["Mr", "Mrs", "Dr."]) is None
    assert best("Title", ["Head of Sales", "Clerk"]) == "job_title"


def test_numbers_with_remarks_do_not_contradict_a_telephone() -> None:
    numbers = ("030 901820 Fr. Maier", "0171 2345678 (abends)", "+49 30 901821, Zentrale", "030 901822 / 0171 2345678")
    columns = make_columns({"Telefon": numbers, "E-Mail": ["a@example.org"] * 4})
    assert choose_mapping(columns) == {"Telefon": "phone", "E-Mail": "email"}
    assert is_certain(columns, choose_mapping(columns))
    for others in (
        ["10115 Berlin", "20095 Hamburg"],
        ["1 000 000 Euro", "25000000 EUR"],
        ["03.12.1984 Monday", "01 02 2023 abc"],
        ["0000123456-AB", "000012345678 - Widget"],
    ):
        assert best("Telefon", others) is None


def test_a_bare_nom_is_the_last_name_beside_a_first_name() -> None:
    assert choose_mapping(make_columns({"Nom": [], "Prénom": []})) == {"Nom": "last_name", "Prénom": "first_name"}
    assert best("Nom") == "full_name"


def test_a_word_for_a_name_is_the_half_that_its_neighbour_leaves() -> None:
    assert choose_mapping(make_columns({"Nombre": [], "Apellidos": []})) == {"Nombre": "first_name", "Apellidos": "last_name"}
    assert choose_mapping(make_columns({"Nome": [], "Cognome": []})) == {"Nome": "first_name", "Cognome": "last_name"}
    assert choose_mapping(make_columns({"Naam": [], "Voornaam": []})) == {"Naam": "last_name", "Voornaam": "first_name"}
    assert choose_mapping(make_columns({"Name": [], "Vorname": []})) == {"Name": "last_name", "Vorname": "first_name"}
    assert best("Nombre") == best("Nome") == best("Naam") == "full_name"


@pytest.mark.parametrize("header", ["Titel", "Anrede", "Hausnummer", "Segundo apellido", "Called", "Cita", "Partita IVA"])
def test_a_word_of_another_meaning_is_no_field(header: str) -> None:
    assert best(header) is None


@pytest.mark.parametrize(
    "header", ["nonewsletter", "Consentimento não", "Newsletter aus", "Newsletter abgemeldt", "Nonsubscribed", "Werbeeinwilligung nein"]
)
def test_what_may_be_a_refusal_is_no_consent_for_being_spelled_nearly_like_one(header: str) -> None:
    assert best(header, ["yes", "no"]) is None


def test_every_column_that_surely_says_who_agreed_or_refused_is_consent() -> None:
    headers = ["Opted out", "Email", "Newsletter", "Opt-in", "Unsubscribe date", "HasOptedOutOfEmail", "Abgemeldet", "Désabonné"]
    mapping = choose_mapping(make_columns({header: [] for header in [*headers, "SMS opt-in", "Phone consent", "Newsletters"]}))
    assert mapping == {**dict.fromkeys(headers, "consent"), "Email": "email"}
    # What is only spelled nearly so is consent by itself, and heard beside no other.
    assert best("Newsletters") == "consent"


def test_the_day_of_an_agreement_is_no_consent_and_that_of_a_refusal_is() -> None:
    days = ["2024-05-01 10:30", "", "2025-01-31"]
    assert best("subscribed_at", days) is None
    assert best("subscribed_at", ["yes", "no"]) == "consent"
    assert best("unsubscribed_at", days) == "consent"


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("Unsubscribed emails", ["ann@example.com", "bob@example.com"], "email"),
        ("Opt-out email", ["ann@example.com", "bob@example.com"], "email"),
        ("Blacklist", ["Acme", "Globex"], None),
        ("Subscription", ["Premium", "Basic"], None),
        ("Newsletter", ["Weekly", "Monthly"], None),
        ("Subscription", ["yes", "no"], "consent"),
        ("Opted out", ["yes", "", "no"], "consent"),
    ],
)
def test_what_holds_something_else_is_no_consent(header: str, values: list[str], field: str | None) -> None:
    assert best(header, values) == field


def test_what_may_be_paid_for_is_consent_beside_no_other() -> None:
    assert choose_mapping(make_columns({"Newsletter": [], "Subscription": []})) == {"Newsletter": "consent"}


@pytest.mark.parametrize(
    "header", ["Do not call", "SMS opt out", "Phone opt out", "DNC", "Post: opted out", "WhatsApp Opt-Out", "SMS opt-in", "Do not mail"]
)
def test_what_is_said_of_calls_and_letters_is_not_said_of_mail(header: str) -> None:
    assert best(header, ["yes", "no"]) is None


def test_fields_are_plain_text() -> None:
    suggestions = suggest_mapping(["Nom", "Title", "E-mail", "email", "x"], [[], [], [], [], ["a@example.com"]])
    assert {type(suggestion.field) for column in suggestions for suggestion in column} == {str}


def test_a_field_has_one_column_and_a_column_one_field() -> None:
    columns = make_columns({"Work email": [], "email": [], "E-mail": [], "Phone 2": ["1"], "Phone": []})
    mapping = choose_mapping(columns)
    assert mapping["email"] == "email"
    assert sorted(mapping.values()) == sorted(set(mapping.values()))


def test_the_first_of_a_list_comes_before_the_others() -> None:
    columns = make_columns({"emails.1.value": [], "emails.0.value": [], "phones.1.number": []})
    assert choose_mapping(columns) == {"emails.0.value": "email", "phones.1.number": "phone"}


def test_of_equal_columns_the_left_one_is_chosen() -> None:
    assert choose_mapping(make_columns({"E-mail": [], "Mail": []})) == {"E-mail": "email"}


def test_a_blank_column_does_not_take_the_field_of_one_with_values() -> None:
    blank, filled = make_columns({"Occupation": [], "Organization 1 - Title": ["Buyer", "Owner"]})
    columns = [replace(blank, fill_rate=0.0), filled]
    assert choose_mapping(columns) == {"Organization 1 - Title": "job_title"}


def test_the_second_line_of_an_address_is_no_second_address() -> None:
    columns = make_columns({"Business Street": ["1 Elm St"], "Business Street 2": ["Floor 3"]})
    assert choose_mapping(columns) == {"Business Street": "address_line1", "Business Street 2": "address_line2"}


def test_suggestions_come_best_first_and_within_bounds() -> None:
    headers = [alias for aliases in ALIASES.values() for alias in aliases]
    for suggestions in suggest_mapping(headers, [["a@example.com"]] * len(headers)):
        confidences = [suggestion.confidence for suggestion in suggestions]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 < confidence <= 1 for confidence in confidences)


def test_every_alias_is_written_as_folded_and_stands_for_one_field() -> None:
    aliases = [alias for aliases in ALIASES.values() for alias in aliases]
    assert [alias for alias in aliases if fold_name(alias) != alias] == []
    assert len(aliases) == len(set(aliases))
    assert set(ALIASES) == set(ContactField)


def column_with(header: str, field: str, confidence: float) -> Column:
    return Column(0, header, (), 1.0, (Suggestion(field, confidence, ""),))


def test_a_mapping_is_certain_when_all_that_identifies_is_certain() -> None:
    sure, unsure = column_with("a", "email", CERTAIN), column_with("b", "phone", CERTAIN - 0.01)
    city = column_with("c", "city", CHOSEN)
    assert is_certain([sure, city], {"a": "email", "c": "city"})
    assert not is_certain([sure, unsure], {"a": "email", "b": "phone"})
    assert not is_certain([city], {"c": "city"})
    assert not is_certain([sure], {"a": "external_id"})


def test_the_columns_of_a_real_file_are_told_apart(tmp_path: Path) -> None:
    """Or of one in the same columns where it is not here."""
    file = REAL if REAL.exists() else write_like_it(tmp_path / "legislators.csv")
    inspection = inspect_source(file, format=FileFormat.CSV, overrides=DialectOverrides(), limits=ReaderLimits())
    mapping = choose_mapping(inspection.columns)
    assert mapping == {
        "last_name": "last_name",
        "first_name": "first_name",
        "full_name": "full_name",
        "birthday": "birthday",
        "state": "state",
        "url": "website",
        "address": "address_line1",
        "phone": "phone",
    }
    assert is_certain(inspection.columns, mapping)
