"""The load benchmark runs: the healthy receivers get everything while one of them hangs."""

from benchmarks.load import HEALTHY, run


def test_a_small_run_is_done_although_one_receiver_never_answers() -> None:
    said: list[str] = []
    lines = run(said.append, count=8)
    assert said == lines
    text = "\n".join(lines)
    assert f"| messages taken by the healthy nine | {8 * len(HEALTHY)} of {8 * len(HEALTHY)} |" in text
    assert f"{8 * len(HEALTHY)} sent" in text
