"""RELIABILITY.md: every promise has its tests, and the figures are no older than the code they speak of."""

import ast
import re
from pathlib import Path

from tests.reliability import report
from tests.reliability.report import BEGIN, END, PAGE, ROOT

TEXT = PAGE.read_text()


def named(path: Path) -> set[str]:
    """The tests of a file: functions, and what is assigned."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def test_every_promise_names_tests_that_exist() -> None:
    promises = re.split(r"(?m)^\d+\. ", TEXT.partition("Not promised:")[0])[1:]
    assert len(promises) == 14
    for promise in promises:
        tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", promise)
        assert tests, promise
        for file, name in tests:
            assert name in named(ROOT / file), f"{file} has no {name}"


def test_the_figures_are_no_older_than_the_code_they_speak_of() -> None:
    assert report.spoken_of(TEXT) == report.digest(), "run `make crash`: the code was changed since its last run"


def test_no_promise_was_broken_in_the_last_run() -> None:
    figures = dict(re.findall(r"(?m)^\| (.+?) \| (.+?) \|$", TEXT.partition(BEGIN)[2].partition(END)[0]))
    assert figures["lost"] == "0"
    assert figures["other promises not kept"] == "0"
    assert int(figures["kills (SIGKILL)"].split(",")[0]) >= 150
    assert figures["stops (SIGTERM) with a message on its way"].startswith("50: 0 lost, 0 doubled")


def test_a_change_of_the_code_is_noticed_and_of_other_files_is_not(tmp_path: Path) -> None:
    for part in report.CODE:
        path = tmp_path / part if part.endswith(".py") else tmp_path / part / "a.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    before = report.digest(tmp_path)
    (tmp_path / "README.md").write_text("words")
    (tmp_path / "crawler/other.py").write_text("y = 2\n")
    assert report.digest(tmp_path) == before
    (tmp_path / "alerts/a.py").write_text("x = 2\n")
    assert report.digest(tmp_path) != before


def test_figures_take_the_place_of_those_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{BEGIN}\nold\n{END}\n\nEnd.\n")
    report.write({"kills": "3", "lost": "0"}, page)
    report.write({"kills": "4", "lost": "0"}, page)
    text = page.read_text()
    assert text.startswith("# Page\n\n")
    assert text.endswith("\n\nEnd.\n")
    assert text.count("| kills | 4 |") == 1
    assert "| kills | 3 |" not in text
    assert report.spoken_of(text) == report.digest()
