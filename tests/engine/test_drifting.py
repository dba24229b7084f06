"""Why a row was left over says what changed, from what to what."""

import json
from typing import Any

import pytest

from models.vocabulary import ISSUE_MESSAGES, IssueCode
from workers.engine.drifting import MOST_SHOWN, RETRY, Came, Surroundings, explain_drift

UPDATE = Came("updated", "x", {"company": {"before": "Old", "after": "C"}})
CREATE = Came("created", "new", {})


def updated(**changes: tuple[Any, Any]) -> Came:
    return Came(
        "updated", "x", {field.replace("__", "."): {"before": before, "after": after} for field, (before, after) in changes.items()}
    )


@pytest.mark.parametrize(
    ("was", "now", "around", "told"),
    [
        (UPDATE, updated(company=("Edited", "C")), Surroundings(), "company changed from “Old” to “Edited”"),
        (UPDATE, updated(company=(None, "C")), Surroundings(), "company changed from “Old” to blank"),
        (updated(company=(None, "C")), updated(company=("New", "C")), Surroundings(), "company changed from blank to “New”"),
        (updated(first_name=("A", "B")), updated(first_name=("Z", "B")), Surroundings(), "first name changed from “A” to “Z”"),
        # Nothing is left to change in it: the contact says what it is.
        (updated(company=("Old", "C"), city=("P", "Q")), updated(city=("P", "Q")), Surroundings({"company": "C"}), "from “Old” to “C”"),
        (
            updated(custom__size=("4", "5"), city=("P", "Q")),
            updated(city=("P", "Q")),
            Surroundings({"custom": '{"size": "5"}'}),
            "“4” to “5”",
        ),
        # Of a later row of the same contact that is not what it found.
        (UPDATE, updated(city=("P", "Q")), Surroundings({"company": "C"}, is_first=False), "company changed, city became “P”"),
        (UPDATE, updated(company=("Old", "C"), city=(None, "Q")), Surroundings(), "Since the plan was made, city was cleared."),
        (updated(tags=([], ["a"])), updated(tags=([], ["a", "b"])), Surroundings(), "its tags changed"),
        (UPDATE, CREATE, Surroundings(), "was deleted"),
        (UPDATE, CREATE, Surroundings({"company": "Old"}), "no longer finds it"),
        (UPDATE, Came("updated", "y", {}), Surroundings({"company": "Old"}), "another contact"),
        (CREATE, Came("updated", "y", {}), Surroundings(), "instead of creating its own"),
        # To be changed was what a row above it was to create.
        (UPDATE, Came("updated", "y", {}), Surroundings(is_made=True), "another contact"),
        (UPDATE, Came("failed", None, {}), Surroundings(reason="Another contact has it."), "can no longer go in: Another contact has it."),
        (CREATE, CREATE, Surroundings(is_respelled=True), "spells its company or owner otherwise"),
        (UPDATE, UPDATE, Surroundings(shares_with=7), "row 7"),
    ],
)
def test_what_changed_is_told(was: Came, now: Came, around: Surroundings, told: str) -> None:
    said = explain_drift(was, now, around)
    assert told in said
    assert said.endswith(f". {RETRY}")


def test_where_nothing_can_be_told_the_general_sentence_stands() -> None:
    assert explain_drift(UPDATE, UPDATE, Surroundings({"company": "Old"})) == ISSUE_MESSAGES[IssueCode.PLAN_DRIFT]


def test_a_sentence_stays_short_whatever_changed() -> None:
    was = updated(**{f"custom__f{number}": ("a" * 2_000, "x") for number in range(9)})
    now = updated(**{f"custom__f{number}": ("b" * 2_000, "x") for number in range(9)})
    said = explain_drift(was, now, Surroundings())
    assert "6 more fields changed" in said
    assert len(said) < 3 * (2 * MOST_SHOWN + 40) + 120


def test_outcomes_are_read_as_they_are_stored() -> None:
    stored = json.dumps({"company": {"before": None, "after": "C"}})
    assert Came.of("updated", "x", stored) == updated(company=(None, "C"))
    assert Came.of("created", "x", None) == Came("created", "x", {})
