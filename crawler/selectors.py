"""A source's own CSS selectors, for pages that the automatic way misreads. What one finds goes before everything else.

`body` and `remove` may match many elements; `title`, `published` take the first; `authors` takes all. `::attr(name)`
reads an attribute: `time.first::attr(datetime)`. A selector that matches nothing leaves the automatic way in charge.
"""

from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml import html as lxml_html
from parsel.csstranslator import HTMLTranslator

from core.html import clean, to_text


@dataclass(frozen=True, slots=True)
class Selectors:
    """CSS by what it finds, checked when the configuration is read; empty where the automatic way does."""

    body: str = ""
    title: str = ""
    authors: str = ""
    published: str = ""
    remove: str = ""


@lru_cache(1024)
def _compiled(css: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(css))


def remove(root: lxml_html.HtmlElement, css: str) -> None:
    """Takes out of `root` what the selector finds."""
    for node in _found(root, css):
        if isinstance(node, lxml_html.HtmlElement) and node.getparent() is not None:
            node.drop_tree()


def texts(root: lxml_html.HtmlElement, css: str) -> list[str]:
    """What the selector finds, one line each, without empty ones."""
    found = (n.text_content() if isinstance(n, lxml_html.HtmlElement) else str(n) for n in _found(root, css))
    return [line for line in map(clean, found) if line]


def body(root: lxml_html.HtmlElement, css: str) -> str:
    """The text of what the selector finds, blocks on lines of their own; what is matched inside a match counts once."""
    found = [n for n in _found(root, css) if isinstance(n, lxml_html.HtmlElement)]
    inside = set(found)
    outer = [n for n in found if not any(a in inside for a in n.iterancestors())]
    return "\n".join(to_text(lxml_html.tostring(n, encoding="unicode", with_tail=False)) for n in outer)


def _found(root: lxml_html.HtmlElement, css: str) -> list[object]:
    return list(_compiled(css)(root)) if css else []
