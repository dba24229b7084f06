"""The specification of settling, row by row, as plainly as it can be said. It shares no code with the engine.

A contact is a dict: id, version (None: created by the file), the fields, `claims` {kind: value}, lists, first_row.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

from models.vocabulary import MAX_LENGTH, TEXT_FIELDS
from workers.engine.frames import EngineOptions

Contact = dict[str, Any]
Row = dict[str, Any]
# The highest settled row that set a field of a contact, by the contact's id and the field.
Held = dict[tuple[str, str], int]

KINDS = ("external_id", "email", "phone")


def settle_row_by_row(
    rows: list[Row], contacts: list[Contact], options: EngineOptions, make_id: Callable[[int], str], held: Held | None = None
) -> dict[str, Any]:
    """Take the rows in order, each against what the rows before it left; then fold by contact. `held` is what a retry leaves alone."""
    state = [load(contact) for contact in contacts]
    before = copy.deepcopy(state)
    outcomes: dict[int, dict[str, Any]] = {}
    issues: list[tuple[int, str, str | None, str | None]] = []
    for row in rows:
        outcomes[row["row"]] = settle_row(row, state, before, options, make_id, issues, held or {})
    return fold(outcomes, state, before, issues)


def settle_row(
    row: Row,
    state: list[Contact],
    before: list[Contact],
    options: EngineOptions,
    make_id: Callable[[int], str],
    issues: list[Any],
    held: Held,
) -> dict[str, Any]:
    number, strategy = row["row"], options.duplicate_strategy.value
    failed: dict[str, Any] = {"outcome": "failed", "contact": None, "duplicate": False, "changes": {}}
    if row["failed"]:
        return failed
    found = find(row, state, options)

    if strategy == "create":
        contact = new_contact(row, options, make_id(number))
        keys = row_keys(row, options)
        beside = [claimant(state, kind, value) for kind, value in keys]
        beside += [other for other in state if other["version"] is None and not keys.isdisjoint(other["row_keys"])]
        if any(other and other["consent"] == "unsubscribed" for other in beside):
            if row.get("consent") != "unsubscribed":
                issues.append((number, "consent_kept", "consent", row.get("consent") or None))
            contact["consent"] = "unsubscribed"
        contact["claims"] = {kind: value for kind, value in claimable(contact).items() if not claimant(state, kind, value)}
        contact["row_keys"] = keys
        state.append(contact)
        if found:
            note_duplicate(found[0], number, issues)
        contact["first_row"] = number
        return {"outcome": "created", "contact": contact["id"], "duplicate": bool(found), "changes": {}}

    if len(found) > 1:
        issues.append((number, "ambiguous_match", None, None))
        return failed

    if not found:
        contact = new_contact(row, options, make_id(number))
        contact["claims"] = claimable(contact)
        if taken := first_taken(contact["claims"], state, None):
            issues.append((number, "key_conflict", field_of(taken, contact), contact["claims"][taken]))
            return failed
        state.append(contact)
        contact["first_row"] = number
        return {"outcome": "created", "contact": contact["id"], "duplicate": False, "changes": {}}

    contact = found[0]
    uses_external_id = options.match_mode.value == "identity" and "external_id" in options.match_fields
    if uses_external_id and row.get("external_id") and contact["external_id"] and row["external_id"] != contact["external_id"]:
        issues.append((number, "key_conflict", "email", row["email"]))
        return failed

    if strategy == "skip":
        note_duplicate(contact, number, issues)
        return {"outcome": "skipped", "contact": contact["id"], "duplicate": True, "changes": {}}

    said_tags = row.get("tags") or []
    would_be = changed_contact(contact, row, options, original_tags(contact, before))
    row = without_held(row, contact, held)
    after = changed_contact(contact, row, options, original_tags(contact, before))
    for kind, value in claimable(after).items():
        if value == claimable(contact).get(kind):
            if kind in contact["claims"]:
                after["claims"][kind] = value
        else:
            after["claims"][kind] = value
    gained = {kind: value for kind, value in after["claims"].items() if claimable(contact).get(kind) != value}
    if taken := first_taken(gained, state, contact):
        issues.append((number, "key_conflict", field_of(taken, after), gained[taken]))
        return failed
    wants_consent = bool(row.get("consent")) and row["consent"] != "unsubscribed" and policy(options, "consent") != "keep"
    if contact["consent"] == "unsubscribed" and wants_consent:
        issues.append((number, "consent_kept", "consent", row["consent"]))
    if policy(options, "notes") == "append" and has_no_room(contact["notes"], row.get("notes")):
        issues.append((number, "notes_full", "notes", row["notes"][:200]))
    for field, change in difference(after, would_be).items():
        value = ", ".join(said_tags) if field == "tags" else change["after"]
        issues.append((number, "set_by_higher_row", field, (value or "")[:200] or None))
    changes = difference(contact, after)
    contact.update(after)
    note_duplicate(contact, number, issues)
    return {"outcome": "updated" if changes else "unchanged", "contact": contact["id"], "duplicate": True, "changes": changes}


def find(row: Row, state: list[Contact], options: EngineOptions) -> list[Contact]:
    external_id, email, phone = row.get("external_id"), row.get("email"), row.get("phone") or row.get("mobile_phone")
    by_external_id = claimant(state, "external_id", external_id) if "external_id" in options.match_fields else None
    by_email = claimant(state, "email", email) if "email" in options.match_fields else None
    by_phone = claimant(state, "phone", phone) if "phone" in options.match_fields else None
    if options.match_mode.value == "identity":
        if by_external_id:
            return [by_external_id]
        if by_email:
            return [by_email]
        return [by_phone] if by_phone and not external_id and not email else []
    found: list[Contact] = []
    for contact in (by_external_id, by_email, by_phone):
        if contact and contact not in found:
            found.append(contact)
    return found


def row_keys(row: Row, options: EngineOptions) -> set[tuple[str, str]]:
    """The keys of the row, also those that the import does not match by. A phone is one where it could find somebody."""
    phone = row.get("phone") or row.get("mobile_phone")
    if options.match_mode.value == "identity" and (row.get("external_id") or row.get("email")):
        phone = None
    keys = (("external_id", row.get("external_id")), ("email", row.get("email")), ("phone", phone))
    return {(kind, value) for kind, value in keys if value}


def claimant(state: list[Contact], kind: str, value: str | None) -> Contact | None:
    return next((contact for contact in state if value and contact["claims"].get(kind) == value), None)


def first_taken(claims: dict[str, str], state: list[Contact], own: Contact | None) -> str | None:
    for kind in KINDS:
        holder = claimant(state, kind, claims.get(kind))
        if holder is not None and holder is not own:
            return kind
    return None


def claimable(contact: Contact) -> dict[str, str]:
    """What the contact's values would claim: the phone only of who has neither of the other two."""
    phone = None if contact["external_id"] or contact["email"] else contact["phone"] or contact["mobile_phone"]
    wanted = {"external_id": contact["external_id"], "email": contact["email"], "phone": phone}
    return {kind: value for kind, value in wanted.items() if value}


