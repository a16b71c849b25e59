"""The demo's inbox: as strict as what it stands for, its faults as scripted, its log complete, its page harmless."""

import asyncio
import base64
import contextlib
import html.parser
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
import pytest
from aiosmtplib import SMTPDataError, SMTPException
from standardwebhooks.webhooks import Webhook as Signer

from demo.inbox import Addresses, running
from demo.inbox_answers import identity, parsed
from demo.inbox_http import signed
from demo.inbox_slack import slack_fault
from demo.inbox_state import EVERY_MAIL, EVERY_REQUEST, Faults, Inbox, Log, RateLimit
from tests.alerts.channels.making import HOSTILE, NOW

ROOT = Path(__file__).parent.parent.parent
TEXT = {"type": "mrkdwn", "text": "words"}
MAIL = b"From: a@x.example\r\nTo: b@x.example\r\nSubject: Convoy\r\nMessage-ID: <1@x.example>\r\n\r\nat the river\r\n"


@dataclass(frozen=True, slots=True)
class Running:
    inbox: Inbox
    at: Addresses
    http: httpx.AsyncClient

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        if "content" not in options:
            options["json"] = {"text": "hello"} if body is None else body
        return await self.http.post(self.at.http + path, **options)

    async def mail(self, content: bytes = MAIL, to: str = "b@x.example") -> None:
        port = int(self.at.smtp.rpartition(":")[2])
        await aiosmtplib.send(content, sender="a@x.example", recipients=[to], hostname="127.0.0.1", port=port,
                              local_hostname="x.example")  # fmt: skip


@pytest.fixture
async def box() -> AsyncIterator[Running]:
    inbox = Inbox()
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        yield Running(inbox, at, http)


def blocks(*given: Any) -> dict[str, Any]:
    return {"text": "x", "blocks": list(given)}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"text": "hello"}, ""),
        (blocks({"type": "header", "text": {"type": "plain_text", "text": "x" * 150}}), ""),
        (blocks(*[section("x" * 60)] * 50), ""),
        (blocks(section("x" * 3000)), ""),
        (blocks({"type": "section", "fields": [TEXT] * 10}), ""),
        (blocks({"type": "divider"}), ""),
        ({"blocks": [section("x")]}, ""),
        ({}, "no_text"),
        ({"text": ""}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"raw": "no json"}, "invalid_payload"),
        ([], "invalid_payload"),
        ("text", "invalid_payload"),
        ({"text": 3}, "invalid_payload"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        (blocks(*[section("x")] * 51), "invalid_blocks"),
        (blocks(section("x" * 3001)), "invalid_blocks"),
        (blocks(section("")), "invalid_blocks"),
        (blocks({"type": "section"}), "invalid_blocks"),
        (blocks({"type": "section", "fields": [TEXT] * 11}), "invalid_blocks"),
        (blocks({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}), "invalid_blocks"),
        (blocks({"type": "header", "text": TEXT}), "invalid_blocks"),
        (blocks({"type": "context", "elements": []}), "invalid_blocks"),
        (blocks({"type": "context", "elements": [TEXT] * 11}), "invalid_blocks"),
        (blocks({"type": "marquee"}), "invalid_blocks"),
        (blocks("section"), "invalid_blocks"),
        ({"text": "x", "blocks": "section"}, "invalid_blocks"),
        (blocks(*[section("x" * 2900)] * 5), "msg_blocks_too_long"),
    ],
)
def test_slack_refuses_what_slack_refuses(body: Any, word: str) -> None:
    assert slack_fault(body) == word


async def test_slack_says_ok_and_names_what_is_wrong(box: Running) -> None:
    good = await box.post("/slack/desk")
    assert (good.status_code, good.text) == (200, "ok")
    bad = await box.post("/slack/desk", content=b"{no json")
    assert (bad.status_code, bad.text) == (400, "invalid_payload")
    gone, missing = await box.post("/slack/gone"), await box.post("/slack/missing")
    assert [(r.status_code, r.text) for r in (gone, missing)] == [(410, "channel_is_archived"), (404, "no_service")]
    assert [e["status"] for e in reversed(box.inbox.log.recent)] == [200, 400, 410, 404]


