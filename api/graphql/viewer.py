# Strawberry's decorators give up their types when they are given arguments.
# mypy: disallow-untyped-decorators=False
"""Who is asking, so that a client shows only what they may do."""

import strawberry

from api.context import Info
from api.graphql.enums import Role


@strawberry.type(description="Whoever asks. A VIEWER may change nothing; the audit trail is for an ADMIN.")
class Viewer:
    name: str
    role: Role


@strawberry.type
class ViewerQuery:
    @strawberry.field(description="Who is asking.")
    def viewer(self, info: Info) -> Viewer:
        actor = info.context.require_actor()
        return Viewer(name=actor.name, role=actor.role)
