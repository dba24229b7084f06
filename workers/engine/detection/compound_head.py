"""What an OLE2 compound file is (.xls, but also .doc, .ppt, .msg), by the names in that part of its directory which the head holds."""

import struct

from models.errors import UnreadableFile
from models.vocabulary import FileFormat

COMPOUND_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# A directory entry: 64 bytes of name in UTF-16, and the length of the name in bytes with its end mark. [MS-CFB] 2.6.1
_ENTRY_BYTES = 128
_NAME_BYTES = 64
_LENGTH = struct.Struct("<H")

_WORKBOOK_NAMES = frozenset({"Workbook", "WORKBOOK", "Book", "BOOK"})
_ENCRYPTION_NAMES = frozenset({"EncryptedPackage", "EncryptionInfo"})
_OTHERS = {
    "WordDocument": "a Word document (.doc)",
    "PowerPoint Document": "a PowerPoint presentation (.ppt)",
    "Current User": "a PowerPoint presentation (.ppt)",
    "VisioDocument": "a Visio drawing (.vsd)",
    "__nameid_version1.0": "an Outlook message (.msg)",
    "__properties_version1.0": "an Outlook message (.msg)",
}


def detect_compound(head: bytes, *, is_named_as_zip_workbook: bool = False) -> FileFormat | str:
    """XLS, or in words what else it is. Where the head does not tell, the reader of .xls decides.

    Raises `encrypted_file` for a workbook with a password, which Excel wraps into this container; its directory mostly stands
    behind the head, so that here, and for the words of the refusal alone, the name counts too.
    """
    names = _find_names(head)
    if names & _ENCRYPTION_NAMES or (is_named_as_zip_workbook and not names & _WORKBOOK_NAMES):
        raise UnreadableFile("The workbook is protected by a password. Save it without one and try again.", code="encrypted_file")
    if names & _WORKBOOK_NAMES:
        return FileFormat.XLS
    return next((words for name, words in _OTHERS.items() if name in names), FileFormat.XLS)


def _find_names(head: bytes) -> frozenset[str]:
    return frozenset(
        name for position in range(512, len(head) - _ENTRY_BYTES + 1, _ENTRY_BYTES) if (name := _read_name(head, position)) is not None
    )


def _read_name(head: bytes, position: int) -> str | None:
    (length,) = _LENGTH.unpack_from(head, position + _NAME_BYTES)
    field = head[position : position + _NAME_BYTES]
    if not 4 <= length <= _NAME_BYTES or length % 2 or field[length - 2 :].strip(b"\0"):
        return None
    try:
        return field[: length - 2].decode("utf-16-le")
    except UnicodeDecodeError:
        return None
