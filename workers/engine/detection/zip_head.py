"""What the beginning of a zip file gives away: its first entries, and whether they are those of a workbook or of another document.

The directory, which is authoritative, stands at the end; where the beginning does not tell, the inspection looks there.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.vocabulary import FileFormat

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

APPLE_DOCUMENT = "a Numbers, Pages or Keynote document"

_ENTRY_SIGNATURE = b"PK\x03\x04"
_SPANNED_SIGNATURE = b"PK\x07\x08"
_ENTRY_HEADER = struct.Struct("<4s5H3I2H")  # APPNOTE.TXT 4.3.7
_HAS_DESCRIPTOR = 0x08  # the sizes stand behind the data
_UNKNOWN_SIZE = 0xFFFF_FFFF  # they stand in an extra field
_STORED, _DEFLATED = 0, 8
# More of one entry is not unpacked while looking for the next.
_MAX_UNPACKED = 1 << 20
_MIMETYPE = "mimetype"
_CONTENT_TYPES = "[content_types].xml"

_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_BINARY_WORKBOOK = b"application/vnd.ms-excel.sheet.binary"
# What is in an Office document, by the folder of its main part.
_OTHER_DOCUMENTS = {
    "word/": "a Word document",
    "ppt/": "a PowerPoint presentation",
    "visio/": "a Visio drawing",
    "index/document.iwa": APPLE_DOCUMENT,
    "index.zip": APPLE_DOCUMENT,
    "androidmanifest.xml": "an Android app",
}
_DOCUMENT_PARTS = (_CONTENT_TYPES, "_rels/", "docprops/", "customxml/", "xl/", _MIMETYPE, "meta-inf/", "configurations2/", "thumbnails/")


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    data: bytes


def detect_document(names: Iterable[str], mimetype: bytes = b"", content_types: bytes = b"") -> FileFormat | str | None:
    """The workbook, or in words the other document, that entries of these names are the parts of; None: they do not tell.

    `mimetype` and `content_types` are the contents of the entries that say what the document is (OpenDocument, Office Open XML).
    """
    if mimetype.startswith(_OPEN_DOCUMENT):
        is_sheet = mimetype.removeprefix(_OPEN_DOCUMENT).startswith(b"spreadsheet")
        return FileFormat.ODS if is_sheet else "an OpenDocument file that is no spreadsheet"
    if mimetype.startswith(b"application/epub"):
        return "an e-book"
    if _BINARY_WORKBOOK in content_types:
        return FileFormat.XLSB
    for name in (name.lower().replace("\\", "/").lstrip("/") for name in names):
        if name == "xl/workbook.bin" or (name.startswith("xl/worksheets/") and name.endswith(".bin")):
            return FileFormat.XLSB
        if name in ("xl/workbook.xml", "xl/styles.xml", "xl/sharedstrings.xml") or name.startswith(("xl/worksheets/sheet", "xl/theme/")):
            return FileFormat.XLSX
        for part, document in _OTHER_DOCUMENTS.items():
            if name.startswith(part):
                return document
    return None


def detect_zip(head: bytes) -> FileFormat | str:
    """The workbook that begins with `head`, in words another document, or else ZIP."""
    entries = list(_iter_entries(head))
    content_types = b"".join(entry.data for entry in entries if entry.name.lower() == _CONTENT_TYPES)
    mimetype = entries[0].data if entries and entries[0].name == _MIMETYPE else b""
    return detect_document((entry.name for entry in entries), mimetype, content_types) or FileFormat.ZIP


def may_be_document(head: bytes) -> bool:
    """Whether the first entry is one of those that workbooks begin with."""
    entry = next(_iter_entries(head), None)
    return entry is not None and entry.name.lower().startswith(_DOCUMENT_PARTS)


def _iter_entries(head: bytes) -> Iterator[_Entry]:
    """The entries that begin in the head, one after the other: what looks like an entry within another's data is none."""
    position = 4 if head.startswith(_SPANNED_SIGNATURE) else 0
    while head.startswith(_ENTRY_SIGNATURE, position) and position + _ENTRY_HEADER.size <= len(head):
        _, _, flags, method, _, _, _, size, _, name_length, extra_length = _ENTRY_HEADER.unpack_from(head, position)
        start = position + _ENTRY_HEADER.size
        name = head[start : start + name_length].decode("utf-8", "replace")
        start += name_length + extra_length
        is_measured = not flags & _HAS_DESCRIPTOR and size != _UNKNOWN_SIZE
        packed = head[start : start + size] if is_measured else head[start:]
        data, end = _unpack(packed) if method == _DEFLATED else (packed if method == _STORED else b"", None)
        yield _Entry(name, data)
        if is_measured:
            position = start + size
            continue
        if end is None:
            return
        # A descriptor of 12 to 24 bytes stands between the data and the next entry.
        position = head.find(_ENTRY_SIGNATURE, start + end, start + end + 28)
        if position < 0:
            return


def _unpack(packed: bytes) -> tuple[bytes, int | None]:
    """The data, as far as they are there and wanted, and where they end if that is seen."""
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = decoder.decompress(packed, _MAX_UNPACKED)
    except zlib.error:
        return b"", None
    return data, len(packed) - len(decoder.unused_data) if decoder.eof else None
