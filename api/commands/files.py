"""Takes a file in: looks at its head, measures it, and only then stores it. What is refused leaves nothing behind."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO
from uuid import UUID

from api.auth.actor import Actor
from api.commands.deps import Deps
from models.clock import new_id
from models.database import writing
from models.errors import LimitExceeded, Terminal
from models.queries import uploads
from models.settings import Settings
from models.vocabulary import FileFormat
from workers.engine.detection.file_format import HEAD_BYTES, detect_format

PIECE_BYTES = 256 * 1024
MAX_NAME_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may be stored: open at its beginning, measured and recognised."""

    file: IO[bytes]
    filename: str
    format: FileFormat
    size_bytes: int
    sha256: str


def examine_file(file: IO[bytes], filename: str, settings: Settings) -> SourceFile:
    """Measure and recognise a file. Raises LimitExceeded, UnreadableFile or InvalidRequest with the code of what is wrong."""
    file.seek(0)
    file_format = detect_format(file.read(HEAD_BYTES), filename)
    file.seek(0)
    digest = hashlib.sha256()
    size = 0
    for piece in iter_pieces(file):
        size += len(piece)
        require_size(size, settings)
        digest.update(piece)
    file.seek(0)
    return SourceFile(file, filename[:MAX_NAME_CHARACTERS], file_format, size, digest.hexdigest())


def require_size(size_bytes: int, settings: Settings) -> None:
    """Raises LimitExceeded for a file that is too large, naming the limit and how to change it."""
    if size_bytes > settings.max_upload_bytes:
        raise LimitExceeded(
            f"The file is larger than {settings.max_upload_bytes:,} bytes, the limit that ROLODOCK_MAX_UPLOAD_BYTES sets.",
            code="file_too_large",
        )


def store_file(deps: Deps, actor: Actor, source: SourceFile) -> str:
    """Store a file under a key of its own; the key."""
    key = f"sources/{actor.tenant_id}/{new_id()}"
    deps.storage.put_stream(key, iter_pieces(source.file), max_bytes=deps.settings.max_upload_bytes, limit_name="ROLODOCK_MAX_UPLOAD_BYTES")
    return key


@contextmanager
def counting_refusals(deps: Deps, tenant_id: UUID, filename: str | None) -> Iterator[None]:
    """Count the file as refused where the block finds that it cannot be taken."""
    try:
        yield
    except Terminal as error:
        count_refusal(deps, tenant_id, filename, error)
        raise


def count_refusal(deps: Deps, tenant_id: UUID, filename: str | None, error: Terminal) -> None:
    """Count the file as refused."""
    with writing(deps.database) as tx:
        uploads.record_refused(tx, tenant_id, filename=(filename or "")[:MAX_NAME_CHARACTERS] or None, code=error.code)


def iter_pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The rest of a file, a piece at a time."""
    while piece := file.read(PIECE_BYTES):
        yield piece
