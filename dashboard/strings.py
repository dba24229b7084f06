"""Every sentence the dashboard shows, in English, in one place to translate."""

APP_NAME = "Rolodock"
NONE = "\N{EN DASH}"

# Navigation
NAV_IMPORT = "Import"
NAV_HISTORY = "History"
NAV_ANALYTICS = "Analytics"
NAV_CONTACTS = "Contacts"
NAV_AUDIT = "Audit"
SIGN_OUT = "Sign out"
MENU = "Menu"
COLOR_SCHEME = "Light or dark"

# Errors of the connection
API_UNAVAILABLE = "Rolodock is not answering at the moment. Try again in a few seconds."
NOT_SIGNED_IN = "Your session has ended."
SIGN_IN_AGAIN = "Sign in again"
AWAY = "Rolodock has not answered for a while. Nothing is lost: this page goes on by itself as soon as it does."
SOMETHING_WRONG = "This did not work"
# Where the API's own sentence speaks to programs.
REFUSALS = {"STALE_VERSION": "Somebody else changed this import just now; this is how it stands."}
PAGE_NOT_FOUND = "There is no such page"
PAGE_NOT_FOUND_TEXT = "The address may be mistyped. Your imports are in the history."
IMPORT_NOT_FOUND = "There is no such import"
IMPORT_NOT_FOUND_TEXT = "It may have been deleted, or it belongs to another account."
GO_TO_HISTORY = "Go to history"

# Sign in
SIGN_IN = "Sign in"
SIGN_IN_TITLE = "Sign in to Rolodock"
SIGN_IN_LINK = "Use the one-time link that "
SIGN_IN_LINK_COMMAND = "rolodock up"
SIGN_IN_LINK_END = " printed when it started. It works once, for ten minutes."
SIGN_IN_OR = "or"
SIGN_IN_TOKEN = "API token"
SIGN_IN_TOKEN_HINT = "A signed session is kept in a cookie that only this site can read."
SIGN_IN_TOKEN_COMMAND = "rolodock token --tenant NAME --role ROLE"
SIGN_IN_TOKEN_HOW = "Make one with "

# Upload
IMPORT_TITLE = "Import contacts"
IMPORT_INTRO = "Drop a file here. You see what would happen to every row before any contact is touched."
UPLOAD_DROP = "Drop a file here"
UPLOAD_OR = "or"
UPLOAD_CHOOSE = "Choose a file"
UPLOAD_LIMITS = "{formats}, up to {size}"
UPLOAD_LIMITS_NO_SIZE = "{formats}"
UPLOAD_JS = {
    "drop": UPLOAD_DROP,
    "or": UPLOAD_OR,
    "choose": UPLOAD_CHOOSE,
    "preparing": "Preparing…",
    "uploading": "Uploading",
    "reading": "Received. Opening the import…",
    "cancel": "Cancel",
    "again": "Choose another file",
    "anyway": "Import anyway",
    "earlier": "Open the earlier import",
    "oneFile": "One file at a time, please.",
    "emptyFile": "This file is empty.",
    "network": "The connection broke during the upload. Nothing was imported; try again.",
    "signedOut": "Your session has ended. Sign in again; nothing was imported.",
    "refused": "The file was not accepted.",
    "titles": {
        "UNSUPPORTED_FILE_TYPE": "This kind of file cannot be imported",
        "FILE_TOO_LARGE": "The file is too large",
        "DUPLICATE_FILE": "This file was imported before",
        "EMPTY_FILE": "The file is empty",
        "FORBIDDEN": "You cannot import files",
        "UNAUTHENTICATED": "You are signed out",
    },
    # Where the API's own sentence speaks to programs.
    "messages": {
        "DUPLICATE_FILE": "Its rows would be matched with the contacts they made. Nothing is imported until you start it.",
    },
    "failed": "The upload did not work",
}
RECENT_IMPORTS = "Recent imports"
SEE_ALL = "See all"
NO_IMPORTS = "No imports yet"
NO_IMPORTS_TEXT = "The first one starts with a file above."

