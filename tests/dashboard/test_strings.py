"""The words of the dashboard: in parts, and each of them said somewhere."""

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import dashboard
from dashboard import strings

FOLDER = Path(dashboard.__file__).parent
PARTS = [importlib.import_module(f"dashboard.strings.{part.name}") for part in pkgutil.iter_modules(strings.__path__)]
NAMES = Counter(name for part in PARTS for name in vars(part) if name.isupper())


def test_no_two_parts_share_a_name() -> None:
    assert [name for name, count in NAMES.items() if count > 1] == []
    assert set(NAMES) == {name for name in vars(strings) if name.isupper()}


def test_every_word_is_said_somewhere() -> None:
    said = "\n".join(file.read_text() for file in FOLDER.rglob("*.py"))
    # Once where it is written, and once more where it is shown or built into another.
    assert [name for name in NAMES if len(re.findall(rf"\b{name}\b", said)) < 2] == []
