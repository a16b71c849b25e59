"""How the outlets' pages look: five kinds of HTML with what real pages carry around an article.

Menus, cookie texts, newsletter boxes, related headlines, captions and footers are there to be told from the text.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any, Protocol

from demo.texts.press import Outlet

CAPTION = {
    "en": "{title}. A photograph taken for {site} shows the place of the report from the road in late afternoon light, "
    "with hills behind, several vehicles, a row of mesquite trees and passers-by who have no part in it. Picture desk "
    "archive, used with permission, not to be reproduced without the written consent of its owner.",
    "es": "{title}. Una fotografía tomada para {site} muestra el lugar de la nota desde el camino con luz de la tarde, "
    "con cerros al fondo, varios vehículos, una hilera de mezquites y paseantes que nada tienen que ver. Archivo de la "
    "mesa de fotografía, se usa con permiso y no puede reproducirse sin consentimiento por escrito de su dueño.",
}
WORDS = {
    "en": {
        "by": "By",
        "cookies": "We use cookies to count visits and to remember your crossword. By reading on you accept them all.",
        "letter": "Get the morning letter in your inbox, free, five days a week.",
        "sign": "Sign me up",
        "related": "More from this section",
        "rights": "All rights reserved. Terms of use, privacy notice, advertise with us, report an error.",
        "share": "Share this on the usual networks",
        "credit": "This report comes from {}.",
    },
    "es": {
        "by": "Por",
        "cookies": "Usamos cookies para contar visitas y recordar tu crucigrama. Si sigues leyendo, las aceptas todas.",
        "letter": "Recibe el boletín de la mañana en tu correo, gratis, cinco días por semana.",
        "sign": "Suscribirme",
        "related": "Más de esta sección",
        "rights": "Derechos reservados. Aviso de privacidad, términos de uso, anúnciate aquí, reporta un error.",
        "share": "Comparte en las redes de siempre",
        "credit": "Esta nota es de {}.",
    },
}


class Item(Protocol):
    """What a page shows: one article as its outlet lists it."""

    @property
    def title(self) -> str:
        """The headline."""

    @property
    def summary(self) -> str:
        """The standfirst."""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The text."""

    @property
    def author(self) -> str:
        """Who signed it."""

    @property
    def url(self) -> str:
        """The canonical address."""

    @property
    def published(self) -> datetime:
        """When it appeared."""

    @property
    def updated(self) -> datetime:
        """When it last changed."""

    @property
    def credit(self) -> str:
        """Title of the outlet it was taken from, or nothing."""

    @property
    def origin(self) -> str:
        """Address of the original it was taken from, or nothing."""


def page(house: Outlet, base: str, item: Item, related: Sequence[Item]) -> str:
    """The HTML document of one article."""
    return SKINS[house.skin](house, base, item, related)


def front(house: Outlet, base: str, items: Sequence[Item], charset: str = "utf-8") -> str:
    """The front page, which is also what the listing source reads: one card an article, newest first."""
    return (
        f'<!DOCTYPE html>\n<html lang="{house.language}"><head><meta charset="{charset}">'
        f"<title>{escape(house.title)}</title></head>\n<body>{_menu(house)}<main><h1>{escape(house.title)}</h1>\n"
        + "\n".join(card(item) for item in items)
        + f"</main>{_footer(house)}</body></html>\n"
    )


def card(item: Item) -> str:
    """One article on a listing page."""
    return (
        f'<div class="card"><h2><a href="{escape(item.url)}">{escape(item.title)}</a></h2>'
        f'<time datetime="{item.published.isoformat(timespec="seconds")}">{item.published:%d.%m.%Y %H:%M}</time>'
        f'<p class="teaser">{escape(item.summary)}</p></div>'
    )


