"""Canonical URLs: one address for one article, whatever trackers, case or encoding a link carries."""

import re
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from core.errors import AddressDenied
from core.net import check_url

# Parameters that say where a click came from, never what is shown. Sources: the vendors' own documentation
# (Google Analytics utm_*, Google/Meta/Microsoft/Mailchimp click ids, AT Internet, Matomo, Marketo, HubSpot).
TRACKERS = re.compile(
    r"^(utm_.*|mtm_.*|pk_.*|piwik_.*|hsa_.*|at_\w+|ns_(mchannel|source|campaign|linkname|fee)|wt[._]mc(_.*)?|"
    r"fbclid|gclid|gclsrc|gad_source|dclid|gbraid|wbraid|srsltid|msclkid|yclid|twclid|ttclid|igshid|igsh|mibextid|"
    r"mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|vero_id|oly_(anon|enc)_id|wickedid|cmpid|cmp|ocid|ncid|sr_share|ito|"
    r"ref_src|ref_url|smid|soc_src|soc_trk|xtor|campaign_id|traffic_source|guccounter|guce_referrer.*|"
    r"__twitter_impression|amp|output_?type)$",
    re.IGNORECASE,
)
UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")
SAFE_PATH = "/:@!$&'()*+,;=~-._%"
INDEX = re.compile(r"/(index|default)\.(html?|php|aspx?|jsp)$", re.IGNORECASE)
AMP = re.compile(r"(^/amp(?=/.)|[/.]amp/?$|\.amp(?=\.html?$))", re.IGNORECASE)
MOBILE = re.compile(r"^(www|m|mobile|amp)\.")


def canonical(url: str, base: str | None = None) -> str | None:
    """The normalised address, or None for what is no public web address.

    Scheme and host in lower case, default port, fragment and trackers dropped, dot segments resolved, percent
    escapes in one form, query sorted. Idempotent.
    """
    text = url.strip()
    try:
        text.encode("utf-8")  # a lone surrogate is no text
        joined = urljoin(base, text) if base else text
        joined = joined.replace(" ", "%20").replace("\t", "").replace("\n", "").replace("\r", "")
        check_url(joined)
        parts = urlsplit(joined)
        port = parts.port
    except (ValueError, AddressDenied):
        return None
    host = _host(parts.hostname or "")
    if host is None:
        return None
    netloc = host if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{host}:{port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
    query = urlencode(sorted((k, v) for k, v in pairs if not TRACKERS.match(k)), errors="surrogateescape")
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    made = urlunsplit((parts.scheme, netloc, _path(parts.path), query, quote(fragment, safe=SAFE_PATH)))
    try:
        return check_url(made)
    except AddressDenied:
        return None


def _host(host: str) -> str | None:
    host = host.rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def _path(path: str) -> str:
    escaped = quote(path, safe=SAFE_PATH)
    # a stray percent sign is text, not an escape
    escaped = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", escaped)
    same = re.sub(r"%([0-9A-Fa-f]{2})", lambda m: _unescape(m[1]), escaped)
    kept: list[str] = []
    segments = same.split("/")
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
            if last:
                kept.append("")
        elif segment == ".":
            if last:
                kept.append("")
        else:
            kept.append(segment)
    made = "/".join(kept)
    return made if made.startswith("/") else "/" + made


def _unescape(digits: str) -> str:
    byte = bytes([int(digits, 16)])
    return byte.decode("ascii") if UNRESERVED.match(byte) else f"%{digits.upper()}"


def key(url: str) -> str:
    """By what two addresses are the same place: scheme, `www.`, mobile and AMP forms, trailing slash folded."""
    found = canonical(url)
    if found is None:
        return url.strip()
    parts = urlsplit(found)
    path = INDEX.sub("", AMP.sub("", parts.path)).rstrip("/")
    netloc = MOBILE.sub("", parts.netloc) if parts.netloc.count(".") > 1 else parts.netloc
    return netloc + path + (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")


def declared(page_url: str, rel_canonical: str | None) -> str | None:
    """The canonical URL of a page that declares one: believed only within its own host, and never a front page.

    A reprint that points at the original on another host stays an article of its own: it is a copy, and who
    printed it matters.
    """
    own = canonical(page_url)
    named = canonical(rel_canonical, page_url) if rel_canonical else None
    if own is None or named is None:
        return own
    ours, theirs = urlsplit(own), urlsplit(named)
    same_host = MOBILE.sub("", ours.netloc) == MOBILE.sub("", theirs.netloc)
    front = theirs.path in ("", "/") and not theirs.query and ours.path not in ("", "/")
    section = (
        len(theirs.path) > 1 and ours.path.startswith(theirs.path.rstrip("/") + "/") and theirs.path.count("/") < 3
    )
    return named if same_host and not front and not section else own
