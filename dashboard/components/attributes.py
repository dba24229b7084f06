"""HTML attributes whose names are not Python names."""

from typing import Any


def attributes(**values: str) -> dict[str, Any]:
    """data_status="PLANNED" -> {"data-status": "PLANNED"}; Dash's types know only the attributes with fixed names."""
    return {name.replace("_", "-"): value for name, value in values.items()}
