"""`borderwire feed`: a saved feed in, entries out."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.__main__ import main

FEED = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>The Daily River</title><link>https://river.example/</link>
<item><title>Convoy reaches Ciudad Juárez &amp; El Paso</title><link>/news/1</link><guid>river-1</guid>
<description>&lt;p&gt;The first of 10,000 members &lt;b&gt;arrived&lt;/b&gt;.&lt;/p&gt;</description>
<author>desk@river.example (Ana Ruiz)</author><pubDate>Wed, 05 Feb 2025 10:30:00 -0700</pubDate></item>
<item><title>Nothing to link to</title><description>x</description></item>
<item><title>Undated</title><link>https://river.example/news/2</link></item>
</channel></rss>
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[Any], str]:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    said = capsys.readouterr()
    return int(exit_.value.code or 0), [json.loads(line) for line in said.out.splitlines()], said.err


def save(folder: Path, text: str | bytes) -> str:
    file = folder / "feed.xml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(file)


def test_entries_come_in_the_feeds_order_with_these_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "feed", save(tmp_path, FEED), "--url", "https://river.example/feed.xml")
    assert code == 0
    assert [list(o) for o in out] == [["id", "url", "title", "summary", "published", "updated", "authors"]] * 3
    assert out[0]["url"] == "https://river.example/news/1"
    assert out[0]["id"] == "river-1"
    assert out[0]["title"] == "Convoy reaches Ciudad Juárez & El Paso"
    assert out[0]["summary"] == "The first of 10,000 members arrived."
    assert out[0]["published"] == "2025-02-05T17:30:00.000+00:00"
    assert (out[1]["title"], out[1]["url"]) == ("Nothing to link to", None)
    assert out[2]["id"] == out[2]["url"] == "https://river.example/news/2"
    assert (out[2]["published"], out[2]["updated"]) == (None, None)
    assert err == ""


def test_a_json_feed_is_read_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "River", "items": [
        {"id": "1", "url": "https://river.example/1", "title": "Half \ud800", "content_text": "Words",
         "date_published": "2025-02-05T10:30:00-07:00", "authors": [{"name": "Ana Ruiz"}]}]})  # fmt: skip
    code, out, _ = run(capsys, "feed", save(tmp_path, text), "--url", "https://river.example/feed.json")
    assert code == 0
    assert out[0]["authors"] == ["Ana Ruiz"]
    assert out[0]["published"] == "2025-02-05T17:30:00.000+00:00"


@pytest.mark.parametrize("body", [b"", b"<html><body>Not here</body></html>", b"{}", b"\x00\xff\xfe", b"plain words"])
def test_what_is_no_feed_is_an_object_with_error(
    body: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, "feed", save(tmp_path, body), "--url", "https://river.example/feed.xml")
    assert code == 1
    assert [list(o) for o in out] == [["error"]]
    assert "https://river.example/feed.xml" in out[0]["error"]


def test_an_empty_feed_is_no_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "<rss version='2.0'><channel><title>Quiet</title></channel></rss>"
    assert run(capsys, "feed", save(tmp_path, text), "--url", "https://river.example/f")[:2] == (0, [])


def test_wrong_usage_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "feed", save(tmp_path, FEED))[0] == 2
    assert run(capsys, "feed", str(tmp_path / "none.xml"), "--url", "https://river.example/f")[0] == 2