def field_of(kind: str, contact: Contact) -> str:
    return "mobile_phone" if kind == "phone" and not contact["phone"] else kind


def note_duplicate(contact: Contact, number: int, issues: list[Any]) -> None:
    if contact["first_row"] is None:
        contact["first_row"] = number
    else:
        issues.append((number, "duplicate_row", None, str(contact["first_row"])))


def new_contact(row: Row, options: EngineOptions, contact_id: str) -> Contact:
    contact: Contact = {field: row.get(field) or None for field in TEXT_FIELDS}
    contact["owner"] = contact["owner"] or row.get("assigned_owner") or None
    contact["consent"] = row.get("consent") or "unknown"
    contact["tags"] = add_tags([], [*(row.get("tags") or []), *options.tags])
    contact["custom"] = {key[len("custom.") :]: value for key, value in row.items() if key.startswith("custom.") and value}
    contact["lists"] = list(options.list_ids)
    return {**contact, "id": contact_id, "version": None, "claims": {}, "first_row": None}


def changed_contact(contact: Contact, row: Row, options: EngineOptions, original: list[str]) -> Contact:
    after = copy.deepcopy(contact)
    after["claims"] = {}
    for field in TEXT_FIELDS:
        said = row.get(field)
        # A name in capitals only, or small letters only, says nothing against somebody's capitals.
        if said and field in (row.get("in_one_case") or "") and same_letters(said, contact[field] or ""):
            said = None
        after[field] = written(contact[field], said, policy(options, field), options)
    if policy(options, "owner") != "keep":
        after["owner"] = after["owner"] or row.get("assigned_owner") or None
    for name, said in row.items():
        if name.startswith("custom."):
            key = name[len("custom.") :]
            value = written(contact["custom"].get(key), said, policy(options, name), options)
            after["custom"].pop(key, None)
            if value is not None:
                after["custom"][key] = value
    said, rule = row.get("consent"), policy(options, "consent")
    may_change = rule == "overwrite" or (rule == "fill_blank" and contact["consent"] == "unknown")
    if said and may_change and contact["consent"] != "unsubscribed":
        after["consent"] = said
    after["tags"] = tags_after(contact["tags"], row.get("tags"), options, original)
    after["lists"] = contact["lists"] + [name for name in options.list_ids if name not in contact["lists"]]
    return after


