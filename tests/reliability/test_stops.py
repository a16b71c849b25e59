"""SIGTERM in the middle of a send loses and repeats nothing, and the service ends in time."""

from pathlib import Path

import pytest

from alerts import deliver
from tests.reliability.nursery import Nursery
from tests.reliability.stops import ALLOWED, stop_again_and_again

pytestmark = pytest.mark.slow


def test_sigterm_in_the_middle_of_a_send_loses_and_repeats_nothing(services: Nursery, tmp_path: Path) -> None:
    found = stop_again_and_again(tmp_path, services, 8)
    assert found.faults == []
    assert len(found.seconds) == 8


def test_a_receiver_that_takes_seconds_to_answer_is_waited_for(services: Nursery, tmp_path: Path) -> None:
    """As long as the service allows itself; which must fit into the time that it promises to end in."""
    assert deliver.GRACE + 5 < ALLOWED
    late = min(deliver.GRACE - 2, 6.0)
    found = stop_again_and_again(tmp_path, services, 1, least=late, most=late)
    assert found.faults == []
