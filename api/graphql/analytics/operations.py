"""Figures over the imports of a span of time."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.commands import read_analytics
from api.context import Info
from api.graphql.enums import TimeBucket
from api.graphql.imports.counts import ImportCounts
from api.graphql.pages import none_if_unset
from api.graphql.scalars import BigInt


@strawberry.type
class AnalyticsBucket:
    start: datetime
    imports: BigInt
    counts: ImportCounts


@strawberry.type
class IssueBreakdown:
    code: str
    field: str | None
    count: BigInt


@strawberry.type(description="What the imports of a span add up to.")
class ImportAnalytics:
    found: strawberry.Private[read_analytics.Analytics]
    imports: BigInt
    refused_uploads: BigInt
    counts: ImportCounts
    success_rate: float = strawberry.field(
        description="Rows created, updated, unchanged and skipped, of all rows of finished imports but those that a cancel left over."
    )
    rows_per_second_p50: float | None = strawberry.field(name="rowsPerSecondP50")
    duration_seconds_p50: float | None = strawberry.field(name="durationSecondsP50")
    duration_seconds_p95: float | None = strawberry.field(name="durationSecondsP95")

    @strawberry.field
    async def buckets(self, info: Info, by: TimeBucket | None = TimeBucket.DAY) -> list[AnalyticsBucket]:
        return [
            AnalyticsBucket(start=bucket.start, imports=BigInt(bucket.imports), counts=ImportCounts.of(bucket.counts))
            for bucket in await info.context.run(read_analytics.deal_into_buckets, self.found, by or TimeBucket.DAY)
        ]

    @strawberry.field
    async def issues(self, info: Info, first: int | None = 20) -> list[IssueBreakdown]:
        return [
            IssueBreakdown(code=kind.code.upper(), field=kind.field, count=BigInt(kind.count))
            for kind in await info.context.run(read_analytics.list_issue_kinds, self.found, first)
        ]

    @classmethod
    def of(cls, found: read_analytics.Analytics) -> "ImportAnalytics":
        return cls(
            found=found,
            imports=BigInt(found.imports),
            refused_uploads=BigInt(found.refused_uploads),
            counts=ImportCounts.of(found.counts),
            success_rate=found.success_rate,
            rows_per_second_p50=found.rows_per_second_p50,
            duration_seconds_p50=found.duration_seconds_p50,
            duration_seconds_p95=found.duration_seconds_p95,
        )


@strawberry.type
class AnalyticsQuery:
    @strawberry.field
    async def import_analytics(
        self,
        info: Info,
        start: Annotated[datetime | None, strawberry.argument(name="from")] = strawberry.UNSET,
        end: Annotated[datetime | None, strawberry.argument(name="to")] = strawberry.UNSET,
    ) -> ImportAnalytics:
        return ImportAnalytics.of(
            await info.context.run(read_analytics.analyse_imports, start=none_if_unset(start), end=none_if_unset(end))
        )