def same_letters(one: str, other: str) -> bool:
    """Whether two names are the same in capitals, with or without a dot on the i."""
    return one.upper().replace("İ", "I") == other.upper().replace("İ", "I")


def without_held(row: Row, contact: Contact, held: Held) -> Row:
    """The row without what it says of fields that a higher row set before. An unsubscription is always heard."""
    left = dict(row)
    for field in row:
        name = "owner" if field == "assigned_owner" else field
        if held.get((contact["id"], name), 0) > row["row"] and row[field] != "unsubscribed":
            left[field] = None
    return left


def policy(options: EngineOptions, field: str) -> str:
    """What a row does to this field of a contact that it found."""
    if field in options.field_policies:
        return options.field_policies[field].value
    if field == "tags":
        return "append"
    return "fill_blank" if options.duplicate_strategy.value == "merge" else "overwrite"


def written(held: Any, said: str | None, rule: str, options: EngineOptions) -> Any:
    is_blank = held in (None, "")
    if said is None or rule == "keep":
        return held
    if said == "":
        return None if rule == "overwrite" and options.empty_cells.value == "clear" and not is_blank else held
    if is_blank or rule == "overwrite":
        return said
    if rule == "append" and is_new_text(held, said) and not has_no_room(held, said):
        return held + "\n" + said
    return held


def is_new_text(held: str, said: str) -> bool:
    lines, more = held.split("\n"), said.split("\n")
    return all(lines[at : at + len(more)] != more for at in range(len(lines)))


def has_no_room(held: str | None, said: str | None) -> bool:
    return bool(held and said) and is_new_text(held or "", said or "") and len(f"{held}\n{said}") > MAX_LENGTH["notes"]


def tags_after(tags: list[str], said: list[str] | None, options: EngineOptions, original: list[str]) -> list[str]:
    rule, more = policy(options, "tags"), [*(said or []), *options.tags]
    if rule == "keep" or (rule == "fill_blank" and tags):
        return tags
    if rule == "overwrite" and (said or (said == [] and options.empty_cells.value == "clear")):
        wanted = [tag.casefold() for tag in more]
        tags = [tag for tag in add_tags(original, tags) if tag.casefold() in wanted]
    return add_tags(tags, more)


