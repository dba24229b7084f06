"""What progress was told of an import, held against what came to be: how late it was, and how far off percent and time left were."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any

from benchmarks.import_facts import READING, Fact

PHASES = ("PLANNING", "APPLYING")
# What is shown is looked at so often, as a person would now and then.
GLANCE_SECONDS = 0.1
# Of less than this that is left, nobody asks what share the error is.
LEAST_SECONDS_LEFT = 1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """An event, and when it came."""

    at: float
    event: dict[str, Any]

    @property
    def progress(self) -> dict[str, Any]:
        told: dict[str, Any] = self.event["progress"]
        return told


def list_latencies(facts: Sequence[Fact], heard: Sequence[Heard]) -> list[float]:
    """Milliseconds from each fact that came about while somebody watched to the first event that tells of it, or of something later."""
    order = {status: place for place, status in enumerate(dict.fromkeys(fact.status for fact in facts))}
    latencies = []
    for fact in facts:
        if fact.at < heard[0].at:
            continue
        told = [each.at for each in heard if _tells(each, fact, order)]
        # What is overtaken before it is told of needs no event of its own, but the last fact has one.
        assert told, f"nothing was told of {fact}"
        latencies.append(max(min(told) - fact.at, 0.0) * 1000)
    return latencies


def _tells(heard: Heard, fact: Fact, order: dict[str, int]) -> bool:
    place, wanted = order.get(heard.event["status"], -1), order[fact.status]
    if place != wanted or fact.status not in READING:
        return place > wanted or (place == wanted and heard.progress["batchesDone"] >= fact.batches_done)
    return bool(heard.progress["total"] >= fact.seen and heard.progress["processed"] >= fact.settled)


def describe_latencies(milliseconds: list[float]) -> dict[str, float]:
    """Of all facts; none is left out. There are none where a short import was over before the last one watched."""
    ordered = sorted(milliseconds)
    if not ordered:
        return {"facts": 0}
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {"facts": len(ordered), **{name: round(ordered[ceil(share * len(ordered)) - 1], 1) for name, share in shares.items()}}


def most_in_a_second(heard: Sequence[Heard]) -> int:
    """The most events that one second had."""
    moments = [datetime.fromisoformat(each.event["at"]).timestamp() for each in heard]
    return max(sum(start <= moment < start + 1 for moment in moments) for start in moments)


def first_part_share(facts: Sequence[Fact]) -> float | None:
    """What share of its planning passed before the first row was settled; None: there was no such moment."""
    planning = [fact for fact in facts if fact.status == "PLANNING"]
    after = [fact.at for fact in facts if planning and fact.at > planning[-1].at]
    settling = [fact.at for fact in planning if fact.settled]
    if not after or not settling:
        return None
    return round((settling[0] - planning[0].at) / (after[0] - planning[0].at), 2)


def describe_truth(phase: str, facts: Sequence[Fact], heard: Sequence[Heard]) -> dict[str, Any] | None:
    """Percent and time left of a phase as they stood on the screen at any moment, against what they turned out to be; None: it was over
    at once.
    """
    inside = [fact.at for fact in facts if fact.status == phase]
    after = [fact.at for fact in facts if inside and fact.at > inside[-1]]
    told = [each for each in heard if each.event["status"] == phase]
    if not after or not told or after[0] - inside[0] < 1.0:
        return None
    began, ended = inside[0], after[0]
    glances = list(_glance(told, began, ended))
    points = [abs(each.progress["percent"] - 100 * (at - began) / (ended - began)) for at, each in glances]
    lefts = [(each.progress["etaSeconds"], ended - at) for at, each in glances if each.progress["etaSeconds"] is not None]
    errors = [abs(eta - left) / max(left, LEAST_SECONDS_LEFT) for eta, left in lefts]
    percents = [each.progress["percent"] for each in told]
    ends = [each.at + each.progress["etaSeconds"] for each in told if each.progress["etaSeconds"] is not None]
    return {
        "seconds": round(ended - began, 1),
        "percent_error_mean_points": round(statistics.mean(points), 1),
        "percent_error_max_points": round(max(points), 1),
        "percent_steps_back": sum(later < earlier for earlier, later in pairwise(percents)),
        "percent_longest_step_points": round(max((later - earlier for earlier, later in pairwise(percents)), default=0), 1),
        "time_left_told_share": round(len(lefts) / len(glances), 2),
        "time_left_error_mean": round(statistics.mean(errors), 2) if errors else None,
        # By how much the end that is promised moves from one event to the next, in shares of the phase.
        "promised_end_moves_max": round(max((abs(later - earlier) for earlier, later in pairwise(ends)), default=0.0) / (ended - began), 2),
    }


def _glance(told: Sequence[Heard], began: float, ended: float) -> Iterator[tuple[float, Heard]]:
    """What is shown at each glance, from when there is something to see."""
    at, place = began, -1
    while at < ended:
        while place + 1 < len(told) and told[place + 1].at <= at:
            place += 1
        if place >= 0:
            yield at, told[place]
        at += GLANCE_SECONDS
