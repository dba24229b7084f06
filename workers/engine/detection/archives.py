"""Decides what of an archive is read: the one file in it that can hold contacts, or the one that a person chose; else it is a question."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from models.errors import InvalidRequest, ServiceError, UnreadableFile
from models.vocabulary import WORKBOOK_FORMATS, FileFormat
from workers.engine.containers import (
    Entry,
    Member,
    find_entry,
    nested_too_deeply,
    open_gzip,
    open_member,
    peek,
    read_directory,
    too_many_members,
)
from workers.engine.detection.file_format import ACCEPTED, HEAD_BYTES, detect_format
from workers.engine.detection.table_likeness import Likeness, judge_likeness
from workers.engine.detection.zip_head import detect_document, may_be_document
from workers.engine.frames import Decision, ReaderLimits

# What operating systems put into archives beside the files.
_LEFTOVER_NAMES = frozenset({"thumbs.db", "desktop.ini"})
_LEFTOVER_FOLDERS = frozenset({"__macosx"})
_NAMED = 10
_CONTENT_TYPES = "[content_types].xml"
_MIMETYPE = "mimetype"


@dataclass(frozen=True, slots=True)
class Table:
    """The table that is to be inspected, taken out of its wrapping; without a `stream` it is still to be chosen."""

    stream: BinaryIO | None
    format: FileFormat
    archive: FileFormat | None = None
    member: str | None = None
    members: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file in the archive, and how much it looks like a table, or why it cannot be one."""

    entry: Entry
    likeness: Likeness
    refusal: ServiceError | None = None


@contextmanager
def open_table(stream: BinaryIO, format: FileFormat, wanted: str | None, limits: ReaderLimits) -> Iterator[Table]:
    """The table in the stream. `wanted` is the member that a person chose; raises `member_not_found` where there is none of that name."""
    if format is FileFormat.ZIP:
        with _open_zip(stream, wanted, limits) as table:
            yield table
    elif format is FileFormat.GZIP:
        with open_gzip(stream, limits) as unpacked, _open_unpacked(unpacked, wanted, limits, outer_bytes=stream.seek(0, 2)) as table:
            yield table
    else:
        _require_no_choice(wanted)
        yield Table(stream, format)


@contextmanager
def _open_unpacked(unpacked: Member, wanted: str | None, limits: ReaderLimits, *, outer_bytes: int) -> Iterator[Table]:
    """What was in a gzip file."""
    decisions = _report_trailing(unpacked)
    inner = _detect_member(unpacked.stream)
    if inner is FileFormat.ZIP:
        with _open_zip(unpacked.stream, wanted, limits, outer_bytes=outer_bytes) as table:
            yield Table(table.stream, table.format, FileFormat.GZIP, table.member, table.members, (*decisions, *table.decisions))
    else:
        _require_no_choice(wanted)
        yield Table(unpacked.stream, inner, FileFormat.GZIP, decisions=decisions)


@contextmanager
def _open_zip(stream: BinaryIO, wanted: str | None, limits: ReaderLimits, *, outer_bytes: int | None = None) -> Iterator[Table]:
    entries = read_directory(stream, limits)
    workbook = _detect_workbook(stream, entries, limits)
    if workbook is not None:
        _require_no_choice(wanted)
        yield Table(stream, workbook)
        return
    if len(entries) > limits.max_members:
        raise too_many_members(limits)
    if wanted is not None:
        entry, decision = find_entry(entries, wanted), Decision("member", wanted, 1.0, "It was chosen.")
    else:
        candidates = [_examine(stream, entry, limits) for entry in entries if not _is_leftover(entry.name)]
        chosen, decision = _choose(candidates)
        if chosen is None:
            yield Table(None, FileFormat.ZIP, FileFormat.ZIP, members=_list_members(entries), decisions=(decision,))
            return
        entry = chosen
    with open_member(stream, entry, limits, outer_bytes=outer_bytes) as member:
        inner = _detect_member(member.stream)
        if inner is FileFormat.ZIP:
            found = _detect_workbook(member.stream, read_directory(member.stream, limits), limits)
            if found is None:
                raise nested_too_deeply()
            inner = found
        yield Table(member.stream, inner, FileFormat.ZIP, entry.name, _list_members(entries), (decision, *_report_trailing(member)))


