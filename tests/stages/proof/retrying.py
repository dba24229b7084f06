"""An import that is cancelled, corrected and retried a few times: each plan is what the specification makes of the rows that are left."""

import json
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

from models.vocabulary import DuplicateStrategy, ErrorPolicy, ImportStatus, Stage
from tests.engine.held_oracle import hold
from tests.engine.oracle import KINDS, Contact, Row, settle_row_by_row
from tests.stages.proof.cases import Case, draw_policies, make_case
from tests.stages.proof.cells import CELLS, KEY_COLUMNS, judge_plainly
from tests.stages.proof.editing import Step, make_edits
from tests.stages.proof.expected import engine_options
from tests.stages.proof.ground import Ground
from tests.stages.proof.issues import Told, read_issues
from tests.stages.proof.names import Entry, as_directory, created_entries, key_of, read_entries, resolve_plainly
from tests.stages.proof.world import World, make_world, nothing_breaks, read_account, read_contacts
from tests.support.rig import Rig
from workers.engine.identity import make_contact_id

STRATEGIES = (DuplicateStrategy.UPDATE, DuplicateStrategy.UPDATE, DuplicateStrategy.MERGE, DuplicateStrategy.SKIP)
MOST_RUNS = 4
LEFT = ("failed", "unprocessed")
NAME_CODES = ("unknown_company", "unknown_owner", "new_company", "new_owner")


def prove_retry(seed: int, ground: Ground) -> None:
    """Raises AssertionError where a retry plans anything but what the specification says, or its contacts come to anything else."""
    random = Random(seed)
    case = make_case(seed, error_policy=ErrorPolicy.KEEP_GOOD_ROWS, duplicate_strategy=random.choice(STRATEGIES))
    # Of a key a retry would have to know more than who set it.
    policies = draw_policies(random, random.sample([name for name in CELLS if name not in KEY_COLUMNS], random.choice([0, 2, 4])))
    case = replace(case, options=case.options.model_copy(update={"field_policies": policies}))
    case = replace(case, handling=replace(case.handling, batch_rows=random.choice([1, 2, 5]), is_reviewed=False))
    try:
        _Life(case, ground, random).live()
    except AssertionError as error:
        raise AssertionError(f"{case}\n{error}") from error


