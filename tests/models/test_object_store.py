"""Objects are stored whole or not at all, in a folder as in memory."""

import errno
import hashlib
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.errors import DiskFull, LimitExceeded, NotFound, StorageUnavailable
from models.storage import ObjectStore, make_object_store
from models.storage.object_store import SPOOL_BYTES


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return make_object_store("memory:///" if request.param == "memory" else f"file://{tmp_path / 'objects'}")


def test_what_is_put_comes_back(store: ObjectStore) -> None:
    for data in (b"", b"abc", bytes(range(256)) * (SPOOL_BYTES // 128)):
        store.put("a/b", data)
        assert store.get("a/b") == data
        assert b"".join(store.iter_bytes("a/b")) == data
        assert store.size("a/b") == len(data)
        with store.open("a/b") as file:
            file.seek(max(len(data) - 3, 0))
            assert file.read() == data[-3:]
    store.put_file("c", io.BytesIO(b"xyz"))
    assert store.get("c") == b"xyz"


def test_an_object_of_a_folder_is_read_where_it_lies(tmp_path: Path) -> None:
    folder = tmp_path / "50% of é & co"
    store = make_object_store(folder.as_uri())
    store.put("a/b.csv", b"abc")
    with store.open("a/b.csv") as file:
        assert Path(file.name) == folder / "a" / "b.csv"
        # Who has begun to read is not disturbed by who deletes.
        store.delete("a/b.csv")
        assert file.read() == b"abc"
    with pytest.raises(NotFound), store.open("a/b.csv"):
        pass


def test_a_disk_that_fails_while_a_file_is_read_is_tried_again_and_other_errors_are_what_they_are(tmp_path: Path) -> None:
    store = make_object_store((tmp_path / "objects").as_uri())
    store.put("a", b"abc")
    with pytest.raises(StorageUnavailable), store.open("a"):
        raise OSError(errno.EIO, "Input/output error")
    with pytest.raises(PermissionError), store.open("a"):
        raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_no_room_for_a_copy_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    store = make_object_store("memory:///")
    store.put("a", b"abc")
    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", lambda **_: io.FileIO("/dev/full", "r+"))
    with pytest.raises(DiskFull), store.open("a"):
        pass


def test_a_stream_is_measured_as_it_comes(store: ObjectStore) -> None:
    stored = store.put_stream("a", iter([b"ab", b"", b"c"]), max_bytes=3, limit_name="LIMIT")
    assert (stored.key, stored.size_bytes, stored.sha256) == ("a", 3, hashlib.sha256(b"abc").hexdigest())
    assert store.get("a") == b"abc"


def test_past_the_limit_nothing_is_stored(store: ObjectStore) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield b"x" * 10

    with pytest.raises(LimitExceeded, match=r"\(LIMIT\)") as raised:
        store.put_stream("big", pieces(), max_bytes=25, limit_name="LIMIT")
    assert raised.value.code == "file_too_large"
    assert not store.exists("big")
    assert len(taken) == 3


def test_a_stream_that_breaks_stores_nothing(store: ObjectStore) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"x"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put_stream("half", pieces(), max_bytes=25, limit_name="LIMIT")
    assert not store.exists("half")


def test_a_key_that_is_not_there_is_not_found(store: ObjectStore) -> None:
    for look in (store.get, store.size, lambda key: list(store.iter_bytes(key))):
        with pytest.raises(NotFound):
            look("nothing")
    with pytest.raises(NotFound), store.open("nothing"):
        pass
    store.delete("nothing")
    assert not store.exists("nothing")


def test_a_prefix_goes_but_for_what_is_kept(store: ObjectStore) -> None:
    for key in ("i/1/a", "i/1/b", "i/1/c/d", "i/10/a", "i/2/a"):
        store.put(key, b"x")
    assert store.delete_prefix("i/1", keep=frozenset({"i/1/b"})) == 2
    assert sorted(store.iter_keys("i")) == ["i/1/b", "i/10/a", "i/2/a"]
    assert store.delete_prefix("nothing") == 0


def test_a_folder_that_cannot_be_written_is_a_store_that_is_away(tmp_path: Path) -> None:
    (tmp_path / "objects").mkdir()
    store = make_object_store(f"file://{tmp_path / 'objects'}")
    (tmp_path / "objects" / "a").write_text("a file where a folder is needed")
    with pytest.raises((StorageUnavailable, NotFound)):
        store.put("a/b", b"x")
