"""Who did what."""

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
