"""The one ordered pass: rows that share a key or a contact are settled one by one, each against what the rows before it left."""

from collections.abc import Iterable, Mapping

import polars as pl

from models.vocabulary import (
    CUSTOM_PREFIX,
    ISSUE_MESSAGES,
    TEXT_FIELDS,
    Consent,
    DuplicateStrategy,
    FieldPolicy,
    IssueCode,
    IssueSeverity,
    MatchField,
    MatchMode,
    RowOutcome,
)
from workers.engine.folding.anchors import find_anchors
from workers.engine.folding.drafts import (
    Draft,
    Keys,
    Line,
    Texts,
    Values,
    claimable_of,
    list_changes,
    read_draft,
    text_of,
    texts_of,
)
from workers.engine.folding.holding import NOTHING_HELD, by_contact, tell_withheld, withhold_from
from workers.engine.folding.rules import (
    Custom,
    adds_lines,
    consent_after,
    custom_after,
    format_json,
    is_consent_kept,
    is_full,
    is_same_name,
    missing_lists,
    missing_tags,
    policy_of,
    tags_after,
    text_after,
)
from workers.engine.folding.shapes import (
    ASSIGNED_OWNER,
    Said,
    clean_candidates,
    make_consent_issue,
    make_issue,
    make_notes_issue,
    require_needed,
)
from workers.engine.folding.writes import create_frame, outcome_frame, update_frame
from workers.engine.frames import IN_ONE_CASE, EngineOptions, Issue, Settled, make_issue_frame
from workers.engine.identity import MakeIds
from workers.engine.matching import KINDS


def settle_contested(
    rows: pl.DataFrame, candidates: pl.DataFrame, options: EngineOptions, *, make_ids: MakeIds, held: pl.DataFrame = NOTHING_HELD
) -> Settled:
    """Settle judged rows in row order against the candidates that any of their keys reaches, and fold them by contact.

    The rows must be whole groups of contested ones: what one row leaves decides about the next. `held` (HELD_SCHEMA) is what higher rows
    that an earlier run settled set of the candidates.
    """
    require_needed(candidates, options)
    ordered = rows.sort("row")
    ids = dict(zip(ordered["row"], make_ids(ordered["row"]), strict=True))
    simulation = _Simulation(Said.of(rows.columns), candidates, options, ids, held)
    for record in ordered.iter_rows(named=True):
        simulation.settle(record)
    return simulation.fold()


_BLANK: Texts = dict.fromkeys(TEXT_FIELDS)