# Import page
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
ROWS_TOTAL = "{count} rows"
ROWS_ONE = "1 row"
DUPLICATES = "{count} rows match a contact or an earlier row"

# Mapping
MAPPING_TITLE = "Match the columns"
MAPPING_INTRO = "Say which field each column fills. Columns without a field are not imported."
MAPPING_COLUMN = "Column in the file"
MAPPING_SAMPLES = "Examples"
MAPPING_FIELD = "Field of the contact"
MAPPING_NOT_IMPORTED = "Not imported"
MAPPING_FILLED = "{rate} filled"
MAPPING_CONFIDENCE = "{rate} sure"
MAPPING_NO_SUGGESTION = "No suggestion"
MAPPING_SUGGESTED = "Suggested: {field}"
MAPPING_NO_KEY = "Choose a column for the external id, the e-mail or the phone: without one of them a row cannot be told who it is."
MAPPING_TWICE = "Two columns fill the same field: {fields}."
MAPPING_TOO_WIDE = "The file has {total} columns. The first {shown} are shown, and only these can be imported from here."
MAPPING_SUMMARY = "{mapped} of {total} columns imported"
PREVIEW_TITLE = "First rows"
PREVIEW_RAW = "As in the file"
PREVIEW_MAPPED = "As imported"
PREVIEW_ROW = "Row"
PREVIEW_EMPTY = "The file has no rows to show."
PREVIEW_MAPPED_EMPTY = "Plan once to see the rows as they will be imported."
PREVIEW_STALE = "Shows the mapping as it was last planned."
FIELD_GROUPS = {
    "Who it is": ("external_id", "email", "phone", "mobile_phone"),
    "Name": ("full_name", "first_name", "last_name"),
    "Work": ("company", "job_title", "website"),
    "Address": ("address_line1", "address_line2", "city", "state", "postal_code", "country"),
    "More": ("birthday", "notes", "tags", "owner", "consent"),
}
FIELD_GROUP_CUSTOM = "Your own fields"
FIELDS = {
    "external_id": "External id",
    "email": "E-mail",
    "phone": "Phone",
    "mobile_phone": "Mobile phone",
    "full_name": "Full name",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "job_title": "Job title",
    "website": "Website",
    "address_line1": "Address line 1",
    "address_line2": "Address line 2",
    "city": "City",
    "state": "State or region",
    "postal_code": "Postal code",
    "country": "Country",
    "birthday": "Birthday",
    "notes": "Notes",
    "tags": "Tags",
    "owner": "Owner",
    "consent": "Consent",
    "lists": "Lists",
}
CUSTOM_FIELD = "{name} (custom)"
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

