"""PostgreSQL as we use it: how its engine is made."""

import time
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import InvalidatePoolError

# libpq's words. A host that is gone without a farewell is noticed within some 15 seconds, also while its answer is waited for; otherwise
# that would take hours. How long a statement may take is not limited by it.
_PATIENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
}
# A connection that was in use no longer ago is taken to be alive still. What has died since then fails as what dies while it is in use
# does: it can be tried again.
_TRUSTED_SECONDS = 1.0
_LEFT_AT = "rolodock_left_at"


def make_postgres_engine(url: str) -> Engine:
    """An engine whose errors keep quiet about people's rows; nothing is connected yet."""
    engine = create_engine(url, hide_parameters=True, pool_size=8, max_overflow=24, pool_recycle=1800, connect_args=_PATIENCE)
    dialect = engine.dialect

    @event.listens_for(engine, "checkin")
    def note_use(_: Any, record: Any) -> None:
        record.info[_LEFT_AT] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def replace_dead(connection: Any, record: Any, _: Any) -> None:
        # SQLAlchemy itself would ask the server each time, which in a large import was every seventh of all statements.
        left_at = record.info.get(_LEFT_AT)
        if left_at is None or time.monotonic() - left_at <= _TRUSTED_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if not dialect.is_disconnect(error, connection, None):
                raise
            raise InvalidatePoolError from error

    return engine
