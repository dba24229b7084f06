"""Countries by the names that people of many languages write."""

import pytest

from tests.engine.judging.judged import judge_value
from workers.engine.judging.countries import fold
from workers.engine.judging.country_names import COUNTRIES
from workers.engine.judging.foreign_country_names import FOREIGN_NAMES


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Alemania", "DE"),
        ("Niemcy", "DE"),
        ("Germania", "DE"),
        ("Duitsland", "DE"),
        ("Alemanha", "DE"),
        ("Vereinigte Staaten", "US"),
        ("Stati Uniti", "US"),
        ("EE.UU.", "US"),
        ("EUA", "US"),
        ("Stany Zjednoczone", "US"),
        ("Großbritannien", "GB"),
        ("Gran Bretaña", "GB"),
        ("Włochy", "IT"),
        ("wlochy", "IT"),
        ("ESPAÑA", "ES"),
        ("espana", "ES"),
        ("die Schweiz", "CH"),
        ("Schwiiz", "CH"),
        ("De Nederlanden", None),
        ("Korea, Republic of", "KR"),
        ("Tanzania, United Republic of", "TZ"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Gambia, The", "GM"),
        ("Virgin Islands, British", "VG"),
        ("Virgin Islands (U.S.)", "VI"),
        ("Korea (South)", "KR"),
        ("United States (US)", "US"),
        ("USA - United States", "US"),
        ("Deutschland (AT)", None),
        ("Congo (DRC)", "CD"),
        ("Virgin Islands", None),
        ("Czech Rep.", "CZ"),
        ("P.R. China", "CN"),
        ("GER", "DE"),
        ("Kosovo", "XK"),
        ("El Salvador", "SV"),
        ("Elfenbeinküste", "CI"),
        ("日本", "JP"),
        ("中国", "CN"),
        ("대한민국", "KR"),
        ("Россия", "RU"),
        ("Ελλάδα", "GR"),
        ("ελλαδα", "GR"),
        ("भारत", "IN"),
        ("Україна", "UA"),
        ("ישראל", "IL"),
        ("ไทย", "TH"),
        ("ประเทศไทย", "TH"),
        ("Bharat", "IN"),
        ("MISR", "EG"),
        ("Rossiya", "RU"),
        ("Shqipëria", "AL"),
    ],
)
def test_a_country_is_known_by_its_names_in_other_languages(cell: str, value: str | None) -> None:
    assert judge_value("country", cell) == (value, [] if value else ["invalid_country"])


def test_no_foreign_name_stands_for_two_countries_or_says_again_what_is_known() -> None:
    meant: dict[str, str] = {}
    known = {fold(name) for line in COUNTRIES.splitlines() for name in (line[:2], line[3:6], *line[7:].split("|"))}
    codes = {line[:2] for line in COUNTRIES.splitlines()}
    for line in FOREIGN_NAMES.splitlines():
        code, names = line.split(" ", 1)
        assert code in codes
        for name in names.split("|"):
            folded = fold(name)
            assert folded not in known, name
            assert meant.setdefault(folded, code) == code, name
            assert judge_value("country", name) == (code, []), name


def test_every_country_of_europe_and_america_has_names_in_other_languages() -> None:
    named = {line[:2] for line in FOREIGN_NAMES.splitlines()}
    assert {"DE", "IT", "ES", "PL", "GR", "US", "CH", "SE", "HU", "HR", "NL", "BE", "GB", "CZ", "UA", "TR"} <= named
    assert len(named) > 220
