"""Two imports of one tenant at a time, in several threads, while people edit the same contacts in another."""

import threading
from dataclasses import replace
from random import Random
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from models.database import writing
from models.errors import DatabaseBusy
from models.tables import WriterLease
from models.vocabulary import FINAL_STATUSES, DuplicateStrategy, ErrorPolicy
from tests.engine.oracle import Contact as Held
from tests.stages.proof.cases import Case, Handling, draw_contacts, make_case
from tests.stages.proof.edits import People
from tests.stages.proof.ground import Ground
from tests.stages.proof.ledger import require_nobody_twice, require_one_claimant, require_spelled, require_true_journal
from tests.stages.proof.names import draw_entries
from tests.stages.proof.outcomes import OUTCOMES, require_sum
from tests.stages.proof.workforce import Workforce
from tests.stages.proof.world import World, make_world, nothing_breaks, read_account, read_batches, read_contacts
from tests.support.rig import Rig

MOST_EDITS = 60


def prove_together(seed: int, ground: Ground) -> None:
    """Raises AssertionError where two imports and people in each other's way lose anything, make anybody twice, or give up."""
    random = Random(seed)
    handling = Handling(
        chunk_rows=random.choice([7, 100]),
        batch_rows=random.choice([2, 4]),
        workers=3,
        in_order=False,
        repeats=0.0,
        deaths=0.0,
        is_reviewed=False,
    )
    contacts = draw_contacts(random, 8)
    cases = [_overlapping(seed, place, handling) for place in range(2)]
    # As many attempts as by default: what two writers do to one another must not use them up.
    world = make_world(ground, contacts, handling, entries=draw_entries(random), attempts=ground.settings.attempts)
    rig, people = world.rig, People(world.rig, random)
    imports = [world.add_import(case) for case in cases]
    over = threading.Event()
    errors: list[BaseException] = []
    editing = threading.Thread(target=_keep_editing, args=(rig, people, imports, over, errors))
    with nothing_breaks():
        editing.start()
        try:
            Workforce(rig, handling, ground.deaths, random, check=lambda: [require_sum(rig, job) for job in imports]).work()
        finally:
            over.set()
            editing.join()
    if errors:
        raise errors[0]
    try:
        _require_sound(world, imports, contacts, people)
    except AssertionError as error:
        raise AssertionError(f"seed {seed}: {error}") from error


def _require_sound(world: World, imports: list[UUID], contacts: list[Held], people: People) -> None:
    rig = world.rig
    for import_id in imports:
        _require_ended(rig, import_id)
        require_spelled(rig, import_id)
    after = read_contacts(rig)
    require_true_journal(rig, contacts, world.list_ids, people.edits)
    require_one_claimant(after)
    if all(rig.job(import_id).options["duplicate_strategy"] != DuplicateStrategy.CREATE for import_id in imports):
        require_nobody_twice(after, contacts)


def _overlapping(seed: int, place: int, handling: Handling) -> Case:
    case = make_case(2 * seed + place, error_policy=ErrorPolicy.KEEP_GOOD_ROWS)
    more = make_case(2 * seed + place + 1_000_003, error_policy=ErrorPolicy.KEEP_GOOD_ROWS)
    # Enough rows for several batches.
    return replace(case, rows=[*case.rows, *more.rows][:14], handling=handling)


def _keep_editing(rig: Rig, people: People, imports: list[UUID], over: threading.Event, errors: list[BaseException]) -> None:
    try:
        for number in range(MOST_EDITS):
            if over.wait(0.005):
                return
            people.edit()
            require_sum(rig, imports[number % len(imports)])
            if number % 5 == 0:
                _hand_over(rig)
    except BaseException as error:
        errors.append(error)


def _hand_over(rig: Rig) -> None:
    """As if the import whose turn it is had had it for long."""
    try:
        with writing(rig.deps.database) as tx:
            tx.execute(update(WriterLease).where(col(WriterLease.tenant_id) == rig.tenant_id).values(held_since=None))
    except DatabaseBusy:
        return


def _require_ended(rig: Rig, import_id: UUID) -> None:
    """The import has come to its end by itself, and its account adds up."""
    assert rig.status(import_id) in FINAL_STATUSES, rig.status(import_id)
    left = [(batch.number, batch.status, batch.failure_code, batch.failure_message, batch.tries) for batch in read_batches(rig, import_id)]
    assert {status for _, status, *_ in left} <= {"done"}, left
    outcomes = [outcome for outcome, _, _ in read_account(rig, import_id).values()]
    counts = rig.counts(import_id)
    assert {name: outcomes.count(name) for name in OUTCOMES} == {name: getattr(counts, name) for name in OUTCOMES}
