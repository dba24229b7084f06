"""Polluted files are read as the clean tables, cell by cell, and what cannot be recovered is named."""

import statistics
from functools import cache
from random import Random

import pytest

from tests.engine.pollution.kinds import CLEAN, KINDS, Case, make_case, pairs_of_kinds
from tests.engine.pollution.ours import read_polluted
from tests.engine.pollution.rivals import decode_as_told, read_by_clevercsv, read_by_sniffer, score_in_order
from tests.engine.pollution.scoring import Score, score
from tests.engine.pollution.tables import make_tables

LEAST_F1 = 0.95
LEAST_F1_OF_A_PAIR = 0.8
SAMPLED_PAIRS = 150
ALL_KINDS = (CLEAN, *KINDS)


@cache
def cases_of(kind: str) -> tuple[Case, ...]:
    return tuple(case for table in make_tables() if (case := make_case((kind,), table, 1)) is not None)


@cache
def scores_of(kind: str) -> tuple[Score, ...]:
    return tuple(score(case.document, read_polluted(case.document.to_bytes())) for case in cases_of(kind))


@cache
def scores_of_pairs() -> tuple[tuple[Case, Score], ...]:
    """A sample of the pairs, each on one table; `benchmarks.pollution` measures all of them."""
    rng = Random(3)
    tables = make_tables()
    found = []
    for pair in rng.sample(list(pairs_of_kinds()), SAMPLED_PAIRS):
        case = next(case for table in rng.sample(tables, len(tables)) if (case := make_case(pair, table, 1)) is not None)
        found.append((case, score(case.document, read_polluted(case.document.to_bytes()))))
    return tuple(found)


def mean(scores: tuple[Score, ...] | list[Score]) -> float:
    return statistics.fmean(result.f1 for result in scores)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_no_kind_of_pollution_is_below(kind: str) -> None:
    assert mean(scores_of(kind)) >= LEAST_F1


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_nothing_differs_in_silence(kind: str) -> None:
    silent = [
        (case.name, difference)
        for case, result in zip(cases_of(kind), scores_of(kind), strict=True)
        for difference in result.differences
        if difference.is_silent
    ]
    assert silent == []


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_no_other_sniffer_reads_more_of_any_kind(kind: str) -> None:
    ours = mean(scores_of(kind))
    if ours == 1:
        return  # Nobody reads more than all, and the others are slow.
    texts = [(case.document, decode_as_told(case.document)) for case in cases_of(kind)]
    assert ours >= mean([score_in_order(document, read_by_sniffer(text)) for document, text in texts])
    assert ours >= mean([score_in_order(document, read_by_clevercsv(text)) for document, text in texts])


def test_pairs_of_kinds_are_read_as_well() -> None:
    found = scores_of_pairs()
    by_kind = {kind: [result for case, result in found if kind in case.kinds] for kind in KINDS}
    assert {kind: mean(scores) for kind, scores in by_kind.items() if scores and mean(scores) < LEAST_F1} == {}
    assert [(case.name, result.f1) for case, result in found if result.f1 < LEAST_F1_OF_A_PAIR] == []


def test_no_pair_of_kinds_differs_in_silence() -> None:
    assert [(case.name, result.silent) for case, result in scores_of_pairs() if result.silent] == []