def _classic(house: Outlet, base: str, item: Item, related: Sequence[Item]) -> str:
    """JSON-LD and Open Graph, a figure with a caption, related headlines after the text."""
    head = _og(house, base, item) + _json_ld(_news_article(house, base, item))
    body = (
        f'<article class="story"><h1 class="headline">{escape(item.title)}</h1>'
        f'<p class="byline">{_by(house, item)} <time datetime="{_iso(item.published)}">'
        f"{item.published:%B %d, %Y}</time></p>{_figure(house, base, item)}"
        f'<div class="story-body">{_text(house, item)}</div>{_share(house)}</article>{_related(house, related)}'
    )
    return _document(house, item, head, body)


def _modern(house: Outlet, base: str, item: Item, related: Sequence[Item]) -> str:
    """A graph with the article's body as data, the caption in a div, a newsletter box inside the text."""
    node = _news_article(house, base, item) | {"articleBody": "\n\n".join(item.paragraphs)}
    site = {"@type": "WebSite", "name": house.title, "url": base}
    head = _og(house, base, item) + _json_ld({"@context": "https://schema.org", "@graph": [site, node]})
    body = (
        f'<article><header><h1>{escape(item.title)}</h1><p class="standfirst">{escape(item.summary)}</p>'
        f'<div class="author">{_by(house, item)}</div></header>'
        f'<div class="media-image"><img src="{base}/img/lead.svg" alt="{escape(_caption(house, item))}">'
        f'<div class="caption">{escape(_caption(house, item))}</div></div>'
        f'<section class="content">{_text(house, item, box=True)}</section></article>{_related(house, related)}'
    )
    return _document(house, item, head, body)


def _plain(house: Outlet, base: str, item: Item, related: Sequence[Item]) -> str:
    """Old meta tags only, and hardly any markup."""
    head = (
        f'<meta name="author" content="{escape(item.author)}">'
        f'<meta name="DC.date.issued" content="{_iso(item.published)}">'
        f'<meta name="description" content="{escape(item.summary)}">'
        f'<link rel="canonical" href="{escape(item.url)}">'
    )
    body = (
        f'<div id="main"><article><h1>{escape(item.title)}</h1><p class="dateline">{item.published:%Y-%m-%d %H:%M} UTC'
        f"</p>{_text(house, item)}</article></div>"
    )
    return _document(house, item, head, body)


def _portal(house: Outlet, base: str, item: Item, related: Sequence[Item]) -> str:
    """Microdata, a figure, related headlines beside the text."""
    body = (
        f'{_related(house, related)}<article itemscope itemtype="https://schema.org/NewsArticle">'
        f'<h1 itemprop="headline">{escape(item.title)}</h1>'
        f'<span class="firma">{WORDS[house.language]["by"]} <span itemprop="author">{escape(item.author)}</span></span>'
        f'<meta itemprop="datePublished" content="{_iso(item.published)}">{_figure(house, base, item)}'
        f'<div itemprop="articleBody">{_text(house, item)}</div>{_share(house)}</article>'
    )
    return _document(house, item, f'<meta property="og:site_name" content="{escape(house.title)}">', body)


def _bare(house: Outlet, base: str, item: Item, related: Sequence[Item]) -> str:
    """No metadata at all: a heading, a time, a text."""
    body = (
        f'<article><h1>{escape(item.title)}</h1><time datetime="{_iso(item.published)}">{item.published:%B %d}</time>'
        f"<p>{_by(house, item)}</p>{_figure(house, base, item)}{_text(house, item)}</article>{_related(house, related)}"
    )
    return _document(house, item, "", body)


SKINS: dict[str, Callable[[Outlet, str, Item, Sequence[Item]], str]] = {
    "classic": _classic,
    "modern": _modern,
    "plain": _plain,
    "portal": _portal,
    "bare": _bare,
}


