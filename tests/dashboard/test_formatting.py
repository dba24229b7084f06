"""Numbers, times and values read as a person expects."""

from datetime import UTC, datetime

import pytest

from dashboard import formatting, strings
from dashboard.components.times import shown_moment
from dashboard.countries import COUNTRIES


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, strings.NONE), (0.85, "850 ms"), (3.21, "3.2 s"), (41, "41 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s"), (7800, "2 h 10 min")],
)
def test_duration_names_the_two_largest_units(seconds: float | None, shown: str) -> None:
    assert formatting.duration(seconds) == shown


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [(0, "0 B"), (1023, "1023 B"), (84_213, "82 KiB"), (1_536, "1.5 KiB"), (512 * 1024**2, "512 MiB"), (3 * 1024**3, "3.0 GiB")],
)
def test_size_takes_the_largest_unit_that_leaves_a_number(size_bytes: int, shown: str) -> None:
    assert formatting.size(size_bytes) == shown


@pytest.mark.parametrize(("rate", "shown"), [(1.0, "100%"), (0.973, "97.3%"), (0.0, "0%"), (None, strings.NONE)])
def test_percent_drops_an_empty_decimal(rate: float | None, shown: str) -> None:
    assert formatting.percent(rate) == shown


@pytest.mark.parametrize(("found", "shown"), [("", strings.NONE), (["a", "b"], "a, b"), ({"x": 1}, '{"x": 1}'), (False, "false")])
def test_value_shows_any_json(found: object, shown: str) -> None:
    assert formatting.value(found) == shown


def test_custom_field_is_named_as_such() -> None:
    assert formatting.field_label("custom.shoe_size") == "Shoe size (custom)"


def test_unknown_issue_code_is_still_readable() -> None:
    assert formatting.issue_label("SOMETHING_NEW") == "Something new"


def test_countries_are_codes_and_names() -> None:
    assert all(len(code) == 2 and code.isupper() and name for code, name in COUNTRIES.items())
    assert COUNTRIES["US"] == "United States"
    assert len(COUNTRIES) > 230


def test_a_moment_carries_its_time_zone_for_the_browser() -> None:
    shown = shown_moment(datetime(2026, 11, 21, 9, 30, tzinfo=UTC), "dimmed")
    assert (shown.children, shown.dateTime, shown.className) == ("21 Nov 2026, 09:30", "2026-11-21T09:30:00+00:00", "nowrap dimmed")
