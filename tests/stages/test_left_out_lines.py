"""What the readers themselves leave out of a file of several chunks is told once, wherever it stands, and counts as nothing."""

from tests.support.rig import Rig, csv_bytes

HEADER = ["email", "first_name", "last_name", "city"]
PEOPLE = [[f"p{number}@example.com", f"P{number}", "Lee", "Paris"] for number in range(13)]


def told(rig: Rig, data: bytes) -> tuple[int, int, list[tuple[int, str]]]:
    job_id = rig.add_file(data)
    rig.drain()
    counts = rig.counts(job_id)
    issues = [(issue.row, issue.code) for issue in rig.issues(job_id) if issue.code != "no_match_key"]
    return counts.total, counts.created, issues


def test_lines_between_and_below_the_chunks_are_told_once(rig: Rig) -> None:
    records = [*PEOPLE[:5], HEADER, *PEOPLE[5:10], HEADER, *PEOPLE[10:], [], ["Total: 13"], ["Exported on 2026-03-02"]]
    data = csv_bytes(HEADER, records)
    assert told(rig, data) == (13, 13, [(7, "repeated_header"), (13, "repeated_header"), (18, "footer"), (19, "footer")])


def test_whole_chunks_of_them_at_the_end_are_told_once(rig: Rig) -> None:
    footers = [[f"Note: remark {number}"] for number in range(12)]
    data = csv_bytes(HEADER, [*PEOPLE, [], *footers])
    assert told(rig, data) == (13, 13, [(row, "footer") for row in range(16, 28)])


def test_comments_are_told_once(rig: Rig) -> None:
    lines = csv_bytes(HEADER, PEOPLE).splitlines(keepends=True)
    data = b"".join([*lines[:4], b"# checked\n", *lines[4:], b"# second remark\n", b"# the end\n"])
    assert told(rig, data) == (13, 13, [(5, "comment_line"), (16, "comment_line"), (17, "comment_line")])
