"""Says over Redis what may be missed: whoever listens also looks by itself now and then."""

import logging
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

# A connection that says nothing for so long is given up; the same is tried once more on another.
ANSWER_SECONDS = 1.0
# After that Redis is left alone for so long: whoever announces has something better to do than to wait for it each time.
QUIET_SECONDS = 5.0


class Announcer:
    """Announces to channels of Redis, and never raises where that cannot be reached."""

    def __init__(self, redis_url: str) -> None:
        self._client = redis.Redis.from_url(
            redis_url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS, retry=Retry(NoBackoff(), 1)
        )
        self._quiet_until = 0.0

    def say(self, channel: str, text: str | int) -> None:
        """Announce, unless Redis could not be reached a moment ago."""
        if time.monotonic() < self._quiet_until:
            return
        try:
            self._client.publish(channel, text)
        except redis.exceptions.RedisError as error:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("nothing can be announced for %g s: %s", QUIET_SECONDS, error)

    def close(self) -> None:
        self._client.close()
