"""A page to an article: trafilatura's text, the page's own structured data, and plain words for a refusal.

Runs in a worker process: hostile pages may cost it its life, never the service.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from urllib.parse import SplitResult, urlsplit

from lxml import etree
from lxml import html as lxml_html

from core.charset import decode
from core.dates import parse_date
from core.errors import ExtractError
from core.html import CONTROL, clean, to_text
from core.model import Article, Entry, Extraction
from core.text import WORD
from crawler import body as body_of
from crawler import language, metadata, selectors
from crawler.canonical import canonical, declared
from crawler.metadata import Metadata
from crawler.selectors import Selectors

MAX_BYTES = 4 * 1024 * 1024
MIN_WORDS = 25  # less running text than this is a menu or a message, not an article
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")  # scripts without blanks: two letters make a word
AGREE = 0.8  # share of the page's words that JSON-LD's body must hold to be of the same article
ENOUGH = 0.5  # share of JSON-LD's length from which the page's own text is preferred
CONTROL_BYTES = bytes(b for b in (*range(32), 127) if b not in b"\t\n\r")
XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
COUNT = etree.XPath("count(//*)")
MAX_NODES = 10_000  # as many paragraphs cost trafilatura 1 s; the largest of 221 development pages has 4,100 elements
DEEP = etree.XPath("count(//*[count(ancestor::*) > 100])")
MAX_DEEP = 1_000  # elements deeper than 100 levels: trafilatura asks each for all its ancestors, 5 s for 9,500
CROWDED = etree.XPath("//*[count(@*) > 200]")  # no page needs so many attributes on one tag; they cost seconds
CHALLENGE = re.compile(
    r"(just a moment\.\.\.|challenge validation|attention required!|verify you are (a )?human|are you a robot|"
    r"checking your browser|enable javascript and cookies to continue|access denied|request unsuccessful|"
    r"pardon our interruption|unusual traffic|_Incapsula_Resource|cf-browser-verification|px-captcha|captcha-delivery|"
    r"awswafcookie|aws-waf-token)",
    re.I,
)
CHALLENGE_WORDS = 200  # a page of more running words than this only speaks of such things
GONE = re.compile(
    r"(page not found|404 not found|error 404|404 error|not found \(404\)|^\s*404\b|página no encontrada|"
    r"seite nicht gefunden|page introuvable|pagina non trovata|página não encontrada)",
    re.I,
)
CONSENT = re.compile(r"(consent|privacy-?wall|gdpr|guce|cookie-?wall)\b", re.I)
LOGIN = re.compile(
    r"(^(login|accounts?|auth|sso|sign-?in|myaccount)\.|/(log-?in|sign-?in|register|registro|subscribe|subscription|"
    r"suscrib\w*|abo|account|auth|paywall)(?![\w]))",
    re.I,
)
SHELL = re.compile(
    r"""id=["']?(root|app|__next|__nuxt|gatsby-focus-wrapper|ember\d+)\b|<noscript[^>]{0,200}>[^<]{0,300}javascript""",
    re.I,
)
FRONT = re.compile(r"^(/[a-z]{2}(-[a-z]{2})?)?/?(index\.\w+)?$", re.I)
TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,300})", re.I)
REFUSALS = {401: "asks for a login", 402: "asks for payment", 403: "refuses visitors like us", 407: "asks for a proxy",
            404: "does not exist", 410: "was taken down", 451: "is blocked for legal reasons"}  # fmt: skip


def extract(
    body: bytes,
    url: str,
    *,
    content_type: str = "",
    hints: Entry | None = None,
    chosen: Selectors | None = None,
    quick: bool = True,
) -> Article:
    """The article of a page. Raises ExtractError with a cause in words.

    `hints` is what the source said of it, `chosen` the source's own selectors, `quick` as in body.read.
    """
    chosen = chosen or Selectors()

    def tree() -> lxml_html.HtmlElement:
        root = _tree(body[:MAX_BYTES], content_type, url)
        selectors.remove(root, chosen.remove)
        return root

    root = tree()
    stated = _chosen(root, metadata.read(root, url), chosen)
    body_text = normal(selectors.body(root, chosen.body)) or _text(root, stated, tree, url, quick=quick)
    words = WORD.findall(body_text.lower())
    if len(words) + len(UNSPACED.findall(body_text)) // 2 < MIN_WORDS:
        shell = SHELL.search(body[:200_000].decode("utf-8", "replace"))
        says = "shows its text only where JavaScript runs" if shell else "holds too little text to be an article"
        raise ExtractError(f"the page {says}", url)
    title = stated.title or (hints.title if hints else "")
    published = stated.published or (hints.published if hints else None)
    return Article(
        url=url,
        canonical_url=declared(url, stated.canonical) or url,
        title=unicodedata.normalize("NFC", title),
        text=body_text,
        authors=stated.authors or (hints.authors if hints else ()),
        published=published,
        modified=stated.modified,
        language=language.settle(stated.language or (hints.language if hints else None), words),
        site=stated.site,
        image=stated.image,
        note="only the freely readable part: the page is behind a paywall"
        if stated.paywalled and len(words) < 250
        else "",
    )


def _chosen(root: lxml_html.HtmlElement, stated: Metadata, chosen: Selectors) -> Metadata:
    """What the page states, with what the source's selectors find in its stead."""
    if chosen == Selectors():
        return stated
    titles, authors = selectors.texts(root, chosen.title), selectors.texts(root, chosen.authors)
    dates = [d for said in selectors.texts(root, chosen.published) if (d := parse_date(said)) is not None]
    return replace(
        stated,
        title=titles[0] if titles else stated.title,
        authors=tuple(dict.fromkeys(authors)) or stated.authors,
        published=dates[0] if dates else stated.published,
    )


