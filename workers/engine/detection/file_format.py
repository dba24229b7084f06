"""Decides from the first bytes whether a file is one that we read. No I/O: the API asks before it stores anything.

The name of the file never decides what it is; it only chooses the words of a refusal.
"""

from pathlib import PurePath

from models.errors import InvalidRequest, UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.detection.compound_head import COMPOUND_SIGNATURE, detect_compound
from workers.engine.detection.text_format import FLAT_OPEN_DOCUMENT, LDIF, WEB_ARCHIVE, WEB_PAGE, XML_SPREADSHEET, detect_text
from workers.engine.detection.zip_head import APPLE_DOCUMENT, ZIP_SIGNATURES, detect_zip

HEAD_BYTES = 65_536

ACCEPTED = (
    "Accepted are CSV, TSV and TXT text files, workbooks (.xlsx, .xlsm, .xls, .xlsb, .ods), JSON, JSON Lines and vCard (.vcf), "
    "and any of these in a .zip or .gz."
)

_GZIP_SIGNATURE = b"\x1f\x8b\x08"
# Workbooks of the time before compound files, and of programs that never wrote any: the record BOF stands first. [MS-XLS] 2.4.21
_BARE_WORKBOOK_SIGNATURES = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x1f\x8b", "a damaged gzip archive"),
    (b"\x1f\x9d", "a compress archive (.Z)"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\x00\x01\x00\x00Standard ", "an Access database"),
    (b"!BDN", "an Outlook data file (.pst)"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1\x00\x00", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
    (b"bplist00", "a property list"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
)
# Signatures of plain letters, with which a text may begin as well.
_SIGNATURES_OF_LETTERS = frozenset({b"BZh", b"ORC", b"ID3", b"PAR1", b"OggS", b"!BDN"})
_ZIP_WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm"})
_SAVE_AS = "Open it in a spreadsheet and save it as .xlsx or .csv. "
_ADVICE = {
    WEB_PAGE: f"Some programs save tables so, under the name .xls. {_SAVE_AS}",
    WEB_ARCHIVE: _SAVE_AS,
    XML_SPREADSHEET: f"It is how Excel of 2003 saved a workbook as XML. {_SAVE_AS}",
    FLAT_OPEN_DOCUMENT: _SAVE_AS,
    APPLE_DOCUMENT: "Export it from Numbers as Excel or CSV. ",
    LDIF: "Export it as CSV or vCard. ",
}


def detect_format(head: bytes, filename: str) -> FileFormat:
    """The format of a file that begins with `head`; raises with code `empty_file`, `encrypted_file` or `unsupported_file_type`.

    ZIP may turn out to be a workbook whose first bytes do not tell; the inspection sees that in the directory at its end.
    """
    if not head:
        raise UnreadableFile("The file is empty.", code="empty_file")
    head = head[:HEAD_BYTES]
    suffix = PurePath(filename).suffix.lower()
    found = _detect(head, suffix)
    if isinstance(found, FileFormat):
        return found
    raise InvalidRequest(f"This is {found}, which is not accepted. {_ADVICE.get(found, '')}{ACCEPTED}", code="unsupported_file_type")


def _detect(head: bytes, suffix: str) -> FileFormat | str:
    if head.startswith(COMPOUND_SIGNATURE):
        return detect_compound(head, is_named_as_zip_workbook=suffix in _ZIP_WORKBOOK_SUFFIXES)
    if head.startswith(ZIP_SIGNATURES):
        return detect_zip(head)
    if head.startswith(_GZIP_SIGNATURE):
        return FileFormat.GZIP
    if head.startswith(_BARE_WORKBOOK_SIGNATURES):
        return FileFormat.XLS
    named = next(((signature, words) for signature, words in _SIGNATURES if head.startswith(signature)), None)
    if named is not None and named[0] not in _SIGNATURES_OF_LETTERS:
        return named[1]
    if head[257:262] == b"ustar":
        return "a tar archive"
    return detect_text(head) or (named[1] if named is not None else _name_binary(head))


def _name_binary(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "a film or a photograph"
    if head.startswith(b"RIFF") and len(head) > 12:
        return "a picture or a sound file"
    return "a binary file"
