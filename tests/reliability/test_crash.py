"""`make crash` in small: a few kills, both sides compared, nothing lost."""

from pathlib import Path

import pytest

from tests.reliability.crash import crash

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_a_few_kills_lose_nothing_and_repeat_no_more_than_is_promised(tmp_path: Path) -> None:
    found = crash(tmp_path, kills=6, stops=0, seed=3, say=lambda _: None)
    assert found.faults == []
    assert found.lost == 0
    assert found.kills == 6
    assert found.expected > 20
    assert found.requests >= found.expected
