"""Says over Redis what may be missed: whoever listens also looks by itself now and then."""

import logging
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

# A connection that says nothing for so long is given up.
ANSWER_SECONDS = 1.0
# For so long Redis is then left alone: whoever announces has something better to do than to wait for it each time.
SILENT_SECONDS = 5.0
# The same where it said at once that it is not there, which costs nobody time: it may be starting.
ABSENT_SECONDS = 0.5


class Announcer:
    """Announces to channels of Redis, and never raises where that cannot be reached."""

    def __init__(self, redis_url: str) -> None:
        self._client = redis.Redis.from_url(
            redis_url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS, retry=Retry(NoBackoff(), 0)
        )
        self._quiet_until = 0.0

    def say(self, channel: str, text: str | int) -> int | None:
        """Announce, unless Redis could not be reached a moment ago: how many heard it; None: it was not announced."""
        if time.monotonic() < self._quiet_until:
            return None
        try:
            heard = self._client.publish(channel, text)
        except redis.exceptions.RedisError as error:
            pause = SILENT_SECONDS if isinstance(error, redis.exceptions.TimeoutError) else ABSENT_SECONDS
            self._quiet_until = time.monotonic() + pause
            log.warning("nothing can be announced for %g s: %s", pause, error)
            return None
        return int(heard)

    def close(self) -> None:
        self._client.close()
