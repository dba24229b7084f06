"""What an import gives to contacts beside what the file says of them: lists, tags and owners, by row, and undone with it."""

from random import Random
from typing import Any

import pytest

from models.vocabulary import AssignmentMode, DuplicateStrategy, ImportStatus
from tests.stages.accounts import fields_of
from tests.support.rig import Rig

OWNERS = ("ada", "ben", "cid")
# Row 2 is known, has an owner, a tag in other letters and one of the lists; row 5 is known and has nothing; row 8 is row 1 again.
ROWS = [{"email": f"p{n}@example.com", "rep": rep} for n, rep in enumerate(["x", "y", "", "x", "z", "y", "x"], start=1)]
ROWS.append({"email": "p1@example.com", "rep": "z"})

MODES: list[tuple[dict[str, Any], list[str | None]]] = [
    ({"mode": AssignmentMode.NONE}, [None, "held", None, None, None, None, None]),
    ({"mode": AssignmentMode.SINGLE, "owners": OWNERS[:1]}, ["ada", "held", "ada", "ada", "ada", "ada", "ada"]),
    # The owner of row n is number n - 1 modulo three.
    ({"mode": AssignmentMode.ROUND_ROBIN, "owners": OWNERS}, ["ada", "held", "cid", "ada", "ben", "cid", "ada"]),
    ({"mode": AssignmentMode.BY_COLUMN, "column": "rep"}, ["x", "held", None, "x", "z", "y", "x"]),
]


def _state(rig: Rig) -> dict[Any, Any]:
    members = rig.members()
    return {c.email: (fields_of(c), {list_id for list_id, contact_id in members if contact_id == c.id}) for c in rig.contacts()}


@pytest.mark.parametrize(("assignment", "owners"), MODES, ids=[str(mode["mode"]) for mode, _ in MODES])
def test_a_row_is_given_the_same_in_any_order_and_an_undo_takes_it_back(
    rig: Rig, assignment: dict[str, Any], owners: list[str | None]
) -> None:
    spring, fair = rig.add_list("Spring"), rig.add_list("Fair")
    rig.import_rows([{"email": "p2@example.com", "owner": "held", "tags": "NEW; vip"}], list_ids=(str(fair),))
    rig.create(email="p5@example.com")
    before = _state(rig)
    job_id = rig.add_rows(
        ROWS,
        mapping={"email": "email"},
        duplicate_strategy=DuplicateStrategy.UPDATE,
        assignment=assignment,
        tags=("new", "2026"),
        list_ids=(str(spring), str(fair)),
    )
    rig.drain(Random(str(assignment["mode"])))
    after = _state(rig)
    assert [after[f"p{n}@example.com"][0].get("owner") for n in range(1, 8)] == owners
    assert after["p2@example.com"][0]["tags"] == ["NEW", "vip", "2026"]
    assert {tuple(fields["tags"]) for email, (fields, _) in after.items() if email != "p2@example.com"} == {("new", "2026")}
    assert {frozenset(lists) for _, lists in after.values()} == {frozenset({spring, fair})}
    counts = rig.counts(job_id)
    assert (counts.created, counts.updated, counts.unchanged, counts.duplicates) == (5, 2, 1, 3)
    rig.roll_back(job_id)
    rig.drain(Random(1))
    assert rig.status(job_id) is ImportStatus.ROLLED_BACK
    assert _state(rig) == before


def test_a_tag_or_list_that_somebody_took_away_or_gave_since_is_left_to_them(rig: Rig) -> None:
    rig.create(email="a@example.com", tags=["old"])
    job_id = rig.import_rows([{"email": "a@example.com"}], duplicate_strategy=DuplicateStrategy.UPDATE, tags=("new", "2026"))
    rig.edit(rig.contact("a@example.com"), tags=["old", "2026", "mine"])
    rig.edit(rig.contact("a@example.com"), tags=["old", "2026", "mine", "new"])
    rig.roll_back(job_id)
    rig.drain()
    assert rig.contact("a@example.com").tags == ["old", "mine", "new"]


def test_skipped_contacts_are_given_nothing(rig: Rig) -> None:
    rig.create(email="a@example.com")
    options: dict[str, Any] = {"tags": ("new",), "list_ids": (str(rig.add_list("L")),)}
    job_id = rig.import_rows([{"email": "a@example.com"}], assignment={"mode": AssignmentMode.SINGLE, "owners": ("ada",)}, **options)
    assert rig.counts(job_id).skipped == 1
    assert (rig.contact("a@example.com").tags, rig.contact("a@example.com").owner, rig.members()) == ([], None, set())
