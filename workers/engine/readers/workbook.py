"""Reads a workbook through a child process that parses it. Here are its start, its bounds and its end; the file itself is not looked at."""

import io
import json
import os
import select
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict
from typing import BinaryIO

from models.errors import InvalidRequest, LimitExceeded, UnreadableFile
from models.vocabulary import FileFormat
from workers.engine.frames import ReaderLimits
from workers.engine.records import Records
from workers.engine.workbooks import wire
from workers.engine.workbooks.limits import OUT_OF_MEMORY, out_of_memory
from workers.engine.workbooks.sheets import Request, SheetName

# -I and -S leave out the environment and the site packages' start-up files; the paths are those that this process imports from.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from workers.engine.workbooks.child import main; main()"
_COPY_BYTES = 1 << 20
_READ_BYTES = 1 << 20
# Two threads may be busy at a time.
_CPU_SECONDS_A_SECOND = 2
_SPARE_CPU_SECONDS = 5
_LAST_SECONDS = 5.0
_DAMAGED = "The workbook is damaged: what parses it broke off. Open it in the program that made it, save it anew, and try again."


class WorkbookReader:
    """One open workbook: which sheets it has, and the records of each."""

    def __init__(self, descriptor: int, format: FileFormat, limits: ReaderLimits) -> None:
        self._limits = limits
        self._format = format
        self._descriptor = descriptor
        self._child: _Child | None = None
        try:
            self.names = self._start(is_streaming=False)
        except LimitExceeded as error:
            self._require_streaming(error)
            self.names = self._start(is_streaming=True)

    @property
    def sheets(self) -> tuple[str, ...]:
        """The names of the visible sheets, in order."""
        return tuple(sheet.name for sheet in self.names if sheet.is_visible)

    def require_sheet(self, wanted: str) -> str:
        """The name, if there is such a sheet, hidden or not."""
        every = [sheet.name for sheet in self.names]
        if wanted not in every:
            raise InvalidRequest(f"There is no sheet “{wanted}”. The workbook has: {', '.join(every)}.", code="sheet_not_found")
        return wanted

    def iter_records(self, name: str, rows: int | None = None) -> Iterator[Records]:
        """The records of a sheet under the sheet's own row numbers; with `rows` so many from the first that is not blank on.

        A wide gap of blank rows is left open: a block then begins further on than the one before it ended.
        """
        try:
            frame = self._ask(name, rows)
        except LimitExceeded as error:
            self._require_streaming(error)
            self._start(is_streaming=True)
            frame = self._ask(name, rows)
        while not isinstance(frame, wire.End):
            if not isinstance(frame, Records):
                raise UnreadableFile(_DAMAGED)
            yield frame
            frame = self._running().receive()

    def close(self) -> None:
        """End the child, whatever it does."""
        if self._child is not None:
            self._child.end()

    def _ask(self, name: str, rows: int | None) -> wire.Frame:
        self._running().send(name, rows)
        return self._running().receive()

    def _running(self) -> "_Child":
        assert self._child is not None
        return self._child

    def _require_streaming(self, error: LimitExceeded) -> None:
        # Cells far apart take all memory where a sheet is held whole, and none where it is streamed.
        self.close()
        if error.code != OUT_OF_MEMORY or self._format is not FileFormat.XLSX or self._running().is_streaming:
            raise error

    def _start(self, *, is_streaming: bool) -> tuple[SheetName, ...]:
        self._child = _Child(self._request(is_streaming), self._descriptor, self._limits)
        with ExitStack() as on_failure:
            on_failure.callback(self._child.end)
            names = self._child.receive()
            if not isinstance(names, tuple):
                raise UnreadableFile(_DAMAGED)
            on_failure.pop_all()
        return names

    def _request(self, is_streaming: bool) -> Request:
        limits = self._limits
        return Request(
            path=f"/dev/fd/{self._descriptor}",
            format=self._format.value,
            is_streaming=is_streaming,
            fast_bytes=limits.fast_workbook_bytes,
            max_bytes=limits.max_decompressed_bytes,
            max_ratio=limits.max_compression_ratio,
            max_sheets=limits.max_sheets,
            max_parts=limits.max_members,
            memory_bytes=limits.workbook_memory_bytes,
            cpu_seconds=int(limits.workbook_seconds * _CPU_SECONDS_A_SECOND) + _SPARE_CPU_SECONDS,
        )


