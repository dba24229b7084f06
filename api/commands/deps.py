"""What every command is handed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from api.auth.signing import Signer
from models.database import Database
from models.queries.sending import FollowUp
from models.settings import Settings
from models.storage import ObjectStore


class Sender(Protocol):
    """Sends what is to be done next, after the commit."""

    def send(self, follow_ups: Sequence[FollowUp]) -> None: ...


@dataclass(frozen=True, slots=True)
class Deps:
    """The database, the files, the way to the workers, and what they are set to."""

    database: Database
    storage: ObjectStore
    outbox: Sender
    settings: Settings
    signer: Signer
