"""A short run of the fuzz, the same every time; `python -m tests.engine.fuzz` is the long one."""

import pytest

from tests.engine.fuzz.sources import load_sources
from tests.engine.fuzz.trial import run_trial

SOURCES = load_sources()
TRIALS = 2
# Pieces that do not change with the corpus: a case more must not change what becomes of the others.
PIECES = (
    b"First name,Last name,Email\r\nAnn,Lee,ann@example.com\r\nBob,Roe,bob@example.com\r\n\r\nTotal,2,\r\n",
    b'[{"name": "Ann", "emails": ["ann@example.com"]},\n {"name": "B\xc3\xb6b", "emails": []}]\n',
    b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lee;Ann;;;\r\nEMAIL;TYPE=work:ann@example.com\r\nEND:VCARD\r\n",
    b'N\0a\0m\0e\0;\0M\0a\0i\0l\0\n\0Z\0o\0\xe9\0;\0"\0z\0',
)


@pytest.mark.parametrize("name", SOURCES)
def test_a_damaged_file_gives_rows_issues_or_an_error_of_ours(name: str) -> None:
    findings = [finding for number in range(TRIALS) if (finding := run_trial(name, number, SOURCES[name], PIECES)) is not None]
    assert not findings, "\n".join(f"trial {finding.number}: {finding.place}\n{finding.details}" for finding in findings)
