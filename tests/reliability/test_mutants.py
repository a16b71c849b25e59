"""Every mistake that would break a promise is noticed by a test."""

from pathlib import Path

import pytest

from tests.reliability.mutants import MUTANTS, Mutant, noticed


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
def test_a_mistake_is_noticed(mutant: Mutant, tmp_path: Path) -> None:
    assert noticed(mutant, tmp_path), f"{mutant.test} does not fail when {mutant.name}"
