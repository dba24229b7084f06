"""The plan."""

PLAN_TITLE = "What will happen"
PLAN_NOTHING = "This plan changes no contact."
PLAN_SAMPLE = "Examples, field by field"
PLAN_SAMPLE_EMPTY = "No row of the plan changes a contact."
PLAN_HASH = "Plan {hash}"
PLAN_HASH_HINT = "The import applies exactly this plan, or says where it could not."
START_BUTTON = "Start the import"
CHANGE_MAPPING = "Change mapping"
CANCEL = "Cancel import"
CANCEL_PLAN_TITLE = "Cancel this import?"
CANCEL_PLAN_TEXT = (
    "No contact has been touched, and none will be. The file, its mapping and your corrections are kept, "
    "so that it can be planned again from this page later."
)
CANCEL_PLAN_KEEP = "Keep the plan"
CANCEL_PLAN_CONFIRM = "Cancel the import"
