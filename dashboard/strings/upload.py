"""The first page."""

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
