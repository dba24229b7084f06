"""The contacts."""

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
