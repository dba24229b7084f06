"""Every folder of the corpus is read as its expected.json says. Adding a case is adding a folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.engine.reading import Reading, read_source
from workers.engine.detection import detect_format
from workers.engine.frames import DialectOverrides
from workers.engine.mapping import choose_mapping

CORPUS = Path(__file__).parent.parent / "corpus"
CASES = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())


def describe(reading: Reading) -> dict[str, Any]:
    dialect = reading.inspection.dialect
    return {
        "dialect": {
            "format": dialect.format.value,
            "encoding": dialect.encoding,
            "delimiter": dialect.delimiter,
            "quote": dialect.quote,
            "header_row": dialect.header_row,
            "sheet": dialect.sheet,
            **({"archive": dialect.archive.value, "member": dialect.member} if dialect.archive else {}),
        },
        "headers": list(reading.headers),
        "rows": [[row, list(cells)] for row, cells in reading.rows],
        "issues": [[issue["row"], issue["column"], issue["code"], issue["severity"]] for issue in reading.issues],
    }


@pytest.mark.parametrize("case", CASES)
def test_a_file_of_the_corpus_is_read_as_expected(case: str) -> None:
    folder = CORPUS / case
    (source,) = folder.glob("input.*")
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    overrides = DialectOverrides(**expected.pop("overrides", {}))
    detected = detect_format(source.read_bytes()[:65_536], source.name)
    reading = read_source(source, format=detected, overrides=overrides)
    if "mapping" in expected:
        assert choose_mapping(reading.inspection.columns) == expected.pop("mapping")
    assert describe(reading) == expected


@pytest.mark.parametrize("case", CASES)
def test_the_head_of_an_inspection_is_the_beginning_of_the_rows(case: str) -> None:
    (source,) = (CORPUS / case).glob("input.*")
    reading = read_source(source, format=detect_format(source.read_bytes()[:65_536], source.name))
    assert [row for row, _ in reading.inspection.head] == [row for row, _ in reading.rows][:100]
    assert all(len(cells) == len(reading.headers) for _, cells in reading.inspection.head)