class _Simulation:
    """The tenant's contacts, as far as the rows reach them, with the claims on them."""

    def __init__(self, said: Said, candidates: pl.DataFrame, options: EngineOptions, ids: Mapping[int, str], held: pl.DataFrame) -> None:
        self.said = said
        self.options = options
        self.ids = ids
        self.held = by_contact(held)
        self.lines: list[Line] = []
        self.issues: list[Issue] = []
        self.drafts: list[Draft] = [read_draft(record) for record in clean_candidates(candidates).iter_rows(named=True)]
        self.custom = [(name, name.removeprefix(CUSTOM_PREFIX)) for name in self.said.custom]
        self.policies = {name: policy_of(name, options) for name in (*TEXT_FIELDS, "consent", "tags")}
        self.custom_policies = {key: policy_of(name, options) for name, key in self.custom}
        self.claims: dict[str, dict[str, Draft]] = {kind: {} for kind in KINDS}
        # The keys of rows that made somebody unsubscribed, who need not claim them.
        self.refused: set[tuple[str, str]] = set()
        for draft in self.drafts:
            self._claim(draft, draft.now.keys)

    def settle(self, record: Mapping[str, object]) -> None:
        """Settle the next row."""
        row = record["row"]
        assert isinstance(row, int)
        if record["failed"]:
            self.lines.append(Line(row, RowOutcome.FAILED))
            return
        texts = self._said_texts(record)
        keys = self._keys_of(texts)
        holders = {kind: self.claims[kind][value] for kind, value in keys.items() if value in self.claims[kind]}
        found = self._find(holders)
        if self.options.duplicate_strategy is DuplicateStrategy.CREATE:
            is_unsubscribed = any(holder.now.consent == Consent.UNSUBSCRIBED for holder in holders.values())
            is_unsubscribed |= not self.refused.isdisjoint(keys.items())
            self._create(row, record, texts, found[0] if found else None, is_unsubscribed=is_unsubscribed)
        elif len(found) > 1:
            self._refuse(row, IssueCode.AMBIGUOUS_MATCH)
        elif not found:
            self._create(row, record, texts, None)
        elif self._is_other_person(found[0], texts):
            self._refuse(row, IssueCode.KEY_CONFLICT, "email", texts["email"])
        elif self.options.duplicate_strategy is DuplicateStrategy.SKIP:
            self._conclude(Line(row, RowOutcome.SKIPPED, found[0], is_duplicate=True), found[0])
        else:
            self._change(row, record, texts, found[0])

    def _keys_of(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The row's keys, by kind."""
        keys = claimable_of(texts)
        if self.options.match_mode is MatchMode.ANY:
            keys["phone"] = texts.get("phone") or texts.get("mobile_phone")
        return {kind: value for kind in KINDS if (value := keys[kind])}

    def _find(self, holders: Mapping[str, Draft]) -> list[Draft]:
        """Those of the contacts that claim its keys which the row finds: under IDENTITY the deciding one, under ANY each once."""
        found: list[Draft] = []
        for kind, holder in holders.items():
            if MatchField(kind) in self.options.match_fields and not any(holder is other for other in found):
                found.append(holder)
        return found[:1] if self.options.match_mode is MatchMode.IDENTITY else found

    def _is_other_person(self, found: Draft, texts: Mapping[str, str]) -> bool:
        """A new external id whose e-mail finds a contact that has another external id."""
        if self.options.match_mode is not MatchMode.IDENTITY or MatchField.EXTERNAL_ID not in self.options.match_fields:
            return False
        said, held = texts.get("external_id"), found.now.texts["external_id"]
        return bool(said and held and said != held)

    def _create(
        self, row: int, record: Mapping[str, object], said: Mapping[str, str], twin: Draft | None, *, is_unsubscribed: bool = False
    ) -> None:
        """Create a contact, under CREATE also beside `twin`, or beside one that has unsubscribed."""
        texts: Texts = dict(_BLANK)
        texts.update((name, value) for name, value in said.items() if value)
        keys = claimable_of(texts)
        if self.options.duplicate_strategy is DuplicateStrategy.CREATE:
            keys = {kind: None if value and value in self.claims[kind] else value for kind, value in keys.items()}
        elif (taken := self._find_taken(keys, None)) is not None:
            self._refuse_taken(row, taken, texts)
            return
        if self.said.assigns and not texts["owner"]:
            texts["owner"] = text_of(record[ASSIGNED_OWNER]) or None
        custom: Custom = {key: value for key, value in self._said_custom(record).items() if value}
        tags = missing_tags((), texts_of(record.get("tags")), self.options.tags)
        consent = text_of(record.get("consent"))
        if is_unsubscribed:
            if consent != Consent.UNSUBSCRIBED:
                self.issues.append(make_consent_issue(row, consent or None, self.options))
            consent = Consent.UNSUBSCRIBED.value
        draft = Draft(self.ids[row], Values(texts, consent or Consent.UNKNOWN.value, tuple(tags), custom, keys))
        draft.lists = tuple(dict.fromkeys(self.options.list_ids))
        if consent == Consent.UNSUBSCRIBED:
            self.refused.update(self._keys_of(said).items())
        self.drafts.append(draft)
        self._claim(draft, keys)
        self._conclude(Line(row, RowOutcome.CREATED, draft, is_duplicate=twin is not None), draft, like=twin)

    def _change(self, row: int, record: Mapping[str, object], said: Mapping[str, str], draft: Draft) -> None:
        now, options, policies = draft.now, self.options, self.policies
        original = draft.before.tags if draft.before else ()
        withheld: list[Issue] = []
        if (kept := self.held.get(draft.id)) is not None:
            withheld = tell_withheld(record, row, kept, now, original, options)
            record = withhold_from(record, row, kept)
            said = self._said_texts(record)
        texts = dict(now.texts)
        in_one_case = text_of(record.get(IN_ONE_CASE)) or ""
        for name, value in said.items():
            # Somebody wrote LeBron, or van Gogh; LEBRON and VAN GOGH say nothing against it.
            if name in in_one_case and is_same_name(texts[name], value):
                continue
            texts[name] = text_after(texts[name], value, policies[name], options.empty_cells)
        if self.said.assigns and not texts["owner"] and policies["owner"] is not FieldPolicy.KEEP:
            texts["owner"] = text_of(record[ASSIGNED_OWNER]) or None
        held, wanted = claimable_of(now.texts), claimable_of(texts)
        # A value that the contact had and did not claim (another contact does) is no new claim.
        new_keys = {kind: value if value != held[kind] else None for kind, value in wanted.items()}
        if (taken := self._find_taken(new_keys, draft)) is not None:
            self._refuse_taken(row, taken, texts)
            return
        keys = {kind: value if value != held[kind] else now.keys[kind] for kind, value in wanted.items()}
        said_consent = text_of(record.get("consent"))
        said_tags = record.get("tags")
        after = Values(
            texts=texts,
            consent=consent_after(now.consent, said_consent, policies["consent"]),
            tags=tuple(tags_after(now.tags, said_tags if isinstance(said_tags, list) else None, policies["tags"], options, original)),
            custom=custom_after(now.custom, self._said_custom(record), self.custom_policies, options.empty_cells),
            keys=keys,
        )
        if is_consent_kept(now.consent, said_consent, policies["consent"]):
            self.issues.append(make_consent_issue(row, said_consent, options))
        notes, more = now.texts["notes"], said.get("notes")
        if policies["notes"] is FieldPolicy.APPEND and more and adds_lines(notes, more) and is_full(notes, more):
            self.issues.append(make_notes_issue(row, more, options))
        self.issues += withheld
        changes = list_changes(now, after)
        if now.tags != after.tags:
            changes["tags"] = {"before": now.tags, "after": after.tags}
        if lists := missing_lists(draft.lists, options):
            changes["lists"] = {"before": draft.lists, "after": (*draft.lists, *lists)}
            draft.lists = (*draft.lists, *lists)
            draft.lists_added = (*draft.lists_added, *lists)
        self._release(draft)
        draft.now = after
        self._claim(draft, keys)
        outcome = RowOutcome.UPDATED if changes else RowOutcome.UNCHANGED
        self._conclude(Line(row, outcome, draft, is_duplicate=True, changes=format_json(changes) if changes else None), draft)

    def _said_texts(self, record: Mapping[str, object]) -> dict[str, str]:
        return {name: value for name in self.said.texts if isinstance(value := record.get(name), str)}

    def _said_custom(self, record: Mapping[str, object]) -> dict[str, str | None]:
        return {key: text_of(record[name]) for name, key in self.custom}

    def _find_taken(self, keys: Keys, draft: Draft | None) -> str | None:
        """The first kind of key that another contact claims."""
        for kind in KINDS:
            value = keys[kind]
            if value and self.claims[kind].get(value, draft) is not draft:
                return kind
        return None

    def _claim(self, draft: Draft, keys: Keys) -> None:
        for kind, value in keys.items():
            if value:
                self.claims[kind][value] = draft

    def _release(self, draft: Draft) -> None:
        for kind, value in draft.now.keys.items():
            if value:
                del self.claims[kind][value]

    def _refuse_taken(self, row: int, kind: str, texts: Texts) -> None:
        name = "mobile_phone" if kind == "phone" and not texts["phone"] else kind
        self._refuse(row, IssueCode.KEY_CONFLICT, name, texts[name])

    def _refuse(self, row: int, code: IssueCode, field_name: str | None = None, value: str | None = None) -> None:
        self.lines.append(Line(row, RowOutcome.FAILED))
        self.issues.append(make_issue(row, code, IssueSeverity.ERROR, self.options, field_name, value))

    def _conclude(self, line: Line, draft: Draft, like: Draft | None = None) -> None:
        """Note the row as one of the contact's; `like` is the contact beside which CREATE made this one."""
        resolved = like or draft
        earlier = resolved.owner_row
        if earlier is not None:
            message = ISSUE_MESSAGES[IssueCode.DUPLICATE_ROW].format(row=earlier)
            self.issues.append(Issue(line.row, IssueCode.DUPLICATE_ROW, IssueSeverity.NOTE, message))
        for contact in (resolved, draft):
            if contact.owner_row is None:
                contact.owner_row = line.row
        draft.lines.append(line)
        self.lines.append(line)

    def fold(self) -> Settled:
        """One write for each contact that comes out different, and the outcome of each row."""
        touched = [draft for draft in self.drafts if draft.lines]
        written = [draft for draft in touched if draft.is_written]
        for draft in touched:
            if not draft.is_written:
                _take_back(draft.lines)
        anchors = find_anchors(written)
        return Settled(
            outcomes=outcome_frame(self.lines, anchors),
            creates=create_frame([draft for draft in written if draft.before is None], anchors),
            updates=update_frame([draft for draft in written if draft.before is not None], anchors),
            issues=make_issue_frame(self.issues),
        )


def _take_back(lines: Iterable[Line]) -> None:
    """What the rows changed they also changed back: nothing is written, so that none of them did anything."""
    for line in lines:
        if line.outcome is RowOutcome.UPDATED:
            line.outcome = RowOutcome.UNCHANGED
            line.changes = None
