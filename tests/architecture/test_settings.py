"""Every setting is in docs/settings.md, with its default, and nothing else is."""

import re
from pathlib import Path

from models.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_page_is_what_the_settings_are() -> None:
    rows = re.findall(r"^\| `ROLODOCK_(\w+)` \| (.*?) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    assert {name.lower(): (default.strip("`"), meaning) for name, default, meaning in rows} == {
        name: (str(field.default) if field.default not in ("", ()) else "", field.description)
        for name, field in Settings.model_fields.items()
    }
