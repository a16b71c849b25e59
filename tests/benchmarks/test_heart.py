"""The heart's benchmark runs and says what it measured."""

from benchmarks.heart import run


def test_a_small_run_says_how_long_each_part_takes() -> None:
    said: list[str] = []
    lines = run(said.append, count=2_000, recent=60, new=60, rules=50, asked=200)
    parts = {line.split("|")[1].strip() for line in lines if line.startswith("| ")}
    assert parts >= {"rules", "copies: find", "copies: keep", "stories: find", "stories: keep", "storing", "commit"}
    text = "\n".join(lines)
    assert "copy" in text
    assert "bytes an article" in text