def _document(house: Outlet, item: Item, head: str, body: str) -> str:
    charset = "iso-8859-1" if house.shape == "rss_latin1" else "utf-8"
    return (
        f'<!DOCTYPE html>\n<html lang="{house.language}">\n<head><meta charset="{charset}">'
        f"<title>{escape(item.title)} | {escape(house.title)}</title>{head}</head>\n"
        f"<body>{_menu(house)}\n<main>{body}</main>\n{_footer(house)}</body></html>\n"
    )


def _menu(house: Outlet) -> str:
    links = "".join(f'<li><a href="/section/{i}">{escape(s)}</a></li>' for i, s in enumerate(house.sections))
    return (
        f'<header class="site-header"><a class="logo" href="/">{escape(house.title)}</a>'
        f'<nav class="main-menu"><ul>{links}</ul></nav></header>'
    )


def _footer(house: Outlet) -> str:
    words = WORDS[house.language]
    return (
        f'<footer class="site-footer"><form class="newsletter"><p>{words["letter"]}</p><button>{words["sign"]}</button>'
        f"</form><p>© {escape(house.title)}. {words['rights']}</p></footer>"
        f'<div class="cookie-banner" role="dialog"><p>{words["cookies"]}</p></div>'
    )


def _related(house: Outlet, related: Sequence[Item]) -> str:
    links = "".join(f'<li><a href="{escape(r.url)}">{escape(r.title)}</a></li>' for r in related)
    return f'<aside class="related"><h3>{WORDS[house.language]["related"]}</h3><ul>{links}</ul></aside>'


def _share(house: Outlet) -> str:
    return f'<div class="social-share">{WORDS[house.language]["share"]}</div>'


def _figure(house: Outlet, base: str, item: Item) -> str:
    caption = escape(_caption(house, item))
    image = f'<img src="{base}/img/lead.svg" alt="{caption}">'
    return f'<figure class="lead">{image}<figcaption>{caption}</figcaption></figure>'


def _caption(house: Outlet, item: Item) -> str:
    return f"{CAPTION[house.language].format(title=item.title, site=house.title)} {house.caption}".strip()


def _text(house: Outlet, item: Item, *, box: bool = False) -> str:
    parts = [f"<p>{escape(p)}</p>" for p in item.paragraphs]
    if box and len(parts) > 3:
        letter = WORDS[house.language]["letter"]
        parts.insert(3, f'<aside class="newsletter-promo"><p>{letter}</p></aside>')
    if item.credit:
        said = WORDS[house.language]["credit"].format(item.credit)
        link = f' <a href="{escape(item.origin)}">{escape(item.credit)}</a>' if item.origin else ""
        parts.append(f'<p class="credit"><em>{escape(said)}</em>{link}</p>')
    return "\n".join(parts)


def _by(house: Outlet, item: Item) -> str:
    return f'{WORDS[house.language]["by"]} <a rel="author" href="/staff">{escape(item.author)}</a>'


def _og(house: Outlet, base: str, item: Item) -> str:
    pairs = {
        "og:type": "article",
        "og:site_name": house.title,
        "og:title": item.title,
        "og:description": item.summary,
        "og:url": item.url,
        "og:image": f"{base}/img/lead.svg",
        "og:image:alt": _caption(house, item),
        "article:published_time": _iso(item.published),
        "article:modified_time": _iso(item.updated),
    }
    tags = "".join(f'<meta property="{k}" content="{escape(v)}">' for k, v in pairs.items())
    # a reprint of the Gulf Gate kind names the original as canonical: it stays an article of its own all the same
    canonical = item.origin if item.origin and house.shape == "rss_full" else item.url
    return tags + f'<link rel="canonical" href="{escape(canonical)}">'


def _news_article(house: Outlet, base: str, item: Item) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.title,
        "datePublished": _iso(item.published),
        "dateModified": _iso(item.updated),
        "author": [{"@type": "Person", "name": item.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": house.title},
        "image": {"@type": "ImageObject", "url": f"{base}/img/lead.svg", "caption": _caption(house, item)},
    }


def _json_ld(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/ld+json">{text}</script>'


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
