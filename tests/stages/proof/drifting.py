"""People edit contacts between a plan and its batches, and between the batches: what is promised then, and holding an import to it."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID

import polars as pl

from models.database import reading
from models.queries.plans import load_run
from models.vocabulary import FINAL_STATUSES, DirectoryPolicy, DuplicateStrategy, ErrorPolicy, IssueCode, Stage
from tests.engine.oracle import KINDS
from tests.stages.proof.cases import Case, make_case
from tests.stages.proof.edits import People
from tests.stages.proof.ground import Ground
from tests.stages.proof.ledger import require_nobody_twice, require_one_claimant, require_spelled, require_true_journal
from tests.stages.proof.names import SPELLINGS, key_of
from tests.stages.proof.outcomes import require_sum
from tests.stages.proof.workforce import Workforce
from tests.stages.proof.world import (
    make_world,
    nothing_breaks,
    read_account,
    read_batches,
    read_changes,
    read_contacts,
    read_rows_as_stored,
)
from tests.support.rig import Rig
from workers.stages.frames import load_frame, load_writes

PLANNING = (Stage.INSPECT, Stage.PLAN)
NOTHING = ("unchanged", "skipped")


@dataclass(frozen=True)
class Planned:
    """A plan as its files tell it. `anchors`: row -> anchor; `writes`: owner row -> the contact as it is to be."""

    rows: dict[int, tuple[str, str | None, dict[str, Any]]]
    anchors: dict[int, int]
    writes: dict[int, dict[str, Any]]

    def find_disturbed(self, people: People) -> set[int]:
        """The rows of which anything was edited by hand, their names included, and those between which and them a key passes."""
        touched, keys = people.touched, people.keys
        disturbed = {self.anchors[row] for row, (_, contact_id, _) in self.rows.items() if contact_id in touched}
        for row, write in self.writes.items():
            claims = {(f"{kind}_key", write[f"{kind}_key"]) for kind in KINDS}
            names = {(kind, key_of(write[kind])) for kind in SPELLINGS if write[kind]}
            if claims & keys or write["id"] in touched or names & people.named:
                disturbed.add(self.anchors[row])
        return {row for row, anchor in self.anchors.items() if anchor in disturbed}


@dataclass(frozen=True)
class Seen:
    """How often the rare came about: rows left for another plan, and entries of the journal that a plan which was shown had promised."""

    left: int
    promised: int

    def __add__(self, other: "Seen") -> "Seen":
        return Seen(self.left + other.left, self.promised + other.promised)


NOTHING_SEEN = Seen(0, 0)


def read_plan(rig: Rig, import_id: UUID) -> Planned:
    """The newest plan of an import."""
    job = rig.job(import_id)
    with reading(rig.deps.database) as tx:
        run = load_run(tx, job, job.plan_epoch)
    outcomes = pl.concat([load_frame(rig.deps.storage, chunk.outcomes_key) for chunk in run.chunks])
    writes = {}
    for batch in read_batches(rig, import_id):
        assert batch.creates_key is not None
        assert batch.updates_key is not None
        for frame in load_writes(rig.deps.storage, batch.creates_key, batch.updates_key):
            writes |= {line["row"]: line for line in frame.iter_rows(named=True)}
    anchors = dict(outcomes.select("row", "anchor_row").iter_rows())
    return Planned(read_account(rig, import_id, as_planned=True), anchors, writes)


def prove_drift(seed: int, ground: Ground) -> Seen:
    """What was seen to hold. Raises AssertionError where the import of a seed, disturbed by edits, breaks a promise."""
    # Of what a plan that was shown promises, updates are the most.
    updating = {"duplicate_strategy": DuplicateStrategy.UPDATE} if seed % 4 == 2 else {}
    case = make_case(seed, error_policy=ErrorPolicy.KEEP_GOOD_ROWS, **updating)
    if seed % 3 == 0:
        case = _name_all(case)
    # A plan that was shown promises more.
    case = replace(case, handling=replace(case.handling, is_reviewed=seed % 4 != 0))
    try:
        return _prove(case, ground)
    except AssertionError as error:
        raise AssertionError(f"{case}\n{error}") from error


def _name_all(case: Case) -> Case:
    """The case with names in every row that the import may have to create, so that people are likely to add one of them meanwhile."""
    random = Random(case.seed)
    rows = [{**row, **{kind: random.choice(names) for kind, names in SPELLINGS.items()}} for row in case.rows]
    creating = {"company_policy": DirectoryPolicy.CREATE, "owner_policy": DirectoryPolicy.CREATE}
    return replace(case, rows=rows, options=case.options.model_copy(update=creating), entries=())


def _prove(case: Case, ground: Ground) -> Seen:
    case = replace(case, handling=replace(case.handling, batch_rows=min(case.handling.batch_rows, 5)))
    world = make_world(ground, case.contacts, case.handling, entries=case.entries)
    rig, random = world.rig, Random(case.seed)
    people = People(rig, random)
    import_id = world.add_import(case)
    likely = random.choice([0.2, 0.6])

    def disturb() -> None:
        require_sum(rig, import_id)
        if random.random() < likely:
            people.edit()

    with nothing_breaks():
        Workforce(rig, case.handling, ground.deaths, random).work(PLANNING)
        planned = read_plan(rig, import_id)
        for _ in range(random.randint(1, 4)):
            people.edit()
        if case.handling.is_reviewed:
            rig.start(import_id)
        Workforce(rig, case.handling, ground.deaths, random, check=disturb).work()
        seen = require_kept(rig, import_id, case, planned, people)
        require_ledger(rig, case, world.list_ids, people)
        require_spelled(rig, import_id)
        if rig.counts(import_id).unprocessed:
            rig.retry(import_id)
            quiet = Workforce(rig, case.handling, ground.deaths, random, check=lambda: require_sum(rig, import_id))
            quiet.work()
            if case.handling.is_reviewed:
                rig.start(import_id)
                quiet.work()
            assert not rig.counts(import_id).unprocessed
            assert not [issue for issue in rig.issues(import_id) if issue.code == IssueCode.PLAN_DRIFT]
            require_ledger(rig, case, world.list_ids, people)
    return seen


def require_ledger(rig: Rig, case: Case, list_ids: tuple[str, ...], people: People) -> None:
    """Nothing was lost, and nobody is there twice."""
    contacts = read_contacts(rig)
    require_true_journal(rig, case.contacts, list_ids, people.edits)
    require_one_claimant(contacts)
    if case.options.duplicate_strategy is not DuplicateStrategy.CREATE:
        require_nobody_twice(contacts, case.contacts)


def require_kept(rig: Rig, import_id: UUID, case: Case, planned: Planned, people: People) -> Seen:
    """Rows that nobody disturbed came out as planned; of a plan that was shown, the others did what it said, or nothing."""
    assert rig.status(import_id) in FINAL_STATUSES
    assert {batch.status for batch in read_batches(rig, import_id)} <= {"done"}
    account = read_account(rig, import_id)
    disturbed = planned.find_disturbed(people)
    for row, came in account.items():
        if row not in disturbed:
            assert came == planned.rows[row], (row, came, planned.rows[row])
    left = {row for row, (outcome, _, _) in account.items() if outcome == "unprocessed"}
    told = {issue.row for issue in rig.issues(import_id) if issue.code == IssueCode.PLAN_DRIFT}
    assert told == left
    counts = rig.counts(import_id)
    for outcome in ("created", "updated", "unchanged", "skipped", "failed", "unprocessed"):
        assert getattr(counts, outcome) == sum(came[0] == outcome for came in account.values()), outcome
    _require_written(rig, import_id)
    if not case.handling.is_reviewed:
        assert not left
        return NOTHING_SEEN
    for row, (outcome, contact_id, _) in account.items():
        promised, whom, _ = planned.rows[row]
        assert outcome in (promised, "unprocessed", *NOTHING), (row, outcome, promised)
        assert outcome == "unprocessed" or outcome in NOTHING or contact_id == whom, row
    return Seen(len(left), _require_only_promised(rig, import_id, planned))


def _require_written(rig: Rig, import_id: UUID) -> None:
    """What the account calls updated or created is, and nothing else."""
    account = read_account(rig, import_id)
    updated = {contact_id for outcome, contact_id, _ in account.values() if outcome == "updated"}
    created = {contact_id for outcome, contact_id, _ in account.values() if outcome == "created"}
    assert updated - created == {str(change.contact_id) for change in read_changes(rig) if change.import_id == import_id}
    stored = read_rows_as_stored(rig)
    assert created <= {str(contact_id) for contact_id in stored}
    assert len(created) == sum(outcome == "created" for outcome, _, _ in account.values())


def _require_only_promised(rig: Rig, import_id: UUID, planned: Planned) -> int:
    """What the import wrote are values that its plan showed; how many entries of the journal it took."""
    entries = [change for change in read_changes(rig) if change.import_id == import_id]
    for change in entries:
        assert change.row is not None
        promised = planned.writes[change.row]
        assert promised["id"] == str(change.contact_id)
        shown = {name: pair["after"] for row in planned.rows for name, pair in _changes(planned, row, promised["id"]).items()}
        for name, pair in change.changes.items():
            assert name in shown, (change.row, name, pair)
            assert pair["after"] == shown[name], (change.row, name, pair)
    return len(entries)


def _changes(planned: Planned, row: int, contact_id: str) -> dict[str, Any]:
    return planned.rows[row][2] if planned.rows[row][1] == contact_id else {}
