"""Of planted, labelled errors of every kind among right rows that look wrong, each is found at its address, and nothing else is said."""

from models.vocabulary import IssueCode
from tests.engine.detection_quality.files import iter_files
from tests.engine.detection_quality.scoring import Scores, describe, find_issues, untouched_codes

LEAST = 0.99
# The files cause none of these: one is about what somebody else wrote meanwhile, one about rows that a person leaves out, one about notes
# that are appended to, one about rows that are retried, the others about directories, which are not asked.
NOT_OF_FILES = {
    code.value
    for code in (
        IssueCode.PLAN_DRIFT,
        IssueCode.NOTES_FULL,
        IssueCode.NEW_COMPANY,
        IssueCode.NEW_OWNER,
        IssueCode.UNKNOWN_COMPANY,
        IssueCode.UNKNOWN_OWNER,
        IssueCode.ROW_EXCLUDED,
        IssueCode.SET_BY_HIGHER_ROW,
    )
}


def test_every_kind_of_issue_is_found_where_it_is_and_nowhere_else() -> None:
    scores = Scores()
    for file in iter_files(seed=7, rows=8_000):
        found, rows = find_issues(file)
        scores.add(file, found, rows)
    assert untouched_codes(scores) == NOT_OF_FILES
    assert scores.total.precision >= LEAST, (describe(scores), scores.examples[:20])
    assert scores.total.recall >= LEAST, (describe(scores), scores.examples[:20])
    for code, tally in scores.tallies.items():
        assert min(tally.precision, tally.recall) >= LEAST, (code, scores.examples[:20])
