"""What of an input was given: null is something, left out is not."""

from dataclasses import fields
from typing import Any

import strawberry


def given_fields(request: Any) -> dict[str, Any]:
    """The fields of an input that were given, null or not."""
    return {field.name: value for field in fields(request) if (value := getattr(request, field.name)) is not strawberry.UNSET}
