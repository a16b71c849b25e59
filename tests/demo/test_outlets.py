"""What the outlets send is read by the matching source kind, and their pages by the extractor, whole and clean."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from core.kinds import load
from core.markup import plain
from core.model import Entry, Response
from crawler.extract import extract
from demo import outlets
from demo.outlets import Listed, Times
from demo.texts.press import PRESS, Outlet
from demo.world import World, build

NOW = datetime(2026, 3, 4, 15, 30, 12, tzinfo=UTC)
BASE = "http://127.0.0.1:18080"
TIMES = Times(NOW, NOW + timedelta(seconds=20))
SIZE = 12


@cache
def world() -> World:
    return build(7, 1, 20.0)


@cache
def items(house: Outlet) -> tuple[Listed, ...]:
    """The newest twelve, newest first."""
    shelf = world().shelves[house.name]
    return tuple(outlets.listed(a, house, BASE, TIMES) for a in reversed(shelf.articles[-SIZE:]))


def parse(house: Outlet, body: bytes, kind: str, window: int = 50, url: str = BASE) -> object:
    definition = outlets.source(house, BASE, window)
    module = load("crawler.sources", definition["kind"])
    known = {"name", "kind", "url", "every", "language", "tags"}
    options = module.Options.model_validate({k: v for k, v in definition.items() if k not in known})
    source = module.build(house.name, definition["url"], options)
    return source.parse(Response(url, 200, {"content-type": kind}, body))


def entries(house: Outlet) -> list[Entry]:
    body, kind = outlets.document(house, BASE, [outlets.fragment(house, i) for i in items(house)], NOW)
    return list(map(plain, parse(house, body, kind).entries))  # type: ignore[attr-defined]


@pytest.mark.parametrize("house", PRESS, ids=lambda o: o.name)
def test_the_source_kind_reads_every_entry(house: Outlet) -> None:
    found = entries(house)
    assert len(found) == len(items(house)) == min(SIZE, len(world().shelves[house.name].articles))
    by_url = {i.link: i for i in items(house)}
    assert {e.url for e in found} == set(by_url)
    for entry in found:
        item = by_url[entry.url]
        assert entry.title == item.title
        assert entry.published is not None
        assert abs(entry.published - item.published) < timedelta(days=1)
        if house.shape == "news_sitemap":
            assert entry.language == "es"
        elif house.shape != "json_api":
            assert entry.summary == item.summary


def test_some_official_documents_have_no_abstract() -> None:
    house = next(o for o in PRESS if o.shape == "json_api")
    shown = [
        outlets.fragment(house, outlets.listed(a, house, BASE, TIMES)) for a in world().shelves[house.name].articles
    ]
    assert 0 < sum('"abstract": null' in text for text in shown) < len(shown)


def test_the_sitemap_index_leads_to_both_parts_newest_first() -> None:
    house = next(o for o in PRESS if o.shape == "news_sitemap")
    body, kind = outlets.sitemap_index(BASE, NOW, NOW - timedelta(days=1))
    parsed = parse(house, body, kind)
    assert [r.url for r in parsed.next] == [BASE + outlets.NEWS_PART, BASE + outlets.ARCHIVE_PART]  # type: ignore[attr-defined]


def test_the_pages_of_the_api_hold_every_document_once() -> None:
    house = next(o for o in PRESS if o.shape == "json_api")
    shown = [outlets.fragment(house, i) for i in items(house)]
    url, seen, number = BASE, [], 1
    while url:
        body, kind = outlets.api_page(BASE, shown, number, 5)
        parsed = parse(house, body, kind, url=url)
        seen += [e.url for e in parsed.entries]  # type: ignore[attr-defined]
        following = parsed.next  # type: ignore[attr-defined]
        url = following[0].url if following else ""
        assert not url or url.endswith(f"page={number + 1}")
        number += 1
    assert seen == [i.url for i in items(house)]


def test_the_api_pages_hold_the_window() -> None:
    for window in (50, 51, 1999):
        assert outlets.per_page(window) * outlets.PAGES >= window


def test_a_reissue_changes_the_guid_and_nothing_else() -> None:
    house = next(o for o in PRESS if o.trait == "reissue")
    article = world().shelves[house.name].articles[0]
    before = outlets.listed(article, house, BASE, TIMES)
    after = outlets.listed(article, house, BASE, TIMES, reissued=True)
    assert before.guid != after.guid
    assert (before.url, before.title, before.published) == (after.url, after.title, after.published)


def test_feed_links_carry_trackers_where_the_outlet_adds_them() -> None:
    house = next(o for o in PRESS if o.trackers)
    item = items(house)[0]
    assert "utm_source" in item.link
    assert item.link.startswith(item.url)
    assert "utm" not in item.url


def test_the_latin_outlet_speaks_latin_1() -> None:
    house = next(o for o in PRESS if o.shape == "rss_latin1")
    body, kind = outlets.document(house, BASE, [outlets.fragment(house, i) for i in items(house)], NOW)
    assert "charset" not in kind
    assert b'encoding="ISO-8859-1"' in body
    assert "Juárez".encode("iso-8859-1") in body
    with pytest.raises(UnicodeDecodeError):
        body.decode("utf-8")


@pytest.mark.parametrize("house", [o for o in PRESS if o.trait != "wall"], ids=lambda o: o.name)
def test_a_page_gives_its_text_and_nothing_around_it(house: Outlet) -> None:
    """No menu, cookie text, caption or related headline; every paragraph, the title, the language, its own address."""
    shelf = world().shelves[house.name].articles
    live = [a for a in shelf if a.after is not None]
    for article in (*live, shelf[0]):
        origin = "http://127.0.0.1:18081/elsewhere" if article.copy_of else ""
        edited = article.edited_after is not None
        item = outlets.listed(article, house, BASE, TIMES, edited=edited, origin=origin)
        related = [outlets.listed(a, house, BASE, TIMES) for a in shelf[:4] if a is not article]
        body, kind = outlets.page(house, BASE, item, related)
        found = extract(body, item.url, content_type=kind)
        assert found.title == item.title
        assert found.canonical_url == item.url
        assert found.language == house.language
        assert [p for p in item.paragraphs if p not in found.text] == []
        around = ["photograph taken", "fotografía tomada", "Tariff calculator", "cookies", "inbox", "boletín"]
        around += [house.caption or "All rights reserved", *(r.title for r in related)]
        assert [text for text in around if text in found.text] == []


def test_captions_of_one_outlet_would_fire_both_rules() -> None:
    """So that the test above proves something: the words are on the page, outside its text."""
    house = next(o for o in PRESS if o.caption)
    item = outlets.listed(next(a for a in world().articles if a.event == "park"), house, BASE, TIMES)
    text = outlets.page(house, BASE, item, ())[0].decode()
    assert "National Guard" in text
    assert "tariff" in text


@pytest.mark.parametrize("house", PRESS, ids=lambda o: o.name)
def test_a_source_definition_is_what_its_kind_accepts(house: Outlet) -> None:
    definition = outlets.source(house, BASE, 120)
    assert definition["every"] == "1s"
    assert definition["url"].startswith(BASE)
    assert definition["language"] == house.language
    parse(house, *outlets.document(house, BASE, [outlets.fragment(house, items(house)[0])], NOW), window=120)


def test_only_one_outlet_closes_a_path_with_articles() -> None:
    closed = [o.name for o in PRESS if b"/subscribers/" in (outlets.robots(o) or b"")]
    assert closed == ["imperial-canal-gazette"]
    assert [a.outlet for a in world().articles if a.path.startswith("/subscribers/")] == closed
