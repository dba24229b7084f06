"""Things that one process of all does at a time."""

from datetime import timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from models.database import Writing
from models.tables import Lease


def hold(tx: Writing, name: str, holder: str, seconds: float) -> bool:
    """Take or keep a lease for some seconds by the database's clock; False: somebody else holds it.

    One that ends later than any is made to end was made before the clock was put back, and is nobody's.
    """
    now = tx.now()
    until = now + timedelta(seconds=seconds)
    is_free = or_(col(Lease.holder) == holder, col(Lease.until) < now, col(Lease.until) > now + timedelta(seconds=2 * seconds))
    statement = update(Lease).where(col(Lease.name) == name, is_free).values(holder=holder, until=until)
    if tx.execute(statement).rowcount:  # type: ignore[attr-defined]
        return True
    if tx.get(Lease, name) is not None:
        return False
    try:
        with tx.begin_nested():
            tx.add(Lease(name=name, holder=holder, until=until))
    except IntegrityError:
        return False
    return True


def let_go(tx: Writing, name: str, holder: str) -> None:
    """Give a lease back before its time, if it is the holder's."""
    tx.execute(update(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder).values(until=tx.now() - timedelta(seconds=1)))