def _detect_workbook(stream: BinaryIO, entries: Sequence[Entry], limits: ReaderLimits) -> FileFormat | None:
    """The workbook that the zip file is, by its directory; None: it is an archive. Raises for another kind of document."""

    def read(wanted: str) -> bytes:
        entry = next((entry for entry in entries if entry.name.lower() == wanted), None)
        try:
            return b"" if entry is None else peek(stream, entry, limits, HEAD_BYTES)
        except UnreadableFile:
            return b""  # The reader of workbooks says what is wrong with it.

    # Without one of these it is an archive, whatever its folders are called.
    mimetype, content_types = read(_MIMETYPE), read(_CONTENT_TYPES)
    if not mimetype and not any(entry.name.lower() == _CONTENT_TYPES for entry in entries):
        return None
    found = detect_document((entry.name for entry in entries), mimetype, content_types)
    if found is not None and not isinstance(found, FileFormat):
        raise InvalidRequest(f"This is {found}, which is not accepted. {ACCEPTED}", code="unsupported_file_type")
    return found


def _detect_member(stream: BinaryIO) -> FileFormat:
    stream.seek(0)
    format = detect_format(stream.read(HEAD_BYTES), "")
    if format is FileFormat.GZIP:
        raise nested_too_deeply()
    return format


def _examine(stream: BinaryIO, entry: Entry, limits: ReaderLimits) -> _Candidate:
    try:
        head = peek(stream, entry, limits, HEAD_BYTES)
        format = detect_format(head, "")
        if format is FileFormat.GZIP or (format is FileFormat.ZIP and not may_be_document(head)):
            raise nested_too_deeply()
    except ServiceError as error:
        return _Candidate(entry, Likeness.NONE, error)
    is_told = format in WORKBOOK_FORMATS or format is FileFormat.ZIP
    return _Candidate(entry, Likeness.SURE if is_told else judge_likeness(head, format))


def _choose(candidates: Sequence[_Candidate]) -> tuple[Entry | None, Decision]:
    """The one file that can be meant, or None and the question, with what looks most like contacts first."""
    possible = sorted((each for each in candidates if each.refusal is None), key=lambda each: -each.likeness)
    if not possible:
        raise _name_contents(candidates)
    likely = [each for each in possible if each.likeness > Likeness.PROSE]
    if len(possible) == 1 or len(likely) == 1:
        entry = possible[0].entry
        others = len(candidates) - 1
        if not others:
            return entry, Decision("member", entry.name, 1.0, "It is the only file in the archive.")
        reason = (
            f"It is the only file in the archive that can hold contacts; there {'is 1 other' if others == 1 else f'are {others:,} others'}."
        )
        alternatives = tuple(each.entry.name for each in possible[1:])
        return entry, Decision("member", entry.name, 0.8 if alternatives else 1.0, reason, alternatives)
    names = tuple(each.entry.name for each in possible)
    return None, Decision(
        "member", None, 0.0, f"The archive holds {len(names):,} files that may be meant; “{names[0]}” looks most like contacts.", names
    )


def _name_contents(candidates: Sequence[_Candidate]) -> ServiceError:
    """The error to raise for an archive in which nothing can be read."""
    if not candidates:
        return UnreadableFile("There is no file in the archive.", code="empty_file")
    refusals = [each.refusal for each in candidates if each.refusal is not None]
    if len(refusals) == 1 or {each.code for each in refusals} == {"encrypted_file"}:
        return refusals[0]
    names = ", ".join(f"“{each.entry.name}”" for each in candidates[:_NAMED])
    more = f" and {len(candidates) - _NAMED:,} more" if len(candidates) > _NAMED else ""
    return InvalidRequest(f"Nothing in the archive can be imported. It holds {names}{more}. {ACCEPTED}", code="unsupported_file_type")


def _report_trailing(member: Member) -> tuple[Decision, ...]:
    if not member.trailing_bytes:
        return ()
    reason = f"{member.trailing_bytes:,} bytes after the end of the gzip data are no gzip data; they were left out."
    return (Decision("archive", FileFormat.GZIP.value, 0.9, reason),)


def _require_no_choice(wanted: str | None) -> None:
    if wanted is not None:
        raise InvalidRequest(f"There is no file “{wanted}”: this is no archive of several files.", code="member_not_found")


def _list_members(entries: Sequence[Entry]) -> tuple[str, ...]:
    return tuple(entry.name for entry in entries if not _is_leftover(entry.name))


def _is_leftover(name: str) -> bool:
    *folders, last = name.lower().replace("\\", "/").split("/")
    return last.startswith(".") or last in _LEFTOVER_NAMES or not _LEFTOVER_FOLDERS.isdisjoint(folders)
