"""A file is imported, a few of its rows are corrected, and it is imported again: what was not corrected is not written anywhere."""

from dataclasses import replace
from random import Random
from uuid import UUID

from models.tables.import_options import AssignmentOptions, ImportOptions
from models.vocabulary import AssignmentMode, DuplicateStrategy, EmptyCellPolicy, MatchMode
from tests.stages.proof.cases import Case, Handling, draw_directory_policies
from tests.stages.proof.cells import CELLS, KEEPER, KEEPERS, KEY_COLUMNS
from tests.stages.proof.ground import Ground
from tests.stages.proof.names import draw_entries, read_entries
from tests.stages.proof.workforce import Workforce
from tests.stages.proof.world import (
    World,
    make_world,
    nothing_breaks,
    read_batches,
    read_changes,
    read_outcome,
    read_rows_as_stored,
)
from workers.stages.frames import load_frame

AGAIN = (DuplicateStrategy.UPDATE, DuplicateStrategy.MERGE)
OTHERS = [name for name in CELLS if name not in KEY_COLUMNS]


def prove_reimport(seed: int, ground: Ground) -> None:
    """Raises AssertionError where importing a corrected file does anything for rows that were not corrected."""
    random = Random(seed)
    handling = Handling(100, random.choice([3, 100]), random.choice([1, 2]), False, 0.3, random.choice([0.0, 0.2]), False)
    rows = [_draw_person(random, number) for number in range(1, random.randint(4, 16))]
    options = _draw_options(random)
    case = Case(seed, rows, [], options, random.choice([0, 2]), handling)
    world = make_world(ground, [], handling, entries=draw_entries(random))
    _work(world, case, ground, random)
    # By now a person of the file has everything that a row under MERGE could fill.
    again = replace(case, options=options.model_copy(update={"duplicate_strategy": random.choice(AGAIN)}))
    _require_idle(world, again, set(), ground, random)
    corrected = set(random.sample(range(1, len(rows) + 1), min(len(rows), random.randint(1, 3))))
    fixed = [_correct(random, row) if number in corrected else row for number, row in enumerate(rows, start=1)]
    update = again.options.model_copy(update={"duplicate_strategy": DuplicateStrategy.UPDATE})
    _require_idle(world, replace(again, rows=fixed, options=update), corrected, ground, random)


def _draw_person(random: Random, number: int) -> dict[str, str]:
    """A row of somebody who is in no other, written as people write; its keys are of this row alone."""
    keys = {"external_id": f" k{number} ", "email": f"P{number}@Kestrel.Example", "phone": f"+33 1 99 00 01 {number:02}"}
    kept = random.sample(list(keys), random.randint(1, 3))
    row = {name: keys[name] for name in keys if name in kept}
    row |= {name: random.choice(list(CELLS[name])) for name in random.sample(OTHERS, 5)}
    return row | {KEEPER: random.choice(list(KEEPERS)), "address_line1": "1 Rue Haute"}


def _correct(random: Random, row: dict[str, str]) -> dict[str, str]:
    return row | {"address_line1": random.choice(["2 Rue Haute", "3 Rue Haute"])}


def _draw_options(random: Random) -> ImportOptions:
    mode = random.choice(list(AssignmentMode))
    owners = {AssignmentMode.SINGLE: ("rita",), AssignmentMode.ROUND_ROBIN: ("rita", "sam", "tess")}.get(mode, ())
    return ImportOptions(
        duplicate_strategy=random.choice(list(DuplicateStrategy)),
        match_mode=random.choice(list(MatchMode)),
        empty_cells=random.choice(list(EmptyCellPolicy)),
        assignment=AssignmentOptions(mode=mode, owners=owners, column=KEEPER if mode is AssignmentMode.BY_COLUMN else None),
        tags=random.choice([(), ("fair", "vip")]),
        **draw_directory_policies(random),
    )


def _work(world: World, case: Case, ground: Ground, random: Random) -> UUID:
    import_id = world.add_import(case)
    with nothing_breaks():
        Workforce(world.rig, case.handling, ground.deaths, random).work()
    return import_id


def _require_idle(world: World, case: Case, corrected: set[int], ground: Ground, random: Random) -> None:
    """Importing the case changes the contacts of the corrected rows and leaves no trace of the others."""
    rig = world.rig
    before, told, entries = read_rows_as_stored(rig), read_changes(rig), read_entries(rig)
    import_id = _work(world, case, ground, random)
    outcome = read_outcome(rig, import_id)
    rows = {row: came[0] for row, came in outcome.rows.items()}
    assert rows == {row: "updated" if row in corrected else "unchanged" for row in rows}, (case.seed, outcome.rows)
    changed = {UUID(outcome.rows[row][1]) for row in corrected}  # type: ignore[arg-type]
    after = read_rows_as_stored(rig)
    assert len(before) == len(after)
    assert read_entries(rig) == entries
    assert {i for i in before if before[i] != after[i]} == changed
    assert {change.contact_id for change in read_changes(rig)[len(told) :]} == changed
    for batch in read_batches(rig, import_id):
        assert batch.creates_key is not None
        assert batch.updates_key is not None
        assert load_frame(rig.deps.storage, batch.creates_key).is_empty()
        assert set(load_frame(rig.deps.storage, batch.updates_key)["row"]) <= corrected
