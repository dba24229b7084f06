"""PUT /uploads/{id}: the bytes of an announced file, streamed to the disk and counted as they come."""

import asyncio
import tempfile
from typing import IO

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from api.commands.deps import Deps
from api.commands.files import count_refusal, require_size
from api.commands.uploads import receive_upload, require_receivable
from api.context.answers import answer_error
from api.context.credentials import identify_request
from models.errors import InvalidRequest, ServiceError, Terminal
from models.full_disk import telling_full_disk

# What an upload may take in memory; beyond, it goes to a temporary file.
SPOOL_BYTES = 1024 * 1024


class UploadRoute:
    """Receives uploads."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def put(self, request: Request) -> Response:
        try:
            actor = await identify_request(self._deps, request)
            upload_id = request.path_params["id"]
            # Asked before the bytes are read, so that nobody sends a large file for nothing.
            upload = await asyncio.to_thread(require_receivable, self._deps, actor, upload_id)
            with telling_full_disk(), tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as file:
                try:
                    await self._receive(request, file)
                except Terminal as error:
                    # In a thread: the database may be busy, and everybody else's requests wait with this one's loop.
                    await asyncio.to_thread(count_refusal, self._deps, actor.tenant_id, upload.filename, error)
                    raise
                await asyncio.to_thread(receive_upload, self._deps, actor, upload_id, file)
        except ServiceError as error:
            return answer_error(error)
        return JSONResponse({"id": upload_id})

    async def _receive(self, request: Request, file: IO[bytes]) -> None:
        declared = request.headers.get("content-length", "")
        if declared.isdigit():
            require_size(int(declared), self._deps.settings)
        size = 0
        try:
            async for piece in request.stream():
                size += len(piece)
                require_size(size, self._deps.settings)
                file.write(piece)
        except ClientDisconnect as error:
            raise InvalidRequest("The connection ended before the file did.", code="upload_incomplete") from error
        if declared.isdigit() and int(declared) != size:
            raise InvalidRequest("The connection ended before the file did.", code="upload_incomplete")
