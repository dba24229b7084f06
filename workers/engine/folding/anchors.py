"""Which writes must lie in one batch because a claim passes between their contacts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from workers.engine.folding.drafts import Draft, claimable_of

Key = tuple[str, str]


def find_anchors(written: Sequence[Draft]) -> Mapping[str, int]:
    """The anchor row of each written contact, by id.

    Two contacts are linked when one gives up a claim that the other has or would have, before or after: the database may grant the claim
    only once it is given up, and whoever holds the value may inherit it.
    """
    released = {key: draft for draft in written for key in _released(draft)}
    groups = _Groups()
    for draft in written:
        for key in _held(draft):
            if key in released:
                groups.join(draft.id, released[key].id)
    lowest: dict[str, int] = {}
    for draft in written:
        owner = draft.owner_row
        assert owner is not None
        group = groups.find(draft.id)
        lowest[group] = min(owner, lowest.get(group, owner))
    return {draft.id: lowest[groups.find(draft.id)] for draft in written}


def _released(draft: Draft) -> Iterator[Key]:
    if draft.before is None:
        return
    for kind, value in draft.before.keys.items():
        if value and draft.now.keys[kind] != value:
            yield kind, value


def _held(draft: Draft) -> Iterable[Key]:
    sides = [draft.now] if draft.before is None else [draft.before, draft.now]
    for side in sides:
        for kind, value in claimable_of(side.texts).items():
            if value:
                yield kind, value


class _Groups:
    """Disjoint sets of contact ids."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}

    def find(self, member: str) -> str:
        while (parent := self.parents.get(member, member)) != member:
            self.parents[member] = self.parents.get(parent, parent)
            member = parent
        return member

    def join(self, one: str, other: str) -> None:
        self.parents[self.find(one)] = self.find(other)
