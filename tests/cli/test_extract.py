"""`borderwire extract`: saved pages in, articles out, order kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import main

PAGE = """<html lang="en"><head><title>Bridge {n} shut</title><link rel="canonical" href="https://news.example/{n}">
<meta property="article:published_time" content="2025-02-05T11:00:00-07:00"><meta name="author" content="Ana Ruiz">
<meta property="og:site_name" content="The Desk"></head><body><article><h1>Bridge {n} shut</h1>
<p>The bridge number {n} over the river stays shut until Monday, the port said in a note on Wednesday morning.</p>
<p>Lorries are led to the crossing in the west, where the wait was four hours at noon, twice as long as before.</p>
</article></body></html>"""
KEYS = ["id", "url", "canonical_url", "title", "text", "authors", "published", "modified", "language", "site", "image"]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any], str]:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    said = capsys.readouterr()
    return int(exit_.value.code or 0), [json.loads(line) for line in said.out.splitlines()], said.err


def manifest(folder: Path, *lines: object) -> str:
    file = folder / "pages.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n\n")
    return str(file)


def save(folder: Path, n: int) -> dict[str, str]:
    (folder / f"{n}.html").write_text(PAGE.format(n=n))
    return {"id": f"page-{n}", "path": f"{n}.html", "url": f"https://news.example/{n}?utm_source=x"}


def test_articles_come_out_in_the_order_of_the_manifest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "extract", "--manifest", manifest(tmp_path, *(save(tmp_path, n) for n in range(12))))
    assert (code, err) == (0, "")
    assert [o["id"] for o in out] == [f"page-{n}" for n in range(12)]
    assert [list(o) for o in out] == [KEYS] * 12
    assert out[3]["url"] == "https://news.example/3?utm_source=x"
    assert out[3]["canonical_url"] == "https://news.example/3"
    assert (out[3]["title"], out[3]["authors"], out[3]["site"]) == ("Bridge 3 shut", ["Ana Ruiz"], "The Desk")
    assert (out[3]["published"], out[3]["modified"], out[3]["language"]) == (
        "2025-02-05T18:00:00.000+00:00",
        None,
        "en",
    )
    assert out[3]["text"].startswith("The bridge number 3 over the river")


def test_a_page_that_fails_carries_its_error_and_the_rest_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.html").write_text("<html><body>Moved</body></html>")
    code, out, _ = run(
        capsys,
        "extract",
        "--manifest",
        manifest(
            tmp_path,
            save(tmp_path, 1),
            {"id": "a", "path": "empty.html", "url": "https://news.example/e"},
            {"id": "b", "path": "missing.html", "url": "https://news.example/m"},
            {"id": "c", "path": "1.html"},
            {"id": "d", "path": 7, "url": ["x"]},
            "not JSON",
            save(tmp_path, 2),
        ),
    )
    assert code == 1
    assert [o["id"] for o in out] == ["page-1", "a", "b", "c", "d", None, "page-2"]
    assert "too little text" in out[1]["error"]
    assert "missing.html" in out[2]["error"]
    assert "needs `path` and `url`" in out[3]["error"]
    assert "pages.jsonl:6: not JSON" in out[5]["error"]
    assert all("error" in o for o in out[1:6])
    assert out[6]["title"] == "Bridge 2 shut"


def test_an_empty_manifest_is_no_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "extract", "--manifest", manifest(tmp_path)) == (0, [], "")


def test_a_manifest_that_is_not_there_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "extract", "--manifest", str(tmp_path / "none.jsonl"))
    assert (code, out) == (2, [])
    assert "none.jsonl" in err
