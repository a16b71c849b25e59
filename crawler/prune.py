"""What stands on a page beside its article, taken out of the tree before anything is read from it.

By what its markup says: names in class and id, roles, hidden elements, cards that are one link. A name is believed only
where little of the page's running text stands under it, since outlets also call the article itself a card or a widget.
"""

import re
from collections import defaultdict
from functools import lru_cache

from lxml import etree
from lxml import html as lxml_html

from core.html import labels, parted

USELESS = (etree.Comment, etree.ProcessingInstruction, "nav", "footer", "aside", "script", "style", "svg", "noscript",
           "template", "iframe", "object", "embed", "video", "audio", "canvas", "link", "meta", "input", "select",
           "textarea", "button", "dialog", "figcaption")  # fmt: skip
CARD = ("p", "div", "h2", "h3", "h4", "article", "figure")
INSIDE = {"p", "li", "blockquote", "a", "b", "strong", "em", "i", "span", "u", "font", "small", "mark", "br"}
BOXES = {"div", "section", "ul", "ol", "dl", "article", "form", "details", "figure", "table", "p", "span", "header",
         "h2", "h3", "h4", "h5", "h6", "small", "center", "blockquote"}  # fmt: skip
ASIDE_ROLES = {"navigation", "complementary", "contentinfo", "search", "dialog", "alertdialog", "menu", "banner",
               "tooltip", "toolbar"}  # fmt: skip
# Words of class and id that name what is beside the article; between blanks, - and _, or a change of case.
NAMES = re.compile(
    r"(?:^|[\s_-])(?:"
    r"related|recirc\w*|recommend\w*|most-?(?:read|popular|viewed|shared)|(?:recent|latest)-?(?:news|posts|articles|stories)|popular|trending|read-?(?:more|next|also)|"
    r"more-(?:from|on|stories|news|articles)|also-?(?:read|on)|see-?also|outbrain|taboola|"
    r"newsletters?|(?:inline-?)?sign-?up|subscri(?:be|ption)s?|"
    r"shar(?:e|ing)|share-?bar|social|follow(?:-us)?|whatsapp|"
    r"adverts?|advertisements?|advertising|ad-?block\w*|sponsored|promo(?:s|ted|tion)?|"
    r"cookies?|consent|gdpr|access-?wall|registration-?wall|regwall|"
    r"author-?(?:bio\w*|box|info|card)|biography|byline|"
    r"fact-?box|info-?box|"
    r"(?:image|img|photo|picture|video|media|figure|lead-?media)?-?captions?|captions?|(?:image|photo|img|media|picture)-?(?:credits?|desc\w*|legend)|"
    r"media-?player|video-?(?:player|heading|title|info)|featured-?video|"
    r"breadcrumbs?|tag-?list|tags|topics|"
    r"rollover|tooltip|popover|popup|hover-?card|modal|overlay|"
    r"visually-?hidden|visuallyhidden|sr-?only|screen-?reader\w*|a11y-?hidden|"
    r"sidebar|rail|carousel|swiper|print-?only|citation|cite-?wrapper|citewrapper"
    r")(?:[\s_-]|$)"
)
SHORT_NAMES = re.compile(r"(?:^|[\s_-])(?:ads?|bios?)(?:[\s_-]|$)")  # made-up identifiers hold these by chance
COMMENTS = re.compile(r"(?:^|[\s_-])(?:comments?|comment-?list|respond|disqus|viafoura)(?:[\s_-]|$)")
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
MARKED = etree.XPath("//body//*[@class or @id or @role or @hidden or @style]")
RUNNING = etree.XPath("//body//text()[string-length(normalize-space()) > 40]")
MOST = 0.35  # share of the running text from which what bears one name is the article or a part of it


@lru_cache(8192)
def _named(names: str) -> bool:
    return NAMES.search(parted(names)) is not None or SHORT_NAMES.search(names.lower()) is not None


def prune(root: lxml_html.HtmlElement, *, by_name: bool = True) -> int:
    """Takes out of `root` what is no part of the article; characters of running text taken out for their names."""
    etree.strip_elements(root, *USELESS, with_tail=False)
    _cards(root)
    for figure in root.iter("figure"):
        if figure.find(".//blockquote") is not None:
            figure.tag = "div"
    if not by_name:
        return 0
    beside = {node: why for node in MARKED(root) if (node.tag in BOXES or "-" in node.tag) and (why := _why(node))}
    if not beside:
        return 0
    names = _Names(beside)
    allowed, taken = _allowed(root, names)
    outer = [n for n, why in beside.items() if why in allowed and not names.of(n.getparent()) & allowed]
    for node in outer:
        node.drop_tree()
    return taken


class _Names:
    """Under which names an element stands. Each is asked of its parent once: a page may nest deep and often."""

    def __init__(self, beside: dict[lxml_html.HtmlElement, str]) -> None:
        self.beside = beside
        self._known: dict[lxml_html.HtmlElement, frozenset[str]] = {}

    def of(self, node: lxml_html.HtmlElement | None) -> frozenset[str]:
        above: list[lxml_html.HtmlElement] = []
        while node is not None and node not in self._known:
            above.append(node)
            node = node.getparent()
        names = self._known[node] if node is not None else frozenset()
        for inner in reversed(above):
            if (own := self.beside.get(inner)) is not None:
                names = names | {own}
            self._known[inner] = names
        return names


def _allowed(root: lxml_html.HtmlElement, names: _Names) -> tuple[set[str], int]:
    """The names that may be believed: neither on the article nor on much of the running text; and on how much."""
    weight: defaultdict[str, int] = defaultdict(int)
    held: defaultdict[lxml_html.HtmlElement, int] = defaultdict(int)
    total = 0
    for text in RUNNING(root):
        node = text.getparent().getparent() if text.is_tail else text.getparent()
        if node.tag == "a":
            continue
        total += len(text)
        for name in names.of(node):
            weight[name] += len(text)
        while node.tag in INSIDE:
            node = node.getparent()
        held[node] += len(text)
    if held:
        for name in names.of(max(held, key=lambda node: held[node])):
            weight[name] = total + 1
    # readers may say more than the article, so that only its own place speaks against this name
    most = defaultdict(lambda: MOST * total, {"comments": float(total)})
    allowed = {name for name in names.beside.values() if weight[name] <= most[name]}
    return allowed, sum(weight[name] for name in allowed)


def _cards(root: lxml_html.HtmlElement) -> None:
    """Takes out links that hold whole blocks: teasers of other pages. One around most of the page is its frame."""
    most = 0.3 * len(root.text_content())
    headlines = len(list(root.iter("h1")))
    for link in list(root.iter("a")):
        if link.get("href", "").startswith("#") or next(link.iterdescendants(*CARD), None) is None:
            continue
        if len(link.text_content()) < most and (headlines != 1 or link.find(".//h1") is None):
            link.drop_tree()


def _why(node: lxml_html.HtmlElement) -> str:
    """The name under which this stands beside the article; empty where nothing says so."""
    attributes = node.attrib
    if not attributes:
        return ""
    if "hidden" in attributes or HIDDEN_STYLE.search(attributes.get("style", "")):
        return "hidden"
    if attributes.get("role") in ASIDE_ROLES:
        return str(attributes["role"])
    name = attributes.get("class", "")
    if COMMENTS.search(labels(node)):
        return "comments"
    return f"{node.tag} {name}" if _named(f"{name} {attributes.get('id', '')}"[:300]) else ""
