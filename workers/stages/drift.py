"""Rows whose contact changed after they were planned: judged again in the batch's own transaction, by the same engine.

What comes to nothing, or to what was planned, stands. Anything else is left unprocessed, unless nobody asked to see the plan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import polars as pl

from models.database import Writing, reading
from models.queries.plans import ISSUE_COLUMNS, PlannedRun, list_earlier_runs, load_run
from models.storage import ObjectStore
from models.tables import ImportBatch, ImportJob
from models.vocabulary import Consent, DuplicateStrategy, IssueCode, IssueSeverity, RowOutcome
from workers.engine.drifting import Came, Surroundings, explain_drift
from workers.engine.folding import settle
from workers.engine.frames import EngineOptions, Issue, Settled, make_issue_frame
from workers.engine.identity import make_contact_ids
from workers.engine.matching import KINDS, claim_columns, extract_keys
from workers.stages.deps import Deps
from workers.stages.directory import resolve_again
from workers.stages.drift_issues import tell_anew
from workers.stages.frames import load_candidates, load_claims, load_frame, load_options
from workers.stages.holding import load_held

NOTHING = (RowOutcome.UNCHANGED.value, RowOutcome.SKIPPED.value)


@dataclass(frozen=True, slots=True)
class Drift:
    """What became of drifted rows: their outcomes as planned and as they are, what is to be written, what is to be told, and what was told
    of them that is true no more.
    """

    planned: pl.DataFrame
    outcomes: pl.DataFrame
    creates: pl.DataFrame
    updates: pl.DataFrame
    issues: pl.DataFrame
    withdrawn: pl.DataFrame

    @property
    def real(self) -> dict[int, tuple[str, UUID | None]]:
        """Outcome and contact of each row."""
        rows = self.outcomes.select("row", "outcome", "contact_id").iter_rows()
        return {row: (outcome, UUID(contact_id) if contact_id else None) for row, outcome, contact_id in rows}


@dataclass(frozen=True, slots=True)
class Planned:
    """Rows of a batch: their planned outcomes, as they were judged, and what was told of them; and the runs before theirs, whose rows they
    leave alone.
    """

    outcomes: pl.DataFrame
    judged: pl.DataFrame
    issues: pl.DataFrame
    earlier: list[PlannedRun]


def find_taken(tx: Writing, tenant_id: UUID, creates: pl.DataFrame, updates: pl.DataFrame, outdated: set[int]) -> set[int]:
    """The owner rows of writes of which somebody else has a key by now.

    Who lets go of it in the same batch is nobody else; what an outdated write would let go, its contact may well keep.
    """
    names = [f"{kind}_key" for kind in KINDS]
    writes = pl.concat([frame.select("row", "id", *names) for frame in (creates, updates)])
    keys = writes.select("row", pl.lit(False).alias("failed"), *(pl.col(f"{kind}_key").alias(kind) for kind in KINDS))
    claims = load_claims(tx, tenant_id, keys)
    taken: set[int] = set()
    for name in names:
        held = claims.select(name, holder="id").drop_nulls()
        planned = updates.filter(~pl.col("row").is_in(sorted(outdated))).select(holder="id", planned=name, is_written=pl.lit(True))
        stays = held.join(planned, on="holder", how="left").filter(pl.col("is_written").is_null() | (pl.col("planned") == pl.col(name)))
        taken.update(writes.join(stays, on=name).filter(pl.col("id") != pl.col("holder"))["row"])
    return taken


def find_unsubscribed(tx: Writing, tenant_id: UUID, creates: pl.DataFrame, options: EngineOptions) -> set[int]:
    """The owner rows of contacts that are to be created beside one that has unsubscribed by now, and would not be so themselves."""
    if options.duplicate_strategy is not DuplicateStrategy.CREATE:
        return set()
    open_ones = creates.filter(pl.col("consent").ne_missing(Consent.UNSUBSCRIBED.value)).with_columns(failed=pl.lit(False))
    keys = extract_keys(open_ones, options)
    # What they claim themselves nobody else does.
    beside = keys.with_columns(pl.when(open_ones[f"{kind}_key"].is_null()).then(pl.col(kind)).alias(kind) for kind in KINDS)
    claims = load_claims(tx, tenant_id, beside, claim_columns(options)).filter(pl.col("consent") == Consent.UNSUBSCRIBED.value)
    return {row for kind in KINDS for row in beside.join(claims, left_on=kind, right_on=f"{kind}_key", how="semi")["row"]}


def find_beside_refused(drift: Drift, creates: pl.DataFrame, options: EngineOptions) -> set[int]:
    """The owner rows of other contacts that are to be created beside one which comes out unsubscribed now."""
    if options.duplicate_strategy is not DuplicateStrategy.CREATE:
        return set()
    is_refused = pl.col("consent").eq_missing(Consent.UNSUBSCRIBED.value)
    refused, others = (
        extract_keys(frame.with_columns(failed=pl.lit(False)), options)
        for frame in (drift.creates.filter(is_refused), creates.filter(~is_refused))
    )
    return {row for kind in KINDS for row in others.join(refused, on=kind, how="semi")["row"]}


def keep_refused(drift: Drift, planned: pl.DataFrame, options: EngineOptions) -> Drift:
    """The same, but who was planned (`planned`, CREATE_SCHEMA) as unsubscribed stays so, and what was told of it stands.

    They were planned so for a contact that a row of another batch may not have created yet, or that is gone since the plan was seen.
    """
    if options.duplicate_strategy is not DuplicateStrategy.CREATE:
        return drift
    refused = planned.filter(pl.col("consent") == Consent.UNSUBSCRIBED.value)["id"]
    stays = pl.col("id").is_in(refused.implode())
    rows = drift.creates.filter(stays & pl.col("consent").ne_missing(Consent.UNSUBSCRIBED.value))["row"]
    is_told = pl.col("row").is_in(rows.implode()) & (pl.col("code") == IssueCode.CONSENT_KEPT.value)
    consent = pl.when(stays).then(pl.lit(Consent.UNSUBSCRIBED.value)).otherwise("consent").alias("consent")
    return replace(drift, creates=drift.creates.with_columns(consent), withdrawn=drift.withdrawn.filter(~is_told))


def find_outdated(updates: pl.DataFrame, held: Mapping[str, tuple[int, Mapping[str, str | None]]]) -> set[int]:
    """The owner rows of updates whose contact is at another version than the one that was planned with, or gone."""
    planned = updates.select("row", "id", "version").iter_rows()
    return {row for row, contact_id, version in planned if contact_id not in held or held[contact_id][0] != version}


def link(owners: set[int], creates: pl.DataFrame, updates: pl.DataFrame) -> set[int]:
    """These owner rows, and those of the writes between which and theirs a key passes: none of them can go without the others."""
    writes = pl.concat([creates.select("row", "anchor_row"), updates.select("row", "anchor_row")])
    anchors = writes.filter(pl.col("row").is_in(sorted(owners)))["anchor_row"].unique()
    return owners.union(writes.filter(pl.col("anchor_row").is_in(anchors.implode()))["row"])


def find_met(drift: Drift, creates: pl.DataFrame, updates: pl.DataFrame) -> set[int]:
    """The owner rows of other writes that meet what the drifted rows come to now: of the same contact, or with a key that both claim."""
    names = ["id", *(f"{kind}_key" for kind in KINDS)]
    again = pl.concat([frame.select(names) for frame in (drift.creates, drift.updates)])
    others = pl.concat([frame.select("row", *names) for frame in (creates, updates)])
    meets = pl.any_horizontal(pl.col(name).is_in(again[name].drop_nulls().implode()) for name in names)
    return set(others.filter(meets)["row"])


def load_planned(deps: Deps, job: ImportJob, batch: ImportBatch) -> Planned:
    """The rows of a batch as they were judged and planned: most lie in its own chunk, and those that follow one of its rows later on."""
    with reading(deps.database) as tx:
        chunks = load_run(tx, job, batch.epoch).chunks
        earlier = list_earlier_runs(tx, job, batch.epoch)
    outcomes: list[pl.DataFrame] = []
    judged: list[pl.DataFrame] = []
    issues: list[pl.DataFrame] = []
    missing = batch.row_count
    for chunk in chunks:
        if chunk.last_row < batch.first_row or not missing:
            continue
        mine = load_frame(deps.storage, chunk.outcomes_key).filter(pl.col("batch") == batch.number)
        if mine.height:
            missing -= mine.height
            outcomes.append(mine)
            for key, parts in ((chunk.judged_key, judged), (chunk.issues_key, issues)):
                parts.append(load_frame(deps.storage, key).join(mine.select("row"), on="row", how="semi", maintain_order="left"))
    return Planned(pl.concat(outcomes), pl.concat(judged), pl.concat(issues), earlier)


def judge_drift(tx: Writing, storage: ObjectStore, job: ImportJob, batch: ImportBatch, planned_rows: Planned, owners: set[int]) -> Drift:
    """Settle again the rows that the drifted writes own."""
    planned = planned_rows.outcomes.filter(pl.col("owner_row").is_in(sorted(owners)))
    rows = planned_rows.judged.join(planned.select("row"), on="row", how="semi", maintain_order="left")
    options = load_options(job)
    named, renamed = resolve_again(tx, job, rows, options)
    judged = named.rows
    found = load_claims(tx, job.tenant_id, extract_keys(judged, options))["id"]
    candidates = load_candidates(tx, job.tenant_id, pl.concat([found, planned["contact_id"].drop_nulls()]), options)
    held = load_held(storage, planned_rows.earlier, candidates["id"], options)
    again = settle([judged], candidates, options, make_ids=make_contact_ids(job.id), held=held)
    told = pl.concat([named.issues, again.issues])
    before = planned_rows.issues.join(planned.select("row"), on="row", how="semi")
    if job.auto_start:
        return _as_judged(planned, again, told, before, batch.number)
    return _as_promised(planned, again, renamed, candidates, told, before, batch.number)


def _as_judged(planned: pl.DataFrame, again: Settled, told: pl.DataFrame, before: pl.DataFrame, batch: int) -> Drift:
    """Nobody wanted to see the plan, so what is right now is done."""
    number = pl.lit(batch, pl.Int32).alias("batch")
    return Drift(
        planned,
        again.outcomes,
        again.creates.with_columns(number),
        again.updates.with_columns(number),
        *tell_anew(told, before, again.outcomes, batch),
    )


def _as_promised(
    planned: pl.DataFrame,
    again: Settled,
    renamed: pl.Series,
    candidates: pl.DataFrame,
    told: pl.DataFrame,
    before: pl.DataFrame,
    batch: int,
) -> Drift:
    """Only what was shown, or nothing, is done; the rest waits for another plan, with whatever needs its keys or shares its write."""
    now = again.outcomes.select(
        "row", now=pl.col("outcome"), now_changes=pl.col("changes"), now_contact=pl.col("contact_id"), now_anchor=pl.col("anchor_row")
    )
    both = planned.join(now, on="row", how="left")
    is_same = (
        (pl.col("outcome") == pl.col("now"))
        & pl.col("changes").eq_missing(pl.col("now_changes"))
        & pl.col("contact_id").eq_missing(pl.col("now_contact"))
        # What a created contact is made of is not among the changes.
        & ~pl.col("row").is_in(renamed.implode())
    )
    both = both.with_columns(stands=is_same | pl.col("now").is_in(NOTHING))
    standing = _stand_together(both.select("row", "anchor_row", "now_anchor", "stands"))
    left = planned.join(standing, on="row", how="anti").with_columns(
        outcome=pl.lit(RowOutcome.UNPROCESSED.value), duplicate=pl.lit(False), changes=pl.lit(None, pl.String)
    )
    done = again.outcomes.join(standing, on="row", how="semi")
    number = pl.lit(batch, pl.Int32).alias("batch")
    news, withdrawn = tell_anew(told, before, standing, batch)
    waiting = list(_tell_left(both, set(left["row"]), set(renamed), again.issues, candidates))
    return Drift(
        planned,
        pl.concat([done, left.select(done.columns)]).sort("row"),
        again.creates.join(standing, on="row", how="semi").with_columns(number),
        again.updates.join(standing, on="row", how="semi").with_columns(number),
        pl.concat([make_issue_frame(waiting).with_columns(number).select(ISSUE_COLUMNS), news]),
        withdrawn,
    )


def _tell_left(both: pl.DataFrame, left: set[int], renamed: set[int], issues: pl.DataFrame, candidates: pl.DataFrame) -> Iterator[Issue]:
    """What is said of each row that is left; `both` is every row as planned and as it is now."""
    contacts = {contact["id"]: contact for contact in candidates.iter_rows(named=True)}
    made = set(both.filter(pl.col("outcome") == RowOutcome.CREATED.value)["contact_id"])
    errors = issues.filter(pl.col("severity") == IssueSeverity.ERROR.value).select("row", "message").iter_rows()
    reasons = dict(errors)
    lines = list(both.iter_rows(named=True))
    for line in lines:
        row, contact_id = line["row"], line["contact_id"]
        if row not in left:
            continue
        message = explain_drift(
            Came.of(line["outcome"], contact_id, line["changes"]),
            Came.of(line["now"], line["now_contact"], line["now_changes"]),
            Surroundings(
                contact=contacts.get(contact_id),
                is_made=contact_id in made,
                reason=reasons.get(row) if line["now"] == RowOutcome.FAILED.value else None,
                is_first=row == line["owner_row"],
                is_respelled=row in renamed,
                shares_with=_find_cause(line, lines) if line["stands"] else None,
            ),
        )
        yield Issue(row=row, code=IssueCode.PLAN_DRIFT, severity=IssueSeverity.WARNING, message=message)


def _find_cause(line: dict[str, Any], lines: list[dict[str, Any]]) -> int | None:
    """The first row that cannot go in and shares a write with this one, as planned or as it is now; None: they share it through others."""
    anchors = {("anchor_row", line["anchor_row"]), ("now_anchor", line["now_anchor"])}
    shares = (
        each["row"] for each in lines if not each["stands"] and anchors & {(name, each[name]) for name in ("anchor_row", "now_anchor")}
    )
    return next(shares, None)


def _stand_together(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that can be done: none of them shares a write, as planned or as it is now, with one that cannot."""
    while True:
        together = pl.col("stands").all().over("anchor_row") & pl.col("stands").all().over("now_anchor")
        spread = rows.with_columns(stands=together)
        if spread["stands"].equals(rows["stands"]):
            return rows.filter("stands").select("row")
        rows = spread
