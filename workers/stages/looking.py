"""Looking for the contacts that the rows of a file reach.

Where most rows are about people who are new, it is first asked which keys are known at all, those of many chunks at a time and in their
order, which is that of the index: the more of them, the more lie on one of its pages, and no contact is visited. Each chunk then
asks by the keys that are known. Where most are, each asks by all of its keys at once.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import polars as pl

from models.database import Reading
from models.queries.candidates import find_claims, find_known, stored_schema
from models.storage import ObjectStore
from models.vocabulary import DuplicateStrategy
from workers.engine.ahead import map_ahead
from workers.engine.frames import CANDIDATE_SCHEMA, EngineOptions
from workers.engine.matching import KEY_COLUMNS, KEY_SCHEMA, KINDS, Hits, claim_columns, extract_keys, find_hits
from workers.stages.frames import candidate_columns, list_keys, load_columns, make_candidates
from workers.stages.gathering import Gathered, GatheredChunk

# Rows whose keys are held and put in order together: some 100 bytes each for a moment.
ROWS_AT_A_TIME = 500_000
# Keys after which the position is noted.
KEYS_AT_A_TIME = 50_000
# With a larger share of known keys, asking which are known costs more than it saves.
MOST_KNOWN = 0.4
NO_CANDIDATES = pl.DataFrame(schema=CANDIDATE_SCHEMA)
NO_KEYS = pl.DataFrame(schema=KEY_SCHEMA)


@dataclass(frozen=True, slots=True)
class Found:
    """What the rows of a chunk reach, and the contacts that claim their keys."""

    chunk: GatheredChunk
    hits: Hits
    contact_ids: pl.Series


@dataclass(frozen=True, slots=True)
class _Reach:
    """The contacts that claim keys of a chunk's rows, each once for each key by which it was found. None: nobody does."""

    chunk: GatheredChunk
    contacts: pl.DataFrame | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the database answered: for how many rows it was asked thereby, and what those of a chunk reach; None: not told yet."""

    row_count: float
    reach: _Reach | None = None


class _Known:
    """How many of the keys that were asked for some contact claims."""

    def __init__(self) -> None:
        self._asked = self._found = 0

    def add(self, asked: int, found: int) -> None:
        self._asked += asked
        self._found += found

    @property
    def share(self) -> float:
        return self._found / self._asked if self._asked else 0.0


class Search:
    """The search of one import for the contacts of its rows. All of it sees one state of the database."""

    def __init__(self, tx: Reading, storage: ObjectStore, tenant_id: UUID, options: EngineOptions, gathered: Gathered) -> None:
        self._tx = tx
        self._storage = storage
        self._tenant_id = tenant_id
        self._options = options
        self._gathered = gathered
        self._known = _Known()
        # Who is passed over, or stood beside, is told by what it claims; who may be changed is needed whole, and is not looked for twice.
        self._is_changing = options.duplicate_strategy in (DuplicateStrategy.UPDATE, DuplicateStrategy.MERGE)
        self._columns = candidate_columns(options) if self._is_changing else claim_columns(options)

    def find(self, go_on: Callable[[int], None]) -> Iterator[Found]:
        """Look for the contacts of all chunks, and tell what was found chunk by chunk, in order. `go_on` is called now and then with the
        number of rows that were looked for.
        """
        # The database looks for the next chunk's contacts while these are matched.
        yield from map_ahead(self._keep, self._reach(go_on))

    def load_candidates(self, chunk: GatheredChunk, ids: pl.Series) -> pl.DataFrame:
        """Those of a chunk's contacts that have these ids, where the import may change them: with all that its rows need of them."""
        contacts = self._gathered.scratch.read(_contacts_of(chunk)) if self._is_changing and ids.len() else None
        if contacts is None:
            return NO_CANDIDATES
        return make_candidates(self._tx, self._tenant_id, contacts.filter(pl.col("id").is_in(ids.implode())), self._options)

    def _reach(self, go_on: Callable[[int], None]) -> Iterator[_Reach]:
        looked_up = 0.0
        # Closed at once where `go_on` raises: the connection is given back by whoever catches it, and nobody may be asking by it then.
        with closing(self._ask()) as answers:
            for answer in answers:
                looked_up += answer.row_count
                go_on(round(looked_up))
                if answer.reach is not None:
                    yield answer.reach

    def _ask(self) -> Generator[_Answer, None, None]:
        # How many are known is told by the first chunk, and later by all that was asked so far.
        first, *others = self._gathered.chunks
        yield self._ask_by_all(first)
        windows = _windows(others)
        while True:
            if self._known.share < MOST_KNOWN:
                # The next keys are put in order while the database is asked.
                yield from map_ahead(lambda ask: ask(), self._ask_known_first(windows))
            chunks = next(windows, None)
            if chunks is None:
                return
            yield from map(self._ask_by_all, chunks)

    def _ask_known_first(self, windows: Iterator[list[GatheredChunk]]) -> Iterator[Callable[[], _Answer]]:
        """What is to be asked, one after the other, until too many are known."""
        for chunks in windows:
            yield from self._ask_window(chunks)
            if self._known.share >= MOST_KNOWN:
                return

    def _ask_window(self, chunks: list[GatheredChunk]) -> Iterator[Callable[[], _Answer]]:
        wanted = self._list_wanted(chunks)
        known: dict[int, dict[str, list[pl.Series]]] = {chunk.source.number: {kind: [] for kind in KINDS} for chunk in chunks}
        key_count = sum(pairs.height for pairs in wanted.values())
        row_count = sum(chunk.source.row_count for chunk in chunks)
        for kind, pairs in wanted.items():
            for some in pairs.iter_slices(KEYS_AT_A_TIME):
                yield partial(self._ask_which_are_known, kind, some, known, row_count * some.height / key_count)
        # Where no row has a key, nothing was asked so far.
        yield from (partial(self._ask_by_known, chunk, known, 0 if key_count else chunk.source.row_count) for chunk in chunks)

    def _ask_which_are_known(
        self, kind: str, pairs: pl.DataFrame, known: Mapping[int, Mapping[str, list[pl.Series]]], row_count: float
    ) -> _Answer:
        """Add those of the keys that a contact claims to what is known of the chunks that ask for them."""
        asked = pairs.filter(pl.col("value").ne_missing(pl.col("value").shift(1)))["value"]
        found = find_known(self._tx, self._tenant_id, f"{kind}_key", asked)
        if found.len():
            claimed = pairs.filter(pl.col("value").is_in(found.implode()))
            for (number,), part in claimed.partition_by("number", as_dict=True).items():
                known[number][kind].append(part["value"])
        self._known.add(asked.len(), found.len())
        return _Answer(row_count)

    def _ask_by_known(self, chunk: GatheredChunk, known: Mapping[int, Mapping[str, list[pl.Series]]], row_count: int) -> _Answer:
        keys = {kind: pl.concat(parts) for kind, parts in known[chunk.source.number].items() if parts}
        return _Answer(row_count, self._reach_by(chunk, keys))

    def _ask_by_all(self, chunk: GatheredChunk) -> _Answer:
        keys = list_keys(self._load_keys(chunk))
        reach = self._reach_by(chunk, keys)
        self._known.add(sum(values.len() for values in keys.values()), 0 if reach.contacts is None else reach.contacts.height)
        return _Answer(chunk.source.row_count, reach)

    def _list_wanted(self, chunks: list[GatheredChunk]) -> dict[str, pl.DataFrame]:
        """The keys of each kind by which rows of these chunks ask, in order, with each chunk that asks (`value`, `number`)."""
        wanted: dict[str, list[pl.DataFrame]] = {kind: [] for kind in KINDS}
        for chunk in chunks:
            for kind, values in list_keys(self._load_keys(chunk), in_order=False).items():
                wanted[kind].append(pl.DataFrame({"value": values}).with_columns(pl.lit(chunk.source.number, pl.Int32).alias("number")))
        # By both: polars puts rows in order in less time than texts.
        return {kind: pl.concat(keys).sort("value", "number") for kind, keys in wanted.items()}

    def _reach_by(self, chunk: GatheredChunk, keys: Mapping[str, pl.Series]) -> _Reach:
        wanted = {f"{kind}_key": values for kind, values in keys.items() if values.len()}
        contacts = find_claims(self._tx, self._tenant_id, wanted, self._columns) if wanted else None
        return _Reach(chunk, contacts if contacts is not None and contacts.height else None)

    def _keep(self, reach: _Reach) -> Found:
        """Match a chunk against the contacts, and keep these where the import may change them."""
        if reach.contacts is None:
            nobody = pl.DataFrame(schema=stored_schema(self._columns))
            return Found(reach.chunk, find_hits(NO_KEYS, nobody, self._options), nobody["id"])
        contacts = reach.contacts.unique("id", keep="first", maintain_order=True)
        if self._is_changing:
            self._gathered.scratch.add(_contacts_of(reach.chunk), contacts)
        return Found(reach.chunk, find_hits(self._load_keys(reach.chunk), contacts, self._options), contacts["id"])

    def _load_keys(self, chunk: GatheredChunk) -> pl.DataFrame:
        return extract_keys(load_columns(self._storage, chunk.judged_key, KEY_COLUMNS), self._options)


def _windows(chunks: list[GatheredChunk]) -> Iterator[list[GatheredChunk]]:
    """The chunks, as many at a time as are looked for together."""
    window: list[GatheredChunk] = []
    row_count = 0
    for chunk in chunks:
        if window and row_count + chunk.source.row_count > ROWS_AT_A_TIME:
            yield window
            window, row_count = [], 0
        window.append(chunk)
        row_count += chunk.source.row_count
    if window:
        yield window


def _contacts_of(chunk: GatheredChunk) -> str:
    """The name under which the contacts that a chunk's rows reach lie in the scratch."""
    return f"contacts-{chunk.source.number}"
