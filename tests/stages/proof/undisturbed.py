"""An import of which rows fail or stay unprocessed at first, and that is retried, beside one of the right file that nothing disturbs."""

from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID

from models.tables import Contact
from models.tables.import_options import FieldPolicyOption, ImportOptions
from models.vocabulary import DirectoryPolicy, DuplicateStrategy, EmptyCellPolicy, FieldPolicy, InvalidValuePolicy
from tests.stages.proof.cases import Case, Handling
from tests.stages.proof.editing import Step, make_edits
from tests.stages.proof.ground import Ground
from tests.stages.proof.retrying import work
from tests.stages.proof.world import World, make_world, nothing_breaks, read_account

COMPANIES, CITIES, NOTES, TAGS = ["A", "a Ltd", "B", ""], ["Lyon", "Oslo", ""], ["n1", "n2", ""], ["vip", "new", "vip; new", ""]
CONSENTS = ["subscribed", "no", ""]
TIERS = ["gold", "tin", ""]
STRATEGIES = (DuplicateStrategy.UPDATE, DuplicateStrategy.UPDATE, DuplicateStrategy.UPDATE, DuplicateStrategy.MERGE, DuplicateStrategy.SKIP)
COLUMNS = {"company": COMPANIES, "city": CITIES, "notes": NOTES, "tags": TAGS, "consent": CONSENTS, "custom.tier": TIERS}
MOST_RUNS = 5


@dataclass(frozen=True)
class _Spoiled:
    """What is wrong at first: the e-mails of some rows are no addresses, or somebody else's."""

    rows: list[dict[str, str]]
    right: dict[tuple[int, str], str]
    is_taken: bool


def prove_undisturbed(seed: int, ground: Ground) -> None:
    """Raises AssertionError where the order in which rows went in decides a field whose policy does not let it."""
    random = Random(seed)
    rows = [_draw_row(random) for _ in range(random.randint(3, 14))]
    handling = Handling(random.choice([2, 5, 100]), random.choice([1, 2, 5]), 1, True, 0.0, 0.0, False)
    case = Case(seed, rows, [], _draw_options(random), 0, handling)
    told = f"seed {seed}: {case}"
    people = [{"external_id": f"x{n}", **_draw_values(random)} for n in range(1, 5) if random.random() < 0.6]
    spoiled = _spoil(random, rows)
    undisturbed, disturbed = (_settle_in(ground, case, people) for _ in range(2))
    with nothing_breaks():
        once = undisturbed.add_import(case)
        undisturbed.rig.drain()
        again = _retry(disturbed, replace(case, rows=spoiled.rows), spoiled, random)
    outcomes = {outcome for outcome, _, _ in read_account(disturbed.rig, again).values()}
    assert not outcomes & {"failed", "unprocessed"}, f"{told}\n{outcomes}"
    assert set(read_account(undisturbed.rig, once)) == set(read_account(disturbed.rig, again))
    mine, theirs = _people(disturbed), _people(undisturbed)
    assert set(mine) == set(theirs), told
    known = {person["external_id"] for person in people}
    for name, person in theirs.items():
        _require_alike(case, mine[name], person, f"{told}\nspoiled {spoiled}\npeople {people}\n{name}", is_known=name in known)


def _draw_row(random: Random) -> dict[str, str]:
    name = f"x{random.randint(1, 6)}"
    row = {column: random.choice(values) for column, values in COLUMNS.items() if random.random() < 0.8}
    return {"external_id": name, "email": f"{name}@kestrel.example", **row}


def _draw_values(random: Random) -> dict[str, Any]:
    consent = random.choice(["unknown", "subscribed", "unsubscribed"])
    return {"company": random.choice([None, "Old", "A"]), "city": random.choice([None, "Old", "Lyon"]), "consent": consent}


