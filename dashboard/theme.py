"""Colours and type of the dashboard: one accent, and a fixed colour for every outcome, severity and state."""

from typing import Any

ACCENT = "indigo"

# No web font: the system's own are there offline and look native.
_SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
_MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace"

THEME: dict[str, Any] = {
    "primaryColor": ACCENT,
    "primaryShade": {"light": 6, "dark": 5},
    "fontFamily": _SANS,
    "fontFamilyMonospace": _MONO,
    "defaultRadius": "md",
    "headings": {
        "fontFamily": _SANS,
        "fontWeight": "650",
        "sizes": {
            "h1": {"fontSize": "1.625rem", "lineHeight": "1.25"},
            "h2": {"fontSize": "1.125rem", "lineHeight": "1.35"},
            "h3": {"fontSize": "1rem", "lineHeight": "1.4"},
        },
    },
}

OUTCOMES = ("created", "updated", "unchanged", "skipped", "failed", "unprocessed")

# Mantine's name for components, and the same colour for the charts.
OUTCOME_COLORS = {
    "created": "teal.6",
    "updated": "indigo.5",
    "unchanged": "gray.5",
    "skipped": "violet.3",
    "failed": "red.6",
    "unprocessed": "yellow.5",
}
OUTCOME_HEX = {
    "created": "#12b886",
    "updated": "#5c7cfa",
    "unchanged": "#adb5bd",
    "skipped": "#b197fc",
    "failed": "#fa5252",
    "unprocessed": "#fcc419",
}
SEVERITY_COLORS = {"ERROR": "red", "WARNING": "yellow", "NOTE": "gray"}
STATUS_COLORS = {
    "UPLOADED": "gray",
    "INSPECTING": "indigo",
    "NEEDS_MAPPING": "yellow",
    "PLANNING": "indigo",
    "PLANNED": "indigo",
    "QUEUED": "gray",
    "APPLYING": "indigo",
    "COMPLETED": "teal",
    "COMPLETED_WITH_ERRORS": "orange",
    "FAILED": "red",
    "CANCELLING": "gray",
    "CANCELLED": "gray",
    "ROLLING_BACK": "violet",
    "ROLLED_BACK": "violet",
    "PARTIALLY_ROLLED_BACK": "violet",
}
