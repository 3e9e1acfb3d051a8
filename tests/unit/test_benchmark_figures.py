from pathlib import Path

import pytest

from benchmarks import documenting, plots
from benchmarks.__main__ import PARTS
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


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_its_place_in_the_documentation(part: str) -> None:
    page = documenting.replaced(documenting.PAGE.read_text(encoding="utf-8"), part, "a table")
    assert f"<!-- {part} -->\na table\n<!-- /{part} -->" in page
    assert documenting.replaced(page, part, "another\\n").count("another\\n") == 1


def test_a_part_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no marks"):
        documenting.replaced("# Performance", "relay", "a table")


def test_the_same_figures_are_drawn_as_the_same_files(tmp_path: Path) -> None:
    sizes = [
        {
            "conversations": size,
            **{key: size / 1e5 for _, _, kinds in plots.FIGURES.values() for key in kinds.values()},
        }
        for size in (100, 1000)
    ]
    growth = {"SQLite": sizes, "PostgreSQL": sizes}
    plots.draw(tmp_path / "one", growth)
    plots.draw(tmp_path / "other", growth)
    for name in plots.FIGURES:
        drawn = (tmp_path / "one" / name).read_text()
        assert drawn == (tmp_path / "other" / name).read_text()
        assert "<dc:date>" not in drawn