def test_slack_takes_a_burst_then_one_a_second_for_each_hook() -> None:
    now = [100.0]
    limit = RateLimit(enabled=True, clock=lambda: now[0])
    assert [limit.allows("a") for _ in range(4)] == [True, True, True, False]
    assert limit.allows("b")
    now[0] += 0.5
    assert not limit.allows("a")
    now[0] += 0.5
    assert [limit.allows("a"), limit.allows("a")] == [True, False]
    now[0] += 1000
    assert [limit.allows("a") for _ in range(4)] == [True, True, True, False]


async def test_too_many_at_once_get_429_and_a_hint() -> None:
    inbox = Inbox(limit=RateLimit(enabled=True, clock=lambda: 5.0))
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        answers = [await http.post(f"{at.http}/slack/desk", json={"text": "x"}) for _ in range(4)]
        hooks = [await http.post(f"{at.http}/hook/desk", json={}) for _ in range(6)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert answers[3].headers["retry-after"] == "1"
    assert {h.status_code for h in hooks} == {204}


async def test_every_seventh_request_of_a_path_fails_once_and_its_retry_is_accepted() -> None:
    inbox = Inbox(faults=Faults(regular=True))
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        for path, good in (("/hook/a", 204), ("/slack/a", 200), ("/hook/b", 204)):
            bodies = [{"text": f"{path} {n}"} for n in (*range(EVERY_REQUEST), EVERY_REQUEST - 1)]
            found = [(await http.post(at.http + path, json=body)).status_code for body in bodies]
            assert found == [good] * (EVERY_REQUEST - 1) + [500, good]


def test_no_message_is_hit_twice_however_late_its_retry_comes() -> None:
    faults = Faults(regular=True)
    found = [faults.due("/hook/a", 3, name) for name in ("a", "b", "c", "d", "e", "c", "f", "g", "h")]
    assert found == [False, False, True, False, False, False, False, False, True]


def test_a_retry_is_known_by_its_delivery_id() -> None:
    assert (
        identity(b'{"text": "id msg_abc2", "sent": 1}') == identity(b'{"text": "id msg_abc2", "sent": 2}') == "msg_abc2"
    )
    assert identity(b"one") != identity(b"two")


async def test_what_would_be_refused_anyway_does_not_count(box: Running) -> None:
    faults = Faults(regular=True)
    inbox = Inbox(faults=faults)
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        for _ in range(EVERY_REQUEST):
            await http.post(f"{at.http}/slack/a", json={})
        assert (await http.post(f"{at.http}/slack/a", json={"text": "x"})).status_code == 200


async def test_every_ninth_mail_is_put_off_once() -> None:
    inbox = Inbox(faults=Faults(regular=True))
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        box = Running(inbox, at, http)
        for number in range(EVERY_MAIL - 1):
            await box.mail(MAIL.replace(b"<1@", b"<%d@" % number))
        last = MAIL.replace(b"<1@", b"<last@")
        with pytest.raises(SMTPDataError) as caught:
            await box.mail(last)
        assert caught.value.code == 451
        await box.mail(last)
    assert [e["status"] for e in reversed(inbox.log.recent)] == [250] * (EVERY_MAIL - 1) + [451, 250]


async def test_scripted_answers_come_in_order_and_then_no_more(box: Running) -> None:
    script = {"path": "/hook/x", "statuses": [500, 429, {"status": 302, "headers": {"Location": "/"}, "body": "go"}]}
    assert (await box.post("/__faults", script)).json() == {"path": "/hook/x", "scripted": 3}
    found = [await box.post("/hook/x") for _ in range(4)]
    assert [r.status_code for r in found] == [500, 429, 302, 204]
    assert (found[1].headers["retry-after"], found[2].headers["location"]) == ("1", "/")
    assert (await box.post("/hook/y")).status_code == 204


@pytest.mark.parametrize("script", [{}, {"path": "/hook/x"}, {"path": "/x", "statuses": ["explode"]},
                                    {"path": "/x", "statuses": [12]}, [1]])  # fmt: skip
async def test_a_script_that_makes_no_sense_is_refused(box: Running, script: Any) -> None:
    assert (await box.post("/__faults", script)).status_code == 400


async def test_a_dropped_request_was_read_and_is_logged(box: Running) -> None:
    await box.post("/__faults", {"path": "/hook/x", "statuses": ["drop"]})
    with pytest.raises(httpx.RemoteProtocolError):
        await box.post("/hook/x", {"id": "msg_1"})
    entry = box.inbox.log.recent[0]
    assert (entry["status"], entry["fault"], entry["body"]) == (0, "drop", {"id": "msg_1"})


async def test_a_hanging_answer_ends_with_the_inbox() -> None:
    inbox = Inbox()
    async with httpx.AsyncClient(trust_env=False) as http:
        async with running(inbox) as at:
            inbox.faults.script("/hook/x", ["hang"])
            waiting = asyncio.create_task(http.post(f"{at.http}/hook/x", json={}, timeout=60))
            while not inbox.log.count:
                await asyncio.sleep(0.01)
            assert not waiting.done()
        with pytest.raises(httpx.HTTPError):
            await waiting


async def test_mail_is_kept_as_a_person_reads_it(box: Running) -> None:
    await box.mail()
    entry = box.inbox.log.recent[0]
    assert (entry["via"], entry["name"], entry["status"]) == ("mail", "b@x.example", 250)
    assert entry["body"] == {
        "subject": "Convoy",
        "from": "a@x.example",
        "to": "b@x.example",
        "message_id": "<1@x.example>",
        "text": "at the river\n",
        "html": "",
    }
    assert entry["headers"]["subject"] == "Convoy"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no headers",
        b"\xff\xfe\x00",
        MAIL.replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain; charset=nonsense\r\n\r\n"),
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x",
    ],
)
async def test_a_broken_mail_is_still_logged(box: Running, content: bytes) -> None:
    with contextlib.suppress(SMTPException):
        await box.mail(content)
    assert box.inbox.log.recent[0]["via"] == "mail"


