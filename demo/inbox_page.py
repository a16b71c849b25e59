"""The inbox's page: what arrived, as a person would see it in Slack, in a mailbox, in a receiver's log.

Everything shown came from strangers: all of it is escaped, and the page may run no script and load nothing.
"""

import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from core.clock import from_iso

_COMMON = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE_POLICY = {**_COMMON, "Content-Security-Policy": _POLICY}
# the mail's own document stands in a frame without any rights; without `frame-src` some browsers refuse even srcdoc
DETAIL_POLICY = {**_COMMON, "Content-Security-Policy": f"{_POLICY}; frame-src 'self'"}

GROUPS = {"slack": "Slack", "mail": "Mail", "webhook": "Webhook", "apprise": "Apprise"}
ALWAYS = ("slack", "mail", "webhook")  # columns that stand there before anything arrived
EACH = 60  # entries a group shows
REFRESH = 3  # seconds
LINK = re.compile(r"&lt;(https?://[^|\s]*?)(?:\|(.*?))?&gt;")
BOLD = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --hit: #ffe58a; --ink: #222; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 15px/1.45 system-ui, sans-serif; }
body { overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; margin: 0 0 .2rem; }
h2 { font-size: 1rem; margin: 0 0 .6rem; }
p, pre, ul { margin: .3rem 0; }
main { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
article { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; margin: 0 0 .8rem; }
article.refused { opacity: .65; border-style: dashed; }
header { display: flex; justify-content: space-between; gap: .6rem; font-size: .82rem; opacity: .75; }
h3 { font-size: 1.02rem; margin: .3rem 0; line-height: 1.3; }
.quote { border-left: 3px solid #c9a227; padding-left: .6rem; }
.quote b, mark { background: var(--hit); color: var(--ink); border-radius: 2px; padding: 0 .1em; }
.small { font-size: .82rem; opacity: .8; }
pre { font: .8rem/1.4 ui-monospace, monospace; white-space: pre-wrap; background: var(--soft); padding: .5rem; }
.text { font: inherit; background: none; padding: 0; }
iframe { width: 100%; height: 70vh; border: 1px solid var(--line); background: #fff; color-scheme: light; }
"""


def page(entries: Iterable[Mapping[str, Any]], count: int) -> str:
    """All of what arrived, newest first, one column for each way it came."""
    groups: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    changed: dict[str, Mapping[str, Any]] = {}
    for entry in entries:
        if entry["via"] != "change":
            groups[entry["via"]].append({**entry, "changed": changed.get(entry.get("remote", ""))})
        elif entry.get("remote"):
            changed.setdefault(entry["remote"], entry["body"])  # the newest change comes first
    columns = "".join(_column(v, title, groups[v]) for v, title in GROUPS.items() if v in ALWAYS or groups[v])
    return _document(
        "Inbox",
        "<h1>Inbox</h1><p>What Slack, the mailbox and the webhook receiver of the demo got, newest first. "
        f"{count} arrived. Dashed: refused, and sent again by the service.</p>"
        f"<main>{columns}</main>",
        refresh=True,
    )


def detail(entry: Mapping[str, Any]) -> str:
    """One arrival in full: a mail's HTML part in a frame that can run nothing and load nothing, else its JSON."""
    body, back = entry["body"], '<p><a href="/">Inbox</a></p>'
    if entry["via"] == "mail":
        ends = f"To {_esc(body.get('to', ''))}, from {_esc(body.get('from', ''))}"
        frame = f'<iframe sandbox="" referrerpolicy="no-referrer" srcdoc="{_esc(body.get("html", ""))}"></iframe>'
        return _document("Mail", f"{back}<h1>{_esc(body.get('subject', ''))}</h1><p>{ends}</p>{frame}")
    headers = "\n".join(f"{name}: {value}" for name, value in entry["headers"].items())
    shown = json.dumps(body, ensure_ascii=False, indent=1)
    return _document("Request", f"{back}<pre>{_esc(headers)}</pre><pre>{_esc(shown)}</pre>")


def _document(title: str, body: str, *, refresh: bool = False) -> str:
    again = f'<meta http-equiv="refresh" content="{REFRESH}">' if refresh else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{again}<title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>\n'
        f"<body>{body}</body></html>\n"
    )


def _column(via: str, title: str, entries: list[Mapping[str, Any]]) -> str:
    good = sum(200 <= e["status"] < 300 for e in entries)
    shown = "\n".join(_entry(e) for e in entries[:EACH]) or "<p>Nothing yet.</p>"
    older = f"<p>and {len(entries) - EACH} older ones, in the log</p>" if len(entries) > EACH else ""
    return f"<section><h2>{title} ({good})</h2>{shown}{older}</section>"


def _entry(entry: Mapping[str, Any]) -> str:
    accepted = 200 <= entry["status"] < 300
    status = "" if accepted else f" refused: {entry['status']}" if entry["status"] else " connection dropped"
    shape = {"slack": _slack, "mail": _mail, "webhook": _webhook, "apprise": _apprise}[entry["via"]]
    return (
        f"<article{'' if accepted else ' class=refused'}><header><span>{_esc(entry['name'])}{status}</span>"
        f"<time>{from_iso(entry['at']):%H:%M:%S} UTC</time></header>{shape(entry)}</article>"
    )


def _slack(entry: Mapping[str, Any]) -> str:
    body = entry.get("changed") or entry["body"]
    blocks = body.get("blocks") if isinstance(body, dict) else None
    if not isinstance(blocks, list):
        text = body.get("text", body.get("raw", "")) if isinstance(body, dict) else json.dumps(body)
        return f'<pre class="text">{_mrkdwn(str(text))}</pre>'
    thread = '<p class="small">in the thread of an earlier alert</p>' if "thread_ts" in body else ""
    edited = '<p class="small">(edited)</p>' if entry.get("changed") else ""
    return thread + "".join(_block(b) for b in blocks if isinstance(b, dict)) + edited


def _block(block: Mapping[str, Any]) -> str:
    if block.get("type") == "header":
        return f"<h3>{_mrkdwn(_text(block.get('text')))}</h3>"
    if block.get("type") == "section":
        return "".join(_line(line) for line in _text(block.get("text")).split("\n"))
    if block.get("type") == "context":
        elements = block.get("elements")
        lines = "\n".join(_text(e) for e in elements) if isinstance(elements, list) else ""
        return f'<p class="small">{_mrkdwn(lines).replace(chr(10), "<br>")}</p>'
    return ""


def _line(line: str) -> str:
    quote = line.startswith(">")
    return f"<p{' class=quote' if quote else ''}>{_mrkdwn(line.removeprefix('>'))}</p>"


def _text(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def _mrkdwn(text: str) -> str:
    """Slack's markup as HTML: links and bold. Escaped first, so nothing but these two tags can come out."""
    escaped = _esc(text.replace("&lt;", "\ue000").replace("&gt;", "\ue001").replace("&amp;", "&"))
    linked = LINK.sub(lambda m: f'<a href="{m[1]}" rel="noreferrer">{m[2] or m[1]}</a>', escaped)
    return BOLD.sub(r"<b>\1</b>", linked).replace("\ue000", "&lt;").replace("\ue001", "&gt;")


def _mail(entry: Mapping[str, Any]) -> str:
    body = entry["body"]
    link = f'<p class="small"><a href="/arrival/{entry["number"]}">as HTML</a></p>' if body.get("html") else ""
    return f'<h3>{_esc(body.get("subject", ""))}</h3><pre class="text">{_esc(body.get("text", ""))}</pre>{link}'


def _apprise(entry: Mapping[str, Any]) -> str:
    body = entry["body"] if isinstance(entry["body"], dict) else {"message": json.dumps(entry["body"])}
    text = _esc(str(body.get("message", body.get("raw", ""))))
    return f'<h3>{_esc(str(body.get("title", "")))}</h3><pre class="text">{text}</pre>'


def _webhook(entry: Mapping[str, Any]) -> str:
    body = entry["body"]
    data = body.get("data") if isinstance(body, dict) else None
    title = _esc(str(data.get("title", ""))) if isinstance(data, dict) else ""
    kind = _esc(str(body.get("type", ""))) if isinstance(body, dict) else ""
    given = entry["headers"].get("webhook-signature")
    sign = "signed" if given else "not signed"
    identity = _esc(entry["headers"].get("webhook-id", ""))
    more = f'<a href="/arrival/{entry["number"]}">the request</a>'
    return f'<h3>{title}</h3><p class="small">{kind} · {identity} · {sign} · {more}</p>'


def _esc(text: Any) -> str:
    return html.escape(str(text).encode("utf-8", "replace").decode(), quote=True)
