"""A contact while the rows of a file are settled one by one: as it was found or created, and as the rows so far leave it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.vocabulary import TEXT_FIELDS, RowOutcome
from workers.engine.folding.rules import Changes, Custom, custom_changes, parse_custom
from workers.engine.matching import KINDS

Texts = dict[str, str | None]
Keys = dict[str, str | None]


@dataclass(slots=True)
class Line:
    """What becomes of one row."""

    row: int
    outcome: RowOutcome
    contact: "Draft | None" = None
    is_duplicate: bool = False
    changes: str | None = None


@dataclass(slots=True)
class Values:
    """What a contact is, apart from its id and lists."""

    texts: Texts
    consent: str
    tags: tuple[str, ...]
    custom: Custom
    keys: Keys


@dataclass(slots=True)
class Draft:
    """A contact as the rows so far leave it. `before` is None for a contact that a row created."""

    id: str
    now: Values
    before: Values | None = None
    version: int | None = None
    lists: tuple[str, ...] = ()
    lists_added: tuple[str, ...] = ()
    custom_text: str = "{}"
    owner_row: int | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        return self.before is None or self.now != self.before or bool(self.lists_added)


def claimable_of(texts: Mapping[str, str | None]) -> Keys:
    """The value of each kind that a contact with these texts would claim."""
    external_id, email = texts.get("external_id"), texts.get("email")
    phone = None if external_id or email else texts.get("phone") or texts.get("mobile_phone")
    return {"external_id": external_id, "email": email, "phone": phone}


def list_changes(before: Values, after: Values) -> Changes:
    """What differs in texts, consent and custom fields, in the order of the fields."""
    changes: Changes = {}
    for name, value in after.texts.items():
        if value != before.texts[name]:
            changes[name] = {"before": before.texts[name], "after": value}
    if before.consent != after.consent:
        changes["consent"] = {"before": before.consent, "after": after.consent}
    return {**changes, **custom_changes(before.custom, after.custom)}


def read_draft(record: Mapping[str, object]) -> Draft:
    """A candidate as it stands before the first row."""
    custom_text, version = text_of(record["custom"]) or "{}", record["version"]
    assert isinstance(version, int)
    values = Values(
        texts={name: text_of(record[name]) for name in TEXT_FIELDS},
        consent=text_of(record["consent"]) or "unknown",
        tags=texts_of(record["tags"]),
        custom={} if custom_text == "{}" else parse_custom(custom_text),
        keys={kind: text_of(record[f"{kind}_key"]) for kind in KINDS},
    )
    return Draft(text_of(record["id"]) or "", values, values, version, texts_of(record["lists"]), custom_text=custom_text)


def text_of(value: object) -> str | None:
    """A cell of a text column."""
    return value if isinstance(value, str) else None


def texts_of(value: object) -> tuple[str, ...]:
    """A cell of a column of texts; none where it is null."""
    return tuple(value) if isinstance(value, list) else ()
