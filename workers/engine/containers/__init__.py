"""Takes a source out of its wrapping (.zip, .gz) into a temporary file, within bounds that hold while it is unpacked.

What a member is, and which is to be read, is decided elsewhere (`detection.archives`); here nothing is decided.
"""

from workers.engine.containers.opening import Member, nested_too_deeply, open_gzip, open_member, open_unpacked, peek
from workers.engine.containers.zip_directory import Entry, find_entry, read_directory, too_many_members

__all__ = [
    "Entry",
    "Member",
    "find_entry",
    "nested_too_deeply",
    "open_gzip",
    "open_member",
    "open_unpacked",
    "peek",
    "read_directory",
    "too_many_members",
]
