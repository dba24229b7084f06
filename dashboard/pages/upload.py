"""The first page: a place to drop a file, and the latest imports. The upload itself is the browser's, in assets/upload.js."""

import json
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard import strings
from dashboard.client import ApiClient
from dashboard.components.attributes import attributes
from dashboard.components.feedback import empty, page_title, viewer_hint
from dashboard.components.tables import imports_table
from dashboard.formatting import size

_RECENT = 6


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What the page says about files before one is chosen; the API is what enforces it."""

    formats: tuple[str, ...] = ("CSV", "Excel", "OpenDocument", "JSON", "vCard", "also in a .zip or .gz")
    suffixes: tuple[str, ...] = (
        *(".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
        *(".json", ".jsonl", ".ndjson", ".vcf", ".zip", ".gz"),
    )
    max_bytes: int | None = None


def layout(client: ApiClient, limits: UploadLimits) -> Any:
    recent = client.imports(first=_RECENT)
    return html.Div(
        [
            page_title(strings.IMPORT_TITLE, strings.IMPORT_INTRO),
            _upload(limits) if client.viewer().may_change else viewer_hint(),
            html.Section(
                [
                    dmc.Group(
                        [
                            dmc.Title(strings.RECENT_IMPORTS, order=2),
                            dmc.Anchor(strings.SEE_ALL, href="/history", size="sm") if recent.nodes else None,
                        ],
                        justify="space-between",
                        mb="sm",
                    ),
                    dmc.Card(imports_table(recent.nodes), withBorder=True, padding=0, className="table-card")
                    if recent.nodes
                    else dmc.Card(empty(strings.NO_IMPORTS, strings.NO_IMPORTS_TEXT), withBorder=True),
                ],
                id="recent-imports",
            ),
        ]
    )


def _upload(limits: UploadLimits) -> Any:
    # upload.js fills this element and alone owns what is inside it.
    return html.Div(
        id="upload-mount",
        **attributes(
            data_strings=json.dumps(strings.UPLOAD_JS, ensure_ascii=False),
            data_limits=_limits_sentence(limits),
            data_accept=",".join(limits.suffixes),
        ),
    )


def _limits_sentence(limits: UploadLimits) -> str:
    formats = ", ".join(limits.formats)
    if limits.max_bytes is None:
        return strings.UPLOAD_LIMITS_NO_SIZE.format(formats=formats)
    return strings.UPLOAD_LIMITS.format(formats=formats, size=size(limits.max_bytes))