async def test_each_phase_of_a_mail_can_be_scripted(box: Running) -> None:
    for path, fault in (("/mail/sender", 550), ("/mail/recipient", 450), ("/mail/content", 554)):
        box.inbox.faults.script(path, [fault])
        with pytest.raises((SMTPException, aiosmtplib.SMTPRecipientsRefused)):
            await box.mail()
    await box.mail()
    assert [e["status"] for e in reversed(box.inbox.log.recent)] == [450, 554, 250]


def test_a_signature_is_verified_over_the_very_bytes() -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
    content, now = b'{"a":1}', NOW.timestamp()
    made = Signer(secret).sign("msg_1", NOW, content.decode())
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now)), "webhook-signature": f"v1,other {made}"}
    assert signed(headers, content, secret, now)
    assert not signed(headers, content + b" ", secret, now)
    assert not signed({**headers, "webhook-id": "msg_2"}, content, secret, now)
    assert not signed({**headers, "webhook-timestamp": "soon"}, content, secret, now)
    assert not signed(headers, content, secret, now + 3600)
    assert not signed({}, content, secret, now)


async def test_with_a_secret_an_unsigned_request_is_refused() -> None:
    inbox = Inbox(secret="whsec_" + base64.b64encode(b"k" * 32).decode())
    async with running(inbox) as at, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(f"{at.http}/hook/x", json={})).status_code == 401


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b"nan"])
def test_what_is_no_json_is_kept_raw(content: bytes) -> None:
    assert isinstance(parsed(content), dict)


