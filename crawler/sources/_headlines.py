"""The articles that a page lists, found without being told where.

    links | groups of one shape | records: what belongs to each link alone | titles, dates | the group that reads most
    like news | and its leads, drawn otherwise but with addresses of the same form

A list of articles repeats one pattern; so do menus, footers and boxes of what is most read, but their texts are
shorter, they have no dates and headings of their own, and their addresses name places rather than events.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from core.dates import parse_date
from core.html import clean
from core.text import find_words

ASIDE = {"nav", "footer", "header", "aside", "form"}
ASIDE_NAMES = re.compile(
    r"\b(nav|navbar|menu|footer|sidebar|breadcrumbs?|pagination|pager|social|cookie|related|tags?|popular|trending|"
    r"masthead|most-(?:read|viewed)|mas-leid[oa]s|migas|lateral|relacionad[oa]s?|paginacion|pie)\b",
    re.I,
)
ENDS = {"html", "body", "main"}
LISTS = {"ul", "ol", "dl", "table", "tbody"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = ("p", "td", "dd", "dt", "div", "span", "li", "strong", "b")
HEADLINE_WORDS = 4  # a text with fewer words is a section or a button
LONG_WORDS = 2  # of at least four letters: `PDF (5 págs., 230 KB)` has words enough, but it is no headline
MANY_WORDS = 20
MIN_GROUP = 2
MAX_LINKS = 2000  # looked at in a page
MAX_GROUPS = 12  # the largest so many are looked at closely
MAX_NODES = 400  # elements of a record looked at
MAX_TITLE = 300  # characters
DATE_NAMES = re.compile(r"date|time|publi|fecha|data-ts", re.I)
MAX_DATE = 40  # characters of an element that may be nothing but a date
AROUND_DATE = " ()[]|·•,;:–—-"
SLUG = re.compile(r"[^/]*(?:[-_][^/_-]+){2,}[^/]*$|\d{4,}|\.(?:pdf|s?html?)$", re.I)


@dataclass(frozen=True, slots=True)
class Found:
    """One article of a list: its link, its address, and what belongs to it alone."""

    link: HtmlElement
    url: str
    record: HtmlElement
    title: str


def automatic(root: HtmlElement, base: str) -> list[Found]:
    """The articles in the page's order; an empty list where nothing reads like one."""
    groups: defaultdict[tuple[str, ...], list[tuple[HtmlElement, str]]] = defaultdict(list)
    for link, url in _links(root, base):
        groups[_shape(link)].append((link, url))
    several = [g for g in groups.values() if len({url for _, url in g}) >= MIN_GROUP]
    several.sort(key=lambda g: -len({url for _, url in g}))
    ranked = sorted(((_score(found), found) for found in map(records, several[:MAX_GROUPS])), key=lambda r: -r[0])
    if not ranked or ranked[0][0] <= 0:
        return [f for f in records([one for g in groups.values() for one in g]) if is_headline(f.title)]
    best = [f for f in ranked[0][1] if is_headline(f.title)]
    others = [f for g in groups.values() for f in records(g) if len(g) <= len(best)] if len(groups) < 500 else []
    return _in_order(root, best, _leads(best, others))


def records(links: Sequence[tuple[HtmlElement, str]]) -> list[Found]:
    """Each link with the largest element around it that holds none of the other addresses."""
    holds: defaultdict[HtmlElement, set[str]] = defaultdict(set)
    for link, url in links:
        for above in _around(link):
            holds[above].add(url)
    alone = len({url for _, url in links}) == 1
    return [_found(link, url, _record(link, holds, alone=alone)) for link, url in links]


def _around(link: HtmlElement) -> Iterable[HtmlElement]:
    for above in link.iterancestors():
        if above.tag in ENDS:
            return
        yield above


def _record(link: HtmlElement, holds: dict[HtmlElement, set[str]], *, alone: bool) -> HtmlElement:
    record = link
    for above in _around(link):
        if len(holds[above]) > 1 or (alone and above.tag in LISTS):
            break
        record = above
    return record


def _found(link: HtmlElement, url: str, record: HtmlElement) -> Found:
    return Found(link, url, record, _title(link, record))


def _title(link: HtmlElement, record: HtmlElement) -> str:
    """The heading in the link, the link's own words, the record's heading, its longest text: what reads like one.

    `Continue reading` before a heading's own words is no part of it.
    """
    inside, headings = ([clean(n.text_content()) for n in islice(of.iter(*HEADINGS), 5)] for of in (link, record))
    own = clean(link.text_content())
    for said in (*inside, *(h for h in headings if h in own), own, clean(link.get("title") or "")):
        if len(said) <= MAX_TITLE and is_headline(said):
            return said
    texts = sorted((t for t in _texts(record) if len(t) <= MAX_TITLE), key=len, reverse=True)
    pictured = [clean(n.get("alt") or "") for n in link.iter("img")]
    return next((t for t in (*headings, *texts[:1], *pictured) if is_headline(t)), inside[0] if inside else own)


def _texts(record: HtmlElement) -> list[str]:
    """Texts of the innermost blocks."""
    blocks = [n for n in _nodes(record) if n.tag in BLOCKS]
    outer: set[HtmlElement] = set()
    for node in blocks:
        for above in node.iterancestors():
            outer.add(above)
            if above is record:
                break
    return [text for n in blocks if n not in outer and (text := clean(n.text_content()))]


def _nodes(record: HtmlElement) -> list[HtmlElement]:
    """Its first elements: what belongs to one article are few."""
    return [n for n in islice(record.iter(), MAX_NODES) if isinstance(n.tag, str)]


