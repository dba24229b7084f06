"""What becomes of a name: the spelling of its entry, the one that a new entry will have, or nothing and a word on it."""

from collections.abc import Iterable, Mapping

import polars as pl
from rapidfuzz import fuzz, process

from models.vocabulary import ISSUE_MESSAGES, DirectoryKind, DirectoryPolicy, InvalidValuePolicy, IssueCode, IssueSeverity
from workers.engine.directory.names import NAMING, directory_kinds
from workers.engine.directory.spelling import make_name_keys
from workers.engine.folding.shapes import find_column
from workers.engine.frames import FAILED, ISSUE_SCHEMA, EngineOptions, Judged
from workers.engine.judging import ASSIGNED_OWNER

# Entries of the directories as they are known.
ENTRY_SCHEMA: dict[str, pl.DataType] = {"kind": pl.String(), "key": pl.String(), "name": pl.String()}
NO_ENTRIES = pl.DataFrame(schema=ENTRY_SCHEMA)

UNKNOWN = {DirectoryKind.COMPANY: IssueCode.UNKNOWN_COMPANY, DirectoryKind.OWNER: IssueCode.UNKNOWN_OWNER}
NEW = {DirectoryKind.COMPANY: IssueCode.NEW_COMPANY, DirectoryKind.OWNER: IssueCode.NEW_OWNER}

# The nearest entry is looked for by comparing each with each: for the first unknown names of a file, and in a directory of this size.
MOST_SUGGESTED = 200
MOST_CHOICES = 10_000
# Percent of letters in common below which two names are not taken for one with a typing error.
LEAST_LIKENESS = 80.0


def make_entries(entries: Mapping[DirectoryKind, Iterable[tuple[str, str]]]) -> pl.DataFrame:
    """Entries (key, name) by kind: ENTRY_SCHEMA."""
    lines = [(kind.value, key, name) for kind, pairs in entries.items() for key, name in pairs]
    return pl.DataFrame(lines, schema=ENTRY_SCHEMA, orient="row")


def resolve_names(
    names: pl.DataFrame, known: pl.DataFrame, choices: pl.DataFrame, options: EngineOptions, own: pl.DataFrame = NO_ENTRIES
) -> pl.DataFrame:
    """The names of a file with their `spelling` (null: left out), a `suggestion`, and the row with which an entry is `new` (null: none is).

    `known` are at least the entries with the names' keys, `choices` what may be suggested. Those of `own` were created by an earlier run of
    the import, and are as new to it as those that it is yet to create.
    """
    creating = [kind.value for kind, policy in directory_kinds(options).items() if policy is DirectoryPolicy.CREATE]
    is_missing = pl.col("known").is_null() & pl.col("kind").is_in(creating)
    keys = ["kind", "key"]
    resolved = (
        names.join(known.rename({"name": "known"}), on=keys, how="left", maintain_order="left")
        .join(own.select(*keys, is_own=pl.lit(True)), on=keys, how="left", maintain_order="left")
        .select(
            *keys,
            spelling=pl.when(is_missing).then("name").otherwise("known"),
            new=pl.when(is_missing | pl.col("is_own")).then("row"),
        )
    )
    left_out = resolved.filter(pl.col("spelling").is_null())
    return resolved.join(_suggest(left_out, choices), on=keys, how="left", maintain_order="left")


def _suggest(left_out: pl.DataFrame, choices: pl.DataFrame) -> pl.DataFrame:
    found = []
    for kind in DirectoryKind:
        entries = dict(choices.filter(pl.col("kind") == kind.value).sort("key").select("key", "name").iter_rows())
        for key in left_out.filter(pl.col("kind") == kind.value)["key"].head(MOST_SUGGESTED):
            nearest = process.extractOne(key, entries.keys(), scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
            if nearest is not None:
                found.append((kind.value, key, entries[nearest[0]]))
    return pl.DataFrame(found, schema={"kind": pl.String(), "key": pl.String(), "suggestion": pl.String()}, orient="row")


def apply_names(judged: Judged, resolved: pl.DataFrame, options: EngineOptions) -> Judged:
    """The judged rows with every name as it was resolved; each of their names is among `resolved`."""
    rows = judged.rows
    told = []
    for column, kind in NAMING:
        if kind not in directory_kinds(options) or column not in rows.columns:
            continue
        written = rows.select("row", name=pl.when(pl.col(column) != "").then(column))
        answers = written.join(_answer(written["name"].drop_nulls().unique(), kind, resolved), on="name", how="left", maintain_order="left")
        is_named = pl.col("name").is_not_null()
        is_unknown = is_named & pl.col("spelling").is_null()
        header = options.assignment.column if column == ASSIGNED_OWNER else find_column(column, options)
        severity = IssueSeverity.ERROR if options.invalid_values is InvalidValuePolicy.FAIL_ROW else IssueSeverity.WARNING
        told.append(_issues(answers.filter(is_unknown), kind, UNKNOWN[kind], severity, header))
        told.append(_issues(answers.filter(pl.col("row") == pl.col("new")), kind, NEW[kind], IssueSeverity.NOTE, header))
        spelled = answers.select(pl.when(is_named).then("spelling").otherwise(rows[column]).alias(column))
        rows = rows.with_columns(spelled[column])
    # One cell may name the owner as the field's column and as that of the assignment.
    issues = pl.concat([pl.DataFrame(schema=ISSUE_SCHEMA), *told]).unique(["row", "column", "code"], keep="first", maintain_order=True)
    failing = issues.filter(pl.col("severity") == IssueSeverity.ERROR.value)["row"].unique()
    rows = rows.with_columns(pl.col(FAILED) | pl.col("row").is_in(failing.implode()))
    return Judged(rows, pl.concat([judged.issues, issues]).sort("row", maintain_order=True))


def _answer(names: pl.Series, kind: DirectoryKind, resolved: pl.DataFrame) -> pl.DataFrame:
    keyed = pl.DataFrame({"name": names, "key": make_name_keys(kind, names)})
    return keyed.join(resolved.filter(pl.col("kind") == kind.value), on="key", how="left").select("name", "spelling", "suggestion", "new")


def _issues(lines: pl.DataFrame, kind: DirectoryKind, code: IssueCode, severity: IssueSeverity, header: str | None) -> pl.DataFrame:
    return lines.select(
        "row",
        pl.lit(header, pl.String()).alias("column"),
        pl.lit(kind.value).alias("field"),
        pl.col("name").alias("value"),
        pl.lit(code.value).alias("code"),
        pl.lit(severity.value).alias("severity"),
        pl.lit(ISSUE_MESSAGES[code]).alias("message"),
        "suggestion",
    )
