"""The layering of pyproject.toml holds, and has not been loosened."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    "Imports run one way: api > workers > models",
    "The dashboard is only a client of the API",
    "Only the composition root mounts the dashboard",
    "Inside workers",
    "Inside models",
    "Inside api",
    "The engine is pure",
    "Requests ask for work; they never do it",
    "Transports and actors hold no SQL",
}


def test_every_contract_is_there() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]} == CONTRACTS


def test_every_contract_is_kept() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"]
    run = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
