"""What every page of the desk must be: whole, titled, and harmless."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from dashboard.guard import HEADERS


class Page(HTMLParser):
    """What matters of a page: its title, where its links lead, whether anything in it could run or load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.title = ""
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self._in_title = tag == "title"
        self.links += [value or "" for name, value in attrs if name in ("href", "action", "src")]

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def check(page: Any) -> Page:
    """The page of an answer, which must be whole, titled, and harmless."""
    assert page.status_code == 200, f"{page.url}: {page.status_code} {page.text[:300]}"
    for name, value in HEADERS.items():
        assert page.headers[name] == value
    found = Page(page.text)
    assert found.title.strip().endswith("· Borderwire")
    assert found.title.strip() != "· Borderwire"
    assert not found.tags & {"script", "img", "iframe", "object", "embed", "style"}, page.url
    assert "style" not in found.attributes
    assert not {name for name in found.attributes if name.startswith("on")}
    assert {urlsplit(link).scheme for link in found.links} <= {"", "http", "https"}, page.url
    return found
