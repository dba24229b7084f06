"""What a resolver is given: who asks, and the one way to have a command run."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar
from uuid import UUID

import strawberry
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.dataloader import DataLoader

from api.auth.actor import Actor
from api.commands import watch_imports
from api.commands.contacts import load_lists_of
from api.commands.deps import Deps
from api.commands.directory import load_contact_counts
from api.commands.event_stream import EventStream
from api.commands.read_imports import load_counts, load_progress
from api.commands.retry_import import Obstacle, find_obstacles
from api.context.admissions import Admissions
from api.context.credentials import Credentials, identify_by
from api.context.heavy_looks import MOST_PREVIEWS, MOST_ROW_SEARCHES, HeavyLooks, RequestedLooks
from models.errors import Terminal, Transient, Unauthenticated
from models.queries.counts import Counts, Progress
from models.queries.lists import CountedList
from models.tables import ImportJob
from models.vocabulary import DirectoryKind

Args = ParamSpec("Args")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Result]):
    """What a mutation came to: a value, or the error that a retry cannot help."""

    value: Result | None = None
    error: Terminal | None = None


@dataclass
class Context:
    """One for each HTTP request, and one for each WebSocket."""

    deps: Deps
    stream: EventStream
    previews: HeavyLooks
    row_searches: HeavyLooks
    admissions: Admissions
    request: Request | WebSocket
    response: Response | WebSocket
    # Known before an HTTP request is executed, and for a WebSocket once its connection_init came.
    actor: Actor | None = None
    credentials: Credentials | None = None
    connection_params: dict[str, Any] | None = None
    identified_at: float = field(default_factory=time.monotonic, init=False)
    requested_previews: RequestedLooks = field(init=False)
    requested_row_searches: RequestedLooks = field(init=False)
    counts: DataLoader[ImportJob, Counts] = field(init=False)
    progress: DataLoader[ImportJob, Progress] = field(init=False)
    retry_obstacles: DataLoader[ImportJob, Obstacle | None] = field(init=False)
    lists: DataLoader[UUID, list[CountedList]] = field(init=False)
    contact_counts: DataLoader[tuple[DirectoryKind, str], int] = field(init=False)

    def __post_init__(self) -> None:
        self.requested_previews = RequestedLooks(self.previews, MOST_PREVIEWS, "previews")
        self.requested_row_searches = RequestedLooks(self.row_searches, MOST_ROW_SEARCHES, "row searches")
        # Batched and never cached: a WebSocket's context outlives what it read.
        self.counts = DataLoader(lambda jobs: self.run(load_counts, jobs), cache=False)
        self.progress = DataLoader(lambda jobs: self.run(load_progress, jobs), cache=False)
        self.retry_obstacles = DataLoader(lambda jobs: self.run(find_obstacles, jobs), cache=False)
        self.lists = DataLoader(lambda ids: self.run(load_lists_of, ids), cache=False)
        self.contact_counts = DataLoader(lambda names: self.run(load_contact_counts, names), cache=False)

    def require_actor(self) -> Actor:
        """Who asks. Raises Unauthenticated."""
        if self.actor is None:
            raise Unauthenticated("Sign in first.")
        return self.actor

    async def identify_again(self) -> None:
        """See who asks now, since a WebSocket outlives what it was opened by. Raises Unauthenticated."""
        began_at = time.monotonic()
        try:
            self.actor = await identify_by(self.deps, self._require_credentials())
        except Unauthenticated:
            self.actor = None
            raise
        self.identified_at = began_at

    async def require_admission(self) -> None:
        """Raises Unauthenticated where somebody who watches is nobody any more; that is seen within a minute."""
        if time.monotonic() - self.identified_at < watch_imports.LOOK_AGAIN_SECONDS:
            return
        # Where nobody can tell, nobody is told anything either; it is asked again at the next turn.
        with suppress(Transient):
            self.actor = await self.admissions.look(self._require_credentials())
            self.identified_at = time.monotonic()

    def _require_credentials(self) -> Credentials:
        if self.credentials is None:
            raise Unauthenticated("Sign in first.")
        return self.credentials

    async def run(self, command: Callable[Concatenate[Deps, Actor, Args], Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """Run a command in a thread, since it waits for the database and the files."""
        return await asyncio.to_thread(command, self.deps, self.require_actor(), *args, **kwargs)

    async def preview(self, command: Callable[Concatenate[Deps, Actor, Args], Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """The same for a command that works out what would come of a whole import. Raises LimitExceeded where a request has too many."""
        return await self.requested_previews.take(partial(command, self.deps, self.require_actor(), *args, **kwargs))

    async def search_rows(
        self, command: Callable[Concatenate[Deps, Actor, Args], Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Result:
        """The same for a command that may read every chunk of an import for the rows that are wanted; it waits for no preview."""
        return await self.requested_row_searches.take(partial(command, self.deps, self.require_actor(), *args, **kwargs))

    async def attempt(
        self, command: Callable[Concatenate[Deps, Actor, Args], Result], *args: Args.args, **kwargs: Args.kwargs
    ) -> Attempt[Result]:
        """Run a command for a mutation: an error that a retry cannot help belongs in its payload."""
        try:
            return Attempt(value=await self.run(command, *args, **kwargs))
        except Terminal as error:
            return Attempt(error=error)


Info = strawberry.Info[Context, None]
