"""What is one name, however it is written, and what is not."""

import polars as pl
import pytest

from models.vocabulary import DirectoryKind
from workers.engine.directory import make_name_keys

COMPANY, OWNER = DirectoryKind.COMPANY, DirectoryKind.OWNER


def key(kind: DirectoryKind, name: str) -> str:
    return str(make_name_keys(kind, pl.Series([name]))[0])


@pytest.mark.parametrize(
    "names",
    [
        (
            "Acme",
            "ACME",
            "Acmé",
            " a c m e ",
            "Acme, Inc.",
            "Acme Incorporated",
            "ACME Ltd",
            "Acme GmbH & Co. KG",
            "Acme S.A.R.L.",
            "Acme (SA)",
        ),
        ("Société Générale", "Societe Generale S.A.", "SOCIETE-GENERALE SA"),
        ("O'Brien & Sons", "OBrien and Sons Limited", "O\N{RIGHT SINGLE QUOTATION MARK}Brien & Sons, LLP"),
        ("Müller Sp. z o.o.", "Muller"),
        ("Straße AG", "strasse"),
        ("Banco Azul S.A. de C.V.", "Banco Azul"),
        ("Skoda Auto a.s.", "Škoda Auto"),
        ("Ørsted A/S", "orsted"),
        ("XYZ Co.,Ltd", "XYZ Company Limited"),
        ("\uff21\uff23\uff2d\uff25 Corp", "acme"),
        ("Yahoo!", "Yahoo"),
        ("ΟΔΟΣ", "οδος"),
    ],
)
def test_these_are_one_company(names: tuple[str, ...]) -> None:
    assert len({key(COMPANY, name) for name in names}) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("Acme", "Acme Europe"),
        ("Limited", "Inc", "Co"),  # nothing but a legal form is a name
        ("Corpus", "Cor"),
        ("AT&T", "ATT"),
        ("!!!", "?"),
        ("が", "か"),
        ("Ромашка", "Рамашка"),
        ("3M", "M3"),
    ],
)
def test_these_are_several_companies(names: tuple[str, ...]) -> None:
    assert len({key(COMPANY, name) for name in names}) == len(names)


@pytest.mark.parametrize("names", [("José Pérez", "jose perez", "JOSE  PEREZ"), ("Anna@Example.com", "anna@example.com")])
def test_these_are_one_owner(names: tuple[str, ...]) -> None:
    assert len({key(OWNER, name) for name in names}) == 1


def test_every_sign_of_an_address_counts() -> None:
    assert len({key(OWNER, name) for name in ("a.b@example.com", "ab@example.com", "a.b@example.co", "a b example com")}) == 4


def test_a_legal_form_is_no_part_of_a_persons_name_that_could_go() -> None:
    assert key(OWNER, "Jane Co") != key(OWNER, "Jane")


@pytest.mark.parametrize("name", ["x", "Inc.", "-", "@", "\N{COMBINING ACUTE ACCENT}", "\ufdfa" * 200])
def test_a_key_is_never_empty_and_never_too_long_for_an_index(name: str) -> None:
    for kind in DirectoryKind:
        assert 1 <= len(key(kind, name)) <= 200
