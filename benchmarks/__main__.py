"""`make bench`: everything that the documentation quotes. `make bench ARGS="reading pollution"` runs some of it."""

import argparse
import json
import os
import platform
from collections.abc import Callable

from benchmarks import detection, encodings, first_import, judging, pollution, reading

CSV_ROWS = 1_000_000
XLSX_ROWS = 200_000


def _measure_import(rows: int) -> None:
    print(json.dumps({"benchmark": "first_import", **first_import.measure(rows)}, ensure_ascii=False))


# Each takes the rows of an import; what does not depend on these has sizes of its own.
PARTS: dict[str, Callable[[int], None]] = {
    "import": _measure_import,
    "judging": judging.main,
    "reading": lambda _: reading.main(CSV_ROWS, XLSX_ROWS),
    "encodings": lambda _: encodings.main(),
    "detection": detection.main,
    "pollution": lambda _: pollution.main([]),
}


def main() -> None:
    """Run the parts that were named, or all; `--rows` scales the import."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"some of {', '.join(PARTS)}; none: all")
    parser.add_argument("--rows", type=int, default=100_000)
    arguments = parser.parse_args()
    if unknown := sorted(set(arguments.parts) - set(PARTS)):
        parser.error(f"there is no {unknown[0]}")
    print(json.dumps({"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}))
    for name in arguments.parts or PARTS:
        PARTS[name](arguments.rows)


if __name__ == "__main__":
    main()
