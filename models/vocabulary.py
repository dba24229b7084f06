"""The words of the service: every enum that is stored, the contact fields, the issue codes and their sentences.

Values are lower_snake: equal to what is stored, and to what GraphQL shows in upper case.
"""

from enum import StrEnum
from typing import NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)


class ImportStatus(StrEnum):
    UPLOADED = "uploaded"
    INSPECTING = "inspecting"
    NEEDS_MAPPING = "needs_mapping"
    PLANNING = "planning"
    PLANNED = "planned"
    QUEUED = "queued"
    APPLYING = "applying"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    PARTIALLY_ROLLED_BACK = "partially_rolled_back"


class DuplicateStrategy(StrEnum):
    SKIP = "skip"
    UPDATE = "update"
    MERGE = "merge"
    CREATE = "create"


class ErrorPolicy(StrEnum):
    KEEP_GOOD_ROWS = "keep_good_rows"
    ALL_OR_NOTHING = "all_or_nothing"
    STOP_AT_ERROR_RATE = "stop_at_error_rate"


class InvalidValuePolicy(StrEnum):
    LEAVE_OUT = "leave_out"
    FAIL_ROW = "fail_row"


class EmptyCellPolicy(StrEnum):
    KEEP = "keep"
    CLEAR = "clear"


class FieldPolicy(StrEnum):
    """What a row does to one field of a contact that it found. KEEP: nothing, ever."""

    OVERWRITE = "overwrite"
    FILL_BLANK = "fill_blank"
    APPEND = "append"
    KEEP = "keep"


class MatchField(StrEnum):
    EXTERNAL_ID = "external_id"
    EMAIL = "email"
    PHONE = "phone"


class MatchMode(StrEnum):
    IDENTITY = "identity"
    ANY = "any"


