"""What every page of imports calls their states, steps and outcomes."""

UNNAMED = {"rows": "Rows sent by a program", "file": "File", "upload": "File"}
IMPORTED_BY = "by {name}"
STEPS = ("Read", "Map", "Review", "Import", "Result")
# What the last step is called where it is not a result.
STEP_ENDS = {
    "CANCELLED": "Cancelled",
    "FAILED": "Failed",
    "ROLLED_BACK": "Undone",
    "PARTIALLY_ROLLED_BACK": "Partly undone",
}
STATUSES = {
    "UPLOADED": "Uploaded",
    "INSPECTING": "Reading",
    "NEEDS_MAPPING": "Needs mapping",
    "PLANNING": "Planning",
    "PLANNED": "Ready to start",
    "QUEUED": "Queued",
    "APPLYING": "Importing",
    "COMPLETED": "Completed",
    "COMPLETED_WITH_ERRORS": "Completed with errors",
    "FAILED": "Failed",
    "CANCELLING": "Cancelling",
    "CANCELLED": "Cancelled",
    "ROLLING_BACK": "Rolling back",
    "ROLLED_BACK": "Rolled back",
    "PARTIALLY_ROLLED_BACK": "Partly rolled back",
}
OUTCOMES = {
    "created": "Created",
    "updated": "Updated",
    "unchanged": "Unchanged",
    "skipped": "Skipped",
    "failed": "Failed",
    "unprocessed": "Unprocessed",
}
PLANNED_OUTCOMES = {
    "created": "To create",
    "updated": "To update",
    "unchanged": "Unchanged",
    "skipped": "To skip",
    "failed": "Will fail",
    "unprocessed": "Unprocessed",
}
# What became of rows, opened by its count.
OUTCOME_OPEN = "{outcome}: show the rows"
OUTCOME_WHAT = "What becomes of it"
OUTCOME_WHAT_BECAME = "What became of it"
OUTCOME_EMPTY = "No such rows"
OUTCOME_EMPTY_TEXT = "They may have been planned or applied anew since the page was drawn."
ROWS_TOTAL = "{count} rows"
ROWS_ONE = "1 row"
DUPLICATES = "Rows that match a contact or an earlier row: {count}"
