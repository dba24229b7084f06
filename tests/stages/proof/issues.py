"""What is told of a row, in the form in which two accounts of it are compared."""

from collections.abc import Iterable
from typing import NamedTuple

from models.tables import ImportIssue

# The codes of which the proofs know when they are due; what a field's own check notes besides is for the tests of that check.
CODES = frozenset(
    {
        "ambiguous_match",
        "consent_kept",
        "duplicate_row",
        "invalid_consent",
        "invalid_email",
        "invalid_phone",
        "key_conflict",
        "new_company",
        "new_owner",
        "no_match_key",
        "owner_missing",
        "plan_drift",
        "row_excluded",
        "set_by_higher_row",
        "unknown_company",
        "unknown_owner",
    }
)
SEVERITIES = {
    "ambiguous_match": "error",
    "key_conflict": "error",
    "consent_kept": "note",
    "duplicate_row": "note",
    "set_by_higher_row": "note",
}


class Told(NamedTuple):
    """An issue. The value of a DUPLICATE_ROW is the row that it names."""

    row: int
    code: str
    field: str | None
    value: str | None
    severity: str


def read_issues(issues: Iterable[ImportIssue]) -> list[Told]:
    """The issues that an import has kept, sorted."""
    told = []
    for issue in issues:
        if issue.code in CODES:
            value = issue.message.split()[-1].rstrip(".") if issue.code == "duplicate_row" else issue.value
            told.append(Told(issue.row, issue.code, issue.field, value, issue.severity))
    return sorted(told, key=repr)
