"""Names are recased and parted where it is safe, and left as they are everywhere else."""

import random
from typing import Any

import polars as pl
import pytest

from models.vocabulary import DuplicateStrategy, FieldPolicy
from tests.engine.judging.judged import judge_table
from workers.engine.judging.name_parts import split_name, split_names
from workers.engine.judging.names import recase_name, recase_names
from workers.engine.judging.verdict import make_verdict


@pytest.mark.parametrize(
    ("name", "recased"),
    [
        ("ADA LOVELACE", "Ada Lovelace"),
        ("ada lovelace", "Ada Lovelace"),
        ("JEAN-LUC PICARD", "Jean-Luc Picard"),
        ("conan o'brien", "Conan O'Brien"),
        ("CONAN O\u2019BRIEN", "Conan O\u2019Brien"),
        ("RONALD MCDONALD", "Ronald McDonald"),
        ("JOSÉ GARCÍA", "José García"),
        ("ŁUKASZ ŻAK", "Łukasz Żak"),
        ("JOHN F. KENNEDY", "John F. Kennedy"),
        ("j. smith", "J. Smith"),
        ("DR. ADA LOVELACE", "Dr. Ada Lovelace"),
        ("SAMMY DAVIS JR.", "Sammy Davis Jr."),
        ("HENRY FORD III", "Henry Ford III"),
        ("LOVELACE, ADA", "Lovelace, Ada"),
        ("HANNA GROßMANN", "Hanna Großmann"),
        ("jürgen weiß", "Jürgen Weiß"),
    ],
)
def test_a_name_in_one_case_gets_its_usual_capitals(name: str, recased: str) -> None:
    assert recase_name(name, is_whole=True) == recased


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "McDONALD Ronald",
        "VINCENT VAN GOGH",
        "ludwig van beethoven",
        "CHARLES DE GAULLE",
        "JOHN MACDONALD",
        "MARIA MACIAS",
        "JP MORGAN",
        "IJSBRAND VISSER",
        "İBRAHİM YILMAZ",
        "y\u0131ld\u0131z kaya",
        "ACME GMBH",
        "sales team",
        "MADONNA",
        "JUAN Y MARIA",
        "NGUYỄN T.H. MAI",
        "KURT GRPHTZ",
        "ADA & BOB",
        "ИВАН ИВАНОВ",
        "日本 太郎",
        "A B",
        "GISCARD D'ESTAING",
        "jsmith42 jones",
        "Ada",
        "ANNA\u0301\u0302 SMITH",
    ],
)
def test_what_is_doubtful_keeps_its_letters(name: str) -> None:
    assert recase_name(name, is_whole=True) is None


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Lovelace, Ada", "Ada", "Lovelace"),
        ("Lovelace, Ada Augusta", "Ada Augusta", "Lovelace"),
        ("Kennedy, John F.", "John F.", "Kennedy"),
        ("van Gogh, Vincent", "Vincent", "van Gogh"),
        ("García Márquez, Gabriel", "Gabriel", "García Márquez"),
        ("John F. Kennedy", "John F.", "Kennedy"),
        ("Vincent van Gogh", "Vincent", "van Gogh"),
        ("Ursula von der Leyen", "Ursula", "von der Leyen"),
        ("Charles de Gaulle", "Charles", "de Gaulle"),
        ("Dr. Ada Lovelace", "Ada", "Lovelace"),
        ("Prof. Dr. Ada Lovelace", "Ada", "Lovelace"),
        ("Ada Lovelace, PhD", "Ada", "Lovelace"),
        ("Sammy Davis Jr.", "Sammy", "Davis Jr."),
        ("Sammy Davis, Jr.", "Sammy", "Davis Jr."),
        ("Henry Ford III", "Henry", "Ford III"),
        ("Jean-Luc O'Brien", "Jean-Luc", "O'Brien"),
        ("Mª Carmen", None, None),
        ("Madonna", None, None),
        ("Mary Ann Smith", None, None),
        ("Gabriel García Márquez", None, None),
        ("Maria de Lourdes", None, None),
        ("Juan Carlos de la Cruz", None, None),
        ("Ludwig Van Beethoven", None, None),
        ("Van Gogh", None, None),
        ("Gogh, Vincent van", None, None),
        ("Nguyen An", None, None),
        ("Kim Novak", None, None),
        ("J. Smith", None, None),
        ("Herr Müller", None, None),
        ("Dr. Who", None, None),
        ("Ann & Bob", None, None),
        ("Ann and Bob", None, None),
        ("Acme GmbH", None, None),
        ("Sales Team", None, None),
        ("Familie Müller", None, None),
        ("山田 太郎", None, None),
        ("Иван Иванов", None, None),
        ("a, b, c", None, None),
        (", Ada", None, None),
        ("Lovelace,", None, None),
        ("John Smith 2", None, None),
    ],
)
def test_a_full_name_is_parted_only_where_its_form_tells(name: str, first: str | None, last: str | None) -> None:
    judged = judge_table(["email", "full_name"], [["a@x.org", name]], split_names=True)
    assert judged.rows.select("first_name", "last_name", "full_name").row(0) == (first, last, name)
    assert judged.issues.is_empty()


