"""The benchmark of extraction counts as it says, and says when there is nothing to count."""

import json
from pathlib import Path

import pytest

from benchmarks import extract as bench

PARAGRAPHS = [
    f"The council of ward {n} voted on the new water main after a long evening of questions." for n in range(9)
]


def test_runs_of_words_are_counted_as_often_as_they_stand() -> None:
    assert bench.shares("a b c d e", "a b c d e") == (1, 1)
    assert bench.shares("a b c d e", "a b c d") == (1, 0.5)
    assert bench.shares("a b c d", "a b c d, a b c d") == (1 / 5, 1)
    assert bench.shares("a b c d e", "") == (0, 0)


def test_metadata_is_judged_only_where_the_truth_knows_it() -> None:
    found = bench.Found("", "Water: a main!", ("Ruiz Ana",), "2025-02-05")
    truth = {"title": "water a main", "authors": ["Ana Ruiz"], "dates": ["2025-02-04"]}
    assert bench.right(truth, found) == {"title": True, "authors": True, "date": False}
    assert bench.right({"body": "x"}, found) == {}


def test_without_pages_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(bench.FOLDER, raising=False)
    assert any("Not measured: BORDERWIRE_EXTRACTION names no folder" in line for line in bench.run(lambda _: None))
    monkeypatch.setenv(bench.FOLDER, str(tmp_path))
    assert any("holds none of aeb, fundus" in line for line in bench.run(lambda _: None))


def test_all_methods_are_measured_on_a_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench, "PASSES", 1)
    folder = tmp_path / "aeb"
    folder.mkdir()
    text = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    page = f"<html><head><title>Water</title></head><body><article><h1>Water</h1>{text}</article></body></html>"
    (folder / "p.html").write_text(page)
    (folder / "manifest.jsonl").write_text(json.dumps({"id": "1", "path": "p.html", "url": "https://x.example/w"}))
    (folder / "truth.jsonl").write_text(json.dumps({"id": "1", "body": "\n".join(PARAGRAPHS), "title": "Water"}))
    monkeypatch.setenv(bench.FOLDER, str(tmp_path))
    lines = bench.run(lambda _: None)
    rows = [line for line in lines if line.startswith(("| Borderwire", "| trafilatura"))]
    assert len(rows) == len(bench.METHODS)
    assert rows[0].startswith("| Borderwire | 1.0000 | 1.0000 | 1.0000 |")
    assert "Right by Borderwire: title 1.000 of 1." in lines