# How the file was read
READING_TITLE = "How this file was read"
READING_ASKS = "This is not certain. Choose otherwise where it is wrong; planning the import accepts it as it stands."
READING_WHICH_FILE = "This archive holds several files. Choose the one with the contacts."
READING_UNSURE = "Please check"
READING_YOURS = "Your choice"
READING_SAID = "As you said."
READING_ROW = "Row {row}"
READING_NO_HEADER = "None"
READING_ROWS = "{count} rows"
READING_ROWS_ONE = "1 row"
READING_FAILED_TITLE = "Read it otherwise"
READING_FAILED_TEXT = "The file is still here. Change how it is read, and the import goes on."
READING_OTHERWISE = "Read it otherwise"
READING_OTHERWISE_HINT = "If something came out wrong"
FORMATS = {
    "CSV": "Delimited text",
    "XLSX": "Excel workbook",
    "XLS": "Excel workbook (.xls)",
    "XLSB": "Excel workbook (.xlsb)",
    "ODS": "OpenDocument spreadsheet",
    "JSON": "JSON",
    "JSON_LINES": "JSON Lines",
    "VCARD": "vCard",
    "ZIP": "ZIP archive",
    "GZIP": "gzip archive",
}
ARCHIVES = {"ZIP": "from a ZIP archive", "GZIP": "from a gzip archive"}
ASPECTS = {
    "dateOrder": "Dates",
    "archive": "Archive",
    "member": "File in the archive",
    "format": "Kind of file",
    "sheet": "Sheet",
    "encoding": "Encoding",
    "delimiter": "Separator",
    "quote": "Quotes",
    "escape": "Quotes within quotes",
    "comment": "Comments begin with",
    "headerRow": "Column names",
    "headerRows": "Rows of column names",
    "keys": "Left out",
}
OPTION_MEMBER = "File in the archive"
OPTION_MEMBER_HINT = "A file is read as soon as it is chosen."
OPTION_MEMBER_NONE = "Choose"
OPTION_SHEET = "Sheet"
OPTION_SHEET_HINT = "Another sheet is read as soon as it is chosen."
OPTION_LIST = "List"
OPTION_LIST_HINT = "Another list is read as soon as it is chosen."
OPTION_SUGGESTED = "{name} (suggested)"
SHEET_EMPTY = "The sheet “{sheet}” has no rows to import. The file has other sheets: choose one below."
LIST_EMPTY = "The list “{sheet}” has no contacts to import. The file has other lists: choose one below."
OPTION_HEADER_ROW = "Row of the column names"
OPTION_HEADER_ROW_HINT = "0: the file has none"
OPTION_HEADER_ROWS = "Rows that the column names take"
OPTION_HEADER_ROWS_HINT = "More than 1 where names are split over rows"
OPTION_DELIMITER = "Values are separated by"
OPTION_DELIMITER_OTHER = "or by these characters"
OPTION_DELIMITER_EXAMPLE = "such as ||"
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Pipe", ":": "Colon", " ": "Space", "~": "Tilde", "^": "Caret"}
OPTION_QUOTE = "Values are enclosed in"
QUOTES = {'"': "Double quotes", "'": "Apostrophes", "": "Nothing"}
ESCAPES = {"\\": "After a backslash"}
ESCAPE_NONE = "Doubled"
OPTION_ENCODING = "Encoding"
# By the API's names; what else it knows is shown by its name.
ENCODINGS = {
    "utf-8": "UTF-8",
    "ascii": "ASCII",
    "utf-8-sig": "UTF-8 with a signature",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32, little-endian",
    "utf-32-be": "UTF-32, big-endian",
    "windows-1252": "Windows-1252 (Western Europe)",
    "iso8859-1": "ISO 8859-1 (Western Europe)",
    "iso8859-15": "ISO 8859-15 (Western Europe, with €)",
    "mac-roman": "Mac Roman",
    "mac-iceland": "Mac (Icelandic)",
    "hp-roman8": "HP Roman-8 (Western Europe)",
    "cp850": "DOS 850 (Western Europe)",
    "cp858": "DOS 858 (Western Europe, with €)",
    "cp437": "DOS 437 (United States)",
    "cp860": "DOS 860 (Portuguese)",
    "cp861": "DOS 861 (Icelandic)",
    "cp863": "DOS 863 (Canadian French)",
    "cp865": "DOS 865 (Nordic)",
    "iso8859-3": "ISO 8859-3 (Southern Europe)",
    "iso8859-4": "ISO 8859-4 (Northern Europe)",
    "iso8859-10": "ISO 8859-10 (Nordic)",
    "iso8859-14": "ISO 8859-14 (Celtic)",
    "cp1250": "Windows-1250 (Central Europe)",
    "iso8859-2": "ISO 8859-2 (Central Europe)",
    "iso8859-16": "ISO 8859-16 (South-Eastern Europe)",
    "cp852": "DOS 852 (Central Europe)",
    "mac-latin2": "Mac (Central Europe)",
    "mac-croatian": "Mac (Croatian)",
    "mac-romanian": "Mac (Romanian)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "koi8-u": "KOI8-U (Cyrillic)",
    "cp866": "DOS 866 (Cyrillic)",
    "cp855": "DOS 855 (Cyrillic)",
    "cp1125": "DOS 1125 (Ukrainian)",
    "iso8859-5": "ISO 8859-5 (Cyrillic)",
    "mac-cyrillic": "Mac (Cyrillic)",
    "kz1048": "KZ-1048 (Kazakh)",
    "ptcp154": "PTCP154 (Asian Cyrillic)",
    "koi8-t": "KOI8-T (Tajik)",
    "cp1253": "Windows-1253 (Greek)",
    "iso8859-7": "ISO 8859-7 (Greek)",
    "mac-greek": "Mac (Greek)",
    "cp737": "DOS 737 (Greek)",
    "cp869": "DOS 869 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "iso8859-9": "ISO 8859-9 (Turkish)",
    "mac-turkish": "Mac (Turkish)",
    "cp857": "DOS 857 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "iso8859-8": "ISO 8859-8 (Hebrew)",
    "cp862": "DOS 862 (Hebrew)",
    "cp856": "DOS 856 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "iso8859-6": "ISO 8859-6 (Arabic)",
    "cp720": "DOS 720 (Arabic)",
    "cp864": "DOS 864 (Arabic)",
    "cp1006": "DOS 1006 (Urdu)",
    "cp1257": "Windows-1257 (Baltic)",
    "iso8859-13": "ISO 8859-13 (Baltic)",
    "cp775": "DOS 775 (Baltic)",
    "cp1258": "Windows-1258 (Vietnamese)",
    "cp874": "Windows-874 (Thai)",
    "iso8859-11": "ISO 8859-11 (Thai)",
    "tis-620": "TIS-620 (Thai)",
    "gb18030": "GB 18030 (Chinese)",
    "gbk": "GBK (Chinese)",
    "gb2312": "GB 2312 (Chinese)",
    "hz": "HZ (Chinese)",
    "big5": "Big5 (Chinese)",
    "big5hkscs": "Big5 HKSCS (Chinese)",
    "cp950": "Windows-950 (Chinese)",
    "cp932": "Shift JIS, Windows-932 (Japanese)",
    "shift_jis": "Shift JIS (Japanese)",
    "shift_jis_2004": "Shift JIS 2004 (Japanese)",
    "euc_jp": "EUC-JP (Japanese)",
    "euc_jis_2004": "EUC-JP 2004 (Japanese)",
    "iso2022_jp": "ISO 2022-JP (Japanese)",
    "iso2022_jp_2": "ISO 2022-JP-2 (Japanese)",
    "iso2022_jp_ext": "ISO 2022-JP, extended (Japanese)",
    "iso2022_jp_2004": "ISO 2022-JP 2004 (Japanese)",
    "cp949": "EUC-KR, Windows-949 (Korean)",
    "euc_kr": "EUC-KR (Korean)",
    "iso2022_kr": "ISO 2022-KR (Korean)",
    "johab": "Johab (Korean)",
}
READ_AGAIN = "Read the file again"

