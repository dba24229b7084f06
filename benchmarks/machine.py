"""What the figures were measured on, and where they are kept."""

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
MEBIBYTE = 1024 * 1024
SYNCS = 20


def describe_machine() -> dict[str, Any]:
    """Facts that change what a figure means. `sync_ms` is what making 8 KiB durable takes in the folder for temporary files."""
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "sync_ms": round(_sync_seconds() * 1000, 2),
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def _cpu_model() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor() or "unknown")


def _sync_seconds() -> float:
    with tempfile.TemporaryFile() as file:
        seconds = []
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(bytes(8192))
            file.flush()
            os.fsync(file.fileno())
            seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def describe_code() -> str:
    """The commit that was measured, with a mark where files differ from it; blank outside a repository."""
    done = subprocess.run(["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def report(name: str, measured: dict[str, Any], machine: dict[str, Any], folder: Path | None) -> None:
    """Print what a part measured as one line of JSON, and keep it in the folder if there is one."""
    print(json.dumps({"benchmark": name, **measured}, ensure_ascii=False), flush=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        whole = {"benchmark": name, "at": datetime.now(UTC).isoformat(timespec="seconds"), "code": describe_code(), "machine": machine}
        (folder / f"{name}.json").write_text(json.dumps({**whole, **measured}, ensure_ascii=False, indent=2) + "\n")


def say(text: str) -> None:
    """Tell how far a long benchmark is."""
    print(f"{datetime.now():%H:%M:%S} {text}", flush=True)


def median_of(values: list[float]) -> float:
    return round(statistics.median(values), 3)
