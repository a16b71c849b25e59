"""What a server can do with redirects, robots.txt and Retry-After."""

from tests.crawler.hostile.case import Case, failing, forbidden, moved, raw, refused, sent
from tests.crawler.web import answer

TEXT = {"Content-Type": "text/plain"}
ALL = "User-agent: *\nDisallow: /\n"


def _robots(text: str | bytes, status: int = 200, **headers: str) -> bytes:
    return answer(text, status, {**TEXT, **{k.replace("_", "-"): v for k, v in headers.items()}})


META = b'<meta http-equiv="refresh" content="0; url=http://169.254.169.254/">'

REDIRECTS = [
    Case("circle", "redirects to itself", "ends after five hops", failing("max redirections"), moved("/a"), asked=6),
    Case("circle_of_two", "redirects to and fro", "ends after five hops", failing("max redirections"),
         {"/a": moved("/b"), "/b": moved("/a")}, asked=3),
    Case("endless_chain", "redirects to ever new addresses", "ends after five hops", failing("max redirections"),
         {"/a": moved("/b0"), **{f"/b{n}": moved(f"/b{n + 1}") for n in range(20)}}),
    Case("chain_of_five", "redirects five times, then answers", "its body is read", b"end",
         {"/a": moved("/1"), **{f"/{n}": moved(f"/{n + 1}", 301) for n in range(1, 5)}, "/5": answer("end")}),
    Case("relative", "redirects to a relative address", "its body is read", b"end",
         {"/a": moved("x/../b?c=d"), "/b?c=d": answer("end")}),
    Case("query_only", "redirects to its own address with a query", "its body is read", b"end",
         {"/a": moved("?x=1"), "/a?x=1": answer("end")}),
    Case("blank", "redirects to an address with a blank", "its body is read", b"end",
         {"/a": moved("/b c"), "/b%20c": answer("end")}),
    Case("beyond_ascii", "redirects to an address in bare UTF-8", "its body is read", b"end",
         {"/a": raw("HTTP/1.1 302 Found\nLocation: /a") + "ño".encode() + b"\r\nContent-Length: 0\r\n\r\n",
          "/a%C3%B1o": answer("end")}),
    Case("fragment", "redirects to a fragment of another page", "its body is read", b"end",
         {"/a": moved("/b#part"), "/b": answer("end")}),
    Case("no_target", "redirects without saying where", "the status is handed on", 302, answer("", 302)),
    Case("empty_target", "redirects to nothing", "ends after five hops: it is its own address",
         failing("max redirections"), moved(""), asked=6),
    Case("two_targets", "redirects to two places", "the first is followed", 404,
         raw("HTTP/1.1 302 Found\nLocation: /b\nLocation: /c\nContent-Length: 0\n\n")),
    Case("target_60_kb", "redirects to an address of 60 kB", "refused", refused("longer than"),
         moved("/" + "x" * 60_000)),
    Case("target_dots", "redirects above its root", "stays on its server", 404, moved("/../../../../etc/passwd")),
    Case("status_300", "offers a choice", "the status is handed on", 300, moved("/b", 300)),
    Case("status_305", "asks to use a proxy", "the status is handed on: nobody goes there", 305,
         moved("http://127.0.0.9:1/", 305)),
    Case("refresh_header", "redirects by a Refresh header", "is not followed: its body is read", b"here",
         answer("here", headers={"Refresh": "0; url=file:///etc/passwd"})),
    Case("refresh_tag", "redirects by a meta tag", "is not followed: its body is read", META, answer(META)),
    Case("body_of_a_redirect", "adds a body without end to its redirect", "cut off at 8 MiB or followed",
         failing("more than 8 MiB"), sent(raw("HTTP/1.1 302 Found\nLocation: /b\n\n"), b"x" * 65536, times=10**6)),
]  # fmt: skip

