from datetime import timedelta

import polars as pl
import pytest

from models.vocabulary import MAX_CUSTOM_LENGTH, MAX_LENGTH, TEXT_FIELDS, ContactField
from tests.engine.judging.judged import TODAY, judge_cells, judge_table, judge_value
from workers.engine.judging import Asks, DateEvidence, decide_date_orders, what_is_asked
from workers.engine.judging.countries import fold
from workers.engine.judging.country_names import COUNTRIES
from workers.engine.mapping.names import ALIASES


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("first_name", "  Anna ", "Anna"),
        ("first_name", "Jean\u00a0 \t Paul", "Jean Paul"),
        ("last_name", "Mu\u0308ller", "Müller"),
        ("last_name", "Null", "Null"),
        ("last_name", "McDONALD", "McDONALD"),
        ("full_name", "Anna\nSmith", "Anna Smith"),
        ("company", "N/A", ""),
        ("company", "---", ""),
        ("company", "#N/A", ""),
        ("job_title", "\u200bHead\u200b of Sales\ufeff", "Head of Sales"),
        ("city", "\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("postal_code", "01234", "01234"),
        ("notes", "one \r\ntwo\r\rthree", "one\ntwo\n\nthree"),
        ("notes", "n/a", "n/a"),
        ("custom.size", " XL ", "XL"),
        ("external_id", " A-17 ", "A-17"),
        ("external_id", "n/a", ""),
        ("external_id", "NULL", ""),
        ("first_name", "", ""),
        ("first_name", None, None),
    ],
)
def test_text_is_tidied(field: str, cell: str | None, value: str | None) -> None:
    assert judge_value(field, cell) == (value, [])


@pytest.mark.parametrize("cell", ["An\x00na", "\x07Anna", "Anna\x9f", "\u202eAnna", "A\u2066nna\u2069"])
def test_control_characters_are_removed_and_told(cell: str) -> None:
    judged = judge_cells("first_name", [cell])
    assert judged.rows["first_name"].to_list() == ["Anna"]
    assert judged.issues.filter(pl.col("code") == "control_characters")["severity"].to_list() == ["warning"]
    assert not any("\x00" in value for value in judged.issues["value"].drop_nulls())


@pytest.mark.parametrize(
    "field", [field for field in TEXT_FIELDS if field not in ("email", "phone", "mobile_phone", "country", "birthday")]
)
def test_text_at_the_limit_is_kept_and_above_it_left_out(field: str) -> None:
    limit, start = MAX_LENGTH[field], "https://x.org/" if field == "website" else ""
    cell = start + "a" * (limit - len(start))
    assert judge_value(field, cell) == (cell, [])
    assert judge_value(field, cell + "a") == (None, ["value_too_long"])


def test_length_of_custom_fields_is_limited() -> None:
    assert judge_value("custom.x", "a" * MAX_CUSTOM_LENGTH) == ("a" * MAX_CUSTOM_LENGTH, [])
    assert judge_value("custom.x", "a" * (MAX_CUSTOM_LENGTH + 1)) == (None, ["value_too_long"])


def test_long_value_is_shown_by_its_beginning() -> None:
    judged = judge_cells("company", ["a" * 500])
    assert judged.issues.filter(pl.col("code") == "value_too_long")["value"].to_list() == ["a" * 200]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("FR", "FR"),
        ("fra", "FR"),
        ("France", "FR"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("États-Unis", "US"),
        ("etats unis", "US"),
        ("UK", "GB"),
        ("England", "GB"),
        ("Royaume-Uni", "GB"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("The Netherlands", "NL"),
        ("les Pays-Bas", "NL"),
        ("Côte d\u2019Ivoire", "CI"),
        ("Ivory Coast", "CI"),
        ("Trinidad & Tobago", "TT"),
        ("St. Lucia", "LC"),
        ("NA", "NA"),
        ("na", "NA"),
        ("Congo, Democratic Republic of the", "CD"),
        ("n/a", ""),
        ("-", ""),
        ("unknown", ""),
    ],
)
def test_country_becomes_its_alpha2_code(cell: str, value: str) -> None:
    assert judge_value("country", cell) == (value, [])


