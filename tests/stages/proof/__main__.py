"""`python -m tests.stages.proof --minutes 10 --database postgres`: proves one seed after another for so long, and tells what broke."""

import argparse
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stages.proof.drifting import prove_drift
from tests.stages.proof.editing import prove_edits
from tests.stages.proof.ground import Ground, Proof, make_ground
from tests.stages.proof.outcomes import prove_outcome
from tests.stages.proof.reimporting import prove_reimport
from tests.stages.proof.retrying import prove_retry
from tests.stages.proof.together import prove_together
from tests.stages.proof.undisturbed import prove_undisturbed
from tests.support.databases import copied_postgres, copy_sqlite, make_postgres_template, make_sqlite_template
from tests.support.postgres import running_postgres
from tests.support.programs import find_postgres

PROOFS: dict[str, Proof] = {
    "outcome": prove_outcome,
    "edits": prove_edits,
    "drift": prove_drift,
    "reimport": prove_reimport,
    "retry": prove_retry,
    "undisturbed": prove_undisturbed,
    "together": prove_together,
}
MOST_TOLD = 5


@contextmanager
def _ground(kind: str) -> Iterator[Ground]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if kind == "sqlite":
            (folder / "template").mkdir()
            ground = make_ground(copy_sqlite(make_sqlite_template(folder / "template"), folder), folder)
            yield ground
            ground.database.close()
            return
        programs = find_postgres()
        if programs is None:
            raise SystemExit("PostgreSQL was not found.")
        with running_postgres(programs) as server, copied_postgres(server, make_postgres_template(server)) as url:
            ground = make_ground(url, folder)
            yield ground
            ground.database.close()


def main() -> int:
    """The number of seeds that broke a proof."""
    parser = argparse.ArgumentParser(prog="python -m tests.stages.proof", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--first", type=int, default=1_000, help="the first seed; the tests take those from 0 on")
    parser.add_argument("--only", nargs="*", choices=list(PROOFS), default=list(PROOFS))
    options = parser.parse_args()
    proved: Counter[str] = Counter()
    broken = 0
    end, seed = time.monotonic() + 60 * options.minutes, options.first
    with _ground(options.database) as ground:
        while time.monotonic() < end and broken < MOST_TOLD:
            for name in options.only:
                try:
                    PROOFS[name](seed, ground)
                except Exception:
                    broken += 1
                    print(f"{name}, seed {seed}:\n{traceback.format_exc()}", flush=True)
                proved[name] += 1
            seed += 1
    print(f"{options.database}: {dict(proved)}, {broken} broken, {time.process_time():.0f} s of CPU")
    return broken


if __name__ == "__main__":
    sys.exit(min(1, main()))
