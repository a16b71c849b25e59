"""A page to an article: trafilatura's text, the page's own structured data, and plain words for a refusal.

Runs in a worker process: hostile pages may cost it its life, never the service.
"""

import re
import unicodedata
from urllib.parse import urlsplit

import trafilatura
from lxml import etree
from lxml import html as lxml_html
from trafilatura.settings import Extractor

from core.charset import decode
from core.errors import ExtractError
from core.html import CONTROL, clean
from core.model import Article, Entry, Extraction
from core.text import WORD
from crawler import language, metadata
from crawler.canonical import canonical, declared
from crawler.metadata import Metadata

MAX_BYTES = 4 * 1024 * 1024
MIN_WORDS = 25  # less running text than this is a menu or a message, not an article
AGREE = 0.8  # share of JSON-LD's words that trafilatura must have found for its body to be believed
MAX_DEPTH = 400  # nesting beyond which trafilatura's recursion is at risk
MAX_NODES = 60_000  # 200,000 paragraphs cost trafilatura more than 10 s; real pages have under 15,000
CHALLENGE = re.compile(
    r"(just a moment\.\.\.|challenge validation|attention required!|verify you are (a )?human|are you a robot|"
    r"checking your browser|enable javascript and cookies to continue|access denied|request unsuccessful|"
    r"pardon our interruption|_Incapsula_Resource|cf-browser-verification|px-captcha|captcha-delivery)",
    re.I,
)
CONSENT = re.compile(r"(consent|privacy-?wall|gdpr|guce)\b", re.I)
LOGIN = re.compile(r"/(log-?in|sign-?in|register|subscribe|suscrib|account|auth|paywall)\b", re.I)
REFUSALS = {401: "asks for a login", 402: "asks for payment", 403: "refuses visitors like us", 407: "asks for a proxy",
            404: "does not exist", 410: "was taken down", 451: "is blocked for legal reasons"}  # fmt: skip


def extract(body: bytes, url: str, *, content_type: str = "", hints: Entry | None = None) -> Article:
    """The article of a page. `hints` is what the source said of it. Raises ExtractError with a cause in words."""
    root, _text = _tree(body[:MAX_BYTES], content_type, url)
    stated = metadata.read(root)
    body_text = _body(root, stated, url)
    words = WORD.findall(body_text.lower())
    if len(words) < MIN_WORDS:
        raise ExtractError("the page holds too little text to be an article", url)
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
    head = body[:6000].decode("utf-8", "replace")
    if len(body) < 30_000 and CHALLENGE.search(head):
        return "the page asks visitors to prove that they are human"
    if final_url != url:
        asked, got = urlsplit(url), urlsplit(final_url)
        if CONSENT.search(f"{got.netloc}{got.path}") and not CONSENT.search(f"{asked.netloc}{asked.path}"):
            return "the page is behind a consent wall"
        if LOGIN.search(got.path) and not LOGIN.search(asked.path):
            return "the page is behind a login"
        if got.path in ("", "/") and asked.path not in ("", "/"):
            return "the address leads to the front page"
    return None


def normal(text: str) -> str:
    """NFC, one paragraph a line, no blank lines, no control characters."""
    lines = (clean(line) for line in unicodedata.normalize("NFC", text).split("\n"))
    return "\n".join(line for line in lines if line)


def _tree(body: bytes, content_type: str, url: str) -> tuple[lxml_html.HtmlElement, str]:
    if content_type and not any(kind in content_type.lower() for kind in ("html", "xml", "text/plain")):
        raise ExtractError(f"the address leads to {content_type.split(';')[0]}, not to a page", url)
    text = CONTROL.sub("", decode(body, content_type))
    if not text.strip():
        raise ExtractError("the page is empty", url)
    try:
        root = lxml_html.document_fromstring(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", text),
            parser=lxml_html.HTMLParser(huge_tree=False, no_network=True),
        )
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ExtractError(f"the page cannot be read as HTML: {error}", url) from error
    count = 0
    for count, node in enumerate(root.iter()):  # noqa: B007
        if count > MAX_NODES:
            raise ExtractError(f"the page has more than {MAX_NODES} elements", url)
    depth = max((sum(1 for _ in leaf.iterancestors()) for leaf in _some_leaves(root)), default=0)
    if depth > MAX_DEPTH:
        raise ExtractError(f"the page is nested more than {MAX_DEPTH} deep", url)
    return root, text


def _some_leaves(root: lxml_html.HtmlElement) -> list[lxml_html.HtmlElement]:
    node, found = root, []
    while len(node):
        node = node[-1] if len(node[-1]) else node[0]
        if sum(1 for _ in zip(range(MAX_DEPTH + 2), node.iterancestors(), strict=False)) > MAX_DEPTH:
            return [node]
    found.append(node)
    return found


def _body(root: lxml_html.HtmlElement, stated: Metadata, url: str) -> str:
    options = Extractor(output_format="txt", formatting=False, comments=False, tables=True, dedup=False)
    try:
        found = trafilatura.extract(root, options=options, no_fallback=False) or ""
    except Exception as error:  # lxml and recursion faults have no common base
        raise ExtractError(f"the page defeats the reader: {type(error).__name__}", url) from error
    text = normal(found)
    from_data = normal(stated.body) if stated.body and "<" not in stated.body else ""
    return _agreed(text, from_data)


def _agreed(text: str, data: str) -> str:
    """JSON-LD's body where it says the same as the page but more; blindly taken it makes results worse."""
    if not data or len(data) <= len(text):
        return text
    ours, theirs = set(WORD.findall(text.lower())), set(WORD.findall(data.lower()))
    if text and len(ours & theirs) < AGREE * len(ours):
        return text
    return data if len(data) < 4 * max(len(text), 500) else text