@pytest.mark.parametrize(("cell", "suggestion"), [("Frnace", "FR"), ("Germny", "DE"), ("Atlantis", None), ("XX", None), ("x" * 500, None)])
def test_unknown_country_is_told_with_what_may_be_meant(cell: str, suggestion: str | None) -> None:
    issues = judge_cells("country", [cell]).issues.filter(pl.col("code") == "invalid_country")
    assert issues["suggestion"].to_list() == [suggestion]


def test_every_country_is_known_by_its_codes_and_names() -> None:
    meant: dict[str, set[str]] = {}
    for line in COUNTRIES.splitlines():
        alpha2, alpha3, names = line.split(" ", 2)
        for name in (alpha2, alpha3, *names.split("|")):
            meant.setdefault(fold(name), set()).add(alpha2)
            assert judge_value("country", name) == (alpha2, []), name
    assert {name: codes for name, codes in meant.items() if len(codes) > 1} == {}
    assert len({line[:2] for line in COUNTRIES.splitlines()}) == 250


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("example.com", "https://example.com"),
        ("WWW.Example.com/Path?Q=1", "https://www.example.com/Path?Q=1"),
        ("HTTP://Example.com", "http://example.com"),
        ("//example.com", "https://example.com"),
        ("example.com:8080/x", "https://example.com:8080/x"),
        ("müller.de", "https://müller.de"),
        ("none", ""),
    ],
)
def test_website_is_normalised(cell: str, value: str) -> None:
    assert judge_value("website", cell) == (value, [])


@pytest.mark.parametrize(
    "cell",
    [
        "ftp://example.com",
        "example",
        "a b.com",
        "ann@example.com",
        "https://u:p@example.com",
        "javascript:alert(1)",
        "http://",
        "1.2.3.4",
        "https://x..com",
    ],
)
def test_what_is_no_web_address_is_told(cell: str) -> None:
    assert judge_value("website", cell) == (None, ["invalid_website"])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1984-03-12", "1984-03-12"),
        ("1984-3-2", "1984-03-02"),
        ("1984/03/12", "1984-03-12"),
        ("1984-03-12T00:00:00Z", "1984-03-12"),
        ("1984-03-12 00:00:00", "1984-03-12"),
        ("19840312", "1984-03-12"),
        ("12.03.1984", "1984-03-12"),
        ("2. 3. 1984", "1984-03-02"),
        ("13/03/1984", "1984-03-13"),
        ("03/13/1984", "1984-03-13"),
        ("5/5/1984", "1984-05-05"),
        ("12 mars 1984", "1984-03-12"),
        ("1er août 1984", "1984-08-01"),
        ("Mar 12, 1984", "1984-03-12"),
        ("12th of March 1984", "1984-03-12"),
        ("12-Mar-84", "1984-03-12"),
        ("29/02/2000", "2000-02-29"),
        ("31.12.26", "1926-12-31"),
        ("20.11.26", "2026-11-20"),
        ("0000-00-00", ""),
        ("--", ""),
        ("", ""),
    ],
)
def test_date_that_can_only_mean_one_day_is_read(cell: str, value: str) -> None:
    assert judge_value("birthday", cell) == (value, [])


@pytest.mark.parametrize(
    "cell",
    [
        "1984-02-30",
        "31/02/1984",
        "2026-11-21",
        "1849-12-31",
        "soon",
        "13/13/1984",
        "12 foo 1984",
        "1984-13-01",
        "99999",
        "9999",
        "03041984",
    ],
)
def test_what_is_no_day_of_birth_is_told(cell: str) -> None:
    assert judge_value("birthday", cell) == (None, ["invalid_date"])


def test_ambiguous_date_is_read_only_with_the_column_order() -> None:
    assert judge_value("birthday", "03/04/1984") == (None, ["ambiguous_date"])
    assert judge_value("birthday", "03/04/1984", date_orders={"birthday": None}) == (None, ["ambiguous_date"])
    assert judge_value("birthday", "03/04/1984", date_orders={"birthday": "day_first"}) == ("1984-04-03", [])
    assert judge_value("birthday", "03-04-84", date_orders={"birthday": "month_first"}) == ("1984-03-04", [])