@contextmanager
def open_workbook(stream: BinaryIO, format: FileFormat, limits: ReaderLimits) -> Iterator[WorkbookReader]:
    """The workbook in the stream, parsed by a child that ends with this context."""
    with _on_disk(stream) as descriptor, closing(WorkbookReader(descriptor, format, limits)) as workbook:
        yield workbook


@contextmanager
def _on_disk(stream: BinaryIO) -> Iterator[int]:
    """The descriptor of a file with the bytes of the stream: its own, if it is one, else a copy without a name."""
    stream.seek(0)
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO) and stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        yield stream.fileno()
        return
    with tempfile.TemporaryFile() as copy:
        while piece := stream.read(_COPY_BYTES):
            copy.write(piece)
        copy.flush()
        yield copy.fileno()


class _Child:
    """The process, with the time that it took so far."""

    def __init__(self, request: Request, descriptor: int, limits: ReaderLimits) -> None:
        self.is_streaming = request.is_streaming
        self._limits = limits
        self._seconds = 0.0
        program = _PROGRAM.format(path=[path or os.getcwd() for path in sys.path])
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", program, json.dumps(asdict(request))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(descriptor,),
            # One arena of memory for all threads: each other reserves much more than it uses, which the limit counts.
            env={"MALLOC_ARENA_MAX": "1", "LANG": "C.UTF-8"},
            bufsize=0,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._poll = select.poll()
        self._poll.register(self._stdout, select.POLLIN)

    def send(self, name: str, rows: int | None) -> None:
        """Ask for the records of a sheet."""
        try:
            self._stdin.write(json.dumps([name, rows]).encode() + b"\n")
        except BrokenPipeError:
            # What it said before it ended is still to be received.
            return

    def receive(self) -> wire.Frame:
        """The next frame; raises the error that it is, and what its end says where it has ended."""
        length = int.from_bytes(self._read(wire.LENGTH_BYTES), "big")
        if length > wire.MOST_BYTES:
            raise UnreadableFile(_DAMAGED)
        try:
            return wire.decode(self._read(length))
        except wire.Garbled as error:
            raise UnreadableFile(_DAMAGED) from error

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self._process.kill()
        self._stdin.close()
        self._stdout.close()
        self._process.wait()

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            began = time.perf_counter()
            left = self._limits.workbook_seconds - self._seconds
            is_ready = left > 0 and self._poll.poll(left * 1000)
            # Only what is waited for counts: how long the records are worked on is not the workbook's fault.
            self._seconds += time.perf_counter() - began
            if not is_ready:
                raise self._too_slow()
            piece = os.read(self._stdout.fileno(), min(size - len(data), _READ_BYTES))
            if not piece:
                raise self._explain_end()
            data += piece
        return bytes(data)

    def _too_slow(self) -> LimitExceeded:
        return LimitExceeded(
            f"The workbook takes longer than {self._limits.workbook_seconds:g} seconds to be read (ROLODOCK_WORKBOOK_SECONDS). "
            "Save it as CSV and try again.",
            code="workbook_too_slow",
        )

    def _explain_end(self) -> LimitExceeded | UnreadableFile:
        # Nothing but its end closes its stdout, unless it was made to do what it should not.
        try:
            status = self._process.wait(_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            return UnreadableFile(_DAMAGED)
        if status == -signal.SIGXCPU:
            return self._too_slow()
        if status in (-signal.SIGABRT, -signal.SIGKILL):
            # Rust aborts where it gets no memory, and the system kills where it has none.
            return out_of_memory(self._limits.workbook_memory_bytes)
        return UnreadableFile(_DAMAGED)
