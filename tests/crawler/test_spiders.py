"""The Scrapy project by hand: `scrapy list` and `scrapy crawl source`, as a user runs them."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import crawler
from tests.crawler.web import Site, answer

ROOT = Path(crawler.__file__).parent.parent
FEED = """<rss version="2.0"><channel><title>Desk</title><item><title>Bridge shut</title><link>/1</link>
<pubDate>Wed, 05 Feb 2025 10:00:00 GMT</pubDate><author>a@b.org (Ana Ruiz)</author></item>
<item><title>Port open</title><link>/2</link></item></channel></rss>"""


async def scrapy(*arguments: str) -> tuple[int, str]:
    """Exit code and everything it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scrapy", *arguments, cwd=ROOT, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


def configured(folder: Path, site: Site, **source: Any) -> Path:
    file = folder / "config.yaml"
    file.write_text(
        json.dumps(
            {
                "contact": "test@example.org",
                "allow_networks": ["127.0.0.0/8"],
                "fetch": {"delay": "0s"},
                "sources": [{"name": "wire", "kind": "feed", "url": f"{site.base}/feed.xml"} | source],
                "rules": [{"name": "bridge", "query": "bridge", "channels": ["console"]}],
                "channels": [{"name": "console", "kind": "console"}],
            }
        )
    )
    return file


async def poll(tmp_path: Path, config: Path, name: str = "wire") -> tuple[list[Any], str]:
    out = tmp_path / "out.jsonl"
    _, said = await scrapy("crawl", "source", "-a", f"name={name}", "-a", f"config={config}", "-O", str(out))
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else [], said


async def test_the_spiders_are_listed() -> None:
    code, said = await scrapy("list")
    assert (code, said.split()) == (0, ["service", "source"])


async def test_a_configured_source_is_polled_by_hand(tmp_path: Path, site: Site) -> None:
    site.routes["/feed.xml"] = answer(FEED, headers={"Content-Type": "application/rss+xml"})
    items, said = await poll(tmp_path, configured(tmp_path, site, headers={"X-Key": "k"}))
    assert said == ""
    assert [i["url"] for i in items] == [f"{site.base}/1", f"{site.base}/2"]
    assert (items[0]["title"], items[0]["authors"]) == ("Bridge shut", ["Ana Ruiz"])
    assert items[0]["published"] == "2025-02-05T10:00:00+00:00"
    assert site.paths() == ["/robots.txt", "/feed.xml"]
    assert site.hits[1].headers["x-key"] == "k"
    assert "test@example.org" in site.hits[1].headers["user-agent"]


async def test_further_documents_are_read_as_far_as_one_poll_reads_them(tmp_path: Path, site: Site) -> None:
    for n in range(1, 5):
        page = {"items": [{"u": f"/{n}"}], "next": f"/page{n + 1}"}
        site.routes[f"/page{n}"] = answer(json.dumps(page), headers={"Content-Type": "application/json"})
    config = configured(
        tmp_path,
        site,
        kind="json_api",
        url=f"{site.base}/page1",
        items="items",
        fields={"url": "u"},
        next="next",
        pages=3,
    )
    items, _ = await poll(tmp_path, config)
    assert [i["url"] for i in items] == [f"{site.base}/{n}" for n in (1, 2, 3)]


async def test_what_goes_wrong_is_said_in_one_line(tmp_path: Path, site: Site) -> None:
    site.routes["/feed.xml"] = answer("<html><body>Sign in</body></html>")
    config = configured(tmp_path, site)
    told = [
        (await poll(tmp_path, config))[1],
        (await poll(tmp_path, config, "other"))[1],
        (await poll(tmp_path, tmp_path / "none.yaml"))[1],
    ]
    site.routes["/robots.txt"] = answer("User-agent: *\nDisallow: /")
    told.append((await poll(tmp_path, config))[1])
    wanted = ["an HTML page instead of a feed", "takes one of: wire", "there is no such file", "forbids /feed.xml"]
    for said, words in zip(told, wanted, strict=True):
        assert words in said
        assert said.count("\n") == 1
        assert "Traceback" not in said