@pytest.mark.parametrize(
    ("chunks", "order"),
    [
        ([["1/2/1984"], ["13/2/1984"]], "day_first"),
        ([["1/2/1984", None, "2/13/84 00:00"]], "month_first"),
        ([["13/2/1984"], ["2/13/1984"]], None),
        ([["1/2/1984", "13.2.1984", "1984-13-2", "99/1/1984", ""]], None),
        ([], None),
    ],
)
def test_date_order_is_what_the_whole_column_proves(chunks: list[list[str | None]], order: str | None) -> None:
    frames = [
        pl.DataFrame({"row": range(len(chunk)), "c0": [""] * len(chunk), "c1": pl.Series(chunk, dtype=pl.String)}) for chunk in chunks
    ]
    mapping = {"Born": "birthday", "Name": "full_name"}
    assert decide_date_orders(frames, ["Name", "Born"], mapping) == {"Born": order}
    evidence = DateEvidence(["Name", "Born"], mapping)
    for frame in reversed(frames):
        evidence.add(frame)
    assert evidence.decide() == {"Born": order}


def test_year_of_two_digits_is_the_latest_that_is_not_to_come() -> None:
    assert judge_cells("birthday", ["1.1.27", "1.1.26"]).rows["birthday"].to_list() == ["1927-01-01", "2026-01-01"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Yes", "subscribed"),
        ("oui", "subscribed"),
        ("opted-in", "subscribed"),
        ("1", "subscribed"),
        ("NO", "unsubscribed"),
        ("Opt out", "unsubscribed"),
        ("désabonné", "unsubscribed"),
        ("ja", "subscribed"),
        ("Nein", "unsubscribed"),
        ("sí", "subscribed"),
        ("double opt-in", "subscribed"),
        ("FALSE", "unsubscribed"),
        ("abgemeldet", "unsubscribed"),
        ("Widerrufen", "unsubscribed"),
        ("angemeldet", "subscribed"),
        ("unbekannt", "unknown"),
        ("unknown", "unknown"),
        ("", ""),
        ("n/a", ""),
    ],
)
def test_consent_is_read_from_common_words(cell: str, value: str) -> None:
    assert judge_value("consent", cell) == (value, [])