async def test_the_log_has_whole_lines_whatever_arrives(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    async with running(Inbox(log)) as at, httpx.AsyncClient(trust_env=False) as http:
        for text in HOSTILE.values():
            sent = json.dumps({"text": text})
            await http.post(f"{at.http}/hook/x", content=sent.encode())
        lines = (tmp_path / "log").read_text().splitlines()
        assert [json.loads(line)["body"]["text"] for line in lines] == list(HOSTILE.values())
        served = await http.get(f"{at.http}/log")
    assert served.text.splitlines() == lines
    first = json.loads(lines[0])
    assert list(first) == ["at", "via", "name", "status", "headers", "body"]
    assert all(name == name.lower() for name in first["headers"])
    log.close()


async def test_without_a_file_the_log_is_served_from_memory(box: Running) -> None:
    await box.post("/hook/x", {"n": 1})
    await box.post("/hook/x", {"n": 2})
    served = await box.http.get(f"{box.at.http}/log")
    assert [json.loads(line)["body"] for line in served.text.splitlines()] == [{"n": 1}, {"n": 2}]


class Tags(html.parser.HTMLParser):
    """The tags of a page and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


ALLOWED = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "main", "section", "article",
           "header", "span", "time", "pre", "a", "b", "br", "iframe"}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_nothing_that_arrives_becomes_markup(box: Running, name: str) -> None:
    text = HOSTILE[name] or "x"
    link = f'<https://evil.example/?a=1&b="onmouseover=1|{text}> <javascript:alert(1)|{text}> &lt;b&gt; *{text}*'
    for words in (text, link):
        header = {"type": "header", "text": {"type": "plain_text", "text": text[:150]}}
        context = {"type": "context", "elements": [{"type": "mrkdwn", "text": words[:3000]}]}
        body = {"text": words, "blocks": [section(words[:3000]), header, context]}
        await box.post("/slack/desk", content=json.dumps(body).encode())
        await box.post("/slack/desk", content=json.dumps({"text": words[:40_000]}).encode())
        await box.post("/slack/desk", content=words.encode("utf-8", "replace"))
        await box.post("/hook/desk", content=json.dumps({"type": words, "data": {"title": words}}).encode())
    await box.mail(
        f"Subject: <script>x</script>\r\nContent-Type: text/html\r\n\r\n{text[:200]}<img src=x>".encode(
            "utf-8", "replace"
        )
    )
    pages = [await box.http.get(f"{box.at.http}/")]
    pages += [await box.http.get(f"{box.at.http}/arrival/{n}") for n in range(1, box.inbox.log.count + 1)]
    for page in pages:
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "script" not in page.headers["content-security-policy"]
        for tag, attributes in Tags(page.text).found:
            assert tag in ALLOWED
            assert not any(a.startswith("on") for a in attributes)
            assert (attributes.get("href") or "/").startswith(("/", "https://", "http://"))
            if tag == "iframe":
                assert attributes["sandbox"] == ""
                assert "src" not in attributes


async def test_the_page_shows_slack_as_slack_does_and_names_what_was_refused(box: Running) -> None:
    await box.post(
        "/slack/desk", blocks(section("<https://a.example/x?y=1&amp;z=2|The Post> says\n>a *tariff* &lt;here&gt;"))
    )
    await box.post("/slack/gone")
    page = (await box.http.get(f"{box.at.http}/")).text
    assert '<a href="https://a.example/x?y=1&amp;z=2" rel="noreferrer">The Post</a> says' in page
    assert "<p class=quote>a <b>tariff</b> &lt;here&gt;</p>" in page
    assert "gone refused: 410" in page
    assert "Slack (1)" in page
    assert '<meta http-equiv="refresh" content="3">' in page
    assert page.index("410") < page.index("The Post")  # newest first


async def test_an_arrival_that_is_not_there_is_not_found(box: Running) -> None:
    assert (await box.http.get(f"{box.at.http}/arrival/7")).status_code == 404


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_says_where_it_listens_and_stops_at_once(tmp_path: Path, number: signal.Signals) -> None:
    log, ready = tmp_path / "inbox.log", tmp_path / "inbox.ready"
    child = subprocess.Popen(
        [sys.executable, "-m", "demo.inbox", "--log", log, "--ready", ready, "--faults", "off"], cwd=ROOT
    )
    try:
        while not ready.exists():
            assert child.poll() is None
            time.sleep(0.05)
        at = json.loads(ready.read_text())
        assert sorted(at) == ["http", "smtp"]
        with httpx.Client(trust_env=False) as http:
            http.post(f"{at['http']}/__faults", json={"path": "/hook/hanging", "statuses": ["hang"]})
            assert http.post(f"{at['http']}/hook/x", json={"id": "msg_1"}).status_code == 204
            with contextlib.suppress(httpx.ReadTimeout):
                http.post(f"{at['http']}/hook/hanging", json={}, timeout=0.2)
        child.send_signal(number)
        assert child.wait(10) == 0
        assert [json.loads(line)["name"] for line in log.read_text().splitlines()] == ["x", "hanging"]
    finally:
        child.kill()
        child.wait()
