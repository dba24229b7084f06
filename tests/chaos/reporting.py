"""The table that a storm ends with."""

from collections.abc import Iterator

from tests.chaos.storm import Findings

# What the product promises after a worker, the broker or the database is back.
PROMISED_SECONDS = 20.0
DEFAULT_ATTEMPTS = 4


def is_passed(findings: Findings, seconds: float = PROMISED_SECONDS) -> bool:
    """Whether nothing differs, is stuck, or broke that is no fault of the storm's, and everything went on in so many seconds."""
    return not findings.differences and not findings.bugs and slowest(findings) <= seconds


def slowest(findings: Findings) -> float:
    """The longest recovery, in seconds."""
    return max((seconds for times in findings.recoveries.values() for seconds in times), default=0.0)


def report(name: str, findings: Findings) -> Iterator[str]:
    """The report's lines."""
    yield f"## {name}"
    yield f"{'fault':<26}{'committed':>10}{'measured':>10}{'p50 s':>8}{'max s':>8}"
    for kind, count in sorted(findings.faults.items()):
        times = sorted(findings.recoveries.get(kind, []))
        middle, most = (f"{times[len(times) // 2]:.1f}", f"{times[-1]:.1f}") if times else ("", "")
        yield f"{kind:<26}{count:>10}{len(times):>10}{middle:>8}{most:>8}"
    yield f"{'all':<26}{findings.faults.total():>10}{sum(map(len, findings.recoveries.values())):>10}{'':>8}{slowest(findings):>8.1f}"
    yield f"imports: {findings.imports}; stories: " + ", ".join(f"{count} x {story}" for story, count in sorted(findings.stories.items()))
    yield f"recovery: at most {slowest(findings):.1f} s after all was back (promised: {PROMISED_SECONDS:.0f} s)"
    worn = sum(tries > DEFAULT_ATTEMPTS for tries in findings.tries)
    yield (
        f"tries: at most {max(findings.tries, default=0)} of a stage or batch; {worn} of {len(findings.tries)} would have been given up "
        f"after the {DEFAULT_ATTEMPTS} that are the default"
    )
    yield f"objects that nothing records: {findings.left_objects}"
    for answer, count in findings.answers.most_common(8):
        yield f"requests that had to be repeated: {count} x {answer}"
    for bug, count in findings.bugs.items():
        yield f"logged as a bug: {count} x {bug}"
    yield f"differences: {len(findings.differences)}"
    yield from (f"  {line[:1500]}" for line in findings.differences)
