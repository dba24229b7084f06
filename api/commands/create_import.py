"""Makes an import of a file, a staged upload or JSON rows. Nothing is stored before everything was checked."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from api.auth.actor import Actor, require_member
from api.commands.deps import Deps
from api.commands.files import SourceFile, count_refusal, counting_refusals, examine_file, store_file
from api.commands.ids import require_id
from api.commands.options import ColumnChoice, OptionsPatch, patch_options, read_mapping, require_lists
from models.clock import new_id
from models.database import Reading, Writing, reading, writing
from models.errors import InvalidRequest, LimitExceeded, NotFound, Terminal, WrongState
from models.queries import uploads
from models.queries.idempotency import find_repeated, keep_key
from models.queries.imports import add_import
from models.queries.sending import FollowUp
from models.settings import Settings
from models.tables import ImportJob, Upload
from models.tables.import_options import ImportOptions
from models.vocabulary import FileFormat, SourceKind

MAX_EXTERNAL_ID_CHARACTERS = 200
SOURCE_PATH = ("input", "source")
HALF_A_PAIR = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file that came with the request."""

    file: IO[bytes]
    filename: str


@dataclass(frozen=True, slots=True)
class UploadSource:
    """A staged upload."""

    upload_id: str


@dataclass(frozen=True, slots=True)
class RowsSource:
    """Rows as JSON objects."""

    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class UnavailableSource:
    """A source that would need an outbound request."""

    name: str


Source = FileSource | UploadSource | RowsSource | UnavailableSource


@dataclass(frozen=True, slots=True)
class NewImport:
    """The request, as it came."""

    source: Source
    options: OptionsPatch
    mapping: Sequence[ColumnChoice] | None = None
    auto_start: bool = False
    allow_duplicate_file: bool = False
    idempotency_key: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Material:
    """What the import will read: not stored yet (`file` or `data`), or stored already (`upload`)."""

    kind: SourceKind
    filename: str | None
    format: FileFormat
    size_bytes: int
    sha256: str
    file: SourceFile | None = None
    data: bytes | None = None
    upload: Upload | None = None


def create_import(deps: Deps, actor: Actor, wanted: NewImport) -> ImportJob:
    """The new import, or the one that the same request made before. Raises Terminal errors with the code of what is wrong."""
    require_member(actor)
    try:
        return _create(deps, actor, wanted)
    except DuplicateFile as error:
        count_refusal(deps, actor.tenant_id, error.filename, error)
        raise


def _create(deps: Deps, actor: Actor, wanted: NewImport) -> ImportJob:
    options = patch_options(ImportOptions(), wanted.options)
    mapping = read_mapping(wanted.mapping, options)
    _check_names(wanted)
    material = _examine(deps, actor, wanted.source)
    fingerprint = _fingerprint(wanted, material)
    with reading(deps.database) as tx:
        repeated = _find_repeated(tx, actor, wanted, fingerprint)
        if repeated is not None:
            return repeated
        _require_usable(tx, actor, wanted, material)
        require_lists(tx, actor.tenant_id, options.list_ids)
    key = _store(deps, actor, material)
    job = ImportJob(
        id=new_id(),
        tenant_id=actor.tenant_id,
        external_id=wanted.external_id,
        created_by=actor.name,
        source_kind=material.kind.value,
        filename=material.filename,
        object_key=key,
        size_bytes=material.size_bytes,
        sha256=material.sha256,
        format=material.format.value,
        mapping=mapping or {},
        is_mapping_given=mapping is not None,
        options=options.model_dump(mode="json"),
        auto_start=wanted.auto_start,
    )
    # After a Transient the file stays: the import may have been committed, though nobody was told. Of what is then nobody's, see tidying.
    try:
        with writing(deps.database) as tx:
            repeated = _find_repeated(tx, actor, wanted, fingerprint)
            follow_ups = [] if repeated is not None else _add(tx, actor, wanted, material, job, fingerprint)
    except Terminal:
        _discard(deps, material, key)
        raise
    if repeated is not None:
        _discard(deps, material, key)
        return repeated
    deps.outbox.send(follow_ups)
    return job


def _add(tx: Writing, actor: Actor, wanted: NewImport, material: _Material, job: ImportJob, fingerprint: str) -> list[FollowUp]:
    if material.upload is not None and not uploads.hold_upload(tx, actor.tenant_id, material.upload):
        raise WrongState("Another file came for this upload just now.", code="upload_replaced", path=(*SOURCE_PATH, "uploadId"))
    _require_usable(tx, actor, wanted, material)
    follow_ups = add_import(tx, job, actor.name)
    if wanted.idempotency_key is not None:
        keep_key(tx, actor.tenant_id, wanted.idempotency_key, fingerprint, job.id)
    return follow_ups


