"""An option that is refused is refused at its field."""

from typing import Any

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.pages.importing import options, refusals
from dashboard.pages.importing.page import layout
from dashboard.records.answers import UserError
from tests.dashboard import canned
from tests.dashboard.fake_api import FakeApi
from tests.dashboard.test_import_page import ids


def refused(*path: str) -> UserError:
    return UserError("INVALID_OPTION", "maxErrorRate is a share of all rows.", ("input", "options", *path))


def test_a_refused_option_has_its_place_and_words_for_people() -> None:
    parted = refusals.part([refused("maxErrorRate")])
    assert parted.at_fields == {"option-error-rate": strings.OPTION_REFUSALS["maxErrorRate"]}
    assert (parted.groups, parted.others) == (["errors"], ())
    owner = refusals.part([refused("assignment", "owners")])
    assert (list(owner.at_fields), owner.groups) == (["option-owners"], ["assignment"])
    quote = refusals.part([refused("quote")])
    assert (list(quote.at_fields), quote.groups, quote.is_about_reading) == (["option-quote"], [], True)
    assert not owner.is_about_reading


def test_what_concerns_no_field_is_told_above_the_page() -> None:
    errors = (
        UserError("STALE_VERSION", "It has changed."),
        UserError("UNKNOWN_FIELD", "No.", ("input", "mapping", "0")),
        refused("listIds"),
    )
    assert refusals.part(errors) == refusals.Refusals({}, errors)


def test_a_field_that_is_filled_twice_is_called_as_on_the_page_and_brought_into_sight(client: ApiClient, api: FakeApi) -> None:
    fields = ["email", None, "email"]
    (twice,) = refusals.part(
        [UserError("FIELD_MAPPED_TWICE", "Two columns are mapped to email.", ("input", "mapping", "2", "field"))], fields
    ).others
    assert twice.message == strings.MAPPING_TWICE.format(fields="E-mail")
    assert refusals.part([twice], fields).first_place == refusals.ABOVE
    assert refusals.ABOVE in ids(layout(client, api.add_import("NEEDS_MAPPING")))
    assert refusals.part([twice, refused("maxErrorRate")], fields).first_place == "option-error-rate"
    assert refusals.part([]).first_place is None


def test_every_place_is_on_the_page(client: ApiClient, api: FakeApi) -> None:
    for status in ("NEEDS_MAPPING", "FAILED"):
        failure = {"code": "UNCLOSED_QUOTE", "message": "Row 2 opens a quote."} if status == "FAILED" else None
        assert set(refusals.ELEMENTS) <= ids(layout(client, api.add_import(status, total=0, failure=failure)))
    assert set(strings.OPTION_REFUSALS) <= set(refusals._ELEMENTS)


def test_the_api_names_the_field(client: ApiClient, api: FakeApi) -> None:
    values: dict[str, Any] = dict.fromkeys(options.OPTION_IDS)
    chosen = options.form_options(values | {"option-error-policy": "STOP_AT_ERROR_RATE", "option-error-rate": ""})
    columns = [{"column": header, "field": field} for header, field in zip(canned.HEADERS, canned.FIELDS, strict=True)]
    mended = {name: value for name, value in chosen.items() if value is not None} | {"assignment": {"mode": "NONE"}}
    errors = client.update_import(api.add_import("NEEDS_MAPPING"), version=1, mapping=columns, options=mended)
    assert list(refusals.part(errors).at_fields) == ["option-error-rate"]
