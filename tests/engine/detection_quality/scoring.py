"""Runs the whole engine over a file, and compares the issues that it raises with those that were planted."""

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from models.vocabulary import FileFormat, IssueCode
from workers.engine.detection import inspect_source
from workers.engine.folding import settle
from workers.engine.frames import CANDIDATE_SCHEMA, ROW, DialectOverrides, EngineOptions, ReaderLimits
from workers.engine.judging import DateEvidence, judge
from workers.engine.readers import read_chunks

TODAY = date(2026, 11, 20)

# Row, field (None: of the row) and code.
Address = tuple[int, str | None, str]


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """A file, how it is to be imported, and every issue that it must raise."""

    name: str
    data: bytes
    format: FileFormat
    options: EngineOptions
    issues: frozenset[Address]


@dataclass(slots=True)
class Tally:
    """Of one code: the issues that were planted and found, found only, planted only."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(slots=True)
class Scores:
    """The tallies by code, with some of what went wrong."""

    rows: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def add(self, file: LabelledFile, found: Iterable[Address], rows: int) -> None:
        raised = set(found)
        self.rows += rows
        for codes, name in ((raised & file.issues, "right"), (raised - file.issues, "wrong"), (file.issues - raised, "missed")):
            for code, count in Counter(address[2] for address in codes).items():
                tally = self.tallies.setdefault(code, Tally())
                setattr(tally, name, getattr(tally, name) + count)
            if name != "right":
                self.examples += [f"{file.name}: {name} {address}" for address in sorted(codes, key=str)]

    @property
    def total(self) -> Tally:
        """All codes together."""
        every = self.tallies.values()
        return Tally(*(sum(getattr(tally, name) for tally in every) for name in ("right", "wrong", "missed")))


def find_issues(file: LabelledFile) -> tuple[set[Address], int]:
    """Read, judge and settle the file: the issues by address, and how many rows it has."""
    limits = ReaderLimits(max_cell_characters=30_000, chunk_rows=1_000)
    inspection = inspect_source(io.BytesIO(file.data), format=file.format, overrides=DialectOverrides(), limits=limits)
    headers = [column.header for column in inspection.columns]
    chunks = list(read_chunks(io.BytesIO(file.data), inspection.dialect, headers, limits))
    evidence = DateEvidence(headers, file.options.mapping)
    for chunk in chunks:
        evidence.add(chunk.frame)
    options = EngineOptions(
        **{name: getattr(file.options, name) for name in EngineOptions.__dataclass_fields__} | {"date_orders": evidence.decide()}
    )
    judged = [judge(chunk, headers, options) for chunk in chunks]
    settled = settle([each.rows for each in judged], pl.DataFrame(schema=CANDIDATE_SCHEMA), options, make_ids=_name_contacts)
    issues = pl.concat([*(each.issues for each in judged), settled.issues])
    # A reader names the column alone.
    found = {
        (row, named or options.mapping.get(column or ""), code)
        for row, column, named, code in issues.select(ROW, "column", "field", "code").iter_rows()
    }
    return found, sum(chunk.frame.height for chunk in chunks)


def _name_contacts(rows: pl.Series) -> pl.Series:
    return pl.Series([f"id-{row}" for row in rows], dtype=pl.String)


def describe(scores: Scores) -> str:
    """The table of codes with precision and recall."""
    lines = [f"{'code':24} {'planted':>8} {'found':>8} {'precision':>10} {'recall':>8}"]
    for name, tally in [*sorted(scores.tallies.items()), (f"all, of {scores.rows:,} rows", scores.total)]:
        planted, found = tally.right + tally.missed, tally.right + tally.wrong
        lines.append(f"{name:24} {planted:8,} {found:8,} {tally.precision:10.2%} {tally.recall:8.2%}")
    return "\n".join(lines)


def untouched_codes(scores: Scores) -> set[str]:
    """Codes of which nothing was planted."""
    planted = {code for code, tally in scores.tallies.items() if tally.right + tally.missed}
    return {code.value for code in IssueCode} - planted
