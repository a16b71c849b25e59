"""`borderwire match`: JSON Lines in, matches out; a bad line is told and the rest goes on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import main

RULES = """\
lists: {metals: [steel, aluminum]}
rules:
  - {name: tariffs, query: tariff OR arancel}
  - name: metal
    query: |
      tariff NEAR/3 @metals   # within reach
  - {name: cbp, query: "site:cbp.gov convoy"}
  - {name: guard, query: '"National Guard" -tag:opinion'}
"""
GOOD = {"id": 7, "title": "Tariffs on steel", "text": "Más aranceles.", "url": "https://a.example/1", "source": "wire",
        "language": "en", "published": "2025-02-05T10:00:00Z", "tags": ["us"]}  # fmt: skip


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.yaml"
    file.write_text(RULES, encoding="utf-8")
    return file


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any], str]:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    said = capsys.readouterr()
    return int(exit_.value.code or 0), [json.loads(line) for line in said.out.splitlines()], said.err


def articles(folder: Path, *lines: object) -> Path:
    file = folder / "articles.jsonl"
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    file.write_bytes(b"\n".join(raw) + b"\n")
    return file


def test_matches_with_the_places_of_their_words(
    tmp_path: Path, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    guard = {"id": "b", "title": "", "text": "The National Guard's convoy", "url": "https://www.cbp.gov/x"}
    code, out, _ = run(capsys, "match", "--rules", str(rules), str(articles(tmp_path, GOOD, guard)))
    assert code == 0
    assert out == [
        {"article": 7, "rule": "tariffs", "spans": [["title", 0, 7]]},
        {"article": 7, "rule": "metal", "spans": [["title", 0, 7], ["title", 11, 16]]},
        {"article": "b", "rule": "cbp", "spans": [["body", 21, 27]]},
        {"article": "b", "rule": "guard", "spans": [["body", 4, 12], ["body", 13, 18]]},
    ]


def test_an_unknown_language_is_tried_as_english_and_spanish(
    tmp_path: Path, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = articles(tmp_path, {"id": 1, "title": "Más aranceles"}, {"id": 2, "title": "Tariffs", "language": None})
    _, out, _ = run(capsys, "match", "--rules", str(rules), str(file))
    assert [o["article"] for o in out] == [1, 2]


@pytest.mark.parametrize(
    ("line", "named", "said"),
    [
        (b"{broken", None, "not JSON"),
        (b"[1, 2]", None, "not a JSON object"),
        (b'{"title": "x"}', None, "without id"),
        (b'{"id": null, "title": "x"}', None, "id: expected a text or a number"),
        (b'{"id": "x", "title": 5}', "x", "title: expected a text"),
        (b'{"id": "x", "text": ["a"]}', "x", "text: expected a text"),
        (b'{"id": "x", "tags": "us"}', "x", "tags: expected a list of texts"),
        (b'{"id": "x", "authors": [1]}', "x", "authors: expected a list of texts"),
        (b'{"id": "x", "published": "soon"}', "x", "Invalid isoformat"),
        (b"[" * 100_000, None, "not JSON"),
        (b'{"id": ' + b"9" * 5000 + b"}", None, "not JSON"),
    ],
    ids=range(11),
)
def test_a_bad_line_is_told_with_its_place_and_the_rest_goes_on(
    line: bytes, named: str | None, said: str, tmp_path: Path, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = articles(tmp_path, GOOD, b"", line, GOOD)
    code, out, _ = run(capsys, "match", "--rules", str(rules), str(file))
    assert code == 1
    assert [o.get("rule") for o in out] == ["tariffs", "metal", None, "tariffs", "metal"]
    assert out[2]["article"] == named
    assert out[2]["error"].startswith(f"{file}:3: ")
    assert said in out[2]["error"]


def test_odd_bytes_and_odd_characters_do_no_harm(
    tmp_path: Path, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (
        b'\xef\xbb\xbf{"id": "bom", "text": "tariff"}',
        b'{"id": "latin", "text": "tariff en Ju\xe1rez"}',
        b'{"id": "half \\ud800", "text": "tariff \\ud800\\u0000"}',
        b'{"id": 3, "url": "http://[", "text": "tariff"}\r',
    )
    code, out, _ = run(capsys, "match", "--rules", str(rules), str(articles(tmp_path, *lines)))
    assert code == 0
    assert [o["article"] for o in out] == ["bom", "latin", "half \ud800", 3]


def test_every_rule_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(
        "rules:\n  - {name: a, query: tariff}\n  - {name: b, query: x AND y OR z}\n  - {name: a, query: steel}\n"
        "  - {name: c}\n  - just words\n  - {name: d, query: null}\n  - {name: e, query: '@nowhere'}\n"
    )
    code, _, err = run(capsys, "match", "--rules", str(file), str(articles(tmp_path, GOOD)))
    assert code == 2
    said = [line.removeprefix(str(file)) for line in err.splitlines() if not line.startswith(" ")]
    assert said == [
        ":3: rule b cannot be read:",
        ":4: a second rule named 'a'",
        ":5: a rule needs `name` and `query`",
        ":6: a rule needs `name` and `query`",
        ":7: a rule needs `name` and `query`",
        ":8: rule e cannot be read:",
    ]
    assert "    ^ AND and OR are mixed" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sources: []\n", "expected `rules:`"),
        ("rules: {a: b}\n", "expected `rules:`"),
        ("lists: [a]\nrules: []\n", "`lists:` holds names"),
        ("lists: {a: b}\nrules: []\n", "the list a needs a list of words"),
        ("rules: [\n", "not valid YAML"),
        ("- a\n", "expected a mapping"),
        ("", "expected `rules:`"),
    ],
)
def test_a_file_that_holds_no_rules_is_refused(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(text)
    code, out, err = run(capsys, "match", "--rules", str(file), str(articles(tmp_path, GOOD)))
    assert (code, out) == (2, [])
    assert said in err
    assert str(file) in err


def test_wrong_usage_ends_with_2(tmp_path: Path, rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "match", "--rules", str(tmp_path / "none.yaml"), str(articles(tmp_path, GOOD)))[0] == 2
    assert run(capsys, "match", "--rules", str(rules), str(tmp_path / "none.jsonl"))[0] == 2
    assert run(capsys, "match", str(articles(tmp_path, GOOD)))[0] == 2


def test_a_pipe_through_standard_input_and_output(rules: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli", "match", "--rules", str(rules), "-"],
        input=(json.dumps(GOOD) + "\n{\n").encode(),
        capture_output=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [o.get("rule") for o in out] == ["tariffs", "metal", None]
    assert out[2]["error"].startswith("<stdin>:2: not JSON")
