"""A publisher process: it tells of progress, and does nothing else, so that it never waits for those who make it."""

import logging
import signal
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from uuid import UUID, uuid4

from models.database import Database, make_database
from models.end_signals import EndSignals
from models.errors import Transient
from models.queries.events import GAP_SECONDS
from models.settings import Settings
from workers.announcer import Announcer
from workers.bell import WATCHED, Bell
from workers.queues import event_channel
from workers.rounds import repeat, wait_for_end
from workers.stages.publish import Queued, give_lease_back, hold_lease, publish

log = logging.getLogger(__name__)

# More than twice in the lease, so that one missed round loses nothing.
SECONDS_BETWEEN_LEASES = 0.7
# Rounds are so far apart at least, and twice as long as the last one kept a processor, up to a bound, however often the bell rings.
SECONDS_BETWEEN_ROUNDS = 0.02
MOST_SECONDS_BETWEEN_ROUNDS = 0.5
# So far apart where nobody watches, and what is told is only to be read later: its rounds took a fourteenth of two processors.
SECONDS_BETWEEN_UNHEARD_ROUNDS = 0.5
# How long it takes to end at most.
END_SECONDS = 4.0
# Who comes no further for longer than this leaves publishing to others: it hangs. On SQLite it may wait for who writes all or nothing, and
# so does whoever would take it over.
MOST_SECONDS_OF_A_ROUND = 5.0


def run_publisher(settings: Settings) -> None:
    """Publish until SIGTERM or SIGINT, in turns with the other processes that do."""
    ended = threading.Event()
    signals = EndSignals(signal.SIGTERM, signal.SIGINT)
    database = make_database(settings.resolved_database_url())
    announcer = Announcer(settings.redis_url)
    bell = Bell(settings.redis_url)
    turn = Turn(database)
    publisher = Publisher(database, announcer, bell, turn, settings.publish_seconds, ended)
    # Nobody waits for its end, which a Redis that says nothing puts off.
    threading.Thread(target=bell.listen, name="bell", daemon=True).start()
    loops = [
        threading.Thread(target=repeat, args=(ended, partial(ended.wait, SECONDS_BETWEEN_LEASES), turn.ask), name="lease"),
        threading.Thread(target=repeat, args=(ended, publisher.wait, publisher.publish), name="publisher"),
    ]
    for loop in loops:
        loop.start()
    log.info("publisher ready")
    wait_for_end(ended, signals)
    bell.end()
    deadline = time.monotonic() + END_SECONDS
    for loop in loops:
        loop.join(max(0.0, deadline - time.monotonic()))
    # Who hangs at the database now would hang there once more.
    if not any(loop.is_alive() for loop in loops):
        with suppress(Transient):
            turn.give_back()
    announcer.close()
    database.close()


class Turn:
    """Whether this process is the one that publishes. Asked for apart from publishing, since on SQLite that waits for whoever writes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holder = f"{socket.gethostname()}:{uuid4().hex[:12]}"
        self._noted_at = time.monotonic()
        self.is_ours = False

    def note_round(self) -> None:
        """A round begins, comes further, or has ended."""
        self._noted_at = time.monotonic()

    def ask(self) -> None:
        """Take or keep the lease, unless publishing hangs here."""
        hangs = time.monotonic() - self._noted_at > MOST_SECONDS_OF_A_ROUND
        self.is_ours = not hangs and hold_lease(self._database, self._holder)

    def give_back(self) -> None:
        """Let another process publish from now on."""
        if self.is_ours:
            give_lease_back(self._database, self._holder)


class Publisher:
    """Publishes while it is this process's turn."""

    def __init__(self, database: Database, announcer: Announcer, bell: Bell, turn: Turn, seconds: float, ended: threading.Event) -> None:
        self._database = database
        self._announcer = announcer
        self._bell = bell
        self._rope = bell.add_rope()
        self._watched = bell.add_rope(WATCHED)
        self._turn = turn
        self._seconds = seconds
        self._ended = ended
        self._pause = 0.0
        self._rest = 0.0
        self._is_heard = True
        self._is_anything_moving = False
        self._told: dict[UUID, int] = {}
        self._unsaid: dict[UUID, int] = {}
        self._queued = Queued()

    def wait(self) -> None:
        """Until the next round is due: once somebody rings, when more may be told, and soon anyway while something runs."""
        if self._is_anything_moving and not self._is_heard:
            # Who begins to watch is heard of before there is anything to announce.
            self._is_heard = self._bell.wait(self._watched, SECONDS_BETWEEN_UNHEARD_ROUNDS)
            return
        rest = max(self._rest, SECONDS_BETWEEN_ROUNDS)
        self._ended.wait(rest)
        if self._pause > rest:
            self._bell.wait(self._rope, self._pause - rest)

    def publish(self) -> None:
        """One round."""
        self._pause, self._rest, self._is_anything_moving = SECONDS_BETWEEN_LEASES, 0.0, False
        began = time.thread_time()
        self._turn.note_round()
        try:
            if self._turn.is_ours:
                self._publish()
        finally:
            self._turn.note_round()
            # Where many imports are under way a round is much work, and others want the processor too.
            self._rest = max(self._rest, min(2 * (time.thread_time() - began), MOST_SECONDS_BETWEEN_ROUNDS))

    def _publish(self) -> None:
        published = publish(self._database, GAP_SECONDS, self._queued, self._tell)
        self._is_anything_moving = published.is_anything_moving
        if published.is_anything_moving:
            self._pause = self._seconds if published.next_seconds is None else min(self._seconds, published.next_seconds)
            # What is rung for meanwhile is seen then.
            self._rest = self._pause if published.is_all_told else 0.0
        # Of tenants without imports under way nothing need be kept.
        self._told = {tenant_id: sequence for tenant_id, sequence in self._told.items() if tenant_id in published.newest}

    def _tell(self, newest: Mapping[UUID, int]) -> None:
        self._turn.note_round()
        self._unsaid |= {tenant_id: sequence for tenant_id, sequence in newest.items() if self._told.get(tenant_id) != sequence}
        for tenant_id, sequence in list(self._unsaid.items()):
            # Where it cannot be said it is in the next round; whoever watches also looks by itself now and then.
            heard = self._announcer.say(event_channel(tenant_id), sequence)
            # Who listens does so for all tenants. Where Redis is away those who watch ask the database.
            self._is_heard = heard is None or heard > 0
            if heard is None:
                return
            self._told[tenant_id] = sequence
            del self._unsaid[tenant_id]
