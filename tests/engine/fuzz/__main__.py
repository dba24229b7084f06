"""`python -m tests.engine.fuzz --minutes 30 --keep findings`: damages the sources for so long, and keeps what broke a reader."""

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

from tests.engine.fuzz.sources import load_sources
from tests.engine.fuzz.trial import run_trial


def main() -> int:
    """The number of kinds of findings."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0, help="number of the first trial; each has the next")
    parser.add_argument("--only", nargs="*", help="names of sources")
    parser.add_argument("--keep", type=Path, help="a folder for the files that broke a reader")
    options = parser.parse_args()
    sources = load_sources()
    found: Counter[str] = Counter()
    end = time.monotonic() + 60 * options.minutes
    number = options.seed
    while time.monotonic() < end:
        name = random.Random(number).choice(options.only or list(sources))
        if (finding := run_trial(name, number, sources[name], list(sources.values()))) is not None:
            found[finding.place] += 1
            if found[finding.place] == 1:
                print(f"trial {number} ({finding.source}): {finding.place}\n{finding.details}", flush=True)
                if options.keep is not None:
                    options.keep.mkdir(parents=True, exist_ok=True)
                    (options.keep / f"{number}-{finding.source}").write_bytes(finding.data)
        number += 1
    print(f"{number - options.seed:,} files; {found.total():,} findings of {len(found)} kinds")
    for place, count in found.most_common():
        print(f"{count:8,}  {place}")
    return len(found)


if __name__ == "__main__":
    sys.exit(min(1, main()))
