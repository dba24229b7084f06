"""A commit that was done, and whose answer was lost: what it recorded has its file."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api.auth.actor import Actor
from api.auth.signing import Signer
from api.commands.create_import import FileSource, NewImport, UploadSource, create_import
from api.commands.deps import Deps
from api.commands.uploads import create_upload, receive_upload
from models.clock import new_id
from models.errors import DatabaseBusy
from models.vocabulary import ImportStatus, Role
from tests.api.door import CSV, Door


@contextmanager
def losing_an_answer(deps: Deps) -> Iterator[None]:
    """The next transaction that writes is committed, and then the connection is lost."""
    dialect: Any = deps.database.writer.dialect
    commit = dialect.do_commit

    def lose(connection: Any) -> None:
        commit(connection)
        dialect.do_commit = commit
        raise dialect.loaded_dbapi.OperationalError("the connection was lost")

    dialect.do_commit = lose
    with pytest.raises(DatabaseBusy):
        yield


@pytest.fixture
def deps(door: Door) -> Deps:
    return Deps(door.rig.deps.database, door.rig.deps.storage, door.rig.outbox, door.settings, Signer(door.settings))


@pytest.fixture
def actor(door: Door) -> Actor:
    return Actor(door.rig.tenant_id, new_id(), "a program", Role.MEMBER)


def _require_imported(door: Door, deps: Deps, actor: Actor, wanted: NewImport) -> None:
    job = create_import(deps, actor, wanted)
    door.rig.drain_with_sweeps()
    assert door.rig.status(job.id) is ImportStatus.COMPLETED
    assert len(door.rig.contacts()) == 2


async def test_an_import_has_its_file(door: Door, deps: Deps, actor: Actor) -> None:
    def ask() -> NewImport:
        return NewImport(FileSource(io.BytesIO(CSV), "a.csv"), options={}, auto_start=True, idempotency_key="monday")

    with losing_an_answer(deps):
        create_import(deps, actor, ask())
    _require_imported(door, deps, actor, ask())
    assert (await door.ask("{ imports { totalCount } }"))["imports"]["totalCount"] == 1


async def test_an_upload_has_its_file(door: Door, deps: Deps, actor: Actor) -> None:
    upload = create_upload(deps, actor, filename="a.csv", size_bytes=None, content_type=None)
    receive_upload(deps, actor, str(upload.id), io.BytesIO(b"Email\nnobody@example.com\n"))
    with losing_an_answer(deps):
        receive_upload(deps, actor, str(upload.id), io.BytesIO(CSV))
    _require_imported(door, deps, actor, NewImport(UploadSource(str(upload.id)), options={}, auto_start=True))