def _check_names(wanted: NewImport) -> None:
    for name, value in (("idempotencyKey", wanted.idempotency_key), ("externalId", wanted.external_id)):
        if value is not None and not 1 <= len(value) <= MAX_EXTERNAL_ID_CHARACTERS:
            raise InvalidRequest(f"{name} has from 1 to {MAX_EXTERNAL_ID_CHARACTERS} characters.", path=("input", name))


def _examine(deps: Deps, actor: Actor, source: Source) -> _Material:
    match source:
        case FileSource():
            with counting_refusals(deps, actor.tenant_id, source.filename):
                file = examine_file(source.file, source.filename, deps.settings)
            return _Material(SourceKind.FILE, file.filename, file.format, file.size_bytes, file.sha256, file=file)
        case UploadSource():
            return _find_upload(deps, actor, source.upload_id)
        case RowsSource():
            data = _encode_rows(source.rows, deps.settings)
            return _Material(SourceKind.ROWS, None, FileFormat.JSON, len(data), hashlib.sha256(data).hexdigest(), data=data)
        case UnavailableSource():
            raise InvalidRequest(
                f"The source {source.name} is not available yet. Send the file itself.",
                code="not_available",
                path=(*SOURCE_PATH, source.name),
            )


def _find_upload(deps: Deps, actor: Actor, upload_id: str) -> _Material:
    path = (*SOURCE_PATH, "uploadId")
    try:
        with reading(deps.database) as tx:
            upload = uploads.require_upload(tx, actor.tenant_id, require_id(upload_id, "upload"))
    except NotFound as error:
        raise NotFound("There is no such upload, or it has expired.", code="upload_not_found", path=path) from error
    if upload.object_key is None or upload.size_bytes is None or upload.sha256 is None or upload.format is None:
        raise WrongState("The bytes of this upload have not come yet. Send them to its url first.", code="upload_incomplete", path=path)
    return _Material(SourceKind.UPLOAD, upload.filename, FileFormat(upload.format), upload.size_bytes, upload.sha256, upload=upload)


def _encode_rows(rows: Sequence[Any], settings: Settings) -> bytes:
    path = (*SOURCE_PATH, "rows")
    if not rows:
        raise InvalidRequest("There are no rows to import.", code="no_rows", path=path)
    if len(rows) > settings.max_json_rows:
        raise LimitExceeded(
            f"{len(rows):,} rows are more than the {settings.max_json_rows:,} that one request may bring. Send a file instead.",
            code="too_many_rows",
            path=path,
        )
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise InvalidRequest(f"Row {index + 1} is not an object.", code="invalid_row", path=(*path, str(index)))
    # JSON can spell half a surrogate pair, which is no character.
    return HALF_A_PAIR.sub("\N{REPLACEMENT CHARACTER}", json.dumps(rows, ensure_ascii=False, separators=(",", ":"))).encode()


def _fingerprint(wanted: NewImport, material: _Material) -> str:
    """What makes two requests the same: the bytes of the source, not how they came, and everything asked for."""
    mapping = None if wanted.mapping is None else [[choice.column, choice.field] for choice in wanted.mapping]
    asked = [material.sha256, wanted.options, mapping, wanted.auto_start, wanted.allow_duplicate_file, wanted.external_id]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


def _find_repeated(tx: Reading, actor: Actor, wanted: NewImport, fingerprint: str) -> ImportJob | None:
    return None if wanted.idempotency_key is None else find_repeated(tx, actor.tenant_id, wanted.idempotency_key, fingerprint)


def _require_usable(tx: Reading, actor: Actor, wanted: NewImport, material: _Material) -> None:
    if material.upload is not None and uploads.is_used(tx, actor.tenant_id, material.upload):
        raise WrongState("An import was made of this upload already.", code="upload_used", path=(*SOURCE_PATH, "uploadId"))
    if wanted.allow_duplicate_file or material.kind is SourceKind.ROWS:
        return
    earlier = uploads.find_applied_with_bytes(tx, actor.tenant_id, material.sha256)
    if earlier is not None:
        raise DuplicateFile(earlier, material.filename)


class DuplicateFile(WrongState):
    """The same bytes are in the contacts already; `import_id` says by which import."""

    default_code = "duplicate_file"

    def __init__(self, earlier: ImportJob, filename: str | None) -> None:
        super().__init__(
            f"This file was imported already, as {earlier.filename or 'an import'} on {earlier.created_at:%Y-%m-%d} (import {earlier.id}). "
            "Set allowDuplicateFile to import it again.",
            path=SOURCE_PATH,
        )
        self.import_id = earlier.id
        self.filename = filename


def _store(deps: Deps, actor: Actor, material: _Material) -> str:
    if material.upload is not None:
        assert material.upload.object_key is not None
        return material.upload.object_key
    if material.file is not None:
        return store_file(deps, actor, material.file)
    assert material.data is not None
    key = f"sources/{actor.tenant_id}/{new_id()}"
    deps.storage.put(key, material.data)
    return key


def _discard(deps: Deps, material: _Material, key: str) -> None:
    if material.upload is None:
        deps.storage.delete(key)
