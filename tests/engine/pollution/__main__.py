"""Shows one case, the scores of all kinds, or the pairs that come out worst.

`python -m tests.engine.pollution KIND[+KIND] TABLE [SEED]`, without arguments, or with `pairs`.
"""

import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.engine.pollution.kinds import CLEAN, KINDS, make_case, pairs_of_kinds
from tests.engine.pollution.ours import read_polluted
from tests.engine.pollution.scoring import score
from tests.engine.pollution.tables import make_tables


def show_case(kinds: str, table_name: str, seed: int) -> None:
    """Print where the polluted file is, and what was read otherwise."""
    table = next(table for table in make_tables() if table.name == table_name)
    case = make_case(tuple(kinds.split("+")), table, seed)
    if case is None:
        print("This corruption does not apply to this table.")
        return
    data = case.document.to_bytes()
    path = Path(tempfile.gettempdir()) / "polluted.csv"
    path.write_bytes(data)
    read = read_polluted(data)
    result = score(case.document, read)
    print(f"{path}: F1 {result.f1:.4f}, silent cells {result.silent}")
    print(f"rows corrupted {result.hit}, recovered {result.recovered}, named {result.named}")
    print(f"asked: {read.is_asked}; warnings on {sorted(read.doubted)[:20]}, errors on {sorted(read.failed)[:20]}")
    for difference in result.differences[:40]:
        silent = "SILENT " if difference.is_silent else ""
        shown = (repr(text if text is None else text[:100]) for text in (difference.expected, difference.read))
        print(f"  {silent}row {difference.row} column {difference.column}: expected {next(shown)}, read {next(shown)}")


def show_all() -> None:
    """Print a line for each kind: F1, least F1, silent cells, rows recovered, and the worst case."""
    print(f"{'kind':28} {'F1':>7} {'least':>7} {'silent':>6} {'asked':>5} {'hit':>4} {'recov':>5} {'named':>5}  worst case")
    tables = make_tables()
    for kind in (CLEAN, *KINDS):
        scores = []
        for table in tables:
            case = make_case((kind,), table, 1)
            if case is not None:
                read = read_polluted(case.document.to_bytes())
                scores.append((score(case.document, read), table.name, read.is_asked))
        mean = sum(result.f1 for result, _, _ in scores) / len(scores)
        worst, name, _ = min(scores, key=lambda item: (item[0].f1 - (item[0].silent > 0), item[0].f1))
        counts = [sum(getattr(result, field) for result, _, _ in scores) for field in ("silent", "hit", "recovered", "named")]
        example = "" if not worst.differences else f'"{kind}" {name} 1'
        asked = sum(item[2] for item in scores)
        print(f"{kind:28} {mean:7.4f} {worst.f1:7.4f} {counts[0]:6} {asked:5} {counts[1]:4} {counts[2]:5} {counts[3]:5}  {example}")


def show_pairs(shown: int = 60) -> None:
    """Print the mean by kind over all pairs with it, then the worst pairs: those that differ in silence first."""
    tables = make_tables()
    found = []
    by_kind = defaultdict(list)
    for index, pair in enumerate(pairs_of_kinds()):
        for offset in range(len(tables)):
            table = tables[(index + offset) % len(tables)]
            case = make_case(pair, table, 1)
            if case is not None:
                result = score(case.document, read_polluted(case.document.to_bytes()))
                found.append((result.silent == 0, result.f1, f'"{"+".join(pair)}" {table.name} 1', result.silent))
                for kind in pair:
                    by_kind[kind].append(result.f1)
                break
    for kind, values in sorted(by_kind.items(), key=lambda item: statistics.fmean(item[1])):
        print(f"{kind:28} mean of its pairs {statistics.fmean(values):.4f}, least {min(values):.4f}")
    silent_pairs = sum(not is_sound for is_sound, _, _, _ in found)
    print(f"{len(found)} pairs, mean {statistics.fmean(f1 for _, f1, _, _ in found):.4f}, {silent_pairs} with silent cells")
    for _, f1, name, silent in sorted(found)[:shown]:
        print(f"F1 {f1:.4f} silent {silent:4}  {name}")
    for _, f1, name, silent in sorted(found, key=lambda item: item[1])[:shown]:
        print(f"F1 {f1:.4f} silent {silent:4}  {name}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        show_case(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    elif len(sys.argv) > 1:
        show_pairs()
    else:
        show_all()
