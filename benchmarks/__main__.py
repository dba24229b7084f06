"""`make bench`: everything that the documentation quotes, printed as JSON, one line a measurement."""

import argparse
import json
import os
import platform

from benchmarks import first_import, judging


def main() -> None:
    """Run the benchmarks; `--rows` scales the import."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    print(json.dumps({"machine": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()}))
    print(json.dumps({"benchmark": "first_import", **first_import.measure(rows)}, ensure_ascii=False))
    judging.main(rows)


if __name__ == "__main__":
    main()