ROBOTS = [
    Case("robots_huge", "has a robots.txt of 5 MB", "its first 500 KiB are read", forbidden("forbids /a"),
         {"/robots.txt": _robots(ALL + "Allow: /x\n" * 500_000)}, asked=0),
    Case("robots_late", "forbids all beyond the first 500 KiB", "that is not read", b"hi",
         {"/robots.txt": _robots("# x\n" * 130_000 + ALL), "/a": answer("hi")}),
    Case("robots_endless", "has a robots.txt without end", "fails: what it forbids is not known", failing(),
         {"/robots.txt": sent(raw("HTTP/1.1 200 OK\n\n"), b"Disallow: /x\n" * 5000, times=10**6)}, asked=0),
    Case("robots_binary", "has a robots.txt of random bytes", "it forbids nothing", b"hi",
         {"/robots.txt": _robots(bytes(range(256)) * 500), "/a": answer("hi")}),
    Case("robots_page", "has an HTML page for a robots.txt", "it forbids nothing", b"hi",
         {"/robots.txt": answer("<html><body>Disallow me not: /</body></html>"), "/a": answer("hi")}),
    Case("robots_wide", "has a robots.txt in UTF-16", "it cannot be read and forbids nothing", b"hi",
         {"/robots.txt": _robots(ALL.encode("utf-16")), "/a": answer("hi")}),
    Case("robots_mark", "begins its robots.txt with a byte order mark", "it is read", forbidden("forbids"),
         {"/robots.txt": _robots("\ufeff" + ALL)}, asked=0),
    Case("robots_stars", "has 3,000 rules of 60 stars", "is read within the deadline", b"hi",
         {"/robots.txt": _robots("User-agent: *\n" + ("Disallow: /" + "*a" * 60 + "$\n") * 3000), "/a": answer("hi")}),
    Case("robots_agents", "names 25,000 agents", "is read within the deadline", b"hi",
         {"/robots.txt": _robots("".join(f"User-agent: x{n}\n" for n in range(25_000)) + "Disallow: /\n"),
          "/a": answer("hi")}),
    Case("robots_line", "has one line of 400 kB", "is read within the deadline", b"hi",
         {"/robots.txt": _robots("User-agent: *\nDisallow: /" + "b" * 400_000), "/a": answer("hi")}),
    Case("robots_circle", "redirects robots.txt to itself", "there is none: all is allowed", b"hi",
         {"/robots.txt": moved("/robots.txt"), "/a": answer("hi")}),
    Case("robots_500", "answers 500 for its robots.txt", "stays out", forbidden("answered 500, which means stay out"),
         {"/robots.txt": _robots("", 500)}, asked=0),
    Case("robots_999", "answers 999 for its robots.txt", "stays out", forbidden("stay out"),
         {"/robots.txt": _robots("", 999)}, asked=0),
    Case("robots_429", "answers 429 for its robots.txt", "stays out", forbidden("answered 429"),
         {"/robots.txt": _robots("", 429)}, asked=0),
    Case("robots_403", "answers 403 for its robots.txt", "there is none: all is allowed", b"hi",
         {"/robots.txt": _robots(ALL, 403), "/a": answer("hi")}),
    Case("robots_junk", "is no web server for its robots.txt", "fails: what it forbids is not known", failing(),
         {"/robots.txt": b"SSH-2.0-x\r\n\r\n"}, asked=0),
    Case("robots_drip", "drips its robots.txt", "cut off at the deadline", failing("in time"),
         {"/robots.txt": sent(raw("HTTP/1.1 200 OK\n\n"), b"#", times=10**6, pause=0.02)}, timeout=0.4, asked=0),
    Case("robots_delay_inf", "asks for a delay without end", "the page is read; see the politeness tests", b"hi",
         {"/robots.txt": _robots("User-agent: *\nCrawl-delay: inf\n"), "/a": answer("hi")}),
    Case("robots_delay_nan", "asks for a delay that is no number", "the page is read", b"hi",
         {"/robots.txt": _robots("User-agent: *\nCrawl-delay: nan\n"), "/a": answer("hi")}),
    Case("robots_delay_negative", "asks for a negative delay", "the page is read", b"hi",
         {"/robots.txt": _robots("User-agent: *\nCrawl-delay: -5\n"), "/a": answer("hi")}),
    Case("robots_delay_digits", "asks for a delay of 5,000 digits", "the page is read", b"hi",
         {"/robots.txt": _robots("User-agent: *\nCrawl-delay: " + "9" * 5000 + "\n"), "/a": answer("hi")}),
]  # fmt: skip

HINTS = [
    Case(f"retry_{name}", f"answers {status} with Retry-After: {hint[:20]}", "fails at once, and asks no more",
         failing(f"answered {status}"), answer("", status, {"Retry-After": hint}), asked=1)
    for name, status, hint in (
        ("words", 503, "soon"), ("negative", 429, "-1"), ("fraction", 429, "1.5"), ("digits", 503, "9" * 5000),
        ("past", 429, "Thu, 01 Jan 1970 00:00:00 GMT"), ("year_9999", 503, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ("no_day", 429, "Fri, 99 Foo 2025 99:99:99 GMT"), ("arabic", 503, "\xb2\xb3"), ("zone", 429,
        "Wed, 05 Feb 2025 13:00:00 +9999"), ("empty", 503, ""),
    )
]  # fmt: skip

CASES = [*REDIRECTS, *ROBOTS, *HINTS]
