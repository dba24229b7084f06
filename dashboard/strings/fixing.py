"""Fixing in place."""

FIX = "Fix"
FIX_TITLE = "Fix: {issue}"
FIX_RULE = "What to do in each of these rows"
FIX_RULES = {
    "suggestion": "Take what is suggested",
    "country": "Read the numbers in one country",
    "day_first": "Read the day first",
    "month_first": "Read the month first",
    "domain": "Correct the domain",
    "replace": "Replace the value",
    "leave_out": "Leave the value out",
    "exclude": "Leave the rows out",
}
FIX_SCOPE = "It is for every row with this issue, whether that makes the row fail or not."
FIX_COUNTRY = "Country"
FIX_FIND = "Only where the cell says"
FIX_FIND_HINT = "Blank: in all of these rows"
FIX_BY = "The new value"
FIX_DOMAIN = "Where the address ends in"
FIX_DOMAIN_BY = "it ends in"
FIX_APPLY = "Fix and plan again"
FIX_APPLY_ENDED = "Fix for the next retry"
FIX_WAITS = "Say more, and you see what it comes to."
FIX_EFFECT = "{changed} of {rows} rows change; {resolved} of them are then without this issue."
FIX_EFFECT_OPEN = "{changed} of {rows} rows change. What is left of the issue, planning will tell."
FIX_EFFECT_EXCLUDE = "{rows} rows are left out."
FIX_EFFECT_NONE = "None of these {rows} rows changes."
FIX_STILL = "Then still: {issues}"
FIX_FINE = "Then without an issue"
EDIT_EXCLUDE = "Leave out"
EDIT_INCLUDE = "Take in again"
EDIT_REVERT = "Take back"
EDIT_APPLY = "Save and plan again"
EDIT_APPLY_ENDED = "Save for the next retry"
EDIT_WAITS = "Saved for the next retry"
EDIT_NOTHING = "Nothing was changed."
EDIT_CELL = "{column} of row {row}"
EDITS_COUNT = "Corrected cells: {cells} · Rows left out: {rows} (they count as skipped)"
EDITS_WAIT = "{count} corrected rows wait for the next retry."
EDITS_WAIT_ONE = "1 corrected row waits for the next retry."
EDITS_SHOW = "Show corrections"
EDITS_TITLE = "Corrected by hand or by rule"
EDITS_ORIGINAL = "In the file"
EDITS_NOW = "Now"
EDITS_EXCLUDED = "Left out"
