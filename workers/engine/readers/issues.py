"""Makes issues of what a reader saw."""

from models.vocabulary import ISSUE_MESSAGES, IssueCode, IssueSeverity
from workers.engine.frames import Issue
from workers.engine.records import MAX_SHOWN_CHARACTERS, make_showable

# What was left out of the table on purpose. The record is no row, and its number stays in the account.
LEFT_OUT = frozenset({IssueCode.REPEATED_HEADER, IssueCode.FOOTER, IssueCode.COMMENT_LINE, IssueCode.OTHER_TABLE})

_SEVERITIES = {
    IssueCode.UNCLOSED_QUOTE: IssueSeverity.ERROR,
    IssueCode.TOO_MANY_CELLS: IssueSeverity.ERROR,
    IssueCode.DAMAGED_RECORD: IssueSeverity.ERROR,
    IssueCode.REPEATED_HEADER: IssueSeverity.NOTE,
    IssueCode.FOOTER: IssueSeverity.NOTE,
    IssueCode.COMMENT_LINE: IssueSeverity.NOTE,
    IssueCode.TEXT_REPAIRED: IssueSeverity.NOTE,
    IssueCode.MERGED_CELL: IssueSeverity.NOTE,
    IssueCode.HIDDEN_ROW: IssueSeverity.NOTE,
}


def make_issue(
    row: int, code: IssueCode, *, column: str | None = None, value: str | None = None, limit: int = 0, severity: IssueSeverity | None = None
) -> Issue:
    """The issue with its sentence, the value cut to what can be shown."""
    return Issue(
        row=row,
        code=code,
        severity=severity or _SEVERITIES.get(code, IssueSeverity.WARNING),
        message=ISSUE_MESSAGES[code].format(limit=f"{limit:,}"),
        column=column,
        value=None if value is None else make_showable(value, MAX_SHOWN_CHARACTERS),
    )
