"""The first pass of planning: the source is read, unless it was before, and every row judged by itself.

A small source is judged here and now and leaves nothing in the database before its plan; a large one is spread over all workers.
"""

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice

from models.database import Writing, reading
from models.errors import InvalidRequest
from models.queries.edits import KeptEdits, list_edits
from models.queries.judged_chunks import WayOfJudging, forget_chunks, record_chunks_to_judge
from models.queries.pace import expected_rows
from models.queries.plans import ChunkRecord, PlannedRun, record_chunks
from models.queries.sending import FollowUp
from models.tables import ImportJob
from workers.engine.judging import DateEvidence
from workers.stages.blank_records import tell_blank_records
from workers.stages.date_orders import DateOrders, needs_evidence, settle_date_orders
from workers.stages.deps import Deps
from workers.stages.frames import load_options
from workers.stages.judging import JudgedRows, find_way_of_judging, judge_pieces
from workers.stages.position import Position
from workers.stages.reading import Piece, find_pieces, keep_piece, read_pieces
from workers.stages.spreading import judge_recorded, load_recorded, record_known, record_read

# Chunks that are judged here and now: for so few, messages and transactions would cost more than they save.
FEW = 2
# A source that seems to have more chunks than this is spread from its first one on, before it is known that it has more than a few.
SEEMINGLY_MANY = 2 * FEW


@dataclass(frozen=True, slots=True)
class FirstPass:
    """What the first pass came to. Where there is a question, how dates are written, nothing was judged.

    `unrecorded` are the chunks of a small source that was read just now; `few` the judged ones of a small source, which are not recorded.
    """

    dates: DateOrders
    way: WayOfJudging
    question: InvalidRequest | None
    judged: Iterable[JudgedRows]
    unrecorded: tuple[ChunkRecord, ...] = ()
    few: tuple[JudgedRows, ...] = ()

    def record(self, tx: Writing, job: ImportJob) -> None:
        """Record what is not yet."""
        if self.unrecorded:
            record_chunks(tx, job, self.unrecorded)
        if self.few:
            forget_chunks(tx, job)
            record_chunks_to_judge(
                tx, job, [each.source for each in self.few], self.way, {each.source.number: each.judged_key for each in self.few}
            )


def judge_source(
    deps: Deps, job: ImportJob, earlier: PlannedRun | None, prefix: str, position: Position
) -> Generator[FollowUp, None, FirstPass]:
    """Read and judge. A question about dates is put once, and not to who retries.

    Raises UnreadableFile and LimitExceeded.
    """
    with reading(deps.database) as tx:
        edits = list_edits(tx, job)
    known = find_pieces(deps, job)
    pieces: Iterator[Piece] = iter(known or read_pieces(deps, job, prefix))
    most_here = 0 if _seems_large(deps, job) else FEW
    first = list(islice(pieces, most_here + 1))
    evidence = DateEvidence([column["header"] for column in job.columns], job.mapping, edits) if needs_evidence(job) else None
    if len(first) <= most_here:
        return _judge_few(deps, job, first, evidence, edits, earlier, prefix, position)
    if known:
        record_known(deps, job, [piece.record for piece in known], evidence, position)
    else:
        way = None if evidence else find_way_of_judging(job, settle_date_orders(job, None).orders, earlier, edits)
        yield from record_read(deps, job, chain(_take(first), pieces), way, evidence, position)
    dates = _settle_dates(deps, job, evidence, find_pieces(deps, job))
    way = find_way_of_judging(job, dates.orders, earlier, edits)
    if dates.question is not None and earlier is None:
        return FirstPass(dates, way, dates.question, ())
    yield from judge_recorded(deps, job, way, position)
    return FirstPass(dates, way, None, load_recorded(deps, job))


def _seems_large(deps: Deps, job: ImportJob) -> bool:
    rows = expected_rows(job)
    return rows is not None and rows > SEEMINGLY_MANY * deps.settings.chunk_rows


def _take(pieces: list[Piece]) -> Iterator[Piece]:
    """Each of them in turn, and none of them held for longer."""
    pieces.reverse()
    while pieces:
        yield pieces.pop()


def _judge_few(
    deps: Deps,
    job: ImportJob,
    pieces: list[Piece],
    evidence: DateEvidence | None,
    edits: KeptEdits,
    earlier: PlannedRun | None,
    prefix: str,
    position: Position,
) -> FirstPass:
    unrecorded = tuple(piece.record for piece in pieces if piece.chunk is not None)
    if evidence is not None:
        for piece in pieces:
            evidence.add(keep_piece(deps.storage, piece).frame)
        pieces = [Piece(piece.record, None) for piece in pieces]
    dates = _settle_dates(deps, job, evidence, pieces)
    way = find_way_of_judging(job, dates.orders, earlier, edits)
    if dates.question is not None and earlier is None:
        return FirstPass(dates, way, dates.question, (), unrecorded)
    position.note(0, sum(piece.record.row_count for piece in pieces))
    judged = tuple(judge_pieces(deps, job, pieces, load_options(job, dates.orders), edits, earlier, prefix))
    return FirstPass(dates, way, None, judged, unrecorded, judged)


def _settle_dates(deps: Deps, job: ImportJob, evidence: DateEvidence | None, pieces: list[Piece]) -> DateOrders:
    """The orders of dates; the dialect beside them also tells what of the pieces is no row."""
    dates = settle_date_orders(job, evidence)
    return replace(dates, dialect=tell_blank_records(deps.storage, job, dates.dialect, pieces))
