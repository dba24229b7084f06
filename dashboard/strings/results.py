"""What an import came to."""

RESULT_TITLES = {
    "COMPLETED": "All done",
    "COMPLETED_WITH_ERRORS": "Done, but some rows failed",
    "FAILED": "The import failed",
    "CANCELLED": "The import was cancelled",
    "ROLLED_BACK": "The import was undone",
    "PARTIALLY_ROLLED_BACK": "The import was undone, except for what was changed since",
}
# Of one that was cancelled too late to leave anything over.
RESULT_ALL_DONE = "All rows were done before it was cancelled"
# Of a retry that was cancelled.
RESULT_TITLE_RETRY_CANCELLED = "The retry was cancelled"
RESULT_TEXT_RETRY_CANCELLED = "What went in stays: {created} created, {updated} updated. {unprocessed} of {total} rows are left to retry."
RESULT_TEXT = "{created} created, {updated} updated, {failed} failed of {total} rows."
ROLLBACK_TEXT_DONE = "Contacts removed: {removed} · restored: {restored} · with something kept, because changed since: {kept}."
# Without it the numbers would seem to be of different contacts.
ROLLBACK_BOTH = "A contact that is restored in part counts as restored and as kept."
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
    "What somebody or another import changed since is kept, and you are told which."
)
ROLLBACK_PREVIEW = (
    "As of now. Contacts to remove: {removes} · to restore: {restores} · with something to keep, because changed since: {keeps}."
)
ROLLBACK_PREVIEW_GONE = "This import cannot be rolled back any more."
ROLLBACK_REASON = "Reason (optional)"
ROLLBACK_REASON_HINT = "Kept with the import, for whoever asks later"
ROLLBACK_CONFIRM = "Roll back"
ROLLBACK_KEEP = "Keep the import"
ROLLBACK_RESULT = "What the rollback did"
ROLLBACK_COUNTS = {"removed": "Contacts removed", "restored": "Contacts restored", "kept": "With something kept"}
ROLLBACK_KEPT = "Kept, because changed since by somebody or another import"
ROLLBACK_KEPT_CONTACT = "Contact"
ROLLBACK_KEPT_FIELDS = "Fields"
ROLLBACK_BY = "Reason: {reason}"