def degrade(entry: Entry, cause: str) -> Article:
    """The entry's own words as an article; `cause` says in plain words why its page could not be used."""
    full = bool(entry.content)
    text = entry.content or entry.summary
    words = WORD.findall(f"{entry.title} {text}".lower())
    note = (
        ""
        if full and not cause
        else f"text from the feed{'' if full else ' summary'}" + (f": {cause}" if cause else "")
    )
    return Article(
        url=entry.url,
        canonical_url=canonical(entry.url) or entry.url,
        title=unicodedata.normalize("NFC", entry.title),
        text=normal(text),
        authors=entry.authors,
        published=entry.published,
        modified=entry.updated,
        language=language.settle(entry.language, words),
        image=entry.image,
        extraction=Extraction.FEED if full else Extraction.SUMMARY,
        note=note,
    )


def refusal(status: int, body: bytes, url: str, final_url: str) -> str | None:
    """Why this answer is no article, in words, or None: a refusal, a challenge, a login or a consent wall."""
    if status in REFUSALS:
        return f"the page {REFUSALS[status]} ({status})"
    head = body[:60_000].decode("utf-8", "replace")
    if len(body) < 60_000 and CHALLENGE.search(head) and _visible_words(head) < CHALLENGE_WORDS:
        return "the page asks visitors to prove that they are human"
    if final_url != url and (cause := _led_astray(urlsplit(url), urlsplit(final_url))):
        return cause
    title = TITLE.search(head)
    if title is not None and GONE.search(unescape(title[1])):
        return "the page says that it does not exist"
    return None


def _visible_words(page: str) -> int:
    """Words outside tags and scripts; linear in the page, since this runs in the service and not in a worker."""
    count, hidden = 0, False
    for part in page.split("<"):
        tag, _, text = part.partition(">")
        name = tag[:9].lower()
        if name.startswith(("script", "style", "noscript")):
            hidden = True
        elif name.startswith(("/script", "/style", "/noscript")):
            hidden = False
        count += 0 if hidden else len(WORD.findall(text))
    return count


def _led_astray(asked: SplitResult, got: SplitResult) -> str | None:
    """What a redirect away from the article means."""
    if CONSENT.search(f"{got.netloc}{got.path}") and not CONSENT.search(f"{asked.netloc}{asked.path}"):
        return "the page is behind a consent wall"
    if LOGIN.search(f"{got.netloc}{got.path}") and not LOGIN.search(f"{asked.netloc}{asked.path}"):
        return "the page is behind a login"
    if FRONT.match(got.path) and not FRONT.match(asked.path):
        return "the address leads to the front page"
    return None


def normal(text: str) -> str:
    """NFC, one paragraph a line, no blank lines, no control characters."""
    lines = (clean(line) for line in unicodedata.normalize("NFC", text).split("\n"))
    return "\n".join(line for line in lines if line)


def _plain(body: bytes, content_type: str) -> str:
    """The page's characters in NFC, so that words compare as they are read, without those no document may hold."""
    page = decode(body, content_type)
    if len(body.translate(None, CONTROL_BYTES)) != len(body):  # a twentieth of the time the search takes
        page = CONTROL.sub("", page)
    return page if unicodedata.is_normalized("NFC", page) else unicodedata.normalize("NFC", page)


def _tree(body: bytes, content_type: str, url: str) -> lxml_html.HtmlElement:
    """The page parsed. Its nesting is bounded by libxml2 itself, which stops reading at 256 levels."""
    if content_type and not any(kind in content_type.lower() for kind in ("html", "xml", "text/plain")):
        raise ExtractError(f"the address leads to {content_type.split(';')[0]}, not to a page", url)
    text = _plain(body, content_type)
    if not text.strip():
        raise ExtractError("the page is empty", url)
    try:
        root = lxml_html.document_fromstring(
            XML_HEAD.sub("", text), parser=lxml_html.HTMLParser(huge_tree=False, no_network=True)
        )
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ExtractError(f"the page cannot be read as HTML: {error}", url) from error
    if COUNT(root) > MAX_NODES:
        raise ExtractError(f"the page has more than {MAX_NODES} elements", url)
    if DEEP(root) > MAX_DEEP:
        raise ExtractError("the page nests its elements too deep", url)
    for node in CROWDED(root):
        node.attrib.clear()
    return root


def _text(
    root: lxml_html.HtmlElement,
    stated: Metadata,
    again: Callable[[], lxml_html.HtmlElement],
    url: str,
    *,
    quick: bool,
) -> str:
    try:
        found = normal(body_of.read(root, stated, again, quick=quick))
    except Exception as error:  # lxml and recursion faults have no common base
        raise ExtractError(f"the page defeats the reader: {type(error).__name__}", url) from error
    return _agreed(found, normal(to_text(unescape(stated.body))))


def _agreed(text: str, data: str) -> str:
    """JSON-LD's body where the page itself shows little of it; taken blindly it makes results worse.

    It has lost its paragraphs and kept what editors wrote for machines, so the page's own text comes first.
    """
    if len(text) >= ENOUGH * len(data):
        return text
    ours, theirs = set(WORD.findall(text.lower())), set(WORD.findall(data.lower()))
    if len(theirs) < MIN_WORDS:
        return text
    return data if len(ours & theirs) >= AGREE * len(ours) else text