# Options
OPTIONS_TITLE = "Options"
OPTION_STRATEGY = "When a row matches a contact you already have"
STRATEGIES = {
    "SKIP": ("Skip", "Leave the contact as it is."),
    "UPDATE": ("Update", "Overwrite its fields with the row."),
    "MERGE": ("Merge", "Only fill fields that are blank."),
    "CREATE": ("Create", "Always add a new contact."),
}
OPTION_GROUP_MATCHING = "Matching"
OPTION_GROUP_MATCHING_HINT = "How a row finds its contact"
OPTION_MATCH_FIELDS = "Match by"
MATCH_FIELDS = {"EXTERNAL_ID": "External id", "EMAIL": "E-mail", "PHONE": "Phone"}
OPTION_MATCH_MODE = "Who decides"
MATCH_MODES = {"IDENTITY": "External id, then e-mail, then phone", "ANY": "Any of them"}
OPTION_GROUP_VALUES = "Values"
OPTION_GROUP_VALUES_HINT = "Blank cells and values that cannot be used"
OPTION_COUNTRY = "Country of national phone numbers"
OPTION_COUNTRY_NONE = "None"
OPTION_COUNTRY_HINT = "None: numbers need + or 00 and the country code, or a country column"
OPTION_DATE_ORDER = "Dates such as 3/4/1984"
OPTION_DATE_ORDER_NONE = "As the column proves"
OPTION_DATE_ORDER_HINT = "Needed only where no date of the column tells, as 31/12/1984 does"
DATE_ORDERS = {"DAY_FIRST": "Day first (31/12/1984)", "MONTH_FIRST": "Month first (12/31/1984)"}
OPTION_NAMES = "Names, where it is safe"
NAME_OPTIONS = {"splitNames": "Part full names", "recaseNames": "ADA LOVELACE becomes Ada Lovelace"}
OPTION_EMPTY = "A blank cell, when updating"
EMPTY_CELLS = {"KEEP": "Keeps the field", "CLEAR": "Clears the field"}
OPTION_INVALID = "A value that cannot be used"
INVALID_VALUES = {"LEAVE_OUT": "Is left out, the row goes in", "FAIL_ROW": "Fails the row"}
OPTION_GROUP_FIELDS = "Single fields"
OPTION_GROUP_FIELDS_HINT = "Fields of known contacts that do not follow the choice above, where it is to update or merge"
FIELD_POLICIES = {"OVERWRITE": "Overwrite", "FILL_BLANK": "Fill only if blank", "APPEND": "Append", "KEEP": "Keep as it is"}
OPTION_POLICY_NONE = "As chosen above"
OPTION_GROUP_ERRORS = "Errors"
OPTION_GROUP_ERRORS_HINT = "What happens to the import when rows fail"
OPTION_ERROR_POLICY = "When rows fail"
ERROR_POLICIES = {
    "KEEP_GOOD_ROWS": "Import the good rows",
    "ALL_OR_NOTHING": "Import nothing",
    "STOP_AT_ERROR_RATE": "Stop at a rate of failed rows",
}
OPTION_ERROR_RATE = "Stop above, in percent of all rows"
OPTION_GROUP_ASSIGNMENT = "Owner, company and tags"
OPTION_GROUP_ASSIGNMENT_HINT = "Who the contacts are given to, and how they are marked"
OPTION_ASSIGNMENT = "Assign contacts"
ASSIGNMENTS = {"NONE": "To nobody", "SINGLE": "To one person", "ROUND_ROBIN": "In turn to several", "BY_COLUMN": "By a column"}
OPTION_OWNERS = "Owners"
OPTION_OWNERS_HINT = "Type a name and press Enter"
OPTION_OWNER_COLUMN = "Column that names the owner"
OPTION_OWNER_POLICY = "An owner that a row names"
OPTION_COMPANY_POLICY = "A company that a row names"
DIRECTORY_POLICIES = {
    "AS_WRITTEN": "Is kept as it is written",
    "MATCH": "Must be in the directory",
    "CREATE": "Is added to the directory if it is new",
}
OPTION_TAGS = "Add these tags"
PLAN_BUTTON = "Plan the import"
PLAN_HINT = "Nothing is imported yet. The plan shows what each row would do."
BACK_TO_PLAN = "Back to the plan"

