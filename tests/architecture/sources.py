"""The project's own sources, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "workers", "models", "dashboard")


@dataclass(frozen=True, slots=True)
class Source:
    """One module."""

    name: str
    tree: ast.Module

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Calls of a function or method of one of these names."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and called_name(node) in names:
                yield node


def called_name(call: ast.Call) -> str | None:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else None


def parse(text: str, name: str = "example") -> Source:
    return Source(name, ast.parse(text))


def iter_sources() -> Iterator[Source]:
    """Every module but the migrations, which state what was true when they were written."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if not name.startswith("models.migrations."):
                yield parse(path.read_text(), name)
