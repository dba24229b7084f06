"""How the folding reads judged rows and candidates, and how it puts a plan together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from models.vocabulary import (
    CUSTOM_PREFIX,
    ISSUE_MESSAGES,
    MAX_LENGTH,
    TEXT_FIELDS,
    AssignmentMode,
    Consent,
    ContactField,
    DuplicateStrategy,
    IssueCode,
    IssueSeverity,
)
from workers.engine.frames import (
    CANDIDATE_SCHEMA,
    CREATE_SCHEMA,
    ISSUE_SCHEMA,
    OUTCOME_SCHEMA,
    UPDATE_SCHEMA,
    EngineOptions,
    Issue,
    Settled,
    make_issue_frame,
)
from workers.engine.judging import Asks, what_is_asked
from workers.engine.matching import CLAIM_COLUMNS

ASSIGNED_OWNER = "assigned_owner"
# A longer value is shown by its beginning, as in the issues of judging.
MAX_SHOWN_CHARACTERS = 200
_IDENTIFYING = (*CLAIM_COLUMNS, "version")


@dataclass(frozen=True, slots=True)
class Said:
    """Which fields the rows of an import speak of, in the order in which changes are listed."""

    texts: tuple[str, ...]
    custom: tuple[str, ...]
    has_consent: bool
    has_tags: bool
    assigns: bool

    @classmethod
    def of(cls, columns: Sequence[str]) -> "Said":
        assigns = ASSIGNED_OWNER in columns
        return cls(
            texts=tuple(field for field in TEXT_FIELDS if field in columns or (assigns and field == ContactField.OWNER)),
            custom=tuple(sorted(column for column in columns if column.startswith(CUSTOM_PREFIX))),
            has_consent=ContactField.CONSENT.value in columns,
            has_tags=ContactField.TAGS.value in columns,
            assigns=assigns,
        )


def needed_columns(options: EngineOptions) -> list[str]:
    """Those columns of CANDIDATE_SCHEMA of which the rows of an import may say something, or by which a contact is told from others."""
    said = {*options.mapping.values(), *_IDENTIFYING}
    if options.duplicate_strategy is DuplicateStrategy.CREATE:
        said.add(ContactField.CONSENT.value)
    if options.split_names:
        said |= {ContactField.FIRST_NAME.value, ContactField.LAST_NAME.value}
    if options.assignment.mode is not AssignmentMode.NONE:
        said.add(ContactField.OWNER.value)
    if options.tags:
        said.add(ContactField.TAGS.value)
    if options.list_ids:
        said.add("lists")
    if any(field.startswith(CUSTOM_PREFIX) for field in said):
        said.add("custom")
    return [name for name in CANDIDATE_SCHEMA if name in said]


def require_needed(candidates: pl.DataFrame, options: EngineOptions) -> None:
    """Raises ValueError where the candidates lack a needed column: what is not there would be taken for blank."""
    if missing := set(needed_columns(options)) - set(candidates.columns):
        raise ValueError(f"The candidates lack {', '.join(sorted(missing))}.")


def clean_candidates(candidates: pl.DataFrame) -> pl.DataFrame:
    """The candidates with all columns, and with one spelling of blank: null in a text, an empty list, an empty object."""
    nothing = pl.lit([], pl.List(pl.String))
    blanks = {"consent": pl.lit("unknown"), "custom": pl.lit("{}"), "tags": nothing, "lists": nothing}
    known = set(candidates.columns)
    cleaned = []
    for name, kind in CANDIDATE_SCHEMA.items():
        column = pl.col(name) if name in known else pl.lit(None, kind)
        if name in blanks:
            column = column.fill_null(blanks[name]) if name in known else blanks[name]
        elif name in TEXT_FIELDS and name in known:
            column = pl.when(column != "").then(column)
        cleaned.append(column.alias(name))
    return candidates.select(cleaned)


def make_text_lists(name: str, lists: Sequence[Sequence[str]]) -> pl.Series:
    """A column of lists. Made from the flat texts, because polars takes lists of lists one by one and slowly."""
    counts = pl.Series("count", [len(texts) for texts in lists], pl.UInt32())
    flat = pl.Series(name, [text for texts in lists for text in texts], pl.String())
    at = pl.select(at=pl.int_range(counts.len(), dtype=pl.UInt32))
    owners = at.select(pl.col("at").repeat_by(counts).explode(empty_as_null=False))
    grouped = owners.with_columns(flat).group_by("at", maintain_order=True).agg(name)
    return at.join(grouped, on="at", how="left", maintain_order="left")[name].fill_null(pl.lit([], pl.List(pl.String)))


def find_column(field: str, options: EngineOptions) -> str | None:
    """The header that is mapped to a field; None: none, or several in which somebody may have agreed."""
    headers = [header for header, mapped in options.mapping.items() if mapped == field]
    if field == ContactField.CONSENT and len(headers) > 1:
        headers = [header for header in headers if what_is_asked(header) is not Asks.WHO_REFUSED]
        return headers[0] if len(headers) == 1 else None
    return headers[0] if headers else None


def make_issue(
    row: int, code: IssueCode, severity: IssueSeverity, options: EngineOptions, field: str | None = None, value: str | None = None
) -> Issue:
    """An issue about the value that stands in the column of a field, or about the row as a whole."""
    column = find_column(field, options) if field else None
    return Issue(row=row, code=code, severity=severity, message=ISSUE_MESSAGES[code], column=column, field=field, value=value)


def make_consent_issues(kept: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """A note on each of these rows that say of somebody who has unsubscribed anything but that."""
    others = kept.filter(pl.col("consent") != "", pl.col("consent") != Consent.UNSUBSCRIBED.value).select("row", "consent")
    return make_issue_frame([make_consent_issue(row, value, options) for row, value in others.iter_rows()])


def make_consent_issue(row: int, value: str | None, options: EngineOptions) -> Issue:
    """A note that somebody stays unsubscribed, whatever the row says."""
    return make_issue(row, IssueCode.CONSENT_KEPT, IssueSeverity.NOTE, options, "consent", value)


def make_notes_issue(row: int, value: str, options: EngineOptions) -> Issue:
    """The row's text does not fit into the contact's notes any more."""
    limit = MAX_LENGTH[ContactField.NOTES]
    issue = make_issue(row, IssueCode.NOTES_FULL, IssueSeverity.WARNING, options, ContactField.NOTES.value, value[:MAX_SHOWN_CHARACTERS])
    return replace(issue, message=issue.message.format(limit=limit))


def make_outcomes(
    rows: pl.DataFrame, outcome: pl.Expr, contact_id: pl.Expr | pl.Series, duplicate: pl.Expr, changes: pl.Expr | None = None
) -> pl.DataFrame:
    """The outcomes of rows that own what is written for them."""
    frame = rows.select(
        "row",
        outcome=outcome,
        owner_row=pl.col("row"),
        anchor_row=pl.col("row"),
        contact_id=contact_id,
        duplicate=duplicate,
        changes=pl.lit(None, pl.String()) if changes is None else changes,
    )
    return frame.cast(pl.Schema(OUTCOME_SCHEMA))


def join_members(pieces: Sequence[pl.Expr]) -> pl.Expr:
    """A JSON object of its members, each `"name":value` or null."""
    if not pieces:
        return pl.lit("{}")
    return pl.concat_str(pl.lit("{"), pl.concat_str(pieces, separator=",", ignore_nulls=True), pl.lit("}"))


@cache
def nothing_settled() -> Settled:
    """The plan of no rows."""
    return Settled(*(pl.DataFrame(schema=schema) for schema in (OUTCOME_SCHEMA, CREATE_SCHEMA, UPDATE_SCHEMA, ISSUE_SCHEMA)))


def merge_settled(parts: Iterable[Settled]) -> Settled:
    """Several plans of different rows as one, in row order."""
    plans = list(parts)
    nothing = nothing_settled()
    return Settled(
        outcomes=_stack([plan.outcomes for plan in plans], nothing.outcomes),
        creates=_stack([plan.creates for plan in plans], nothing.creates),
        updates=_stack([plan.updates for plan in plans], nothing.updates),
        issues=_stack([plan.issues for plan in plans], nothing.issues),
    )


def _stack(frames: list[pl.DataFrame], nothing: pl.DataFrame) -> pl.DataFrame:
    filled = [frame for frame in frames if frame.height]
    if not filled:
        return nothing
    # Each part is in row order already.
    return filled[0] if len(filled) == 1 else pl.concat(filled).sort("row", maintain_order=True)
