"""Running a case through the real stages and holding what came of it to the specification."""

from dataclasses import asdict, replace
from random import Random
from uuid import UUID

from models.database import reading
from models.queries.counts import planned_counts
from models.vocabulary import DuplicateStrategy, ErrorPolicy, ImportStatus
from tests.stages.proof.cases import Case, make_case
from tests.stages.proof.expected import OUTCOMES, Outcome, expect
from tests.stages.proof.ground import Ground
from tests.stages.proof.names import read_entries
from tests.stages.proof.workforce import Workforce
from tests.stages.proof.world import World, make_world, nothing_breaks, read_account, read_outcome, read_rows_as_stored, with_lists
from tests.support.rig import Rig


def prove_outcome(seed: int, ground: Ground) -> None:
    """Raises AssertionError where the case of a seed comes to anything but what the specification says, or promises anything else."""
    case = (make_case, _make_shouting, make_case, _make_twins)[seed // 2 % 4](seed)
    try:
        _prove(case, ground)
    except AssertionError as error:
        raise AssertionError(f"{case}\n{error}") from error


def _make_shouting(seed: int) -> Case:
    """Rows with names in capitals only, most of them about contacts who write theirs otherwise."""
    case, random = make_case(seed, duplicate_strategy=DuplicateStrategy.UPDATE), Random(seed)
    rows = [{**row, "first_name": random.choice(["BOB", "BOB", "Bob", "Ann"])} for row in case.rows]
    return replace(case, rows=rows, contacts=[{**contact, "first_name": "bOb"} for contact in case.contacts])


def _make_twins(seed: int) -> Case:
    """Rows that make contacts beside those that are there, who have not refused, and some of the rows refuse."""
    case, random = make_case(seed, duplicate_strategy=DuplicateStrategy.CREATE, error_policy=ErrorPolicy.KEEP_GOOD_ROWS), Random(seed)
    rows = [{**row, "consent": random.choice(["subscribed", "no", ""])} for row in case.rows]
    return replace(case, rows=rows, contacts=[{**contact, "consent": "subscribed"} for contact in case.contacts])


def _prove(case: Case, ground: Ground) -> None:
    world = make_world(ground, case.contacts, case.handling, entries=case.entries)
    rig = world.rig
    before = read_rows_as_stored(rig)
    import_id = world.add_import(case)
    expected = expect_in(world, case, import_id)
    workforce = Workforce(rig, case.handling, ground.deaths, Random(case.seed), check=lambda: require_sum(rig, import_id))
    with nothing_breaks():
        if case.handling.is_reviewed:
            workforce.work()
            _require_promise(rig, import_id, expected)
            assert read_rows_as_stored(rig) == before
            assert len(read_entries(rig)) == len(case.entries)
            rig.start(import_id)
        workforce.work()
    require_equal(read_outcome(rig, import_id), expected)
    written = {entry["contact"] for entry in expected.journal}
    after = read_rows_as_stored(rig)
    claimed = _claims_alone(case, expected)
    assert {i: after[i] for i in before if str(i) not in written | claimed} == {
        i: row for i, row in before.items() if str(i) not in written | claimed
    }


def expect_in(world: World, case: Case, import_id: UUID) -> Outcome:
    """What the case comes to in a world."""
    here = replace(case, contacts=with_lists(case.contacts, world.list_ids))
    return expect(here, import_id, world.list_ids[: case.list_count])


def _claims_alone(case: Case, expected: Outcome) -> set[str]:
    """Who inherits a claim: that is written, and nothing else of the contact."""
    keys = {c["id"]: {k: c[f"{k}_key"] for k in ("external_id", "email", "phone") if c[f"{k}_key"]} for c in case.contacts}
    return {contact_id for contact_id, claims in keys.items() if expected.contacts[contact_id]["claims"] != claims}


def require_sum(rig: Rig, import_id: UUID) -> None:
    """The counts add up just now."""
    counts = asdict(rig.counts(import_id))
    assert sum(counts[name] for name in OUTCOMES) == counts["total"], counts
    assert min(counts.values()) >= 0, counts


def require_equal(actual: Outcome, expected: Outcome) -> None:
    """Two outcomes are the same, told part by part."""
    for name in ("rows", "contacts", "journal", "issues", "counts", "status", "entries"):
        mine, theirs = getattr(actual, name), getattr(expected, name)
        if isinstance(mine, dict) and mine != theirs:
            differing = {key: (mine.get(key), theirs.get(key)) for key in {*mine, *theirs} if mine.get(key) != theirs.get(key)}
            raise AssertionError(f"{name} (actual, expected): {differing}")
        if isinstance(mine, list) and mine != theirs:
            raise AssertionError(
                f"{name}: only actual {[x for x in mine if x not in theirs]}, only expected {[x for x in theirs if x not in mine]}"
            )
        assert mine == theirs, name


def _require_promise(rig: Rig, import_id: UUID, expected: Outcome) -> None:
    """The plan says what will be, row by row and in sum, and nothing was done yet."""
    assert rig.status(import_id) is ImportStatus.PLANNED, rig.job(import_id).failure_message
    assert read_account(rig, import_id, as_planned=True) == expected.rows
    with reading(rig.deps.database) as tx:
        planned = planned_counts(tx, rig.job(import_id))
    assert planned is not None
    assert asdict(planned) == expected.counts
    assert rig.counts(import_id).unprocessed == expected.counts["total"]