# Plan
PLAN_TITLE = "What will happen"
PLAN_NOTHING = "This plan changes no contact."
PLAN_SAMPLE = "Examples, field by field"
PLAN_SAMPLE_EMPTY = "No row of the plan changes a contact."
PLAN_HASH = "Plan {hash}"
PLAN_HASH_HINT = "The import applies exactly this plan, or says where it could not."
START_BUTTON = "Start the import"
CHANGE_MAPPING = "Change mapping"
CANCEL = "Cancel import"

# Issues
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
# Fixing in place
FIX = "Fix"
FIX_TITLE = "Fix: {issue}"
FIX_RULE = "What to do in each of these rows"
FIX_RULES = {
    "suggestion": "Take what is suggested",
    "country": "Read the numbers in one country",
    "day_first": "Read the day first",
    "month_first": "Read the month first",
    "replace": "Replace the value",
    "leave_out": "Leave the value out",
    "exclude": "Leave the rows out",
}
FIX_COUNTRY = "Country"
FIX_FIND = "Only where the cell says"
FIX_FIND_HINT = "Blank: in all of these rows"
FIX_BY = "The new value"
FIX_APPLY = "Fix and plan again"
FIX_APPLY_ENDED = "Fix for the next retry"
FIX_WAITS = "Say more, and you see what it comes to."
FIX_EFFECT = "{changed} of {rows} rows change; {resolved} of them are then without this issue."
FIX_EFFECT_OPEN = "{changed} of {rows} rows change. What is left of the issue, planning will tell."
FIX_EFFECT_EXCLUDE = "{rows} rows are left out."
FIX_EFFECT_NONE = "None of these {rows} rows changes."
FIX_BEFORE = "Before"
FIX_AFTER = "After"
FIX_STILL = "Then"
FIX_FINE = "No issue"
EDIT_EXCLUDE = "Leave out"
EDIT_INCLUDE = "Take in again"
EDIT_REVERT = "Take back"
EDIT_APPLY = "Save and plan again"
EDIT_APPLY_ENDED = "Save for the next retry"
EDIT_NOTHING = "Nothing was changed."
EDIT_CELL = "{column} of row {row}"
EDITS_COUNT = "Corrected cells: {cells} · Rows left out: {rows} (they count as skipped)"
EDITS_SHOW = "Show corrections"
EDITS_TITLE = "Corrected by hand or by rule"
EDITS_ORIGINAL = "In the file"
EDITS_NOW = "Now"
EDITS_EXCLUDED = "Left out"
ISSUES_FIRST = "The first {shown} of {total} rows"

