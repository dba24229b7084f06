"""How well the engine finds what is wrong: precision and recall by kind of issue. Run it by `python -m benchmarks.detection [ROWS]`."""

import sys
import time

from tests.engine.detection_quality.files import iter_files
from tests.engine.detection_quality.scoring import Scores, describe, find_issues

SEED = 11
MOST_EXAMPLES = 20


def main(rows: int) -> None:
    """Print the table for files of all shapes with so many rows together, and some of what was wrong or missed."""
    scores = Scores()
    started = time.perf_counter()
    for file in iter_files(SEED, rows):
        scores.add(file, *find_issues(file))
    print(describe(scores))
    print("\n".join(scores.examples[:MOST_EXAMPLES]))
    print(f"{scores.rows:,} rows made, read, judged and settled in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
