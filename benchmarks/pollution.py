"""F1 by kind of corruption, ours beside other readers, on the files of tests/engine/pollution.

`python -m benchmarks.pollution` prints the table, and `--write` puts it into docs/readers.md.
"""

import argparse
import io
import re
import statistics
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import duckdb
import pandas as pd  # type: ignore[import-untyped]  # published without types

from tests.engine.pollution.kinds import CLEAN, KINDS, Case, make_case, pairs_of_kinds
from tests.engine.pollution.ours import read_polluted
from tests.engine.pollution.rivals import Rows, decode_as_told, read_by_clevercsv, read_by_sniffer, score_in_order
from tests.engine.pollution.scoring import Score, score
from tests.engine.pollution.tables import Table, make_tables

OURS = "Rolodock"
TOOLS = (OURS, "csv.Sniffer", "clevercsv", "pandas", "DuckDB")
# Not every one of the other four looks for a delimiter of two characters, or takes it that there may be none.
UNFAIR = {"wide_delimiter", "one_column"}
DOCUMENT = Path(__file__).parent.parent / "docs" / "readers.md"
BEGIN, END = "<!-- pollution: begin -->", "<!-- pollution: end -->"
_DUCKDB_NAME = re.compile(r"column\d+")


@dataclass(slots=True)
class Line:
    """What came of one kind, or of a pair: the scores by tool, and the table of each file."""

    scores: dict[str, list[Score]]
    files: list[str] = field(default_factory=list)

    def mean(self, tool: str) -> float:
        """The mean F1 over its files."""
        return statistics.fmean(result.f1 for result in self.scores[tool])

    def least(self, tool: str) -> float:
        """The least F1 of a file."""
        return min(result.f1 for result in self.scores[tool])


def read_by_pandas(text: str) -> Rows:
    """pandas with its Python engine, which finds the delimiter itself; bad lines are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            frame = pd.read_csv(
                io.StringIO(text, newline=""),
                sep=None,
                engine="python",
                header=None,
                dtype=str,
                keep_default_na=False,
                on_bad_lines="skip",
            )
        except (ValueError, pd.errors.ParserError, re.error):  # what it raises for text that it cannot make out
            return []
    return [[cell if isinstance(cell, str) else None for cell in row] for row in frame.itertuples(index=False)]


def read_by_duckdb(text: str, folder: Path) -> Rows:
    """DuckDB's sniffer over the whole file, ragged rows filled up and bad ones left out; where it gives up, without its strict mode."""
    path = folder / "polluted.csv"
    path.write_bytes(text.encode())
    for options in ("", "strict_mode=false, "):
        try:
            relation = duckdb.sql(
                f"SELECT * FROM read_csv('{path}', {options}all_varchar=true, null_padding=true, ignore_errors=true, "
                "parallel=false, sample_size=-1, max_line_size=4000000)"
            )
            rows = [] if relation is None else relation.fetchall()
        except duckdb.Error:
            continue
        names = [] if relation is None else relation.columns
        has_names = not all(_DUCKDB_NAME.fullmatch(name) for name in names)
        return [*([names] if has_names else []), *rows]
    return []


def measure(kinds: tuple[str, ...], tables: Sequence[Table], seeds: Sequence[int], folder: Path) -> Line:
    """The scores of every tool over the tables, with each seed."""
    line = Line({tool: [] for tool in TOOLS})
    for table in tables:
        for seed in seeds:
            case = make_case(kinds, table, seed)
            if case is not None:
                line.files.append(table.name)
                _score(case, line, folder)
    return line


def measure_pair(pair: tuple[str, str], index: int, tables: Sequence[Table], count: int, folder: Path) -> Line:
    """The scores over the next `count` tables to which the pair applies."""
    line = Line({tool: [] for tool in TOOLS})
    for offset in range(len(tables)):
        table = tables[(index + offset) % len(tables)]
        case = make_case(pair, table, 1)
        if case is not None and len(line.files) < count:
            line.files.append(table.name)
            _score(case, line, folder)
    return line


def write_lines(kinds: dict[str, Line], pairs: dict[tuple[str, str], Line]) -> Iterator[str]:
    """The tables, in Markdown."""
    yield f"| kind | {' | '.join(_titles())} | silent | rows hit | recovered | named | ours, paired |"
    yield "|---|" + "--:|" * (len(TOOLS) + 5)
    for kind, line in kinds.items():
        ours = line.scores[OURS]
        counts = [sum(getattr(result, name) for result in ours) for name in ("silent", "hit", "recovered", "named")]
        paired = [other.mean(OURS) for pair, other in pairs.items() if kind in pair and other.files]
        cells = [f"{line.mean(tool):.3f}" for tool in TOOLS] + [f"{count:,}" for count in counts]
        yield f"| {kind} | {' | '.join(cells)} | {f'{statistics.fmean(paired):.3f}' if paired else ''} |"
    yield _mean_line("**mean of the kinds**", list(kinds.values()), lambda name: True)
    yield _mean_line(
        "the same, without the tables of one column and of two-character delimiters", list(kinds.values()), lambda name: name not in UNFAIR
    )
    measured = [line for line in pairs.values() if line.files]
    if measured:
        yield _mean_line(f"**mean of {len(measured):,} pairs**", measured, lambda name: True)
        yield f"| least of a pair | {' | '.join(f'{min(line.least(tool) for line in measured):.3f}' for tool in TOOLS)} | | | | | |"


def _mean_line(title: str, lines: Sequence[Line], fits: Callable[[str], bool]) -> str:
    means = []
    for tool in TOOLS:
        by_line = [
            [result.f1 for result, name in zip(line.scores[tool], line.files, strict=True) if fits(name)] for line in lines if line.files
        ]
        means.append(statistics.fmean(statistics.fmean(scores) for scores in by_line if scores))
    silent = sum(result.silent for line in lines for result, name in zip(line.scores[OURS], line.files, strict=True) if fits(name))
    return f"| {title} | {' | '.join(f'{mean:.3f}' for mean in means)} | {silent:,} | | | | |"


def _titles() -> list[str]:
    return ["Rolodock", "csv.Sniffer", *(f"{tool} {version(tool.lower())}" for tool in TOOLS[2:])]


def _score(case: Case, line: Line, folder: Path) -> None:
    line.scores[OURS].append(score(case.document, read_polluted(case.document.to_bytes())))
    text = decode_as_told(case.document)
    readings = {
        "csv.Sniffer": read_by_sniffer(text),
        "clevercsv": read_by_clevercsv(text),
        "pandas": read_by_pandas(text),
        "DuckDB": read_by_duckdb(text, folder),
    }
    for tool, rows in readings.items():
        line.scores[tool].append(score_in_order(case.document, rows))


def main(given: Sequence[str] | None = None) -> None:
    """Measure every kind on every table, and pairs of kinds if asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/readers.md")
    parser.add_argument("--seeds", type=int, default=1, help="how often each kind is put to each table")
    parser.add_argument("--pairs", type=int, default=1, help="tables for each pair of kinds; 0: no pairs")
    arguments = parser.parse_args(given)
    tables = make_tables()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seeds = range(1, arguments.seeds + 1)
        kinds = {kind: measure((kind,), tables, seeds, folder) for kind in (CLEAN, *KINDS)}
        pairs = {
            pair: measure_pair(pair, index, tables, arguments.pairs, folder)
            for index, pair in enumerate(pairs_of_kinds() if arguments.pairs else ())
        }
    text = "\n".join(write_lines(kinds, pairs))
    print(text)
    if arguments.write:
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
