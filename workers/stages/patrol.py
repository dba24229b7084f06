"""Looking for imports of which nothing comes, sent again once, then given up, and for what waits since the clock was put back. Runs in
every worker, by the database's clock.
"""

import logging
from datetime import timedelta

from models.database import reading, writing
from models.errors import Transient
from models.queries.sending import FollowUp, bring_back, is_any_too_far_ahead
from models.queries.stuck import list_moving_again, list_standing_still, note_moving, send_again, time_out
from models.settings import LONGEST_HEARTBEAT_SECONDS
from workers.stages.deps import Deps

log = logging.getLogger(__name__)

# Twice what anything is put ahead, by whatever settings another host has.
FARTHEST_SECONDS = 2.0 * LONGEST_HEARTBEAT_SECONDS


def patrol(deps: Deps) -> list[FollowUp]:
    """Send again what stands still for ROLODOCK_STUCK_AFTER, and give up what was sent again that long ago; what follows from it."""
    seconds = deps.settings.stuck_after
    with reading(deps.database) as tx:
        now = tx.now()
        is_put_back = is_any_too_far_ahead(tx, FARTHEST_SECONDS)
        found = list_standing_still(tx, seconds)
        moving = set(list_moving_again(tx))
    if is_put_back:
        with writing(deps.database) as tx:
            count = bring_back(tx, FARTHEST_SECONDS)
        log.warning("the database's clock was put back: %d stages, chunks, batches and reports are due now", count)
    if moving:
        with writing(deps.database) as tx:
            note_moving(tx, moving)
    follow_ups: list[FollowUp] = []
    for standstill in found:
        resent_at = standstill.job.resent_at
        if standstill.job.id in moving or (resent_at is not None and resent_at > now - timedelta(seconds=seconds)):
            continue
        try:
            with writing(deps.database) as tx:
                if resent_at is not None:
                    follow_ups += time_out(tx, standstill, seconds)
                elif send_again(tx, standstill):
                    log.warning("import %s is stuck since %s and is sent again", standstill.job.id, standstill.since)
        except Transient as error:
            # The next one may be free; this one is looked at again in the next round.
            log.warning("import %s is stuck and cannot be taken from whoever holds it: %s", standstill.job.id, error)
    return follow_ups
