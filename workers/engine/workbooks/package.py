"""The zip package of a workbook: its bounds, checked by what it states and by what it unpacks to, and its parts."""

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from models.errors import LimitExceeded, UnreadableFile
from workers.engine.workbooks.sheets import Request

# Small workbooks pack well for harmless reasons.
_RATIO_MATTERS_FROM = 16 * 1024 * 1024
_PIECE_BYTES = 1 << 18
_LOCAL_HEADER = struct.Struct("<26xHH")
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGED = "The workbook is damaged and cannot be read. Open it in the program that made it, save it anew, and try again."
PROTECTED = "The workbook is protected by a password. Save it without one and try again."


class Package:
    """An open workbook package whose stated sizes are within the limits."""

    def __init__(self, request: Request) -> None:
        self.path = request.path
        with open(self.path, "rb") as file:
            if file.read(len(_COMPOUND_FILE)) == _COMPOUND_FILE:
                # What a password is put around is kept in the container of the old formats.
                raise UnreadableFile(PROTECTED, code="encrypted_file")
        self._archive = zipfile.ZipFile(self.path)
        self.entries = self._archive.infolist()
        _check_stated(self.entries, request)
        self._by_name = {entry.filename.lower().lstrip("/"): entry for entry in self.entries}

    def find(self, part: str) -> zipfile.ZipInfo | None:
        """The entry of a part; names of parts are told apart without regard to case (ECMA-376, part 2)."""
        return self._by_name.get(part.lower().lstrip("/"))

    def size_of(self, part: str) -> int:
        """The unpacked size that the package states of a part; 0 where there is none."""
        entry = self.find(part)
        return entry.file_size if entry else 0

    def iter_part(self, part: str) -> Iterator[bytes]:
        """The unpacked bytes of a part, piece by piece, and no more of them than it states; nothing where there is no such part."""
        entry = self.find(part)
        if entry is None:
            return
        with open(self.path, "rb") as file:
            file.seek(entry.header_offset)
            name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
            file.seek(name_length + extra_length, 1)
            left, size = entry.compress_size, 0
            for piece in _inflate(_iter_pieces(file, left), entry.compress_type):
                size += len(piece)
                if size > entry.file_size:
                    raise UnreadableFile(f"A part of the workbook unpacks to more than it states. {DAMAGED}", code="unreadable_file")
                yield piece
        if size != entry.file_size:
            raise UnreadableFile(DAMAGED)

    def open_part(self, part: str) -> "PartStream":
        """The part as a file to read from."""
        return PartStream(self.iter_part(part))

    def relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part refers to: target and type by the id of the relationship."""
        folder, name = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def begin(tag: str, attributes: dict[str, str]) -> None:
            if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
                found[attributes.get("Id", "")] = (target, attributes.get("Type", "").rsplit("/", 1)[-1])

        parse(self.iter_part(posixpath.join(folder, "_rels", f"{name}.rels")), begin)
        return found

    def find_workbook(self) -> str:
        """The part that lists the sheets."""
        for target, kind in self.relationships("").values():
            if kind == "officeDocument" and self.find(target) is not None:
                return target
        raise UnreadableFile(f"There is no workbook in the file. {DAMAGED}")


class PartStream:
    """Pieces of bytes, read like a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; all that are left where it is negative."""
        while size < 0 or not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        if size < 0:
            size = len(self._rest)
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def close(self) -> None:
        """Nothing is kept open between reads."""


def local(tag: str) -> str:
    """The name of an element without its namespace's prefix."""
    return tag.rsplit(":", 1)[-1]


def make_parser() -> expat.XMLParserType:
    """A parser that refuses document types, and with them every entity: no workbook has any."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def parse(
    pieces: Iterable[bytes],
    begin: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    """Parse the XML in the pieces with these callbacks; nothing where there are no pieces."""
    parser = make_parser()
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    is_any = False
    for piece in pieces:
        is_any = True
        parser.Parse(piece, False)
    if is_any:
        parser.Parse(b"", True)


def check_prolog(pieces: Iterable[bytes]) -> None:
    """Refuse XML that declares a document type, which stands before its first element."""
    is_begun = False

    def begin(*_: object) -> None:
        nonlocal is_begun
        is_begun = True

    parser = make_parser()
    parser.StartElementHandler = begin
    for piece in pieces:
        parser.Parse(piece, False)
        if is_begun:
            return


def _refuse_document_type(*_: object) -> None:
    raise UnreadableFile(
        "The workbook declares XML entities, which are never expanded. Save it anew in a spreadsheet program and try again."
    )


def _check_stated(entries: list[zipfile.ZipInfo], request: Request) -> None:
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile(PROTECTED, code="encrypted_file")
    # Photos are many and are never looked at.
    parts = sum(entry.filename.endswith((".xml", ".rels", ".bin")) for entry in entries)
    if parts > request.max_parts:
        raise LimitExceeded(
            f"The workbook has {parts:,} parts; at most {request.max_parts:,} are accepted (ROLODOCK_MAX_MEMBERS).", code="too_many_members"
        )
    size = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if size > request.max_bytes:
        raise LimitExceeded(
            f"The workbook is {size:,} bytes when decompressed; at most {request.max_bytes:,} are accepted "
            "(ROLODOCK_MAX_DECOMPRESSED_BYTES).",
            code="decompressed_too_large",
        )
    if size >= _RATIO_MATTERS_FROM and size > packed * request.max_ratio:
        raise LimitExceeded(
            f"The workbook unpacks to {size // max(packed, 1):,} times its size; at most {request.max_ratio:,} times is accepted "
            "(ROLODOCK_MAX_COMPRESSION_RATIO).",
            code="compression_ratio_too_high",
        )
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            # Entries that share bytes unpack to far more than a zip of that size could hold.
            raise UnreadableFile(f"Parts of the workbook overlap. {DAMAGED}")
        end = entry.header_offset + entry.compress_size


def _iter_pieces(file: BinaryIO, left: int) -> Iterator[bytes]:
    while left > 0:
        piece = file.read(min(left, _PIECE_BYTES))
        if not piece:
            raise UnreadableFile(DAMAGED)
        left -= len(piece)
        yield piece


def _inflate(pieces: Iterator[bytes], method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        yield from pieces
        return
    if method != zipfile.ZIP_DEFLATED:
        raise UnreadableFile(f"The workbook is packed in a way that no spreadsheet program uses. {DAMAGED}")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in pieces:
        rest = piece
        while rest and not inflater.eof:
            yield inflater.decompress(rest, 1 << 20)
            rest = inflater.unconsumed_tail
    yield inflater.flush()