def is_headline(text: str) -> bool:
    """Whether a text has as many words as a headline."""
    found = find_words(text)
    if len(found) < HEADLINE_WORDS:
        return False
    spaced = sum(len(w) > 3 and w.isalpha() for w in found)
    return spaced >= LONG_WORDS or (len(found) >= 2 * HEADLINE_WORDS and max(map(len, found)) == 1)


def date_of(record: HtmlElement) -> datetime | None:
    """When it appeared: an element or attribute that is named so, the term it explains, a short text that is a date."""
    before = record.getprevious() if record.tag == "dd" else None
    nodes = _nodes(record)
    named = [n for n in nodes if n.tag == "time" or DATE_NAMES.search(n.get("class") or "")]
    said = [value for n in nodes for name, value in n.attrib.items() if name != "class" and DATE_NAMES.search(name)]
    said += [n.text_content() for n in named]
    said += [before.text_content()] if before is not None else []
    said += [text for n in nodes for text in (n.text, n.tail) if text]
    texts = (clean(text[: 4 * MAX_DATE]).strip(AROUND_DATE) for text in said)
    return next((moment for text in texts if len(text) <= MAX_DATE and (moment := parse_date(text)) is not None), None)


def _links(root: HtmlElement, base: str) -> list[tuple[HtmlElement, str]]:
    """Links to other pages of the site outside of menus and the like."""
    found: list[tuple[HtmlElement, str]] = []
    for link in root.iter():
        if len(found) >= MAX_LINKS:
            break
        url = address(link, base) if isinstance(link.tag, str) else None
        if url is None or not _is_same_site(url, base) or url.rstrip("/") == base.rstrip("/") or _is_aside(link):
            continue
        found.append((link, url))
    return found


def address(link: HtmlElement, base: str) -> str | None:
    """Where a link leads; scripts that fill a list leave addresses in `data-href` and `data-url`."""
    said = link.get("href") if link.tag == "a" else link.get("data-href") or link.get("data-url")
    href = (said or "").strip()
    if not href or href.startswith("#"):
        return None
    try:
        url = urljoin(base, href).partition("#")[0]
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) else None


def _is_same_site(url: str, base: str) -> bool:
    """The same host, or one below it: documents often lie on a host of their own."""
    host, own = (urlsplit(u).netloc.removeprefix("www.") for u in (url, base))
    return host == own or host.endswith(f".{own}")


def _shape(node: HtmlElement) -> tuple[str, ...]:
    shape: list[str] = []
    current: HtmlElement | None = node
    while current is not None and len(shape) < 4:
        shape.append(f"{current.tag}.{' '.join(sorted((current.get('class') or '').split())[:1])}")
        current = current.getparent()
    return tuple(shape)


def _is_aside(node: HtmlElement) -> bool:
    for above in node.iterancestors():
        if above.tag in ("body", "main", "article"):
            return False
        if above.tag == "header" and next(above.iterancestors("article"), None) is not None:
            continue  # a card's own head
        if above.tag in ASIDE or ASIDE_NAMES.search(f"{above.get('class') or ''} {above.get('id') or ''}"):
            return True
    return False


def _score(found: Sequence[Found]) -> float:
    """How much a group reads like a list of articles: words beyond a menu's, dates, headings, addresses of events.

    Each headline has words of its own; a farm of links says the same of every town.
    """
    members = list({f.url: f for f in found if is_headline(f.title)}.values())
    if len(members) < MIN_GROUP:
        return 0.0
    said = [find_words(f.title.lower()) for f in members]
    rich = len(set(chain.from_iterable(said))) / sum(map(len, said))
    words = sum(min(len(each), MANY_WORDS) - HEADLINE_WORDS + 1 for each in said)
    dated, headed, event = (sum(map(holds, members)) / len(members) for holds in (_is_dated, _has_heading, _is_event))
    return words * rich * (1 + dated + headed / 2 + event / 2)


def _is_dated(found: Found) -> bool:
    return date_of(found.record) is not None


def _has_heading(found: Found) -> bool:
    return next(found.record.iter(*HEADINGS), None) is not None or any(n.tag in HEADINGS for n in _around(found.link))


def _is_event(found: Found) -> bool:
    """Whether the address has the words of a title in it, a number or a file."""
    parts = urlsplit(found.url)
    return SLUG.search(f"{parts.path}?{parts.query}" if parts.query else parts.path) is not None


def _leads(best: Sequence[Found], others: Iterable[Found]) -> list[Found]:
    """A list's leads are drawn larger, so of another shape: addresses of the same form, and dates or headings alike."""
    forms = Counter(_form(f.url) for f in best)
    usual = {form for form, n in forms.items() if n >= MIN_GROUP}
    known = {f.url for f in best}
    alike = [_is_dated] if sum(map(_is_dated, best)) > len(best) / 2 else [_has_heading]
    return [
        f
        for f in others
        if f.url not in known and _form(f.url) in usual and is_headline(f.title) and all(holds(f) for holds in alike)
    ]


def _form(url: str) -> tuple[str, ...]:
    """Host and folders of an address, whatever its numbers and the words it has from a title."""
    parts = urlsplit(url)
    folders = parts.path.strip("/").split("/")[:-1]
    return (parts.netloc, *("*" if SLUG.search(folder) or folder.isdigit() else folder for folder in folders))


def _in_order(root: HtmlElement, best: Sequence[Found], leads: Sequence[Found]) -> list[Found]:
    if not leads:
        return list(best)
    place = {node: index for index, node in enumerate(root.iter())}
    return sorted([*best, *leads], key=lambda f: place[f.link])
