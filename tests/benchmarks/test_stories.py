"""The figures of the stories benchmark, on groupings small enough to count by hand."""

import pytest

from benchmarks.stories import NOON, TESTED, Told, events, grouped, nearest_article, nearest_story, ours, score


def told(event: str, language: str = "en", text: str = "") -> Told:
    return Told(event, language, f"About {event}", text, NOON)


ITEMS = [told("a"), told("a", "es"), told("a"), told("b"), told("b", "es")]


def test_a_perfect_grouping_scores_one() -> None:
    found = score(ITEMS, [7, 7, 7, 9, 9])
    assert (found.precision, found.recall, found.f1) == (1, 1, 1)
    assert found.pairs == {"en en": (1, 1, 1), "es es": (0, 0, 0), "en es": (3, 3, 3)}


def test_everything_apart_costs_recall_and_everything_together_precision() -> None:
    apart, together = score(ITEMS, [1, 2, 3, 4, 5]), score(ITEMS, [1] * 5)
    assert (apart.precision, apart.recall) == (1, pytest.approx((3 * 1 / 3 + 2 * 1 / 2) / 5))
    assert (together.precision, together.recall) == (pytest.approx((3 * 3 / 5 + 2 * 2 / 5) / 5), 1)
    assert together.pair_f1()[:2] == (4 / 10, 1)
    assert apart.pair_f1() == (0, 0, 0)


def test_each_item_joins_its_nearest_only_above_the_threshold() -> None:
    assert grouped([(0.0, 0), (0.5, 0), (0.2, 1), (0.9, 2)], 0.4) == [0, 0, 2, 2]


def test_the_peers_join_what_is_equal_and_keep_apart_what_shares_nothing() -> None:
    items = [told("x", text="tunnel bakery lamps"), told("y", text="steel duty"), told("x", text="tunnel bakery lamps")]
    for method in (nearest_article, nearest_story):
        groups = method(items)(0.6)
        assert groups[0] == groups[2] != groups[1]


def test_our_events_are_told_apart_and_none_is_called_a_copy() -> None:
    items = events(TESTED)
    placing = ours(items)
    assert score(items, placing.groups).f1 == 1
    assert placing.copies == 0
    assert placing.seconds > 0
