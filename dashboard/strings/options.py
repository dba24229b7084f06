"""The options of an import."""

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
# Where the import asks for it.
OPTION_DATE_ORDER_ASKED = "How are these dates written?"
OPTION_DATE_ORDER_ASKED_HINT = "Without an answer such dates are left out; the rows go in without them"
OPTION_DATE_ORDER_ASKED_NONE = "Choose"
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
# Where an option is refused, by the API's path to it.
OPTION_REFUSALS = {
    "matchFields": "Choose at least one.",
    "maxErrorRate": "Give a rate from 0 to 100.",
    "defaultCountry": "Choose a country from the list.",
    "tags": "A tag has from 1 to 100 characters.",
    "assignment.owners": "Name the owner: one where contacts go to one person, one or more where they go in turn.",
    "assignment.column": "Choose the column.",
    "headerRow": "Give a row number, or 0 where the file has no column names.",
    "headerRows": "Give 1, 2 or 3.",
    "delimiter": "Give from 1 to 10 characters, without a quote or a line break.",
    "quote": "Choose another: it is part of what separates the values.",
    "encoding": "Choose an encoding from the list.",
}
PLAN_BUTTON = "Plan the import"
PLAN_HINT = "Nothing is imported yet. The plan shows what each row would do."
BACK_TO_PLAN = "Back to the plan"