# Progress
WORKING = {
    "UPLOADED": ("Waiting to be read", "A worker takes it in a moment."),
    "INSPECTING": ("Reading the file", "Finding columns, encoding and the first rows."),
    "PLANNING": ("Planning", "Judging every row and matching it with your contacts. Nothing is changed yet."),
    "QUEUED": ("Queued", "It starts as soon as a worker is free."),
    "APPLYING": ("Importing", "Contacts are written batch by batch. You can leave this page."),
    "CANCELLING": ("Cancelling", "The batches in flight are finished, the rest is left alone."),
    "ROLLING_BACK": ("Rolling back", "Created contacts are removed and updated ones restored."),
}
PROGRESS_ROWS = "{done} of {total} rows"
PROGRESS_ROWS_SEEN = "{done} rows read so far"
PROGRESS_SPEED = "Rows per second"
PROGRESS_ETA = "Time left"
PROGRESS_ELAPSED = "Elapsed"
PROGRESS_BATCHES = "Batches"
QUEUE_POSITION = "Place {position} in the queue"

# Result
RESULT_TITLES = {
    "COMPLETED": "All done",
    "COMPLETED_WITH_ERRORS": "Done, but some rows failed",
    "FAILED": "The import failed",
    "CANCELLED": "The import was cancelled",
    "ROLLED_BACK": "The import was undone",
    "PARTIALLY_ROLLED_BACK": "The import was undone, except for what was edited since",
}
RESULT_TEXT = "{created} created, {updated} updated, {failed} failed of {total} rows."
ROLLBACK_TEXT_DONE = "{removed} contacts removed, {restored} restored, {kept} kept because edited since."
RESULT_TOOK = "It took {duration}."
RESULT_COUNTS = "What the import did"
RESULT_COUNTS_UNDONE = "What the import had done"
DOWNLOAD_ERRORS = "Download failed rows"
RETRY = "Retry {count} rows"
RETRY_ONE = "Retry 1 row"
RETRY_WHOLE = "Try again"
ROLL_BACK = "Roll back"
ANOTHER = "Import another file"
ROLLBACK_TITLE = "Roll back this import?"
ROLLBACK_TEXT = (
    "Contacts it created are removed and contacts it updated get their earlier values back. "
    "What somebody edited since is kept, and you are told which."
)
ROLLBACK_PREVIEW = "As of now: {removes} contacts would be removed, {restores} restored, {keeps} kept because edited since."
ROLLBACK_PREVIEW_GONE = "This import cannot be rolled back any more."
ROLLBACK_REASON = "Reason"
ROLLBACK_REASON_HINT = "Kept with the import, for whoever asks later"
ROLLBACK_CONFIRM = "Roll back"
ROLLBACK_KEEP = "Keep the import"
ROLLBACK_RESULT = "What the rollback did"
ROLLBACK_COUNTS = {"removed": "Contacts removed", "restored": "Contacts restored", "kept": "Contacts kept"}
ROLLBACK_KEPT = "Kept, because edited since"
ROLLBACK_KEPT_FIELDS = "Fields"
ROLLBACK_BY = "Reason: {reason}"