REFUSALS = """
    Opted out|optedOut|HasOptedOutOfEmail|email_opt_out|Unsubscribed|un-subscribed|Do not e-mail|Don't email|Dont email|donotemail|
    Abgemeldet|Désabonné|Werbesperre|subscriber.unsubscribed|subscriber.optedOut|Subscriber opted out|Subscription opt-out|Unsub|
    Opted out of subscription|Do not market|Werbeverbot|Dado de baja|No newsletter|Newsletterabmeldung|Werbewiderspruch|Blocklist|
    Never contact|DO NOT CALL|Opt-out (yes/no)|Do not send an e-mail|Unsubscribed from newsletter|hasoptedoutofemail|HASOPTEDOUTOFEMAIL|
    emailoptout|optoutflag|Do Not Disturb|DNC|Liste noire|Sperrliste|Robinsonliste|Bloctel|donotbulkemail|Do not allow Bulk Emails|
    DoNotSendMM|Do not SMS|No bulk emails|Newsletter_OptOut__c|hs_email_optout|Opted Out (Primary)|Opted out (e-mail)|Unsubscribed (2)|
    unsubscribed_at|Abgemeldet am|Global Unsubscribe|Kein Newsletter|Keine Werbung|Geen nieuwsbrief|Niet mailen|Ne pas contacter|
    No enviar correos|No contactar|Non contattare|Non inviare email|not_subscribed|Not opted in
"""
AGREEMENTS = """
    Newsletter|Opt-in|optIn|Consent|Subscribed|Consenso telefono/email|Newsletter (yes/no)|Einwilligung|E-Mail-Einwilligung|opted_in|
    Consentimiento teléfono, email|Email marketing status|Newsletter ja/nein|Opt-in J/N|Accepts Email Marketing|OPT_IN|DOUBLE_OPT-IN|
    emailMarketingConsent.state|Receive newsletter|GDPR consent|Abonnement à la newsletter|Newsletter-Anmeldung|Nieuwsbrief|Column 3|
    I agree to receive emails|E-Mail Werbung erlaubt|Consentement à l'e-mail|Consent (si o no)|Suscrito|Estado de suscripción|
    Would you like to receive our newsletter?|May we contact you|Email Marketing Permissions|Buyer Accepts Marketing|Confirmed opt-in|
    Einverständnis|Datenschutz akzeptiert|Newsletter-Abo|J'accepte de recevoir la newsletter|Inscrito|Autorizzazione|
    Iscritto alla newsletter|Akkoord|Zgoda na marketing|Newsletter (tak/nie)|Work newsletter|Customer's consent|Newsletter__c|
    Email_Opt_In__pc|WhatsApp opt-in|emailoptin|smsoptin|marketingoptin|newsletteroptin|Signed up|Liste des abonnés|Newsletter (2)|
    Möchten Sie den Newsletter abonnieren?|Ik wil de nieuwsbrief ontvangen|Souhaitez-vous recevoir la newsletter ?|
    Vuoi ricevere la newsletter?|¿Desea recibir comunicaciones comerciales?|Deseja receber a newsletter?|Recevez nos offres commerciales|
    Newsletter gewünscht|Opt-in am|Ich möchte den Newsletter erhalten|Newsletter aktiv|Newsletter erwünscht|Recevoir notre newsletter
"""
UNCLEAR = """
    Subscribed / unsubscribed|Opt-in/Opt-out|Abonné / Désabonné|Inscrit / désinscrit|Newsletter An-/Abmeldung|Subscribed / not subscribed|
    Einwilligung (Widerruf jederzeit möglich)|Consent (can be revoked)|No consent|No marketing consent|Keine Einwilligung|
    Not unsubscribed|Nicht abgemeldet|Kein Widerspruch|Möchte keinen Newsletter|Consent withdrawn|No longer subscribed|Pas de newsletter|
    Consent Opt-Out|Ne plus contacter|Widerruf|No Email Opt In|I agree to mails. You can unsubscribe at any time|Refus newsletter|
    Abonnement désinscrit|Consent rejected|Subscription cancelled|Newsletter gekündigt|Einwilligung verweigert|Werbeeinwilligung nein|
    Newsletter aus|Unsuscribed|IsExcludedFromCampaigns|Email blocked|STOP SMS|Não receber emails|Descadastrado|Consentimento não|
    Consentement retiré|Abonnement résilié|Suscripción cancelada|Desuscrito|Iscrizione annullata|Consenso negato|Toestemming ingetrokken|
    Bezwaar|nonewsletter|Si no desea recibir publicidad marque aquí|Llamar y no enviar correo|Consent end|Inaktiv|Milano newsletter|
    Options|Note|N|optinrevoked|OPTINOUT|Nichteinwilligung|ohneeinwilligung|KEINEEINWILLIGUNG|Nichtanmeldung|De-subscribed|(De)subscribed|
    Dé-abonné|DeOptIn|Des-suscrito|EMAIL_OPT_|MAIL_OPT_O|Email opt status|S/ newsletter|o. Werbung|Yes, no emails|newsletter_0|
    Privacy flag|Would you like to receive our newsletter? You can unsubscribe at any time.|
    Newsletter erhalten (Abmeldung jederzeit möglich)|Newsletter / no newsletter|Contact / Do not contact|OK to call / Do not call|
    Marketing mails, opt-out possible|hors liste noire|Opt-out/in|Remove from suppression list|Adopt outreach|Mail ok, do not phone|
    Dés-inscrit|No mail|No e-mails|noemail|isInActive|newsletter_des_abo|emailDeSubscribed|DE_ACTIVE|!subscribed|¬ opt-in|Wants privacy|
    consent_de|marketing_|Newsletter An- und Abmeldung|Subscription and unsubscription|Email (no calls)|Contact or do not contact|
    Send me the newsletter (unsubscribe by email)|Newsletter, désinscription par e-mail|(Un)subscribed|(Dés)abonné|Never contacted|
    No phone|Do not call, email me|(jederzeit) abbestellbar|Newsletter given up|newsletter_del|optin_with|consent_of|Consent den.|
    Newsletter d.|email_consent_can|Email De Subscribed|User De Active|Newsletter dé abonné|Newsletter dés inscrite|
    Liste dés\N{NON-BREAKING HYPHEN}abonnés|
    Newsletter dé\N{EN DASH}inscrit|email.de.subscribed|Newsletter [dés]abonné|email !subscribed|(!subscribed)|user.!active|
    \N{FULLWIDTH EXCLAMATION MARK}subscribed|
    Newsletter (-)|Newsletter⃠|Opt-in to be confirmed|Consent to be given|Would you like to…|I would like to...|I agree to|consent-|
    Unsubscribed from blacklist|Opted out of Do Not Call list|Désinscription Bloctel|Désinscrit de la liste noire|
    Abgemeldet Robinsonliste|De-blacklisted|dé-blacklisté|Newsletter? Unsubscribe with your e-mail.|Newsletter. E-mail us to unsubscribe|
    Newsletter - email us to opt out|Newsletter with opt-out|E-mail us to unsubscribe|Contact & do not contact|Subscriber \\ unsubscriber|
    Do [not] email|{un}subscribed|No. Newsletters|Email: no newsletter, not subscribed|not subscribed to SMS|Kein Newsletter mehr|
    Email (primary) opted out|Contact - Do not contact|Updates keine Werbung|Would you like…|D
"""


