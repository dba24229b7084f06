"""What was found about rows."""

ISSUES = {
    "INVALID_EMAIL": "Invalid e-mail",
    "AMBIGUOUS_DATE": "Day and month cannot be told apart",
    "DATE_FROM_SERIAL": "Date read from a spreadsheet's day number",
    "NAME_RECASED": "Name given its usual capitals",
    "EMAIL_DOMAIN_TYPO": "Likely typing error in an e-mail",
    "ROLE_ADDRESS": "Address of a role, not a person",
    "DISPOSABLE_DOMAIN": "Throw-away e-mail address",
    "NO_MATCH_KEY": "Nothing to identify the row by",
    "KEY_CONFLICT": "Identified by two contacts",
    "DUPLICATE_ROW": "Same person as an earlier row",
    "SET_BY_HIGHER_ROW": "Field that a later row has set",
    "UNKNOWN_COMPANY": "Company that is not in the directory",
    "UNKNOWN_OWNER": "Owner who is not in the directory",
    "NEW_COMPANY": "New company for the directory",
    "NEW_OWNER": "New owner for the directory",
    "ROW_EXCLUDED": "Row that somebody left out",
    "PLAN_DRIFT": "Contact changed since the plan",
    "UNDECODABLE_TEXT": "Bytes that are no text",
    "MIXED_ENCODING": "Row in another encoding",
    "TEXT_REPAIRED": "Text that was encoded twice",
    "OTHER_DIALECT": "Row with other separators",
    "CELLS_REALIGNED": "Cells put back into their columns",
    "REPEATED_HEADER": "Header that stands there again",
    "FOOTER": "Line below the table",
    "COMMENT_LINE": "Comment",
    "OTHER_TABLE": "Part of another table",
    "CELL_ERROR": "Spreadsheet error in a cell",
    "NUMBER_ROUNDED": "Number rounded by a spreadsheet",
}
ISSUES_TITLE = "Issues"
ISSUES_NONE = "No issues"
ISSUES_NONE_TEXT = "No value was refused or doubtful. What only says that there is none, such as n/a, counts as blank."
ISSUE_SEVERITY_SHORT = {"ERROR": "Error", "WARNING": "Warning", "NOTE": "Note"}
ISSUE_EXAMPLE = "Row {row}"
ISSUE_SHOW = "Show rows"
ISSUE_ROW = "Row"
ISSUE_COLUMN = "Column"
ISSUE_VALUE = "Value"
ISSUE_MESSAGE = "Explanation"
ISSUE_SUGGESTION = "Suggested: {value}"
# Under a retry's plan.
ISSUES_NOT_RETRIED = "The retry takes up none of these rows: what went in already stays as it is."
ISSUES_RANGE = "{first} to {last} of {total}"
ISSUES_NEXT = "Show the next rows"
