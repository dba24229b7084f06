"""`make bench`: everything that the documentation quotes. `make bench ARGS="engine --rows 1000000"` runs some of it.

Sizes are those of the documentation; only figures of these, or with `--results`, are kept, as benchmarks/results/PART.json. `--short`
runs small ones, to see that all of it works.
"""

import argparse
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import (
    cancelling,
    databases,
    detection,
    encodings,
    engine,
    fairness,
    file_sizes,
    first_import,
    flatness,
    full_table,
    judging,
    matching,
    pollution,
    progress,
    reading,
    repeats,
    rivals,
    undo,
    updates,
)
from benchmarks.machine import RESULTS, describe_machine, report, say
from benchmarks.two_databases import DATABASES


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is measured, with so many rows, so often. What returns nothing prints its figures itself."""

    measure: Callable[..., dict[str, Any] | None]
    rows: int
    short_rows: int
    runs: int = 3
    on_databases: bool = False  # it is told on which, besides


# What does not depend on rows has sizes of its own.
PARTS: dict[str, Part] = {
    "engine": Part(engine.measure, 1_000_000, 5_000),
    "databases": Part(databases.measure, 1_000_000, 5_000),
    "sizes": Part(file_sizes.measure, 200_000, 1_000),
    "flatness": Part(flatness.measure, 5_000_000, 20_000),
    "full_table": Part(full_table.measure, 1_000_000, 2_000),
    "updates": Part(updates.measure, 1_000_000, 5_000, runs=1),
    "undo": Part(undo.measure, 1_000_000, 5_000, runs=1),
    "cancelling": Part(cancelling.measure, 200_000, 20_000, runs=12, on_databases=True),
    "matching": Part(matching.measure, 1_000_000, 5_000, runs=1),
    "repeats": Part(repeats.measure, 100_000, 5_000),
    "rivals": Part(rivals.measure, 100_000, 2_000),
    "import": Part(first_import.measure, 100_000, 5_000),
    "fairness": Part(fairness.measure, 2_000_000, 5_000, runs=1, on_databases=True),
    "progress": Part(progress.measure, 300_000, 5_000, runs=1, on_databases=True),
    "judging": Part(judging.measure, 100_000, 2_000),
    "reading": Part(lambda rows, _: reading.main(rows, rows // 5), 1_000_000, 10_000),
    "encodings": Part(lambda _, __: encodings.main(), 0, 0),
    "pollution": Part(lambda _, __: pollution.main([]), 0, 0),
    "detection": Part(lambda rows, _: detection.main(rows), 100_000, 5_000),
}


def main() -> None:
    """Run the parts that were named, or all."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; none: all")
    parser.add_argument("--rows", type=int, help="in place of each part's own")
    parser.add_argument("--runs", type=int, help="how often each is measured")
    parser.add_argument("--short", action="store_true", help="few rows, once")
    parser.add_argument("--database", choices=DATABASES, help="of the parts that measure both, this one alone")
    parser.add_argument("--results", type=Path, help="a folder for the figures, whatever the sizes")
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.parts) - set(PARTS)):
        parser.error(f"there is no {unknown[0]}")
    # A polite end leaves no server behind and no folder.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended before it was through"))
    machine = describe_machine()
    print(json.dumps({"machine": machine}, ensure_ascii=False), flush=True)
    for name in arguments.parts or PARTS:
        part = PARTS[name]
        rows = arguments.rows or (part.short_rows if arguments.short else part.rows)
        runs = arguments.runs or (1 if arguments.short else part.runs)
        is_whole = rows >= part.rows and runs >= part.runs and arguments.database is None
        say(f"{name}: {rows} rows, {runs} runs" if rows else name)
        databases = (arguments.database,) if arguments.database else DATABASES
        measured = part.measure(rows, runs, databases) if part.on_databases else part.measure(rows, runs)
        if measured is not None:
            report(name, measured, machine, arguments.results or (RESULTS if is_whole else None))


if __name__ == "__main__":
    main()
