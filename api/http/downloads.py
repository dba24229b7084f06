"""GET /downloads/{token}: a file for whoever has its signed link, until it expires."""

import asyncio
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.commands.deps import Deps
from api.commands.read_report import ReportFile, open_report
from api.context.answers import answer_error
from models.errors import ServiceError

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class DownloadRoute:
    """Hands out error reports."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def get(self, request: Request) -> Response:
        try:
            report = await asyncio.to_thread(open_report, self._deps, request.path_params["token"])
        except ServiceError as error:
            return answer_error(error)
        return StreamingResponse(report.pieces, headers=_headers(report), media_type=MEDIA_TYPES[report.format])


def _headers(report: ReportFile) -> dict[str, str]:
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(report.filename)}",
        "Content-Length": str(report.size_bytes),
        "Cache-Control": "private, no-store",
    }
