"""Staged uploads: announced, then received, then made an import."""

from dataclasses import dataclass
from datetime import datetime
from os import SEEK_END
from typing import IO
from uuid import UUID

from api.auth.actor import Actor, require_member
from api.commands.deps import Deps
from api.commands.files import MAX_NAME_CHARACTERS, SourceFile, counting_refusals, examine_file, require_size, store_file
from api.commands.ids import require_id
from models.database import reading, writing
from models.errors import InvalidRequest, Terminal, WrongState
from models.queries import audit, uploads
from models.tables import Upload


@dataclass(frozen=True, slots=True)
class StagedUpload:
    """Where the bytes of an announced file are to be sent, and until when."""

    id: UUID
    url: str
    headers: dict[str, str]
    expires_at: datetime


def create_upload(deps: Deps, actor: Actor, *, filename: str, size_bytes: int | None, content_type: str | None) -> StagedUpload:
    """Announce a file. Raises LimitExceeded already here, where its size is known to be too much."""
    require_member(actor)
    if not filename.strip():
        raise InvalidRequest("A file needs a name.", path=("input", "filename"))
    if size_bytes is not None:
        if size_bytes < 0:
            raise InvalidRequest("A file cannot have less than no bytes.", path=("input", "sizeBytes"))
        with counting_refusals(deps, actor.tenant_id, filename):
            require_size(size_bytes, deps.settings)
    with writing(deps.database) as tx:
        upload = uploads.announce_upload(
            tx,
            actor.tenant_id,
            filename=filename[:MAX_NAME_CHARACTERS],
            declared_bytes=size_bytes,
            hours=deps.settings.upload_hours,
            created_by=actor.name,
        )
        audit.record(tx, actor.tenant_id, actor.name, "upload.announced", upload.id, filename=upload.filename)
    headers = {"Content-Type": content_type or "application/octet-stream", "GraphQL-Preflight": "1"}
    return StagedUpload(upload.id, f"{deps.settings.public_url.rstrip('/')}/uploads/{upload.id}", headers, upload.expires_at)


def require_receivable(deps: Deps, actor: Actor, upload_id: str) -> Upload:
    """The upload, while bytes may come for it. Raises NotFound, Forbidden, or WrongState once an import was made of it."""
    require_member(actor)
    with reading(deps.database) as tx:
        upload = uploads.require_upload(tx, actor.tenant_id, require_id(upload_id, "upload"))
        if uploads.is_used(tx, actor.tenant_id, upload):
            raise WrongState("An import was made of this upload already.", code="upload_used")
    return upload


def receive_upload(deps: Deps, actor: Actor, upload_id: str, file: IO[bytes]) -> None:
    """Keep the bytes that came for an upload, in place of what came before. Raises where they are not what was announced."""
    upload = require_receivable(deps, actor, upload_id)
    _require_declared_size(upload, file.seek(0, SEEK_END))
    with counting_refusals(deps, actor.tenant_id, upload.filename):
        source = examine_file(file, upload.filename, deps.settings)
    key = store_file(deps, actor, source)
    # After a Transient both files stay: which of them the upload is now may not be known. Of what is then nobody's, see tidying.
    try:
        _keep(deps, actor, upload, source, key)
    except Terminal:
        deps.storage.delete(key)
        raise
    if upload.object_key is not None:
        deps.storage.delete(upload.object_key)


def _keep(deps: Deps, actor: Actor, upload: Upload, source: SourceFile, key: str) -> None:
    with writing(deps.database) as tx:
        is_kept = uploads.keep_received(
            tx,
            actor.tenant_id,
            upload.id,
            seen_key=upload.object_key,
            object_key=key,
            size_bytes=source.size_bytes,
            sha256=source.sha256,
            file_format=source.format.value,
        )
        # Asked after the row is ours: an import that is being made of it holds the row until it is there to be seen.
        if not is_kept or uploads.is_used(tx, actor.tenant_id, upload):
            raise WrongState("An import was made of this upload, or another file came for it, just now.", code="upload_used")
        audit.record(tx, actor.tenant_id, actor.name, "upload.received", upload.id, filename=upload.filename, sha256=source.sha256)


def _require_declared_size(upload: Upload, size_bytes: int) -> None:
    """Raises InvalidRequest where the bytes are not as many as were announced."""
    if upload.declared_bytes is not None and upload.declared_bytes != size_bytes:
        raise InvalidRequest(
            f"{upload.declared_bytes:,} bytes were announced and {size_bytes:,} came. Send the file again.", code="upload_incomplete"
        )
