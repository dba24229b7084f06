"""The default set-up as a user starts it: the time from upload to COMPLETED, how the API answers meanwhile, and the memory of a worker."""

import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.made_contacts import write_contacts
from tests.support.stack import Stack, running_stack

CREATE_UPLOAD = "mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url } userErrors { message } } }"
CREATE_IMPORT = "mutation ($input: CreateImportInput!) { createImport(input: $input) { import { id } userErrors { message } } }"
READ = "query ($id: ID!) { import(id: $id) { status counts { total created updated failed skipped } } }"
FINAL = {"COMPLETED", "COMPLETED_WITH_ERRORS", "FAILED"}
MEBIBYTE = 1024 * 1024


def measure(rows: int, **settings: str) -> dict[str, Any]:
    """Import so many made contacts on a fresh `rolodock up`: seconds, the API's answers in milliseconds, MB of a worker above idle."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        write_contacts(path, rows)
        with running_stack(Path(folder) / "data", **settings) as stack, _client(stack) as client:
            _import(client, b"email\nwarm@up.example.com\n")
            idle = _memory(stack, "VmRSS")
            answers = _Answers(stack)
            began = time.perf_counter()
            content = _import(client, path.read_bytes())
            seconds = time.perf_counter() - began
            latencies = answers.end()
            peak = _memory(stack, "VmHWM")
    above = max(peak[pid] - idle[pid] for pid in idle)
    return {
        "rows": rows,
        "status": content["status"],
        "counts": content["counts"],
        "seconds": round(seconds, 2),
        "rows_per_second": round(rows / seconds),
        "api_answer_ms_median": round(statistics.median(latencies) * 1000, 1),
        "api_answer_ms_max": round(max(latencies) * 1000, 1),
        "worker_idle_mb": round(max(idle.values()) / MEBIBYTE),
        "worker_peak_above_idle_mb": round(above / MEBIBYTE),
    }


def _client(stack: Stack) -> httpx.Client:
    return httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {stack.token}"}, timeout=60)


def _ask(client: httpx.Client, query: str, **variables: Any) -> dict[str, Any]:
    answer = client.post("/graphql", json={"query": query, "variables": variables}).raise_for_status().json()
    assert "errors" not in answer, answer
    data: dict[str, Any] = next(iter(answer["data"].values()))
    assert not data.get("userErrors"), data
    return data


def _import(client: httpx.Client, data: bytes) -> dict[str, Any]:
    upload = _ask(client, CREATE_UPLOAD, input={"filename": "contacts.csv", "sizeBytes": len(data)})["upload"]
    client.put(upload["url"], content=data).raise_for_status()
    source = {"source": {"uploadId": upload["id"]}, "autoStart": True, "options": {"defaultCountry": "US"}}
    job = _ask(client, CREATE_IMPORT, input=source)["import"]["id"]
    while True:
        content = _ask(client, READ, id=job)
        if content["status"] in FINAL:
            return content
        time.sleep(0.1)


class _Answers:
    """How long a small query takes, over and over in a thread of its own."""

    def __init__(self, stack: Stack) -> None:
        self._ended = threading.Event()
        self._seconds: list[float] = []
        self._thread = threading.Thread(target=self._ask_on, args=(stack,))
        self._thread.start()

    def _ask_on(self, stack: Stack) -> None:
        with _client(stack) as client:
            while not self._ended.is_set():
                began = time.perf_counter()
                client.post("/graphql", json={"query": "{ imports(first: 1) { totalCount } }"}).raise_for_status()
                self._seconds.append(time.perf_counter() - began)
                self._ended.wait(0.05)

    def end(self) -> list[float]:
        """The seconds that each answer took."""
        self._ended.set()
        self._thread.join()
        return self._seconds


def _memory(stack: Stack, name: str) -> dict[int, int]:
    """Bytes of each worker process, by process id: VmRSS (now) or VmHWM (the most so far). Linux only."""
    sizes = {}
    for pid in stack.pids_of("api.cli worker"):
        line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(name))
        sizes[pid] = int(line.split()[1]) * 1024
    return sizes