def original_tags(contact: Contact, before: list[Contact]) -> list[str]:
    """The tags before the file, whose places and spelling count; of a contact that the file created there are none."""
    return next((old["tags"] for old in before if old["id"] == contact["id"]), [])


def add_tags(tags: list[str], more: list[str]) -> list[str]:
    result = list(tags)
    for tag in more:
        if tag.casefold() not in [known.casefold() for known in result]:
            result.append(tag)
    return result


def difference(before: Contact, after: Contact) -> dict[str, Any]:
    pairs = {field: (before[field], after[field]) for field in (*TEXT_FIELDS, "consent", "tags", "lists")}
    for key in {*before["custom"], *after["custom"]}:
        pairs[f"custom.{key}"] = (before["custom"].get(key), after["custom"].get(key))
    return {field: {"before": old, "after": new} for field, (old, new) in pairs.items() if old != new}


def load(contact: Contact) -> Contact:
    loaded: Contact = {field: contact[field] or None for field in TEXT_FIELDS}
    claims = {kind: contact[f"{kind}_key"] for kind in KINDS if contact[f"{kind}_key"]}
    rest = {name: copy.deepcopy(contact[name]) for name in ("id", "version", "consent", "tags", "lists")}
    return {**loaded, **rest, "custom": json.loads(contact["custom"]), "claims": claims, "first_row": None}


def fold(outcomes: dict[int, dict[str, Any]], state: list[Contact], before: list[Contact], issues: list[Any]) -> dict[str, Any]:
    stored = {contact["id"]: contact for contact in before}
    owners: dict[str, int] = {}
    for number, line in outcomes.items():
        if line["contact"]:
            owners.setdefault(line["contact"], number)
    creates, updates, idle = {}, {}, set()
    for contact in state:
        old = stored.get(contact["id"])
        if old is None:
            creates[contact["id"]] = contact
        elif difference(old, contact) or old["claims"] != contact["claims"]:
            changes = difference(old, contact)
            added = [tag for tag in contact["tags"] if tag not in old["tags"]]
            removed = [tag for tag in old["tags"] if tag not in contact["tags"]]
            lists = (changes.pop("lists", {"after": []})["after"])[len(old["lists"]) :]
            if not removed:
                changes.pop("tags", None)
            updates[contact["id"]] = {
                **contact,
                "changes": changes,
                "tags_added": added,
                "tags_removed": removed,
                "lists_added": lists,
            }
        else:
            idle.add(contact["id"])
    anchors = find_anchors([*creates.values(), *updates.values()], stored, owners)
    lines = {}
    for number, line in outcomes.items():
        contact_id = line["contact"]
        owner = owners.get(contact_id, number) if contact_id else number
        if line["outcome"] == "updated" and contact_id in idle:
            line = {**line, "outcome": "unchanged", "changes": {}}
        lines[number] = {**line, "owner": owner, "anchor": anchors.get(contact_id, owner)}
    return {"outcomes": lines, "creates": creates, "updates": updates, "issues": sorted(issues, key=repr), "owners": owners}


def find_anchors(written_contacts: list[Contact], stored: dict[str, Contact], owners: dict[str, int]) -> dict[str, int]:
    """Spread the lowest row among contacts between which a stored claim passes, until nothing changes."""
    anchors = {contact["id"]: owners[contact["id"]] for contact in written_contacts}
    held = {
        contact["id"]: {*claimable(contact).items(), *(claimable(stored[contact["id"]]).items() if contact["id"] in stored else ())}
        for contact in written_contacts
    }
    pairs = []
    for giver in written_contacts:
        if giver["id"] in stored:
            given_up = {*stored[giver["id"]]["claims"].items()} - {*giver["claims"].items()}
            pairs += [(giver["id"], taker) for taker, values in held.items() if values & given_up]
    for _ in anchors:
        for one, other in pairs:
            anchors[one] = anchors[other] = min(anchors[one], anchors[other])
    return anchors
