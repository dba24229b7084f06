"""What is said of how late progress was heard of."""

from benchmarks.progress_truth import describe_latencies


def test_of_one_fact_it_is_all_shares() -> None:
    assert describe_latencies([12.34]) == {"facts": 1, "p50": 12.3, "p90": 12.3, "p99": 12.3, "max": 12.3}


def test_the_slowest_of_few_is_not_left_out() -> None:
    told = describe_latencies([float(number) for number in range(1, 69)])
    assert (told["p50"], told["p99"], told["max"]) == (34.0, 68.0, 68.0)


def test_where_nothing_came_about_nothing_is_said() -> None:
    assert describe_latencies([]) == {"facts": 0}