def _draw_options(random: Random) -> ImportOptions:
    policies = []
    for field in random.sample(list(COLUMNS), random.randint(0, 4)):
        ways = [FieldPolicy.OVERWRITE, FieldPolicy.FILL_BLANK, FieldPolicy.KEEP]
        ways += [FieldPolicy.APPEND] if field in ("notes", "tags") else []
        policies.append(FieldPolicyOption(field=field, policy=random.choice(ways)))
    return ImportOptions(
        duplicate_strategy=random.choice(STRATEGIES),
        empty_cells=random.choice(list(EmptyCellPolicy)),
        invalid_values=InvalidValuePolicy.FAIL_ROW,
        field_policies=tuple(policies),
        company_policy=random.choice([DirectoryPolicy.AS_WRITTEN, DirectoryPolicy.CREATE]),
    )


def _spoil(random: Random, rows: list[dict[str, str]]) -> _Spoiled:
    wrong, right = [], {}
    is_taken = random.random() < 0.3
    for number, row in enumerate(rows, start=1):
        wrong.append(dict(row))
        if random.random() < 0.3:
            right[number, "email"] = row["email"]
            wrong[-1]["email"] = "not an address"
    if is_taken:
        name = random.choice(rows)["email"]
        for number, row in enumerate(rows, start=1):
            if row["email"] == name:
                right.pop((number, "email"), None)
                wrong[number - 1]["email"] = name
    return _Spoiled(wrong, right, is_taken)


def _settle_in(ground: Ground, case: Case, people: list[dict[str, Any]]) -> World:
    world = make_world(ground, [], case.handling)
    for person in people:
        world.rig.create(**person)
    return world


def _retry(world: World, case: Case, spoiled: _Spoiled, random: Random) -> UUID:
    """Import the spoiled rows in pieces: cancel here, correct there, and once the wrong owner of an e-mail goes."""
    rig = world.rig
    taken = None
    if spoiled.is_taken:
        emails = {row["email"] for number, row in enumerate(spoiled.rows, start=1) if (number, "email") not in spoiled.right}
        taken = rig.create(external_id="somebody else", email=min(emails)) if emails else None
    import_id = world.add_import(case)
    right = dict(spoiled.right)
    for run in range(MOST_RUNS):
        is_last = run == MOST_RUNS - 1
        work(rig, import_id, None if is_last or random.random() < 0.4 else random.randint(1, 3))
        if all(outcome not in ("failed", "unprocessed") for outcome, _, _ in read_account(rig, import_id).values()):
            break
        corrected = {place: cell for place, cell in right.items() if run >= MOST_RUNS - 2 or random.random() < 0.5}
        make_edits(rig, import_id, Step(corrected))
        if taken is not None and (run == MOST_RUNS - 2 or random.random() < 0.5):
            rig.remove(taken)
            taken = None
        if not is_last:
            rig.retry(import_id)
    if taken is not None:
        rig.remove(taken)
    return import_id


def _people(world: World) -> dict[str | None, Contact]:
    return {contact.external_id: contact for contact in world.rig.contacts()}


def _require_alike(case: Case, mine: Contact, theirs: Contact, told: str, *, is_known: bool) -> None:
    """What overwrites comes out alike; what is kept does unless a row of the file created the contact; what is added, but for its order."""
    options = case.options
    named = {each.field: each.policy for each in options.field_policies}
    usual = FieldPolicy.FILL_BLANK if options.duplicate_strategy is DuplicateStrategy.MERGE else FieldPolicy.OVERWRITE
    is_skipping = options.duplicate_strategy is DuplicateStrategy.SKIP
    assert is_skipping or mine.email == theirs.email, told
    for field in COLUMNS:
        way = FieldPolicy.KEEP if is_skipping else named.get(field, FieldPolicy.APPEND if field == "tags" else usual)
        one, other = _value(mine, field), _value(theirs, field)
        if way is FieldPolicy.APPEND:
            assert set(_parts(one)) == set(_parts(other)), f"{told} {field}: {one}, {other}"
        elif way is FieldPolicy.OVERWRITE or (way is FieldPolicy.KEEP and is_known):
            assert _parts(one) == _parts(other), f"{told} {field}: {one}, {other}"


def _value(contact: Contact, field: str) -> Any:
    return contact.custom.get("tier") if field == "custom.tier" else getattr(contact, field)


def _parts(value: Any) -> list[str]:
    return sorted(value) if isinstance(value, list) else sorted((value or "").split("\n"))
