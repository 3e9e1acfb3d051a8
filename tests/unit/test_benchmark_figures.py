import pytest

from benchmarks.figures import Latencies, at_most, is_in_order, median, percentile


def test_a_percentile_lies_between_its_neighbours() -> None:
    values = [40.0, 10.0, 30.0, 20.0]
    assert percentile(values, 0) == 10
    assert percentile(values, 50) == median(values) == 25
    assert percentile(values, 95) == pytest.approx(38.5)
    assert percentile(values, 100) == 40
    assert percentile([7.0], 99) == 7


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_an_outlier_counts() -> None:
    assert Latencies([0.001] * 9 + [1.0]).milliseconds(99) > 900


@pytest.mark.parametrize("numbers", [[0, 1], [0, 2, 1], [0, 1, 1], [0, 1, 2, 2], [1, 2, 3]])
def test_missing_doubled_and_misplaced_numbers_are_noticed(numbers: list[int]) -> None:
    assert is_in_order([0, 1, 2], 3)
    assert not is_in_order(numbers, 3)


def test_a_target_is_met_up_to_and_with_the_limit() -> None:
    assert at_most("ratio", 2.2, 2.2).is_met
    assert not at_most("ratio", 2.201, 2.2).is_met