class DateOrder(StrEnum):
    """Which of two numbers is the day, in a column of dates such as 3/4/1984."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class AssignmentMode(StrEnum):
    NONE = "none"
    SINGLE = "single"
    ROUND_ROBIN = "round_robin"
    BY_COLUMN = "by_column"


class DirectoryKind(StrEnum):
    """What a tenant keeps a directory of; each is also the contact field that holds a name of it."""

    COMPANY = "company"
    OWNER = "owner"


class DirectoryPolicy(StrEnum):
    """What becomes of a company or an owner that a row names."""

    AS_WRITTEN = "as_written"
    MATCH = "match"
    CREATE = "create"


class IssueSeverity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class RowOutcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNPROCESSED = "unprocessed"


class ChangeKind(StrEnum):
    """What a write did to a contact. `restored`: an undo gave it earlier values back; an undo that takes it away is `deleted`."""

    CREATED = "created"
    UPDATED = "updated"
    RESTORED = "restored"
    DELETED = "deleted"


class Consent(StrEnum):
    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    UNKNOWN = "unknown"


class ReportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class TimeBucket(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Role(StrEnum):
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class SourceKind(StrEnum):
    FILE = "file"
    UPLOAD = "upload"
    ROWS = "rows"


class FileFormat(StrEnum):
    """What a source is in. ZIP and GZIP are wrappings: what is inside has a format of its own."""

    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    XLSB = "xlsb"
    ODS = "ods"
    JSON = "json"
    JSON_LINES = "json_lines"
    VCARD = "vcard"
    ZIP = "zip"
    GZIP = "gzip"


# Grids, in which no cell can be missing or stand in another's column.
WORKBOOK_FORMATS = frozenset({FileFormat.XLSX, FileFormat.XLS, FileFormat.XLSB, FileFormat.ODS})


class Stage(StrEnum):
    """What a worker can be asked to do."""

    INSPECT = "inspect"
    PLAN = "plan"
    JUDGE_CHUNK = "judge_chunk"
    APPLY_BATCH = "apply_batch"
    FINALIZE = "finalize"
    ROLL_BACK_BATCH = "roll_back_batch"
    EXPORT = "export"
    DISCARD = "discard"


class PlanningStep(StrEnum):
    """What planning does, one after the other; the first two overlap where there is much to read."""

    READING = "reading"
    JUDGING = "judging"
    COMPARING = "comparing"
    SETTLING = "settling"


class RunKind(StrEnum):
    PLAN = "plan"
    ROLLBACK = "rollback"


class BatchStatus(StrEnum):
    PENDING = "pending"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ContactField(StrEnum):
    """The fields of a contact that a column can be mapped to; custom fields are `custom.<key>` beside them."""

    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    EMAIL = "email"
    PHONE = "phone"
    MOBILE_PHONE = "mobile_phone"
    COMPANY = "company"
    JOB_TITLE = "job_title"
    ADDRESS_LINE1 = "address_line1"
    ADDRESS_LINE2 = "address_line2"
    CITY = "city"
    STATE = "state"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    WEBSITE = "website"
    BIRTHDAY = "birthday"
    NOTES = "notes"
    OWNER = "owner"
    EXTERNAL_ID = "external_id"
    CONSENT = "consent"
    TAGS = "tags"


CUSTOM_PREFIX = "custom."

# The fields that are names of people.
NAME_FIELDS = (ContactField.FIRST_NAME, ContactField.LAST_NAME, ContactField.FULL_NAME)
# The fields of which there can be more.
APPENDABLE_FIELDS = frozenset({ContactField.TAGS, ContactField.NOTES})
# The fields that several columns may fill: who agreed may stand in one and who refused in others.
REPEATABLE_FIELDS = frozenset({ContactField.CONSENT})

# Everything of a contact that is one nullable text: all but consent (never null) and tags (a list).
TEXT_FIELDS: tuple[str, ...] = tuple(field.value for field in ContactField if field not in (ContactField.CONSENT, ContactField.TAGS))

# Characters, not bytes.
MAX_LENGTH: dict[str, int] = {
    **dict.fromkeys(TEXT_FIELDS, 200),
    ContactField.EMAIL: 254,  # RFC 5321, section 4.5.3.1.3, less the two angle brackets
    ContactField.NOTES: 20_000,
    ContactField.WEBSITE: 2_000,
    ContactField.ADDRESS_LINE1: 500,
    ContactField.ADDRESS_LINE2: 500,
}
MAX_CUSTOM_LENGTH = 2_000
# Of the name of a field, `custom.` with it, and of why somebody undoes an import: as much as their columns hold.
MAX_FIELD_LENGTH = 200
MAX_REASON_LENGTH = 1_000
MAX_TAG_LENGTH = 100


class IssueCode(StrEnum):
    """What can be said of a row or a value. The sentence of each is `ISSUE_MESSAGES[code]`."""

    INVALID_EMAIL = "invalid_email"
    EMAIL_DOMAIN_TYPO = "email_domain_typo"
    ROLE_ADDRESS = "role_address"
    DISPOSABLE_DOMAIN = "disposable_domain"
    INVALID_PHONE = "invalid_phone"
    PHONE_COUNTRY_UNKNOWN = "phone_country_unknown"
    PHONE_EXTENSION = "phone_extension"
    PHONE_REMARK = "phone_remark"
    PHONE_LETTERS = "phone_letters"
    INVALID_COUNTRY = "invalid_country"
    INVALID_WEBSITE = "invalid_website"
    INVALID_DATE = "invalid_date"
    AMBIGUOUS_DATE = "ambiguous_date"
    DATE_FROM_SERIAL = "date_from_serial"
    NAME_RECASED = "name_recased"
    INVALID_CONSENT = "invalid_consent"
    CONSENT_KEPT = "consent_kept"
    VALUE_TOO_LONG = "value_too_long"
    NOTES_FULL = "notes_full"
    CONTROL_CHARACTERS = "control_characters"
    UNDECODABLE_TEXT = "undecodable_text"
    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"
    UNCLOSED_QUOTE = "unclosed_quote"
    STRAY_QUOTE = "stray_quote"
    QUOTE_REPAIRED = "quote_repaired"
    CELL_TOO_LARGE = "cell_too_large"
    CELL_ERROR = "cell_error"
    MIXED_ENCODING = "mixed_encoding"
    TEXT_REPAIRED = "text_repaired"
    OTHER_DIALECT = "other_dialect"
    CELLS_REALIGNED = "cells_realigned"
    REPEATED_HEADER = "repeated_header"
    FOOTER = "footer"
    COMMENT_LINE = "comment_line"
    OTHER_TABLE = "other_table"
    DAMAGED_RECORD = "damaged_record"
    NUMBER_ROUNDED = "number_rounded"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    MERGED_CELL = "merged_cell"
    HIDDEN_ROW = "hidden_row"
    NO_MATCH_KEY = "no_match_key"
    KEY_CONFLICT = "key_conflict"
    AMBIGUOUS_MATCH = "ambiguous_match"
    DUPLICATE_ROW = "duplicate_row"
    SET_BY_HIGHER_ROW = "set_by_higher_row"
    OWNER_MISSING = "owner_missing"
    UNKNOWN_COMPANY = "unknown_company"
    UNKNOWN_OWNER = "unknown_owner"
    NEW_COMPANY = "new_company"
    NEW_OWNER = "new_owner"
    ROW_EXCLUDED = "row_excluded"
    PLAN_DRIFT = "plan_drift"


# {value}, {row} (the other row) and {limit} are filled in where the code has them.
ISSUE_MESSAGES: dict[IssueCode, str] = {
    IssueCode.INVALID_EMAIL: "This is not a valid e-mail address.",
    IssueCode.EMAIL_DOMAIN_TYPO: "The domain looks like a common typing error.",
    IssueCode.ROLE_ADDRESS: "This is the address of a role, not of a person; it was kept.",
    IssueCode.DISPOSABLE_DOMAIN: "Mail to this domain is thrown away after a short time; the address was kept.",
    IssueCode.INVALID_PHONE: "This is not a valid phone number of its country.",
    IssueCode.PHONE_COUNTRY_UNKNOWN: "A national phone number needs a country: set a default country, or write it with + and its code.",
    IssueCode.PHONE_EXTENSION: "The extension was left out; the number without it was kept.",
    IssueCode.PHONE_REMARK: "What stands behind the phone number, a remark or a second number, was left out; the number was kept.",
    IssueCode.PHONE_LETTERS: "The letters in the phone number were left out, or read as digits of a keypad.",
    IssueCode.INVALID_COUNTRY: "This is not a country name or code that we know.",
    IssueCode.INVALID_WEBSITE: "This is not a web address.",
    IssueCode.INVALID_DATE: "This is not a date that exists; write it as YYYY-MM-DD.",
    IssueCode.AMBIGUOUS_DATE: "Day and month cannot be told apart; write it as YYYY-MM-DD.",
    IssueCode.DATE_FROM_SERIAL: "The number was read as a date, as spreadsheets count days.",
    IssueCode.NAME_RECASED: "The name is written in capitals or small letters only; it gets its usual ones, if the contact has no others.",
    IssueCode.INVALID_CONSENT: "It cannot be told whether this agrees or refuses; write subscribed or unsubscribed.",
    IssueCode.CONSENT_KEPT: "This contact is unsubscribed; an import does not subscribe it again.",
    IssueCode.VALUE_TOO_LONG: "The value is longer than {limit} characters.",
    IssueCode.NOTES_FULL: "With this text the contact's notes would be longer than {limit} characters; it was not added.",
    IssueCode.CONTROL_CHARACTERS: "Invisible control characters were removed.",
    IssueCode.UNDECODABLE_TEXT: "Some bytes are not text in the file's encoding.",
    IssueCode.TOO_FEW_CELLS: "The row has fewer cells than the header; the missing ones are taken as absent.",
    IssueCode.TOO_MANY_CELLS: "The row has more cells than the header; its cells may be in the wrong columns.",
    IssueCode.UNCLOSED_QUOTE: "A quote is opened here and never closed.",
    IssueCode.STRAY_QUOTE: "A quote stands inside the value; it was kept as it is.",
    IssueCode.QUOTE_REPAIRED: "A quote was missing here, or one too many; the row was read as far as it makes sense in one way only.",
    IssueCode.CELL_TOO_LARGE: "The cell is larger than {limit} characters.",
    IssueCode.CELL_ERROR: "The cell holds a spreadsheet error, not a value.",
    IssueCode.MIXED_ENCODING: "The row is in another encoding than the file; it was read in that one.",
    IssueCode.TEXT_REPAIRED: "The text had been encoded twice; it was restored.",
    IssueCode.OTHER_DIALECT: "The row is written with other separators than the file; it was read with its own.",
    IssueCode.CELLS_REALIGNED: "The row had a cell too many or too few; its values fit the columns in one way only, and were put there.",
    IssueCode.REPEATED_HEADER: "The header stands here again; it was left out.",
    IssueCode.FOOTER: "This is a line below the table, such as a total; it was left out.",
    IssueCode.COMMENT_LINE: "This is a comment; it was left out.",
    IssueCode.OTHER_TABLE: "This belongs to another table in the file; it was left out.",
    IssueCode.DAMAGED_RECORD: "The record is damaged and could not be read.",
    IssueCode.NUMBER_ROUNDED: "The number was rounded by a spreadsheet, and its last digits are lost.",
    IssueCode.FORMULA_WITHOUT_VALUE: "The cell holds a formula whose result was not saved. Open the file, let it calculate, and save it.",
    IssueCode.MERGED_CELL: "The cell is merged with those above it, and has their value.",
    IssueCode.HIDDEN_ROW: "The row is hidden in the sheet; it was read all the same.",
    IssueCode.NO_MATCH_KEY: "The row has no usable external id, e-mail or phone, so it cannot be told who it is.",
    IssueCode.KEY_CONFLICT: "Another contact already has this value, which identifies it.",
    IssueCode.AMBIGUOUS_MATCH: "The row fits two different contacts.",
    IssueCode.DUPLICATE_ROW: "The row is about the same person as row {row}.",
    IssueCode.SET_BY_HIGHER_ROW: "Row {row}, which went in before, has set this field of the same person; it was left as it is.",
    IssueCode.OWNER_MISSING: "The column that names the owner is blank in this row, so nobody was assigned.",
    IssueCode.UNKNOWN_COMPANY: "This company is not in the directory.",
    IssueCode.UNKNOWN_OWNER: "This owner is not in the directory.",
    IssueCode.NEW_COMPANY: "This company is not in the directory yet; it is added with the first contact that gets it.",
    IssueCode.NEW_OWNER: "This owner is not in the directory yet; it is added with the first contact that gets it.",
    IssueCode.ROW_EXCLUDED: "Somebody left this row out of the import.",
    IssueCode.PLAN_DRIFT: "The contact changed after the plan was made; retry the import to plan this row again.",
}


class KeptCode(StrEnum):
    """Why an undo kept something."""

    FIELD_EDITED_SINCE = "field_edited_since"
    CONTACT_EDITED_SINCE = "contact_edited_since"
    CONTACT_DELETED_SINCE = "contact_deleted_since"


# The final states of a subscription; what comes after one is a new undertaking (retry, rollback).
FINAL_STATUSES: frozenset[ImportStatus] = frozenset(
    {
        ImportStatus.COMPLETED,
        ImportStatus.COMPLETED_WITH_ERRORS,
        ImportStatus.FAILED,
        ImportStatus.CANCELLED,
        ImportStatus.ROLLED_BACK,
        ImportStatus.PARTIALLY_ROLLED_BACK,
    }
)
