"""An alert as a mail: plain text and HTML of the same words, with headers that thread, filter and deduplicate."""

import html
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from alerts.channels._text import Link, Said, as_text, marked, outlets_line, said
from core.model import Delivery

SUBJECT = 160  # characters; clients show less
ALL = 1_000_000  # characters for names of outlets and their links: a mail has room for every one
STYLE = {
    "page": "margin:0 auto;max-width:36em;padding:1em;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif;"
    "overflow-wrap:anywhere",
    "label": "margin:0;font-size:.8em;letter-spacing:.04em;text-transform:uppercase;opacity:.7",
    "title": "margin:.2em 0 .6em;font-size:1.3em;line-height:1.25",
    "quote": "margin:0 0 1em;padding:.1em 0 .1em .8em;border-left:3px solid #c9a227",
    "hit": "background:#ffe58a;color:#222;border-radius:2px;padding:0 .1em",
    "list": "margin:0 0 1em;padding-left:1.2em",
    "small": "margin:1em 0 0;padding-top:.7em;border-top:1px solid #8886;font-size:.82em;opacity:.8",
}


def compose(
    delivery: Delivery, sender: Address, recipient: str, now: datetime, *, by_rule: bool = True
) -> EmailMessage:
    """The mail for one recipient. Message-ID and thread depend on the delivery alone: every retry has the same.

    An update answers its alert; `by_rule`, all alerts of a rule stand below one mail that nobody ever sent.
    """
    words, domain = said(delivery, now), sender.domain
    rule = slug(delivery.message.rule)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = f"[{words.label}] {words.title.text}"[:SUBJECT].strip()
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{slug(delivery.id)}@{domain}>"
    thread = [f"<rule.{rule}@{domain}>"] if by_rule and delivery.message.rule else []
    if delivery.reply_to is not None:
        thread.append(f"<{slug(delivery.reply_to)}@{domain}>")
        mail["In-Reply-To"] = thread[-1]
    if thread:
        mail["References"] = " ".join(thread)
    mail["List-Id"] = f"<{rule}.borderwire.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    # quoted-printable: 7-bit for any server, and lines that every client can flow to its window
    mail.set_content(as_text(words) + "\n", cte="quoted-printable")
    if not delivery.degraded:
        mail.add_alternative(page(words), subtype="html", cte="quoted-printable")
    return mail


def slug(text: str) -> str:
    """What of a name may stand in a Message-ID or List-Id."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:80] or "alert"


def page(words: Said) -> str:
    """The HTML part: one column, no images, no scripts, legible on 320 px and in the dark."""
    language = f' lang="{words.language}"' if words.language else ""
    return (
        f'<!doctype html>\n<html{language}><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">\n'
        f"<title>{_esc(words.title.text)}</title></head>\n"
        f'<body><div style="{STYLE["page"]}">\n{article(words)}\n</div></body></html>\n'
    )


def article(words: Said) -> str:
    """The alert as a piece of HTML that brings its own looks."""
    parts = [_tag("p", "label", _esc(words.label)), _tag("h1", "title", _anchor(words.title))]
    if words.snippet:
        parts.append(_tag("blockquote", "quote", marked(words.snippet, _run)))
    if words.lines:
        parts.append(_list([_esc(line) for line in words.lines]))
    if words.outlet:
        parts.append(f"<p>{outlets_line(words, ALL, _anchor)}</p>")
    if words.items:
        parts += [f"<p>{words.more}</p>"] if words.more else []
        parts.append(_list([f"{_anchor(i.title)}<br><small>{_esc(i.outlet)}</small>" for i in words.items]))
    if words.tail:
        parts.append(f"<p>{'<br>'.join(map(_esc, words.tail))}</p>")
    parts.append(_tag("p", "small", "<br>".join(_small(words))))
    return "\n".join(parts)


def _small(words: Said) -> list[str]:
    rule = f"Rule <strong>{_esc(words.rule)}</strong>" if words.rule else ""
    query = f"<code>{_esc(words.query)}</code>" if words.query else ""
    lines = [" ".join(filter(None, (rule, _esc(words.why)))), query, _esc(words.times)]
    lines += [f"Note: {_esc(words.note)}" if words.note else "", _anchor(Link("Open in the desk", words.desk))]
    if not words.desk:
        lines.pop()
    return [*filter(None, lines), f"id {_esc(words.id)}"]


def _run(text: str, matched: bool) -> str:
    return f'<mark style="{STYLE["hit"]}">{_esc(text)}</mark>' if matched else _esc(text)


def _list(items: list[str]) -> str:
    return _tag("ul", "list", "".join(f"<li>{item}</li>" for item in items))


def _tag(name: str, style: str, inner: str) -> str:
    return f'<{name} style="{STYLE[style]}">{inner}</{name}>'


def _anchor(link: Link) -> str:
    return f'<a href="{_esc(link.url)}">{_esc(link.text)}</a>' if link.url else _esc(link.text)


def _esc(text: str) -> str:
    return html.escape(text, quote=True)