@pytest.mark.parametrize("header", [name.strip() for name in REFUSALS.replace("\n", "").split("|")])
def test_yes_is_a_refusal_where_a_column_asks_for_one_and_no_says_nothing(header: str) -> None:
    cells = ["yes", "no", "TRUE", "false", "1", "0", "", "subscribed", "unsubscribed", "opt-out", "maybe", None]
    values, codes = _judge_consent(cells, header)
    refused = "unsubscribed"
    assert values == [refused, "", refused, "", refused, "", "", "subscribed", refused, refused, None, None]
    assert codes == [None] * 10 + ["invalid_consent", None]


@pytest.mark.parametrize(
    "word", ["active", "confirmed", "granted", "accepted", "aktiv", "erteilt", "bestätigt", "inactive", "revoked", "inaktiv"]
)
def test_what_is_said_of_a_consent_is_not_understood_of_a_refusal(word: str) -> None:
    assert _judge_consent([word], "Werbesperre") == ([None], ["invalid_consent"])
    assert _judge_consent([word], "Einwilligung")[1] == [None]


@pytest.mark.parametrize("header", [name.strip() for name in UNCLEAR.replace("\n", "").split("|")])
def test_yes_is_not_understood_where_a_column_may_ask_for_either(header: str) -> None:
    values, codes = _judge_consent(["yes", "no", "1", "subscribed", "abgemeldet", ""], header)
    assert values == [None, None, None, "subscribed", "unsubscribed", ""]
    assert codes == ["invalid_consent"] * 3 + [None] * 3


CUT_OFF = """
    d de del den des di do can with of to a e i l la le lo los el il ou
"""


@pytest.mark.parametrize("end", CUT_OFF.split())
def test_yes_is_not_understood_where_a_name_may_be_cut_off(end: str) -> None:
    """Consent denied, declined, withdrawn, …, as far as databases kept it."""
    assert what_is_asked(f"email_consent_{end}") is Asks.UNCLEAR


@pytest.mark.parametrize("header", [name.strip() for name in AGREEMENTS.replace("\n", "").split("|")])
def test_yes_is_an_agreement_where_every_word_of_a_name_is_known(header: str) -> None:
    assert _judge_consent(["yes", "no"], header) == (["subscribed", "unsubscribed"], [None, None])


def _judge_consent(cells: list[str | None], header: str) -> tuple[list[str | None], list[str | None]]:
    """The values of a column of this name, and for each what is told of it."""
    judged = judge_table([header], [[cell] for cell in cells], mapping={header: "consent"})
    told = {row: code for row, code in judged.issues.select("row", "code").iter_rows() if code != "no_match_key"}
    return judged.rows["consent"].to_list(), [told.get(row) for row in judged.rows["row"]]


