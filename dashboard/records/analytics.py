"""Imports over time."""

from dataclasses import dataclass
from datetime import datetime

from dashboard.records.imports import Counts


@dataclass(frozen=True, slots=True)
class Bucket:
    start: datetime
    imports: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class IssueBreakdown:
    code: str
    count: int
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Analytics:
    imports: int
    refused_uploads: int
    counts: Counts
    success_rate: float
    buckets: tuple[Bucket, ...]
    issues: tuple[IssueBreakdown, ...]
    rows_per_second_p50: float | None = None
    duration_seconds_p50: float | None = None
    duration_seconds_p95: float | None = None
