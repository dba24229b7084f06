"""What the processes said of their own faults."""

from collections import Counter
from pathlib import Path

# How the two edges that catch everything begin what they say of a bug; its traceback follows.
SAID_OF_BUGS = (" broke, reference ", ": Bug ")


def count_bugs(logs: Path) -> Counter[str]:
    """What broke that is neither an error of ours nor tried again as one, by the last line of its traceback."""
    found: Counter[str] = Counter()
    for path in sorted(logs.glob("*.log")):
        is_bug = False
        for line in path.read_text(errors="replace").splitlines():
            if any(words in line for words in SAID_OF_BUGS):
                is_bug = True
            elif is_bug and _ends_traceback(line):
                found[f"{path.stem}: {line[:160]}"] += 1
                is_bug = False
    return found


def _ends_traceback(line: str) -> bool:
    return bool(line) and line[0].isalpha() and not line.startswith(("Traceback", "The above", "During handling"))
