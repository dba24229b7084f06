"""What rolling an import back would do, told before anybody decides: counted now, and nothing written."""

from dataclasses import dataclass

from api.auth.actor import Actor
from api.commands.deps import Deps
from models.database import reading
from models.lifecycle import ROLLBACKABLE
from models.queries.pages import MAX_FIRST
from models.queries.remains import Part, is_swept
from models.queries.transitions import has_applied
from models.queries.undo import cut_rows, foresee_undo
from models.queries.undo_sets import RowRange
from models.tables import ImportJob, KeptContact
from models.vocabulary import ImportStatus
from workers.engine.identity import contact_id_range


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many contacts would go, be restored and keep something; `kept_contacts` are the first of the last, by row."""

    removes: int
    restores: int
    keeps: int
    kept_contacts: tuple[KeptContact, ...]


def foresee_rollback(deps: Deps, actor: Actor, job: ImportJob) -> Forecast | None:
    """What a rollback would do if nobody touched a contact meanwhile; None: the import cannot be rolled back.

    It is counted batch by batch, as the rollback would go about it, on one consistent look at the database.
    """
    if ImportStatus(job.status) not in ROLLBACKABLE or is_swept(job, Part.JOURNAL):
        return None
    removes = restores = keeps = 0
    kept: list[KeptContact] = []
    with reading(deps.database) as tx:
        if not has_applied(tx, job):
            return None
        for first, last in cut_rows(tx, job):
            prospect = foresee_undo(tx, job, RowRange(first, last, contact_id_range(job.id, first, last)))
            removes += prospect.removed
            restores += prospect.restored
            keeps += len(prospect.kept)
            kept += prospect.kept[: MAX_FIRST - len(kept)]
    return Forecast(removes, restores, keeps, tuple(kept))
