"""Objects under keys: written whole or not at all, never changed, read back as bytes or as a file."""

import errno
import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore as Store
from obstore.store import from_url

from models.errors import LimitExceeded, NotFound, StorageUnavailable
from models.full_disk import as_full_disk

# What an object that lies in no folder may take in memory while it is read; beyond, it goes through a temporary file.
SPOOL_BYTES = 4 * 1024 * 1024
UNREACHABLE = "The file store cannot be reached just now. Try again."
_FAILED_READS = frozenset({errno.EIO, errno.ESTALE, errno.ETIMEDOUT})


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What was stored: its key, its size in bytes and the SHA-256 of its bytes in hexadecimal."""

    key: str
    size_bytes: int
    sha256: str


class ObjectStore:
    """Objects under keys. Raises StorageUnavailable where trying again may help, NotFound for a key that is not there."""

    def __init__(self, store: Store, folder: Path | None = None) -> None:
        """`folder`: where the objects of this store are files of this machine, each under its key."""
        self._store = store
        self._folder = folder

    def put(self, key: str, data: bytes) -> None:
        with _translated(key):
            obstore.put(self._store, key, data)

    def put_file(self, key: str, file: IO[bytes]) -> None:
        """Store what is left of an open file."""
        with _translated(key):
            obstore.put(self._store, key, file)

    def put_stream(self, key: str, pieces: Iterable[bytes], *, max_bytes: int, limit_name: str) -> StoredObject:
        """Store what the pieces bring, as they come. Raises LimitExceeded, with nothing stored, past `max_bytes`."""
        digest = hashlib.sha256()
        size = 0

        def measured() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                size += len(piece)
                if size > max_bytes:
                    raise LimitExceeded(f"The file is larger than {max_bytes:,} bytes ({limit_name}).", code="file_too_large")
                digest.update(piece)
                yield piece

        # Gathered first: a store must never see the beginning of something that is then refused.
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as file:
            for piece in measured():
                file.write(piece)
            file.seek(0)
            self.put_file(key, file)
        return StoredObject(key, size, digest.hexdigest())

    def get(self, key: str) -> bytes:
        with _translated(key):
            if self._folder is not None:
                return (self._folder / key).read_bytes()
            return bytes(obstore.get(self._store, key).bytes())

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """The object as a file that can be read from any place."""
        if self._folder is not None:
            with _translated(key):
                lying = open(self._folder / key, "rb")  # noqa: SIM115  # closed below: what its reader raises is not translated
            with lying, _reading_translated():
                yield lying
            return
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as file:
            with _translated(key):
                for piece in obstore.get(self._store, key):
                    file.write(piece)
            file.seek(0)
            yield cast(BinaryIO, file)

    def iter_bytes(self, key: str) -> Iterator[bytes]:
        with _translated(key):
            yield from (bytes(piece) for piece in obstore.get(self._store, key))

    def size(self, key: str) -> int:
        with _translated(key):
            return obstore.head(self._store, key)["size"]

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        """Delete an object; one that is not there is as good as deleted."""
        try:
            with _translated(key):
                obstore.delete(self._store, key)
        except NotFound:
            pass

    def iter_keys(self, prefix: str) -> Iterator[str]:
        with _translated(prefix):
            for page in obstore.list(self._store, prefix):
                for meta in page:
                    yield meta["path"]

    def delete_prefix(self, prefix: str, *, keep: frozenset[str] = frozenset()) -> int:
        """Delete what lies under a prefix, but the keys to keep; how many went."""
        gone = [key for key in self.iter_keys(prefix) if key not in keep]
        for key in gone:
            self.delete(key)
        return len(gone)


def make_object_store(url: str) -> ObjectStore:
    """The store behind a URL: `file:///…`, `s3://…` and the others that obstore knows, or `memory:///`."""
    if url.startswith("file:"):
        return ObjectStore(from_url(url, mkdir=True, automatic_cleanup=True), Path(url2pathname(urlsplit(url).path)))
    return ObjectStore(from_url(url))


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise NotFound(f"The stored object {key} is not there any more.", code="object_missing") from error
    except (BaseError, OSError) as error:
        raise as_full_disk(error) or StorageUnavailable(UNREACHABLE) from error


@contextmanager
def _reading_translated() -> Iterator[None]:
    """For a file that is read by others: what tells of the disk or the network beneath it, and of nothing else that they do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FAILED_READS:
            raise StorageUnavailable(UNREACHABLE) from error
        raise
