# Strawberry's decorators give up their types when they are given arguments.
# mypy: disallow-untyped-decorators=False
"""An entry of a directory."""

from datetime import datetime

import strawberry

from api.context import Info
from api.graphql.enums import DirectoryKind
from api.graphql.pages import Node
from api.graphql.scalars import BigInt
from models import tables


@strawberry.type(description="A company or an owner, once for all ways of writing its name.")
class DirectoryEntry(Node):
    kind: DirectoryKind
    name: str
    import_id: strawberry.ID | None = strawberry.field(description="The import that created it; null: somebody added it by hand.")
    row: BigInt | None = strawberry.field(description="The lowest row whose contact got it from that import.")
    created_by: str | None
    created_at: datetime

    @classmethod
    def of(cls, entry: tables.DirectoryEntry) -> "DirectoryEntry":
        return cls(
            id=strawberry.ID(str(entry.id)),
            kind=DirectoryKind(entry.kind),
            name=entry.name,
            import_id=None if entry.import_id is None else strawberry.ID(str(entry.import_id)),
            row=None if entry.import_row is None else BigInt(entry.import_row),
            created_by=entry.created_by,
            created_at=entry.created_at,
        )

    @classmethod
    def of_optional(cls, entry: tables.DirectoryEntry | None) -> "DirectoryEntry | None":
        return None if entry is None else cls.of(entry)

    @strawberry.field(description="Contacts that have the name, written exactly so. Ask for it with care: it takes a look at all contacts.")
    async def contact_count(self, info: Info) -> BigInt:
        return BigInt(await info.context.contact_counts.load((self.kind, self.name)))
