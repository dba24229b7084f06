"""What is told while workers work."""

WORKING = {
    "UPLOADED": ("Waiting to be read", "A worker takes it in a moment."),
    "INSPECTING": ("Reading the file", "Finding columns, encoding and the first rows."),
    "PLANNING": ("Planning", "Judging every row and matching it with your contacts. Nothing is changed yet."),
    "QUEUED": ("Queued", "It starts by itself, as soon as enough of your imports before it have ended."),
    "APPLYING": ("Importing", "Contacts are written batch by batch. You can leave this page."),
    "CANCELLING": ("Cancelling", "The batches in flight are finished, the rest is left alone."),
    "ROLLING_BACK": ("Rolling back", "Created contacts are removed and updated ones restored."),
}
# What planning is at.
PLANNING_STEPS = {
    "READING": "Reading the file: {done} rows so far",
    "JUDGING": "Judging each row by itself: {done} of {total}",
    "COMPARING": "Comparing with your contacts: {done} of {total} rows",
    "SETTLING": "Writing the plan: {done} of {total} rows",
}
# The same where none of the rows is through yet: a nought would look as if nothing happened.
PLANNING_STEPS_BEGUN = {
    "READING": "Reading the file",
    "JUDGING": "Judging each of {total} rows by itself",
    "COMPARING": "Comparing {total} rows with each other and with your contacts",
}
PLANNING_WAITS = "Waiting for a worker"
PROGRESS_ROWS = "{done} of {total} rows"
PROGRESS_SPEED = "Rows per second"
PROGRESS_ETA = "Time left"
PROGRESS_ELAPSED = "Elapsed"
PROGRESS_BATCHES = "Batches"
QUEUE_POSITION = "Place {position} in the queue"
QUEUE_TURN = "Its turn has come"
