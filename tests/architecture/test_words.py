"""What one part names, another has words for, although neither imports the other."""

import ast
import re
from pathlib import Path

import pytest

from dashboard import strings
from models.vocabulary import FileFormat, IssueCode
from tests.architecture.sources import iter_sources
from workers.engine.readers.encodings.names import RARITY, SHIFTED, UNICODE

API = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
RAISED = {"UnreadableFile", "LimitExceeded", "InvalidRequest"}
# What a person's request is told, and never a file.
NOT_OF_FILES = {"unknown_field", "match_field_not_mapped", "rule_does_not_fit"}


def list_failure_codes() -> set[str]:
    """The codes of the errors that reading a file raises, from the syntax trees, with those that are given as a constant."""
    found: set[str] = set()
    for source in iter_sources():
        if not source.name.startswith("workers."):
            continue
        constants = {
            target.id: node.value.value
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in source.calls(*RAISED):
            for keyword in call.keywords:
                if keyword.arg != "code":
                    continue
                values = [keyword.value] if not isinstance(keyword.value, ast.IfExp) else [keyword.value.body, keyword.value.orelse]
                for value in values:
                    if isinstance(value, ast.Constant):
                        found.add(str(value.value))
                    elif isinstance(value, ast.Name) and value.id in constants:
                        found.add(constants[value.id])
                    elif isinstance(value, ast.Attribute) and value.attr in IssueCode.__members__:
                        found.add(IssueCode[value.attr].value)
    return found - NOT_OF_FILES


def test_the_dashboard_names_every_encoding() -> None:
    assert set(strings.ENCODINGS) == {"ascii", *UNICODE, *SHIFTED, *RARITY}


@pytest.mark.parametrize("format", FileFormat)
def test_the_dashboard_names_every_format(format: FileFormat) -> None:
    assert format.name in strings.FORMATS


def test_the_document_lists_every_code_of_a_file_that_cannot_be_read() -> None:
    codes = list_failure_codes()
    assert {"encrypted_file", "sheet_not_found", "workbook_out_of_memory", "too_many_rows"} <= codes
    before, _, _ = API.partition("## Issues")
    assert sorted(code.upper() for code in codes if f"`{code.upper()}`" not in before) == []


def test_the_document_lists_the_issues_that_there_are() -> None:
    _, _, section = API.partition("## Issues")
    listed = re.findall(r"`([A-Z_]+)`", section.partition("\n## ")[0])
    assert sorted(listed) == sorted(code.name for code in IssueCode)
