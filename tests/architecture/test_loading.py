"""A process loads what it works with and nothing else: loading is most of what a start costs."""

import gc
import subprocess
import sys

import pytest

from api.cli.loading import loading
from tests.support.stack import ROOT

DATABASE = {"sqlalchemy", "psycopg"}
ENGINE = {"polars", "numpy", "openpyxl", "workers"}
WEB = {"strawberry", "starlette", "uvicorn", "dash", "plotly", "flask", "dashboard"}
MIGRATIONS = {"alembic"}


@pytest.mark.parametrize(
    ("module", "foreign"),
    [
        ("api.cli.root", DATABASE | ENGINE | WEB | MIGRATIONS | {"pydantic", "redis"}),
        ("api.cli.import_file", DATABASE | ENGINE | WEB | MIGRATIONS | {"redis"}),
        ("api.cli.up", ENGINE | WEB),
        ("workers.main", WEB | MIGRATIONS | {"openpyxl", "httpx", "rich"}),
    ],
)
def test_a_process_loads_nothing_that_it_does_not_use(module: str, foreign: set[str]) -> None:
    asked = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert foreign.isdisjoint(loaded), foreign.intersection(loaded)


def test_garbage_is_looked_for_again_once_all_is_loaded_or_nothing_was() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
