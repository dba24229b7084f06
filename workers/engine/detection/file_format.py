"""Decides from the first bytes and the name whether a file is one that we read. No I/O: the API asks before it stores anything."""

import codecs
from pathlib import PurePath

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.readers.encoding import detect_unicode_signature

HEAD_BYTES = 65_536

ACCEPTED = "Accepted are CSV, TSV and TXT text files and Excel workbooks (.xlsx)."

_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"{\\rtf", "an RTF document"),
)
_TEXT_OPENINGS: tuple[tuple[bytes, str], ...] = (
    (b"begin:vcard", "a vCard file"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
)
_SUFFIXES = {
    ".json": "a JSON file",
    ".jsonl": "a JSON Lines file",
    ".ndjson": "a JSON Lines file",
    ".vcf": "a vCard file",
    ".xlsb": "a binary Excel workbook (.xlsb)",
    ".ods": "an OpenDocument spreadsheet",
    ".numbers": "a Numbers spreadsheet",
    ".pdf": "a PDF document",
}
# Tab, line feed, vertical tab, form feed, carriage return, end-of-file mark of old systems and escape do occur in text.
_CONTROL_BYTES = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\n\v\f\r\x1a\x1b")
# Random bytes are control characters in one case of ten and hardly ever valid UTF-8.
_MAX_CONTROL_SHARE_OF_UTF8 = 0.3
_MAX_CONTROL_SHARE_OF_BYTES = 0.02


def detect_format(head: bytes, filename: str) -> FileFormat:
    """The format of a file that begins with `head`; raises with code `empty_file`, `encrypted_file` or `unsupported_file_type`."""
    if not head:
        raise UnreadableFile("The file is empty.", code="empty_file")
    head = head[:HEAD_BYTES]
    suffix = PurePath(filename).suffix.lower()
    if head.startswith(_OLE_SIGNATURE):
        _refuse_compound_file(head, suffix)
    if head.startswith(_ZIP_SIGNATURES):
        _require_workbook(head)
        return FileFormat.XLSX
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            raise _unsupported(name)
    if suffix in _SUFFIXES:
        raise _unsupported(_SUFFIXES[suffix])
    opening = head.removeprefix(codecs.BOM_UTF8).lstrip()[:20].lower()
    for start, name in _TEXT_OPENINGS:
        if opening.startswith(start):
            raise _unsupported(name)
    if not _is_text(head):
        raise _unsupported("a binary file")
    return FileFormat.CSV


def _unsupported(name: str) -> InvalidRequest:
    return InvalidRequest(f"This is {name}, which is not accepted. {ACCEPTED}", code="unsupported_file_type")


def _refuse_compound_file(head: bytes, suffix: str) -> None:
    # Excel wraps a workbook with a password into the container that the old .xls used.
    if suffix in (".xlsx", ".xlsm") or "EncryptedPackage".encode("utf-16-le") in head:
        raise UnreadableFile("The workbook is protected by a password. Save it without one and try again.", code="encrypted_file")
    raise _unsupported("an old Excel workbook (.xls)")


def _require_workbook(head: bytes) -> None:
    if b"xl/workbook.bin" in head:
        raise _unsupported(_SUFFIXES[".xlsb"])
    if b"xl/" in head:
        return
    if b"[Content_Types].xml" in head and b"word/" not in head and b"ppt/" not in head:
        return
    raise _unsupported("a zip archive without an Excel workbook in it")


def _is_text(head: bytes) -> bool:
    if detect_unicode_signature(head) is not None:
        return True
    control_share = (len(head) - len(head.translate(None, _CONTROL_BYTES))) / len(head)
    return control_share <= (_MAX_CONTROL_SHARE_OF_UTF8 if _begins_as_utf8(head) else _MAX_CONTROL_SHARE_OF_BYTES)


def _begins_as_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
