"""Names of companies and owners: what a file names, and what the tenant's directories make of it."""

from workers.engine.directory.names import NAME_SCHEMA, NAMING, collect_names, directory_kinds, list_written_names, merge_names
from workers.engine.directory.resolving import MOST_CHOICES, UNKNOWN, apply_names, make_entries, resolve_names
from workers.engine.directory.spelling import make_name_keys

__all__ = [
    "MOST_CHOICES",
    "NAME_SCHEMA",
    "NAMING",
    "UNKNOWN",
    "apply_names",
    "collect_names",
    "directory_kinds",
    "list_written_names",
    "make_entries",
    "make_name_keys",
    "merge_names",
    "resolve_names",
]
