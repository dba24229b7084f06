"""The list of imports."""

HISTORY_TITLE = "History"
HISTORY_INTRO = "Every import, with what became of its rows."
HISTORY_SEARCH = "Search by file name, reference or person"
HISTORY_STATUS = "Any status"
HISTORY_ORDER = "Order"
HISTORY_ORDERS = {
    "CREATED_AT_DESC": "Newest first",
    "CREATED_AT_ASC": "Oldest first",
    "FILENAME": "By file name",
    "TOTAL_DESC": "Most rows first",
}
HISTORY_ONLY_STUCK = "Only stuck ones"
HISTORY_FILE = "File"
HISTORY_STATUS_COLUMN = "Status"
HISTORY_ROWS = "Rows"
HISTORY_OUTCOME = "Outcome"
HISTORY_WHEN = "Started"
HISTORY_STUCK = "Stuck since "
HISTORY_CONTINUE = "Continue"
HISTORY_EMPTY = "No import fits"
HISTORY_EMPTY_TEXT = "Try another status or search."
HISTORY_NONE_STUCK = "No import is stuck"
HISTORY_NONE_STUCK_TEXT = "Each that is under way comes further, or waits for somebody."

DELETE_IMPORT = "Delete {name}"
DELETE_TITLE = "Delete this import?"
DELETE_OF = "{name}, {rows}"
DELETE_GOES = "What goes: its file, its rows, its issues and its reports, and with them the chance to retry it or to roll it back."
DELETE_STAYS = "What stays: the contacts that it created or updated, just as they are now."
DELETE_CONFIRM = "Delete the import"
DELETE_KEEP = "Keep it"
DELETE_DONE = "{name} was deleted. Its contacts stayed."
