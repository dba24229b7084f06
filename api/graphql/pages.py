"""Nodes, and connections over the pages that commands return."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import strawberry

from api.graphql.scalars import BigInt
from models.queries.pages import Page

NodeType = TypeVar("NodeType")
Item = TypeVar("Item")


@strawberry.interface(description="Anything that can be looked up by its id.")
class Node:
    id: strawberry.ID


@strawberry.type
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[NodeType]):
    cursor: str
    node: NodeType


@strawberry.type
class Connection(Generic[NodeType]):
    edges: list[Edge[NodeType]]
    nodes: list[NodeType]
    page_info: PageInfo
    # Counted only when it is asked for.
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field
    async def total_count(self) -> BigInt:
        return BigInt(await self.count())


def connect(page: Page[Item], make_node: Callable[[Item], NodeType], count: Callable[[], Awaitable[int]]) -> Connection[NodeType]:
    """A page as a connection."""
    nodes = [make_node(item) for item in page.items]
    return Connection(
        edges=[Edge(cursor=cursor, node=node) for cursor, node in zip(page.cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=PageInfo(
            has_next_page=page.has_next_page,
            has_previous_page=page.has_previous_page,
            start_cursor=page.cursors[0] if page.cursors else None,
            end_cursor=page.cursors[-1] if page.cursors else None,
        ),
        count=count,
    )


def none_if_unset(value: Item | None) -> Item | None:
    """An argument that was left out, as null."""
    return None if value is strawberry.UNSET else value
