"""A file with wrong cells is planned, corrected in place and applied: it comes to what the right file would have."""

from dataclasses import dataclass, replace
from random import Random
from uuid import UUID

import polars as pl

from models.queries.edits import CELL_SCHEMA, EditChange, edit
from models.vocabulary import ImportStatus
from tests.stages.proof.cases import Case, make_case
from tests.stages.proof.cells import CELLS, KEEPER, KEEPERS
from tests.stages.proof.ground import Ground
from tests.stages.proof.outcomes import expect_in, require_equal, require_sum
from tests.stages.proof.workforce import Workforce
from tests.stages.proof.world import make_world, nothing_breaks, read_account, read_outcome
from tests.support.rig import Rig

MOST = 1_000


@dataclass(frozen=True)
class Step:
    """What somebody edits at once."""

    cells: dict[tuple[int, str], str]
    reverted: tuple[tuple[int, str], ...] = ()
    excluded: tuple[int, ...] = ()
    included: tuple[int, ...] = ()


def prove_edits(seed: int, ground: Ground) -> None:
    """Raises AssertionError where a corrected import comes to anything but what the file with these cells would have come to."""
    random = Random(seed)
    case = make_case(seed)
    numbers = range(1, len(case.rows) + 1)
    excluded = frozenset(number for number in numbers if random.random() < random.choice([0.0, 0.2, 1.0]))
    case = replace(case, excluded=excluded, handling=replace(case.handling, is_reviewed=True))
    wrong, steps = _spoil(random, case)
    try:
        _prove(case, wrong, steps, ground, random)
    except AssertionError as error:
        raise AssertionError(f"{case}\nwrong: {wrong}\nsteps: {steps}\n{error}") from error


def _spoil(random: Random, case: Case) -> tuple[list[dict[str, str]], list[Step]]:
    """The rows with other cells here and there, and how they are corrected, not always at once and not always right away."""
    rows, amends, detours = [], {}, {}
    for number, row in enumerate(case.rows, start=1):
        spoiled = {name: _draw(random, name) if random.random() < 0.15 else cell for name, cell in row.items()}
        # A record without a single cell is no row.
        rows.append(spoiled if any(cell.strip() for cell in spoiled.values()) else row)
        for name, cell in row.items():
            if rows[-1][name] != cell:
                amends[number, name] = cell
            elif random.random() < 0.05:
                detours[number, name] = _draw(random, name)
    right = sorted(case.excluded)
    aside = [number for number in range(1, len(rows) + 1) if number not in case.excluded and random.random() < 0.1]
    taken = {place: cell for place, cell in amends.items() if random.random() < 0.5}
    mistaken = {place: _draw(random, place[1]) for place in amends if place not in taken and random.random() < 0.3}
    first = Step(taken | mistaken | detours, excluded=(*right[::2], *aside))
    rest = {place: cell for place, cell in amends.items() if place not in taken}
    return rows, [first, Step(rest, tuple(detours), tuple(right), tuple(aside))]


def _draw(random: Random, name: str) -> str:
    return random.choice(list(KEEPERS if name == KEEPER else CELLS[name]))


def _prove(case: Case, wrong: list[dict[str, str]], steps: list[Step], ground: Ground, random: Random) -> None:
    world = make_world(ground, case.contacts, case.handling, entries=case.entries)
    rig = world.rig
    import_id = world.add_import(replace(case, rows=wrong))
    expected = expect_in(world, case, import_id)
    workforce = Workforce(rig, case.handling, ground.deaths, random, check=lambda: require_sum(rig, import_id))
    with nothing_breaks():
        workforce.work()
        for step in steps:
            make_edits(rig, import_id, step)
            workforce.work()
        assert rig.status(import_id) is ImportStatus.PLANNED, rig.job(import_id).failure_message
        planned = read_account(rig, import_id, as_planned=True)
        assert planned == expected.rows, planned
        rig.start(import_id)
        workforce.work()
    require_equal(read_outcome(rig, import_id), expected)


def make_edits(rig: Rig, import_id: UUID, step: Step) -> None:
    """Somebody makes the edits of a step."""
    change = EditChange(
        cells=pl.DataFrame([(*place, cell) for place, cell in step.cells.items()], schema=CELL_SCHEMA, orient="row"),
        reverted=pl.DataFrame(list(step.reverted), schema={"row": pl.Int64, "column": pl.String}, orient="row"),
        excluded=pl.Series("row", step.excluded, dtype=pl.Int64),
        included=pl.Series("row", step.included, dtype=pl.Int64),
    )
    rig.ask(edit, import_id, change=change, most=MOST, most_characters=1_000_000, actor="tester", action="import.rows_edited")
