"""What a case comes to, by the row-by-row specification: contacts, journal, issues, the account of the rows, counts and status."""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.vocabulary import TEXT_FIELDS, ErrorPolicy, ImportStatus
from tests.engine.oracle import KINDS, Contact, claimable, settle_row_by_row
from tests.stages.proof.cases import Case
from tests.stages.proof.cells import judge_plainly
from tests.stages.proof.issues import SEVERITIES, Told
from tests.stages.proof.names import Entry, as_directory, created_entries, resolve_plainly
from workers.engine.frames import EngineOptions
from workers.engine.identity import make_contact_id

OUTCOMES = ("created", "updated", "unchanged", "skipped", "failed", "unprocessed")


@dataclass(frozen=True)
class Outcome:
    """An import's whole effect. `rows`: number -> (outcome, contact, changes); `journal`: one entry a contact, sorted."""

    contacts: dict[str, Contact]
    journal: list[dict[str, Any]]
    issues: list[Told]
    rows: dict[int, tuple[str, str | None, dict[str, Any]]]
    counts: dict[str, int]
    status: ImportStatus
    entries: list[Entry]


def expect(case: Case, import_id: UUID, list_ids: tuple[str, ...]) -> Outcome:
    """The outcome of the case for an import of this id into lists of these ids."""
    taken = [(number, cells) for number, cells in enumerate(case.rows, start=1) if number not in case.excluded]
    judged = [judge_plainly(number, cells, case.choices) for number, cells in taken]
    rows, told = [row for row, _ in judged], [issue for _, issues in judged for issue in issues]
    told += resolve_plainly(rows, as_directory(case.entries), case.options)
    # Of a contact's lists an import knows those that it adds to.
    stored = [
        {**contact, "custom": json.dumps(contact["custom"]), "lists": [name for name in contact["lists"] if name in list_ids]}
        for contact in case.contacts
    ]
    options = engine_options(case, list_ids)

    def make_id(row: int) -> str:
        return str(make_contact_id(import_id, row))

    settled = settle_row_by_row(rows, stored, options, make_id)
    outcomes = settled["outcomes"]
    failed = [number for number, line in outcomes.items() if line["outcome"] == "failed"]
    nobody = {"outcome": "unprocessed", "contact": None, "duplicate": False, "changes": {}}
    if case.options.error_policy is ErrorPolicy.ALL_OR_NOTHING and failed:
        outcomes = {number: line if line["outcome"] == "failed" else nobody for number, line in outcomes.items()}
        settled = {**settled, "creates": {}, "updates": {}}
    if case.options.error_policy is ErrorPolicy.STOP_AT_ERROR_RATE:
        assert case.options.max_error_rate is not None
        allowed = round(case.options.max_error_rate * 100) * len(rows) // 100
        if len(failed) > allowed:
            last = failed[allowed]
            settled = settle_row_by_row([row for row in rows if row["row"] <= last], stored, options, make_id)
            outcomes = settled["outcomes"] | {row["row"]: nobody for row in rows if row["row"] > last}
    # A row that is left out is as if it were not there, but for being counted.
    outcomes = outcomes | {number: {**nobody, "outcome": "skipped"} for number in case.excluded}
    told += [Told(number, "row_excluded", None, None, "note") for number in case.excluded]
    told += [Told(row, code, field, value, SEVERITIES[code]) for row, code, field, value in settled["issues"]]
    counts = {name: sum(line["outcome"] == name for line in outcomes.values()) for name in OUTCOMES}
    return Outcome(
        contacts=_contacts_after(case.contacts, settled),
        journal=_journal(settled, import_id),
        issues=sorted(told, key=repr),
        rows={number: (line["outcome"], line["contact"], line["changes"]) for number, line in outcomes.items()},
        counts={"total": len(case.rows), "duplicates": sum(line["duplicate"] for line in outcomes.values()), **counts},
        status=_status(case, counts),
        entries=_entries_after(case, settled, import_id),
    )


def _entries_after(case: Case, settled: Mapping[str, Any], import_id: UUID) -> list[Entry]:
    added = created_entries(settled, as_directory(case.entries), case.options)
    there: list[Entry] = [(kind, name, None, None) for kind, name in case.entries]
    return sorted([*there, *((kind, name, str(import_id), row) for kind, name, row in added)], key=repr)


def engine_options(case: Case, list_ids: tuple[str, ...]) -> EngineOptions:
    """The options as the specification takes them."""
    options = case.options
    return EngineOptions(
        mapping=case.mapping,
        today=date(2026, 11, 20),
        duplicate_strategy=options.duplicate_strategy,
        match_fields=options.match_fields,
        match_mode=options.match_mode,
        empty_cells=options.empty_cells,
        field_policies={each.field: each.policy for each in options.field_policies},
        tags=options.tags,
        list_ids=list_ids,
    )


def _status(case: Case, counts: Mapping[str, int]) -> ImportStatus:
    if counts["failed"] and case.options.error_policy is ErrorPolicy.ALL_OR_NOTHING:
        return ImportStatus.FAILED
    return ImportStatus.COMPLETED_WITH_ERRORS if counts["failed"] or counts["unprocessed"] else ImportStatus.COMPLETED


def _contacts_after(before: list[Contact], settled: Mapping[str, Any]) -> dict[str, Contact]:
    contacts = {contact["id"]: stored_contact(contact) for contact in before}
    released: list[tuple[str, str]] = []
    for contact_id, updated in settled["updates"].items():
        old = contacts[contact_id]
        released += [(kind, value) for kind, value in old["claims"].items() if updated["claims"].get(kind) != value]
        lists = sorted({*old["lists"], *updated["lists"]})
        contacts[contact_id] = {**_plain(updated), "lists": lists, "version": old["version"] + 1, "row": None}
    for contact_id, created in settled["creates"].items():
        contacts[contact_id] = {**_plain(created), "version": 1, "row": settled["owners"][contact_id]}
    pass_on(contacts, released)
    return contacts


def pass_on(contacts: Mapping[str, Contact], released: list[tuple[str, str]]) -> None:
    """A released value that nobody claims goes to the oldest contact that holds it; they come from the oldest to the youngest."""
    for kind, value in released:
        if any(contact["claims"].get(kind) == value for contact in contacts.values()):
            continue
        heir = next((c for c in contacts.values() if claimable(c).get(kind) == value and kind not in c["claims"]), None)
        if heir is not None:
            heir["claims"][kind] = value


def stored_contact(contact: Contact) -> Contact:
    """A contact of the case as it lies in the database before the import."""
    claims = {kind: contact[f"{kind}_key"] for kind in KINDS if contact[f"{kind}_key"]}
    return {**_plain({**contact, "claims": claims}), "version": contact["version"], "row": None}


def _plain(contact: Contact) -> Contact:
    names = (*TEXT_FIELDS, "consent", "tags", "custom", "claims")
    return {**{name: copy.deepcopy(contact[name]) for name in names}, "lists": sorted(contact["lists"])}


def _journal(settled: Mapping[str, Any], import_id: UUID) -> list[dict[str, Any]]:
    entries = [
        {
            "contact": contact_id,
            "import": str(import_id),
            "row": settled["owners"][contact_id],
            "versions": (updated["version"], updated["version"] + 1),
            "changes": updated["changes"],
            "tags": (updated["tags_added"], updated["tags_removed"]),
            "lists": (updated["lists_added"], []),
        }
        for contact_id, updated in settled["updates"].items()
    ]
    return sorted(entries, key=repr)
