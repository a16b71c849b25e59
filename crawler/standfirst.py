"""The line between headline and text: said first by the article, and taken by extractors for the page's head."""

import re
from collections.abc import Collection, Iterator

from lxml import html as lxml_html

from core.html import brief, clean, labels, letters

NAMES = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|leads?|lede|dek|deck|excerpt|summary|abstract|intro(?:duction)?|sub-?titles?|"
    r"sub-?head(?:ing|line)?s?|sub-?line|strap-?line|synopsis|preamble|ingress|vorspann|chapo|chapeau|bajada|sumario|"
    r"entradilla|epigraph|occhiello|sommario|description|(?:header|article)-?teaser|teaser-?text|tagline)(?:[\s_-]|$)"
)
BLOCKS = {"p", "div", "section", "header", "ul", "ol", "li", "h1", "h2", "h3", "h4", "article", "main", "figure",
          "form", "table", "blockquote"}  # fmt: skip
SHORTEST, LONGEST = 30, 700  # characters
WITHIN = 250  # elements after the headline
MOST = 4  # lines: some outlets lead with a list


def standfirst(
    root: lxml_html.HtmlElement,
    headlines: Collection[str],
    descriptions: Collection[str],
    text: Collection[lxml_html.HtmlElement],
) -> list[str]:
    """The lines after the headline and before `text`, the paragraphs found, that the markup calls such a line or with
    which the page describes itself. `headlines` and `descriptions` as letters only."""
    found: list[str] = []
    for node in _between(root, headlines, text):
        said = brief(node, LONGEST)
        if len(said) < SHORTEST or _links(node) > 0.3 * len(said):
            continue
        key = letters(said)
        if (_named(node) or _describes(key, descriptions)) and not any(key in letters(f) for f in found):
            found.append(said)
    return found[:MOST]


def _between(
    root: lxml_html.HtmlElement, headlines: Collection[str], text: Collection[lxml_html.HtmlElement]
) -> Iterator[lxml_html.HtmlElement]:
    """Elements with running text and no blocks in them, from the headline to the text."""
    headline = _headline(root, headlines)
    after = 0
    for node in root.iter():
        if node in text:
            return
        if after:
            after += 1
            if after > WITHIN:
                return
            if _leaf(node):
                yield node
        elif node is headline:
            after = 1


def _headline(root: lxml_html.HtmlElement, headlines: Collection[str]) -> lxml_html.HtmlElement | None:
    """The heading that is the headline; else the first of its rank, for pages that print another than they share."""
    headings = list(root.iter("h1", "h2"))
    for node in headings:
        if letters(node.text_content()) in headlines:
            return node
    return min(headings, key=lambda node: node.tag, default=None)


def _leaf(node: lxml_html.HtmlElement) -> bool:
    if node.tag in ("a", "br", "img", "time", "h1") or next(node.iterdescendants(*BLOCKS), None) is not None:
        return False
    parent = node.getparent()
    return parent is not None and (node.tag in BLOCKS or not (parent.text or "").strip())


def _named(node: lxml_html.HtmlElement) -> bool:
    around = node
    for _ in range(3):
        if around is None or around.tag in ("body", "article", "main"):
            return False
        if around.get("itemprop") and re.search("description|alternativeHeadline|abstract", around.get("itemprop")):
            return True
        if NAMES.search(labels(around)):
            return bool(brief(around, LONGEST + LONGEST // 2))
        around = around.getparent()
    return False


def _describes(key: str, descriptions: Collection[str]) -> bool:
    return any(len(d) > 25 and (d[:60] in key or key[:60] in d) for d in descriptions)


def _links(node: lxml_html.HtmlElement) -> int:
    return sum(len(clean(a.text_content())) for a in node.iter("a"))
