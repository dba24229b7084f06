"""Which companies and owners a file names, and which of them the writes of a plan give to contacts."""

from collections.abc import Iterable

import polars as pl

from models.vocabulary import ContactField, DirectoryKind, DirectoryPolicy
from workers.engine.directory.spelling import make_name_keys
from workers.engine.frames import EngineOptions
from workers.engine.judging import ASSIGNED_OWNER

# The columns of judged rows that hold names, in the order in which a row names them.
NAMING: tuple[tuple[str, DirectoryKind], ...] = (
    (ContactField.COMPANY.value, DirectoryKind.COMPANY),
    (ContactField.OWNER.value, DirectoryKind.OWNER),
    (ASSIGNED_OWNER, DirectoryKind.OWNER),
)

# One line for each kind and key: the lowest row that names it, and how that row writes it.
NAME_SCHEMA: dict[str, pl.DataType] = {"kind": pl.String(), "key": pl.String(), "name": pl.String(), "row": pl.Int64()}


def directory_kinds(options: EngineOptions) -> dict[DirectoryKind, DirectoryPolicy]:
    """The directories that the import asks, with what it does about a name that is not in them."""
    policies = {DirectoryKind.COMPANY: options.company_policy, DirectoryKind.OWNER: options.owner_policy}
    return {kind: policy for kind, policy in policies.items() if policy is not DirectoryPolicy.AS_WRITTEN}


def collect_names(rows: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """The names in judged rows, whatever becomes of these rows: NAME_SCHEMA."""
    kinds = directory_kinds(options)
    found = []
    for column, kind in NAMING:
        if kind in kinds and column in rows.columns:
            written = rows.filter(pl.col(column) != "").group_by(name=column).agg(pl.col("row").min())
            found.append(_with_keys(written, kind))
    return merge_names(found)


def merge_names(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The names of several sets of rows as one, each with its lowest row, in row order."""
    names = pl.concat([pl.DataFrame(schema=NAME_SCHEMA), *parts]).sort("row", maintain_order=True)
    return names.unique(["kind", "key"], keep="first", maintain_order=True)


def list_written_names(creates: pl.DataFrame, updates: pl.DataFrame, options: EngineOptions) -> pl.DataFrame:
    """The names that writes give to contacts, a line of NAME_SCHEMA for each write, with the row that owns it."""
    found = [pl.DataFrame(schema=NAME_SCHEMA)]
    for kind in directory_kinds(options):
        # What an update leaves as it was is named by no row of the import.
        changed = updates.filter(pl.col("changes").str.json_path_match(f"$.{kind.value}").is_not_null())
        written = pl.concat([frame.select("row", name=pl.col(kind.value)) for frame in (creates, changed)]).drop_nulls()
        found.append(_with_keys(written, kind))
    return pl.concat(found)


def _with_keys(written: pl.DataFrame, kind: DirectoryKind) -> pl.DataFrame:
    """Rows and the names that they write, as lines of NAME_SCHEMA; each distinct name is looked at once."""
    names = written["name"].unique()
    keys = pl.DataFrame({"name": names, "key": make_name_keys(kind, names)})
    return written.join(keys, on="name", maintain_order="left").select(pl.lit(kind.value).alias("kind"), "key", "name", "row")
