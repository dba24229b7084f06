"""Opens the report that a signed link names."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.commands.deps import Deps
from models.database import reading
from models.errors import NotFound
from models.queries.downloads import require_report


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report, ready to be sent."""

    filename: str
    format: str
    size_bytes: int
    pieces: Iterator[bytes]


def open_report(deps: Deps, token: str) -> ReportFile:
    """The report of a link. Raises NotFound for one that is not ours, has expired, or whose report is gone."""
    named = deps.signer.read_download(token)
    if named is None:
        raise NotFound("This download link is not valid any more. Ask for a new one.")
    with reading(deps.database) as tx:
        report = require_report(tx, *named)
    assert report.object_key is not None
    return ReportFile(report.filename, report.format, deps.storage.size(report.object_key), deps.storage.iter_bytes(report.object_key))
