"""The back-test's benchmark runs, and its queries find something."""

from benchmarks.backtest import QUERIES, run


def test_a_small_run_prints_a_line_a_query() -> None:
    said: list[str] = []
    lines = run(said.append, count=200, texts=60)
    assert said == lines
    table = [line for line in lines if line.startswith("| ")][1:]
    assert len(table) == len(QUERIES)
    assert all(int(line.split("|")[4].replace(",", "")) > 0 for line in table)