# History
HISTORY_TITLE = "History"
HISTORY_INTRO = "Every import, newest first."
HISTORY_SEARCH = "Search by file name, reference or person"
HISTORY_STATUS = "Any status"
HISTORY_FILE = "File"
HISTORY_STATUS_COLUMN = "Status"
HISTORY_ROWS = "Rows"
HISTORY_OUTCOME = "Outcome"
HISTORY_WHEN = "Started"
HISTORY_STUCK = "Stuck since "
HISTORY_CONTINUE = "Continue"
HISTORY_EMPTY = "No import fits"
HISTORY_EMPTY_TEXT = "Try another status or search."
LOAD_MORE = "Load more"
SHOWN_OF = "{shown} of {total}"

# Analytics
ANALYTICS_TITLE = "Analytics"
ANALYTICS_INTRO = "How imports went over time."
RANGES = {"7": "7 days", "30": "30 days", "90": "90 days"}
TILE_IMPORTS = "Imports"
TILE_ROWS = "Rows"
TILE_SUCCESS = "Success rate"
TILE_SPEED = "Rows per second"
TILE_SPEED_HINT = "median"
TILE_DURATION = "Duration"
TILE_DURATION_HINT = "median; 95% within {p95}"
TILE_REFUSED = "Refused uploads"
CHART_OUTCOMES = "Rows by outcome"
CHART_CODES = "Issues by kind"
CHART_FIELDS = "Issues by field"
NO_FIELD = "Whole row"
ANALYTICS_EMPTY = "Nothing to show yet"
ANALYTICS_EMPTY_TEXT = "There was no import in this period."

# Contacts
CONTACTS_TITLE = "Contacts"
CONTACTS_SEARCH = "Search by name, e-mail, phone or company"
CONTACTS_EMPTY = "No contacts"
CONTACTS_EMPTY_TEXT = "Import a file, or try another search."
CONTACT_NAME = "Name"
CONTACT_UPDATED = "Changed"
CONTACT_UNNAMED = "No name"
CONTACT_HISTORY = "History"
CONTACT_HISTORY_IMPORT = "{file}, row {row}"
CONTACT_HISTORY_FILE = "Import"
CONTACT_HISTORY_KINDS = {"CREATED": "Created", "UPDATED": "Changed", "RESTORED": "Restored", "DELETED": "Deleted"}
CONTACT_HISTORY_SOMEBODY = "Somebody"
CONTACT_HISTORY_UNDONE = "{file} undone"
CONTACT_NOT_FOUND = "There is no such contact"
CONSENTS = {"SUBSCRIBED": "Subscribed", "UNSUBSCRIBED": "Unsubscribed", "UNKNOWN": "Unknown"}

VIEWER_HINT = "Your role is viewer: you can see everything and change nothing. Ask an admin for the role of member."
AUDIT_TITLE = "Audit"
AUDIT_INTRO = "Who did what, newest first. For admins."
AUDIT_ACTOR = "Anybody: the exact name"
AUDIT_KIND = "Anything"
AUDIT_KINDS = {
    "import": "Imports",
    "contact": "Contacts",
    "list": "Lists",
    "company": "Companies",
    "owner": "Owners",
    "upload": "Uploads",
    "report": "Reports",
    "journal": "The journal",
    "user": "Signing in",
    "sign_in_link": "Sign-in links",
    "token": "API tokens",
}
AUDIT_WHEN = "When"
AUDIT_WHO = "Who"
AUDIT_WHAT = "What"
AUDIT_DETAIL = "Details"
AUDIT_MOVE = "{was} → {now}"
AUDIT_NOBODY = "Rolodock"
AUDIT_EMPTY = "Nothing of the kind"
AUDIT_EMPTY_TEXT = "Try another person, or anything at all."