PIECES = (
    *(
        "Ada",
        "ADA",
        "ada",
        "Lovelace",
        "O'Brien",
        "o'brien",
        "MCDONALD",
        "Mac",
        "VAN",
        "van",
        "de",
        "la",
        "Jr.",
        "III",
        "Dr",
        "DR.",
        "Kim",
        "LEE",
    ),
    *(
        "J",
        "J.",
        "Jean-Luc",
        "ÉLISE",
        "élise",
        "GmbH",
        "&",
        "42",
        "Юлия",
        "太郎",
        "IJsbrand",
        "ijs",
        "İPEK",
        "GROßMANN",
        "weiß",
        "ß",
        "ßMITH",
        "GRPH",
        "AB",
        "José,",
        "Smith,",
        ",",
        "-x",
    ),
)


def test_the_column_wise_rules_agree_with_the_references() -> None:
    rng = random.Random(5)
    names = sorted({" ".join(rng.choice(PIECES) for _ in range(rng.randint(1, 4))) for _ in range(8_000)})
    texts = pl.Series(names, dtype=pl.String)
    first, last = split_names(texts)
    assert list(zip(first, last, strict=True)) == [split_name(name) or (None, None) for name in names]
    for is_whole in (True, False):
        verdict = recase_names(make_verdict(texts), is_whole=is_whole)
        assert verdict["value"].to_list() == [recase_name(name, is_whole=is_whole) or name for name in names]
        assert (verdict["code"] == "name_recased").fill_null(False).to_list() == (verdict["value"] != texts).to_list()


def test_recasing_again_changes_nothing() -> None:
    names = ["ADA LOVELACE", "RONALD MCDONALD", "CONAN O'BRIEN", "JEAN-LUC PICARD"]
    once = recase_names(make_verdict(pl.Series(names)), is_whole=True)["value"]
    again = recase_names(make_verdict(once), is_whole=True)
    assert again["value"].to_list() == once.to_list()
    assert again["code"].null_count() == len(names)


def test_the_original_of_a_recased_name_is_kept_in_a_note() -> None:
    judged = judge_table(
        ["email", "first_name", "last_name"], [["a@x.org", " ADA ", "Lovelace"], ["b@x.org", "Bo", "O'BRIEN"]], recase_names=True
    )
    assert judged.rows.select("first_name", "last_name").rows() == [("Ada", "Lovelace"), ("Bo", "O'Brien")]
    assert judged.issues.select("row", "field", "code", "severity", "value").rows() == [
        (2, "first_name", "name_recased", "note", " ADA "),
        (3, "last_name", "name_recased", "note", "O'BRIEN"),
    ]


def test_a_full_name_is_recased_and_then_parted() -> None:
    judged = judge_table(
        ["email", "full_name"], [["a@x.org", "ADA LOVELACE"], ["b@x.org", ""], ["c@x.org", None]], recase_names=True, split_names=True
    )
    assert judged.rows.select("full_name", "first_name", "last_name").rows() == [
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("", None, None),
        (None, None, None),
    ]


@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_a_column_of_its_own_is_never_filled_from_the_full_name(field: str) -> None:
    judged = judge_table(["email", "full_name", field], [["a@x.org", "Ada Lovelace", ""]], split_names=True)
    assert judged.rows[field].to_list() == [""]
    assert len({"first_name", "last_name"} & set(judged.rows.columns)) == 1


def test_names_stay_as_they_are_unless_it_is_asked_for() -> None:
    judged = judge_table(["email", "full_name"], [["a@x.org", "ADA LOVELACE"]])
    assert "first_name" not in judged.rows.columns
    assert judged.rows["full_name"].to_list() == ["ADA LOVELACE"]


def test_it_is_known_which_names_of_a_row_are_in_one_case() -> None:
    rows = [["ADA", "", "LOVELACE"], ["", "ADA", "Lovelace"], ["Ada", "ADA", "lovelace"], ["JP", "", ""], ["", "", "n/a"], ["张", "", "伟"]]
    mapping = {"first": "first_name", "second": "first_name", "last": "last_name", "email": "email"}
    lines = [[*row, f"{number}@x.org"] for number, row in enumerate(rows)]
    chosen: dict[str, Any] = {"recase_names": True, "duplicate_strategy": DuplicateStrategy.UPDATE}
    judged = judge_table(["first", "second", "last", "email"], lines, mapping=mapping, **chosen)
    # Of two columns the first that says something counts: in the third row that is one that somebody wrote so.
    assert judged.rows["in_one_case"].to_list() == ["first_name last_name", "first_name", "last_name", "first_name", "", ""]
    whole = [["ADA LOVELACE", "a@x.org"], ["Ada Lovelace", "b@x.org"], ["VINCENT VAN GOGH", "c@x.org"]]
    parted = judge_table(["full_name", "email"], whole, split_names=True, **chosen)
    assert parted.rows["in_one_case"].to_list() == ["first_name last_name full_name", "", "full_name"]


@pytest.mark.parametrize(
    ("told", "chosen"),
    [
        (True, {"duplicate_strategy": DuplicateStrategy.UPDATE}),
        (True, {"field_policies": {"full_name": FieldPolicy.OVERWRITE}}),
        (False, {"duplicate_strategy": DuplicateStrategy.UPDATE, "field_policies": {"full_name": FieldPolicy.KEEP}}),
        (False, {"duplicate_strategy": DuplicateStrategy.MERGE}),
        (False, {"duplicate_strategy": DuplicateStrategy.UPDATE, "recase_names": False}),
    ],
)
def test_what_is_in_one_case_is_asked_only_where_a_name_could_replace_another(told: bool, chosen: dict[str, Any]) -> None:
    judged = judge_table(["full_name", "email"], [["ADA LOVELACE", "a@x.org"]], **{"recase_names": True, **chosen})
    assert ("in_one_case" in judged.rows.columns) is told
