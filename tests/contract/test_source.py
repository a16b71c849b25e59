"""What every kind of source on disk keeps to, whatever bytes it is given."""

import ast
import random
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import crawler.sources
from core.errors import ParseError
from core.kinds import kinds, load
from core.model import Parsed, Request, Response

KINDS = kinds("crawler.sources")
NOW = datetime(2025, 2, 5, 12, tzinfo=UTC)
URL = "https://news.example/feed"
OPTIONS: dict[str, dict[str, Any]] = {
    "json_api": {"items": "articles", "fields": {"url": "url", "title": "title", "published": "date"}, "next": "next"}
}
GOOD = {
    "feed": b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Desk</title><item><title>Bridge shut</title>
        <link>https://news.example/1</link><guid>1</guid><pubDate>Wed, 05 Feb 2025 10:00:00 GMT</pubDate>
        <description><![CDATA[<p>Lanes &amp; gates</p>]]></description></item></channel></rss>""",
    "sitemap": b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.example/1</loc><news:news>
        <news:publication><news:language>en</news:language></news:publication><news:title>Bridge shut</news:title>
        <news:publication_date>2025-02-05T10:00:00Z</news:publication_date></news:news></url></urlset>""",
    "listing": b"""<html><body><main><ul><li><h3><a href="/1">Bridge shut for repairs on Monday</a></h3></li>
        <li><h3><a href="/2">Mayor asks for more lanes at the port</a></h3></li></ul></main></body></html>""",
    "json_api": b"""{"articles": [{"url": "/1", "title": "Bridge shut", "date": "2025-02-05"}], "next": "/p2"}""",
}


def source(kind: str, **more: Any) -> Any:
    module = load("crawler.sources", kind)
    return module.build("wire", URL, module.Options.model_validate(OPTIONS.get(kind, {}) | more))


def parse(kind: str, body: bytes, content_type: str = "") -> Parsed:
    found: Parsed = source(kind).parse(Response(URL, 200, {"content-type": content_type}, body))
    return found


def test_every_kind_has_an_example_here() -> None:
    assert set(GOOD) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_options_a_builder_and_a_manual(kind: str) -> None:
    module = load("crawler.sources", kind)
    assert issubclass(module.Options, BaseModel)
    assert f"kind: {kind}" in (module.__doc__ or "")
    with pytest.raises(ValidationError, match="Extra inputs"):
        module.Options.model_validate(OPTIONS.get(kind, {}) | {"urll": 1})
    made = source(kind)
    assert (made.name, made.url) == ("wire", URL)
    assert 1 <= made.documents <= 20
    assert list(made.requests(NOW)) == [Request(URL)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_touches_neither_network_nor_files_nor_clock(kind: str) -> None:
    path = Path(next(iter(crawler.sources.__path__))) / f"{kind}.py"
    tree = ast.parse(path.read_text())
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    roots = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    roots |= {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    assert not named & {"open", "print", "eval", "exec"}
    assert not roots & {"os", "pathlib", "socket", "time", "random", "subprocess", "httpx", "scrapy", "requests"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_document_gives_entries_with_addresses(kind: str) -> None:
    found = parse(kind, GOOD[kind])
    assert found.entries[0].url == "https://news.example/1"
    assert found.entries[0].title.startswith("Bridge shut")
    assert found.skipped == 0
    assert found.problem == ""
    for entry in found.entries:
        assert entry.published is None or entry.published.tzinfo is UTC


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"\0\0\0", b"\xff\xfe", b"null", b"[]", b"{}", b"true", b"<", b"<html></html>", b"plain words",
     b"<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>", b"%PDF-1.4", b"\x1f\x8b\x08broken", b"<a/>" * 9],
)  # fmt: skip
def test_what_is_not_of_the_kind_is_refused_by_name_or_empty(kind: str, body: bytes) -> None:
    if kind == "json_api" and body in (b"{}",):  # an API that has nothing to say
        assert parse(kind, body).entries == ()
        return
    with pytest.raises(ParseError, match=r"https://news.example/feed|gzip") as caught:
        parse(kind, body)
    assert caught.value.source == "wire"


@pytest.mark.parametrize("kind", KINDS)
def test_only_web_addresses_come_out(kind: str) -> None:
    for link in ("javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.c", "data:text/html,x", "//[", "http://["):
        body = GOOD[kind].replace(b"https://news.example/1", link.encode()).replace(b'"/1"', f'"{link}"'.encode())
        try:
            found = parse(kind, body)
        except ParseError:
            continue
        assert all(e.url.startswith(("http://", "https://")) for e in found.entries), link


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), edits=st.integers(1, 12), noise=st.binary(max_size=12))
def test_damaged_documents_give_entries_or_a_parse_error(kind: str, seed: int, edits: int, noise: bytes) -> None:
    """Bytes flipped, cut out, doubled and inserted: nothing but ParseError may come of it."""
    chance, body = random.Random(seed), bytearray(GOOD[kind])
    for _ in range(edits):
        at = chance.randrange(len(body)) if body else 0
        match chance.randrange(4):
            case 0 if body:
                body[at] = chance.randrange(256)
            case 1:
                del body[at : at + chance.randrange(40)]
            case 2:
                body[at:at] = body[at : at + chance.randrange(60)]
            case _:
                body[at:at] = noise
    try:
        found = parse(kind, bytes(body), chance.choice(["", "text/xml; charset=utf-16", "text/html; charset=nonsense"]))
    except ParseError:
        return
    assert all(e.url.startswith(("http://", "https://")) for e in found.entries)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_cut_anywhere_does_no_harm(kind: str) -> None:
    body = GOOD[kind]
    for end in range(0, len(body), 7):
        with suppress(ParseError):
            parse(kind, body[:end])
