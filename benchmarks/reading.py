"""How fast files become stored chunks, beside the bare reader of each format in a fresh process, with peak memory.

Run it by `python -m benchmarks.reading [CSV_ROWS [XLSX_ROWS]]`; one JSON line a measurement.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.made_contacts import write_contacts
from benchmarks.made_workbook import write_workbook

RUNS = 3

# Each is a whole program: seconds first, then the peak memory in bytes of this process and of its largest child.
_PREAMBLE = """
import json, os, resource, sys, time
path, folder = sys.argv[1:]
unit = 1 if sys.platform == "darwin" else 1024
def report(seconds):
    own, child = (resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # Linux counts to ru_maxrss what the process held that started this one, but not to VmHWM.
    if os.path.exists("/proc/self/status"):
        own = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(json.dumps([seconds, own, child]))
"""
_BARE_CSV = """
import csv
began = time.perf_counter()
with open(path, newline="", encoding="utf-8") as file:
    for row in csv.reader(file):
        pass
report(time.perf_counter() - began)
"""
_BARE_CALAMINE = """
from python_calamine import CalamineWorkbook
began = time.perf_counter()
rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
report(time.perf_counter() - began)
"""
_CHUNKS = """
from pathlib import Path
from models.vocabulary import FileFormat
from workers.engine.ahead import map_ahead
from workers.engine.detection import inspect_source
from workers.engine.frames import DialectOverrides, ReaderLimits
from workers.engine.plans import write_frame
from workers.engine.readers import read_chunks
limits = ReaderLimits({limits})
inspection = inspect_source(Path(path), format=FileFormat({format!r}), overrides=DialectOverrides(), limits=limits)
headers = [column.header for column in inspection.columns]
began = time.perf_counter()
def store(number, chunk):
    Path(folder, f"{{number}}.arrow").write_bytes(write_frame(chunk.frame))
    Path(folder, f"{{number}}.issues.arrow").write_bytes(write_frame(chunk.issues))
# As the planning stage does.
for _ in map_ahead(lambda part: store(*part), enumerate(read_chunks(Path(path), inspection.dialect, headers, limits))):
    pass
report(time.perf_counter() - began)
"""


def measure_csv(rows: int) -> dict[str, Any]:
    """CSV into stored chunks, beside a loop over csv.reader that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        write_contacts(path, rows)
        ours, bare = _measure_pair(_CHUNKS.format(format="csv", limits=""), _BARE_CSV, path)
    return {"rows": rows, **_compare(ours, bare, "csv_reader")}


def measure_xlsx(rows: int) -> dict[str, Any]:
    """An .xlsx into stored chunks by the fast reader and by the streaming one, beside calamine's loading and to_python."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.xlsx"
        write_workbook(path, rows)
        ours, bare = _measure_pair(_CHUNKS.format(format="xlsx", limits=""), _BARE_CALAMINE, path)
        streamed = _run(_CHUNKS.format(format="xlsx", limits="fast_workbook_bytes=0"), path)
    return {
        "rows": rows,
        **_compare(ours, bare, "calamine"),
        "child_peak_mb": _megabytes(max(run[2] for run in ours)),
        "streaming_seconds": round(streamed[0], 2),
        "streaming_peak_mb": _megabytes(streamed[1]),
        "streaming_child_peak_mb": _megabytes(streamed[2]),
    }


def _measure_pair(ours: str, bare: str, path: Path) -> tuple[list[list[float]], list[list[float]]]:
    # In turns, so that whatever else the machine does falls on both.
    runs = [(_run(ours, path), _run(bare, path)) for _ in range(RUNS)]
    return [run for run, _ in runs], [run for _, run in runs]


def _run(program: str, path: Path) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-c", _PREAMBLE + program, str(path), folder], check=True, capture_output=True, text=True)
    measured: list[float] = json.loads(done.stdout)
    return measured


def _compare(ours: list[list[float]], bare: list[list[float]], name: str) -> dict[str, Any]:
    seconds, bare_seconds = (statistics.median(run[0] for run in runs) for runs in (ours, bare))
    return {
        "seconds": round(seconds, 2),
        f"{name}_seconds": round(bare_seconds, 2),
        "ratio": round(seconds / bare_seconds, 2),
        "peak_mb": _megabytes(max(run[1] for run in ours)),
        f"{name}_peak_mb": _megabytes(max(run[1] for run in bare)),
    }


def _megabytes(count: float) -> int:
    return round(count / (1024 * 1024))


def main(csv_rows: int, xlsx_rows: int) -> None:
    """Print both."""
    if csv_rows:
        print(json.dumps({"benchmark": "reading_csv", **measure_csv(csv_rows)}))
    if xlsx_rows:
        print(json.dumps({"benchmark": "reading_xlsx", **measure_xlsx(xlsx_rows)}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:])) if len(sys.argv) == 3 else main(1_000_000, 200_000)
