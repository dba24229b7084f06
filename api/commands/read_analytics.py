"""Figures over the imports of a span of time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from api.auth.actor import Actor
from api.commands.deps import Deps
from models.clock import utc_now
from models.database import reading
from models.errors import InvalidRequest
from models.queries import analytics
from models.queries.analytics import Bucket, ImportFigures, IssueKind, Span
from models.queries.counts import Counts
from models.queries.pages import require_first
from models.vocabulary import TimeBucket

DEFAULT_DAYS = 30
# A chart of more bars than this says nothing, and costs as much as the figures themselves.
MAX_BUCKETS = 2_000
_HOURS = {TimeBucket.HOUR: 1, TimeBucket.DAY: 24, TimeBucket.WEEK: 168, TimeBucket.MONTH: 672}


@dataclass(frozen=True)
class Analytics:
    """What the imports of a span add up to."""

    span: Span
    figures: list[ImportFigures]
    refused_uploads: int

    @property
    def imports(self) -> int:
        return len(self.figures)

    @cached_property
    def counts(self) -> Counts:
        return analytics.add_up(each.counts for each in self.figures)

    @property
    def success_rate(self) -> float:
        return analytics.success_rate(self.figures)

    @property
    def rows_per_second_p50(self) -> float | None:
        speeds = (each.counts.total / each.duration_seconds for each in self.figures if each.is_final and each.duration_seconds)
        return analytics.percentile(speeds, 0.5)

    @property
    def duration_seconds_p50(self) -> float | None:
        return self._duration(0.5)

    @property
    def duration_seconds_p95(self) -> float | None:
        return self._duration(0.95)

    def _duration(self, share: float) -> float | None:
        return analytics.percentile(
            (each.duration_seconds for each in self.figures if each.is_final and each.duration_seconds is not None), share
        )


def analyse_imports(deps: Deps, actor: Actor, *, start: datetime | None, end: datetime | None) -> Analytics:
    """The figures of the imports made in a span; by default, the last thirty days."""
    until = as_utc(end) or utc_now()
    since = as_utc(start) or until - timedelta(days=DEFAULT_DAYS)
    if since > until:
        raise InvalidRequest("`from` lies after `to`.")
    span = Span(since, until)
    with reading(deps.database) as tx:
        return Analytics(span, analytics.list_figures(tx, actor.tenant_id, span), analytics.count_refused(tx, actor.tenant_id, span))


def deal_into_buckets(deps: Deps, actor: Actor, found: Analytics, by: TimeBucket) -> list[Bucket]:
    """The figures by hour, day, week or month."""
    moments = [each.created_at for each in found.figures]
    if moments and (max(moments) - min(moments)) / timedelta(hours=_HOURS[by]) > MAX_BUCKETS:
        raise InvalidRequest(f"The span holds more than {MAX_BUCKETS:,} buckets of one {by.value}. Ask for larger ones.")
    return analytics.deal_into_buckets(found.figures, by)


def list_issue_kinds(deps: Deps, actor: Actor, found: Analytics, first: int | None) -> list[IssueKind]:
    """The most frequent kinds of issue."""
    with reading(deps.database) as tx:
        return analytics.list_issue_kinds(tx, actor.tenant_id, found.span, require_first(first))


def as_utc(moment: datetime | None) -> datetime | None:
    """The moment with its zone; one without is taken as UTC."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