class _Life:
    """An import from its first run to its last retry, with what its rows were when they were settled."""

    def __init__(self, case: Case, ground: Ground, random: Random) -> None:
        self._random = random
        self._case = case
        self._cells = [dict(row) for row in case.rows]
        self._world = make_world(ground, case.contacts, case.handling, entries=case.entries)
        self._lists = self._world.list_ids[: case.list_count]
        self._options = engine_options(case, self._lists)
        self._settled: list[Row] = []
        self._account: dict[int, dict[str, Any]] = {}

    def live(self) -> None:
        rig, random = self._world.rig, self._random
        import_id = self._world.add_import(self._case)
        for run in range(MOST_RUNS):
            with nothing_breaks():
                self._require_run(import_id, is_cut=run < MOST_RUNS - 1 and random.random() < 0.7)
            if not self._left:
                return
            self._correct(import_id)
            self._disturb()
            rig.retry(import_id)

    @property
    def _left(self) -> list[int]:
        """The rows that are not settled."""
        return [number for number in range(1, len(self._cells) + 1) if number not in self._account]

    def _require_run(self, import_id: UUID, *, is_cut: bool) -> None:
        """One run is planned as specified, and done as planned, in part if it is cut."""
        rig = self._world.rig
        left = self._left
        entries = read_entries(rig)
        named, told = self._name_rows(import_id, entries)
        rows = [row for row in named if row["row"] in left]
        before = _as_candidates(self._world, self._lists)
        held = hold(self._settled, self._account, self._options)
        settled = settle_row_by_row(rows, before, self._options, lambda row: str(make_contact_id(import_id, row)), held)
        work(rig, import_id, self._random.randint(1, 4) if is_cut else None)
        planned, came = read_account(rig, import_id, as_planned=True), read_account(rig, import_id)
        expected = {number: (line["outcome"], line["contact"], line["changes"]) for number, line in settled["outcomes"].items()}
        assert {number: planned[number] for number in left} == expected, f"held {held}, cells {self._cells}"
        of_names = {issue for issue in read_issues(rig.issues(import_id)) if issue.row in left and issue.code in NAME_CODES}
        assert of_names == {issue for issue in told if issue.row in left}
        for number, (outcome, contact, changes) in came.items():
            if number in left and outcome not in LEFT:
                self._account[number] = {"outcome": outcome, "contact": contact, "changes": changes}
        self._settled += [row for row in rows if row["row"] in self._account]
        if not any(came[number][0] == "unprocessed" for number in left):
            self._require_contacts(settled)
            self._require_entries(settled, entries)

    def _name_rows(self, import_id: UUID, entries: list[Entry]) -> tuple[list[Row], list[Told]]:
        """The rows of the whole file with the names that companies and owners have by now, and what is told of these."""
        rows = [judge_plainly(number, cells, self._case.choices)[0] for number, cells in enumerate(self._cells, start=1)]
        own = {(kind, key_of(name)) for kind, name, created_by, _ in entries if created_by == str(import_id)}
        told = resolve_plainly(rows, as_directory((kind, name) for kind, name, _, _ in entries), self._case.options, own)
        return rows, told

    def _require_entries(self, settled: dict[str, Any], before: list[Entry]) -> None:
        there = [(kind, name) for kind, name, _, _ in before]
        added = [(kind, name) for kind, name, _ in created_entries(settled, as_directory(there), self._case.options)]
        assert sorted((kind, name) for kind, name, _, _ in read_entries(self._world.rig)) == sorted([*there, *added])

    def _require_contacts(self, settled: dict[str, Any]) -> None:
        now = read_contacts(self._world.rig)
        for contact_id, wanted in {**settled["creates"], **settled["updates"]}.items():
            names = [name for name in wanted if name in now[contact_id] and name not in ("claims", "version", "lists", "row")]
            assert {name: now[contact_id][name] for name in names} == {name: wanted[name] for name in names}

    def _correct(self, import_id: UUID) -> None:
        """Somebody corrects some of the rows that are left."""
        random = self._random
        cells = {}
        for number in random.sample(self._left, random.randint(0, len(self._left))):
            row = self._cells[number - 1]
            name = random.choice(list(row))
            if name in CELLS:
                cells[number, name] = row[name] = random.choice(list(CELLS[name]))
        make_edits(self._world.rig, import_id, Step(cells))

    def _disturb(self) -> None:
        """Somebody edits a contact, and deletes another: so may a conflict be resolved."""
        rig, random = self._world.rig, self._random
        for contact in random.sample(rig.contacts(), min(2, len(rig.contacts()))):
            if random.random() < 0.5:
                rig.edit(contact, **{random.choice(["city", "first_name", "owner"]): random.choice([None, "by hand"])})
            elif random.random() < 0.3:
                rig.remove(contact)


def work(rig: Rig, import_id: UUID, batches: int | None) -> None:
    """Work to the end, or cancel after some batches."""
    done = 0
    while rig.step():
        done += rig.delivered[-1][0].stage is Stage.APPLY_BATCH
        if batches is not None and done >= batches and rig.status(import_id) is ImportStatus.APPLYING:
            rig.cancel(import_id)
            batches = None


def _as_candidates(world: World, list_ids: tuple[str, ...]) -> list[Contact]:
    """The tenant's contacts as the specification takes them."""
    return [
        {
            **contact,
            "id": contact_id,
            "custom": json.dumps(contact["custom"]),
            "lists": [name for name in contact["lists"] if name in list_ids],
            **{f"{kind}_key": contact["claims"].get(kind) for kind in KINDS},
        }
        for contact_id, contact in read_contacts(world.rig).items()
    ]
