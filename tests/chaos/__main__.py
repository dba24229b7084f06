"""`make chaos`: real imports on a real Rolodock, disturbed by every fault there is, must come to what undisturbed ones come to."""

import argparse
import os
import sys
from collections.abc import Sequence
from random import Random, SystemRandom

from tests.chaos.disk import small_disk
from tests.chaos.reporting import is_passed, report
from tests.chaos.setups import running
from tests.chaos.storm import FAULTS_A_ROUND, Findings, Storm
from tests.chaos.tenants import STORIES
from tests.support.programs import find_postgres

# Small chunks and batches, so that there are many of them; and tries enough for a storm in which every worker dies again and again.
CHOSEN = {"chunk_rows": "1500", "batch_rows": "300", "attempts": "60", "log_level": "info"}
# A worker that is silent is taken to be dead sooner, so that a short storm is short; and its workers give way to nobody, since the other
# tests that run beside it may keep every processor busy.
SOON = {"heartbeat_seconds": "4", "worker_niceness": "0"}
AT_ONCE = 2


def weather(
    name: str, seed: int, faults: int, rows: int, kinds: Sequence[str] = (), *, is_short: bool = False, keep: bool = False
) -> Findings:
    """A storm on one set-up, with its report printed."""
    random = Random(f"{seed} {name}")
    stories = STORIES[:2] if is_short else STORIES
    chosen = CHOSEN | SOON if is_short else CHOSEN
    with small_disk(keep=keep) as disk, running(name, disk, find_postgres(), chosen) as setup:
        storm = Storm(setup, rows, random, kinds)
        storm.expect(stories)
        while (left := faults - storm.findings.faults.total()) > 0 and not storm.findings.differences:
            storm.rage(stories if is_short else random.sample(stories, AT_ONCE), min(left, FAULTS_A_ROUND))
            print(f"{name}: {storm.findings.faults.total()} faults, {len(storm.findings.differences)} differences", flush=True)
        storm.end()
        for line in report(name, storm.findings):
            print(line, flush=True)
        return storm.findings


def main(arguments: Sequence[str] | None = None) -> int:
    """Storms as the command line says; the exit status: 1 where anything differs, is stuck, or took too long."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--faults", type=int, default=200, help="on each set-up")
    parser.add_argument("--rows", type=int, default=12_000, help="of each import")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--setup", choices=("postgres", "default", "both"), default="both")
    parser.add_argument("--kind", action="append", default=[], help="only faults of this name; may be repeated")
    parser.add_argument("--short", action="store_true", help="few faults on small files")
    parser.add_argument("--keep", action="store_true", help="keep what the processes wrote")
    given = parser.parse_args(arguments)
    for name in [name for name in os.environ if name.startswith("ROLODOCK_")]:
        del os.environ[name]
    print(f"seed {given.seed}", flush=True)
    faults, rows = (12, 3_000) if given.short else (given.faults, given.rows)
    names = ("postgres", "default") if given.setup == "both" else (given.setup,)
    passed = [is_passed(weather(name, given.seed, faults, rows, given.kind, is_short=given.short, keep=given.keep)) for name in names]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