@pytest.mark.parametrize("is_refusal_first", [False, True])
def test_of_two_columns_of_consent_a_refusal_counts(is_refusal_first: bool) -> None:
    headers, people = ["Opt-in", "Opted out"], [["yes", "no"], ["yes", "yes"], ["no", "no"], ["", "yes"], ["maybe", "no"]]
    if is_refusal_first:
        headers, people = headers[::-1], [cells[::-1] for cells in people]
    judged = judge_table(headers, people, mapping=dict.fromkeys(headers, "consent"))
    assert judged.rows["consent"].to_list() == ["subscribed", "unsubscribed", "unsubscribed", "unsubscribed", ""]


@pytest.mark.parametrize("header", ["Unsubscribe date", "unsub_time", "Opt-out"])
def test_a_day_in_a_column_of_refusals_is_the_day_of_one(header: str) -> None:
    days = [
        "2024-05-01",
        "01/05/2024",
        "1.5.2024 10:30",
        "2024-05-01T10:30:00+02:00",
        "1999/1/31",
        "5/31/24",
        "12 Mar 2024",
        "1er mai 2024",
    ]
    assert _judge_consent([*days], header) == (["unsubscribed"] * len(days), [None] * len(days))
    # Of this year, whose other order is a day to come.
    ahead = ["03/12/2026", "12/03/2026", "03/12/26", "12-03-26", "3/12/26 10:00", "20240501"]
    assert _judge_consent([*ahead], header) == (["unsubscribed"] * len(ahead), [None] * len(ahead))
    # What programs and people write for none.
    none = ["0000-00-00", "0000-00-00 00:00:00", "1970-01-01 00:00:00", "1900-01-01", "0001-01-01T00:00:00", "1/1/0001 12:00:00 AM"]
    none += ["1753-01-01", "9999-12-31", "1980-01-01", "never", "jamais"]
    assert _judge_consent([*none], header) == ([""] * len(none), [None] * len(none))
    others = ["soon", "45000", "31/02/2024", "1.2.34", "2", "1.5"]
    assert _judge_consent([*others], header) == ([None] * len(others), ["invalid_consent"] * len(others))
    tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    assert _judge_consent([tomorrow.isoformat(), later.isoformat()], header) == (["unsubscribed", None], [None, "invalid_consent"])
    # Whoever agreed one day may have refused on another.
    assert _judge_consent(["2024-05-01"], "Opt-in date") == ([None], ["invalid_consent"])


def test_nobody_is_subscribed_by_one_column_where_another_may_refuse() -> None:
    judged = judge_table(
        ["Newsletter", "Stop"],
        [["yes", "yes"], ["yes", ""], ["no", "yes"], ["yes", "subscribed"], ["", "yes"]],
        mapping=dict.fromkeys(["Newsletter", "Stop"], "consent"),
    )
    assert judged.rows["consent"].to_list() == ["", "subscribed", "unsubscribed", "subscribed", ""]
    assert judged.issues.filter(pl.col("code") == "invalid_consent")["row"].to_list() == [2, 4, 6]


@pytest.mark.parametrize("header", ALIASES[ContactField.CONSENT])
def test_yes_is_an_agreement_in_a_column_that_is_mapped_by_its_usual_name(header: str) -> None:
    assert what_is_asked(header) is Asks.WHO_AGREED


def test_other_consent_is_told() -> None:
    assert judge_value("consent", "maybe") == (None, ["invalid_consent"])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("a; B ,c|A", ["a", "B", "c"]),
        ("one\ntwo", ["one", "two"]),
        (" ; ,", []),
        ("", []),
        ("n/a", []),
        ("two words", ["two words"]),
        ("a\u200d;\u200eb", ["a", "b"]),
        (None, None),
        (r";\; n/a ;vip;-", ["vip"]),
    ],
)
def test_tags_are_parted_and_kept_once(cell: str | None, value: list[str] | None) -> None:
    assert judge_value("tags", cell) == (value, [])


def test_tag_too_long_is_left_out_alone() -> None:
    assert judge_value("tags", "a;" + "b" * 101) == (["a"], ["value_too_long"])


def test_two_columns_of_one_field_give_the_first_that_says_something() -> None:
    judged = judge_table(
        ["A", "B"], [["a@x.org", "b@x.org"], ["", "b@x.org"], [None, "b@x.org"], ["", None]], mapping={"A": "email", "B": "email"}
    )
    assert judged.rows["email"].to_list() == ["a@x.org", "b@x.org", "b@x.org", ""]
