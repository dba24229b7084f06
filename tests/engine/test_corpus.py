"""Every folder of the corpus is read as its expected.json says. Adding a case is adding a folder.

A case with an "error" is refused with that code. Of the others "questions" are the aspects that wait for a person (none, where it says
nothing), "decisions" values by their aspects, and "dialect" holds those of the optional fields that matter to the case.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from models.errors import ServiceError
from models.vocabulary import FileFormat
from tests.engine.reading import Reading, read_source
from workers.engine.detection import detect_format, inspect_source
from workers.engine.frames import LEAST_CONFIDENCE, DialectOverrides, ReaderLimits
from workers.engine.mapping import choose_mapping

CORPUS = Path(__file__).parent.parent / "corpus"
CASES = {
    path.name: json.loads((path / "expected.json").read_text("utf-8"))
    for path in sorted(CORPUS.iterdir())
    if (path / "expected.json").exists()
}
READ = [name for name, expected in CASES.items() if "rows" in expected]
REFUSED = [name for name, expected in CASES.items() if "error" in expected]
OPTIONAL = ("header_rows", "escape", "comment", "skip_space", "sheets", "members")


def find_source(case: str) -> tuple[Path, FileFormat]:
    (source,) = (CORPUS / case).glob("input.*")
    return source, detect_format(source.read_bytes()[:65_536], source.name)


def overrides_of(expected: dict[str, Any]) -> DialectOverrides:
    return DialectOverrides(**expected.get("overrides", {}))


def describe(reading: Reading, expected: dict[str, Any]) -> dict[str, Any]:
    inspection = reading.inspection
    dialect = inspection.dialect
    decisions = {decision.aspect: decision.value for decision in inspection.decisions}
    optional = {name: getattr(dialect, name) for name in OPTIONAL if name in expected["dialect"]}
    return {
        "dialect": {
            "format": dialect.format.value,
            "encoding": dialect.encoding,
            "delimiter": dialect.delimiter,
            "quote": dialect.quote,
            "header_row": dialect.header_row,
            "sheet": dialect.sheet,
            **({"archive": dialect.archive.value, "member": dialect.member} if dialect.archive else {}),
            **{name: list(value) if isinstance(value, tuple) else value for name, value in optional.items()},
        },
        "headers": list(reading.headers),
        "rows": [[row, list(cells)] for row, cells in reading.rows],
        "issues": [[issue["row"], issue["column"], issue["code"], issue["severity"]] for issue in reading.issues],
        "questions": [decision.aspect for decision in inspection.decisions if decision.confidence < LEAST_CONFIDENCE],
        "decisions": {aspect: decisions[aspect] for aspect in expected.get("decisions", {})},
    }


def complete(expected: dict[str, Any]) -> dict[str, Any]:
    wanted = {"rows": [], "issues": [], "questions": [], "decisions": {}, **expected}
    return {name: value for name, value in wanted.items() if name not in ("overrides", "mapping")}


@pytest.mark.parametrize("case", READ)
def test_a_file_of_the_corpus_is_read_as_expected(case: str) -> None:
    source, detected = find_source(case)
    expected = CASES[case]
    reading = read_source(source, format=detected, overrides=overrides_of(expected))
    if "mapping" in expected:
        assert choose_mapping(reading.inspection.columns) == expected["mapping"]
    assert describe(reading, expected) == complete(expected)


@pytest.mark.parametrize("case", [name for name in CASES if name not in READ and name not in REFUSED])
def test_an_archive_of_the_corpus_asks_what_is_expected(case: str) -> None:
    source, detected = find_source(case)
    expected = CASES[case]
    inspection = inspect_source(source, format=detected, overrides=overrides_of(expected), limits=ReaderLimits())
    reading = Reading(inspection, tuple(column.header for column in inspection.columns), [], [])
    assert describe(reading, expected) == complete(expected)


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_of_the_corpus_is_refused_as_expected(case: str) -> None:
    with pytest.raises(ServiceError) as refusal:  # noqa: PT012  # the format is refused by its head, or the content later
        source, detected = find_source(case)
        read_source(source, format=detected, overrides=overrides_of(CASES[case]))
    assert {"error": refusal.value.code} == {name: value for name, value in CASES[case].items() if name != "overrides"}


@pytest.mark.parametrize("case", READ)
def test_the_head_of_an_inspection_is_the_beginning_of_the_rows(case: str) -> None:
    source, detected = find_source(case)
    reading = read_source(source, format=detected)
    assert [row for row, _ in reading.inspection.head] == [row for row, _ in reading.rows][:100]
    assert all(len(cells) == len(reading.headers) for _, cells in reading.inspection.head)
