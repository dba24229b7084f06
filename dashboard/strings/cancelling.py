"""Stopping an import."""

CANCEL = "Cancel import"
CANCEL_TITLE = "Cancel this import?"
CANCEL_TITLE_RETRY = "Cancel this retry?"
CANCEL_TEXT = (
    "No contact has been touched, and none will be. The file, its mapping and your corrections are kept, "
    "so that it can be planned again from this page later."
)
CANCEL_TEXT_RETRY = (
    "The retry is dropped. What was done before stays: {created} created, {updated} updated. "
    "The other rows and your corrections are kept, so that they can be retried from this page later."
)
CANCEL_TEXT_APPLYING = (
    "What has gone in so far stays, and can be rolled back from this page. The other rows are left alone, and can be retried later."
)
CANCEL_KEEP = "Go on with it"
CANCEL_KEEP_PLAN = "Keep the plan"
CANCEL_CONFIRM = "Cancel the import"
CANCEL_CONFIRM_RETRY = "Cancel the retry"
CANCEL_TOO_LATE = "It had already ended."
