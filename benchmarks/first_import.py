"""The default set-up as a user starts it: the time from upload to COMPLETED, how the API answers meanwhile, and the memory of a worker."""

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.bench_stack import BenchStack, running_bench_stack
from benchmarks.made_contacts import write_contacts

SMALL_QUERY = {"query": "{ imports(first: 1) { totalCount } }"}
PAUSE_SECONDS = 0.05


def measure(rows: int, runs: int) -> dict[str, Any]:
    """Import so many made contacts, so often, on a fresh `rolodock up`, and ask it small questions meanwhile."""
    measured = [_measure_once(rows) for _ in range(runs)]
    return {"rows": rows, "runs": measured}


def _measure_once(rows: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="rolodock-bench-") as folder, running_bench_stack() as bench:
        path = Path(folder) / "contacts.csv"
        write_contacts(path, rows)
        answers = _Answers(bench)
        try:
            timed = bench.time_import(path)
        finally:
            latencies = answers.end()
    return {
        **timed.describe(),
        "api_answer_ms_median": round(statistics.median(latencies) * 1000, 1),
        "api_answer_ms_max": round(max(latencies) * 1000, 1),
    }


class _Answers:
    """How long a small query takes, over and over in a thread of its own."""

    def __init__(self, bench: BenchStack) -> None:
        self._ended = threading.Event()
        self._seconds: list[float] = []
        self._thread = threading.Thread(target=self._ask_on, args=(bench,))
        self._thread.start()

    def _ask_on(self, bench: BenchStack) -> None:
        headers = {"Authorization": f"Bearer {bench.stack.token}"}
        with httpx.Client(base_url=bench.stack.url, headers=headers, timeout=60, trust_env=False) as client:
            while not self._ended.is_set():
                began = time.perf_counter()
                client.post("/graphql", json=SMALL_QUERY).raise_for_status()
                self._seconds.append(time.perf_counter() - began)
                self._ended.wait(PAUSE_SECONDS)

    def end(self) -> list[float]:
        """The seconds that each answer took."""
        self._ended.set()
        self._thread.join()
        return self._seconds
