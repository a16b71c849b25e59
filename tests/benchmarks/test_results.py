"""Results of single benchmarks are kept beside those of the others."""

from pathlib import Path

from benchmarks.__main__ import RESULTS, keep


def test_a_benchmark_replaces_its_own_results_only(tmp_path: Path) -> None:
    kept = tmp_path / "RESULTS.md"
    keep(kept, "fold", ["## Copies", "", "before"])
    keep(kept, "heart", ["## The heart", "", "ticks"])
    keep(kept, "fold", ["## Copies", "", "after", ""])
    text = kept.read_text(encoding="utf-8")
    assert text.startswith("# Benchmarks")
    assert "before" not in text
    assert text.index("<!-- fold -->\n## Copies\n\nafter") < text.index("<!-- heart -->\n## The heart\n\nticks")
    keep(kept, "fold", ["## Copies", "", "after", ""])
    assert kept.read_text(encoding="utf-8") == text


def test_every_kept_result_belongs_to_a_benchmark() -> None:
    names = [line[5:-4] for line in RESULTS.read_text(encoding="utf-8").splitlines() if line.startswith("<!-- ")]
    assert names == sorted(set(names))
    assert all((RESULTS.parent / f"{name}.py").exists() for name in names)
