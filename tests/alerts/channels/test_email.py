"""The mail channel: what is handed over, to whom, and what each phase's refusal means."""

import asyncio
from datetime import timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from hypothesis import given, settings
from pydantic import ValidationError

from alerts.channels._mail import compose
from alerts.channels.email import Email, Options, Step, address_of, build, classify, server_of
from core.errors import DeliveryError, Failure
from core.model import AlertKind, Delivery, Message
from demo.inbox import running
from demo.inbox_mail import build_smtp
from demo.inbox_state import Fault, Inbox
from tests.alerts.channels.making import HOSTILE, NOW, TITLE, delivery, hostile, loopback, message, messages

TO = "desk@newsroom.example"
SENDER = Address("Border Wire", "wire", "borderwire.example")


def channel(smtp: str = "smtp://127.0.0.1:25", **changed: Any) -> Email:
    given_options = {"smtp": smtp, "from": "Border Wire <wire@borderwire.example>", "to": [TO], **changed}
    return build("mail", Options.model_validate(given_options))


async def send(inbox: Inbox, *, seconds: float = 10, degraded: bool = False, carried: Message | None = None) -> None:
    async with running(inbox) as at, loopback() as http:
        made = channel(at.smtp)
        quick = Email(made.name, made.server, made.sender, made.to, seconds)
        await quick.send(delivery(carried, target=TO, degraded=degraded), http, NOW)


async def failing(path: str, fault: Fault, seconds: float = 10) -> DeliveryError:
    inbox = Inbox()
    inbox.faults.script(path, [fault])
    with pytest.raises(DeliveryError) as caught:
        await send(inbox, seconds=seconds)
    return caught.value


async def test_hands_over_one_mail_with_both_parts() -> None:
    inbox = Inbox()
    await send(inbox)
    entry = inbox.log.recent[0]
    body = entry["body"]
    assert (entry["status"], entry["name"], body["to"]) == (250, TO, TO)
    assert body["subject"] == f"[tariffs] {TITLE}"
    assert body["from"] == "Border Wire <wire@borderwire.example>"
    for part in (body["text"], body["html"]):
        for words in ("Border Gazette", "also in 2 outlets", "El Paso Post", "Tijuana Hoy", "answered 403",
                      "9 s after it was seen", "msg_abcdefghijklmnopqrstuvwxyz"):  # fmt: skip
            assert words in part
    assert "*tariff* threat" in body["text"]
    assert ">tariff</mark> threat" in body["html"]


async def test_headers_tell_the_rule_and_that_a_machine_wrote() -> None:
    inbox = Inbox()
    await send(inbox)
    found = inbox.log.recent[0]["headers"]
    assert found["message-id"] == "<msg_abcdefghijklmnopqrstuvwxyz@borderwire.example>"
    assert found["list-id"] == "<tariffs.borderwire.borderwire.example>"
    assert found["auto-submitted"] == "auto-generated"
    assert found["date"] == "Wed, 05 Feb 2025 12:02:09 +0000"


def test_every_retry_has_the_same_message_id_and_thread() -> None:
    first = compose(delivery(target=TO, reply_to="msg_story"), SENDER, TO, NOW)
    again = compose(delivery(target=TO, reply_to="msg_story", attempts=7), SENDER, TO, NOW + timedelta(hours=8))
    for name in ("Message-ID", "References", "In-Reply-To", "List-Id", "Subject"):
        assert first[name] == again[name]
    other = compose(delivery(target=TO, id="msg_other"), SENDER, TO, NOW)
    assert other["Message-ID"] != first["Message-ID"]


async def test_degraded_is_text_alone() -> None:
    inbox = Inbox()
    await send(inbox, degraded=True)
    body = inbox.log.recent[0]["body"]
    assert body["html"] == ""
    assert TITLE in body["text"]


def parsed(carried: Message) -> Any:
    content = compose(delivery(carried, target=TO), SENDER, TO, NOW).as_bytes()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    return message_from_bytes(content, policy=default)


def assert_is_one_mail_to_one_reader(carried: Message) -> None:
    mail = parsed(carried)
    assert not mail.defects
    assert [name.lower() for name, _ in mail.items()].count("subject") == 1
    assert (mail["To"], mail["Bcc"], mail["Cc"]) == (TO, None, None)
    assert [p.get_content_type() for p in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    for part in list(mail.walk())[1:]:
        assert part.get_content().strip()


@settings(deadline=None)
@given(messages())
def test_whatever_comes_it_is_one_mail_to_one_reader(carried: Message) -> None:
    assert_is_one_mail_to_one_reader(carried)


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_words_stay_words(name: str) -> None:
    assert_is_one_mail_to_one_reader(hostile(HOSTILE[name]))
    inbox = Inbox()
    await send(inbox, carried=hostile(HOSTILE[name]))
    body = inbox.log.recent[0]["body"]
    for tag in ("<script", "<img", "<svg", "javascript:"):
        assert tag not in body["html"]
    assert "\n" not in body["subject"]
    assert len(body["subject"]) <= 200


@pytest.mark.parametrize(
    "title",
    [
        "Aranceles: México responde a las órdenes con más de 1.650 guardias en Ciudad Juárez",
        "国民警卫队抵达边境 关税推迟一个月",
        "Комиссия: пошлины",
        "a" * 60 + "é" + "b" * 70,
        TITLE,
    ],
)
def test_a_subject_in_any_script_reads_as_written(title: str) -> None:
    assert parsed(message(title=title))["Subject"] == f"[tariffs] {title}"


@pytest.mark.parametrize(
    ("path", "fault", "expected"),
    [
        ("/mail/sender", 421, Failure.SLOW_DOWN),
        ("/mail/sender", 451, Failure.TRANSIENT),
        ("/mail/sender", 530, Failure.CONFIG),
        ("/mail/sender", 550, Failure.CONFIG),
        ("/mail/sender", 552, Failure.REJECTED),
        ("/mail/sender", "drop", Failure.TRANSIENT),
        ("/mail/recipient", 421, Failure.SLOW_DOWN),
        ("/mail/recipient", 450, Failure.TRANSIENT),
        ("/mail/recipient", 550, Failure.REJECTED),
        ("/mail/recipient", 530, Failure.CONFIG),
        ("/mail/recipient", "drop", Failure.TRANSIENT),
        ("/mail/content", 421, Failure.SLOW_DOWN),
        ("/mail/content", 451, Failure.TRANSIENT),
        ("/mail/content", 554, Failure.REJECTED),
        ("/mail/content", "drop", Failure.UNCERTAIN),
    ],
)
async def test_each_phases_refusal_has_its_class(path: str, fault: Fault, expected: Failure) -> None:
    error = await failing(path, fault)
    assert error.failure is expected
    assert str(error).startswith("127.0.0.1: ")


async def test_a_server_that_hangs_is_cut_off_and_after_the_message_it_may_have_it() -> None:
    assert (await failing("/mail/recipient", "hang", seconds=0.3)).failure is Failure.TRANSIENT
    assert (await failing("/mail/content", "hang", seconds=0.3)).failure is Failure.UNCERTAIN


async def raw(greeting: bytes) -> DeliveryError:
    async def handle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with loopback() as http:
        with pytest.raises(DeliveryError) as caught:
            made = channel(f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
            await made.send(delivery(target=TO), http, NOW)
    listening.close()
    return caught.value


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [
        (b"421 busy\r\n", Failure.SLOW_DOWN),
        (b"554 no service for you\r\n", Failure.CONFIG),
        (b"", Failure.TRANSIENT),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Failure.TRANSIENT),
    ],
)
async def test_a_greeting_that_is_none(greeting: bytes, expected: Failure) -> None:
    assert (await raw(greeting)).failure is expected


async def test_nobody_listening_is_transient() -> None:
    async with running(Inbox()) as at:
        pass
    async with loopback() as http:
        with pytest.raises(DeliveryError) as caught:
            await channel(at.smtp).send(delivery(target=TO), http, NOW)
    assert caught.value.failure is Failure.TRANSIENT


async def logged_in(*, right: bool) -> Inbox:
    """Send with a password to a server that finds it right or wrong."""
    inbox = Inbox()
    result = AuthResult(success=right, handled=False)
    factory = build_smtp(inbox, auth_require_tls=False, authenticator=lambda *_: result)
    listening = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    made = channel(f"smtp://wire:canary%2Fpassword@127.0.0.1:{listening.sockets[0].getsockname()[1]}")
    assert made.server.password == "canary/password"
    try:
        async with loopback() as http:
            await made.send(delivery(target=TO), http, NOW)
    finally:
        listening.close()
    return inbox


async def test_a_right_password_sends() -> None:
    assert (await logged_in(right=True)).log.recent[0]["status"] == 250


async def test_a_wrong_password_breaks_the_channel_and_is_not_repeated() -> None:
    with pytest.raises(DeliveryError) as caught:
        await logged_in(right=False)
    assert caught.value.failure is Failure.CONFIG
    assert "login was refused: 535" in str(caught.value)
    assert "canary" not in str(caught.value)


async def test_a_server_that_offers_no_encryption_gets_no_password() -> None:
    async with running(Inbox()) as at, loopback() as http:
        made = channel(at.smtp.replace("smtp:", "smtp+starttls:").replace("//", "//wire:canary-password@"))
        with pytest.raises(DeliveryError) as caught:
            await made.send(delivery(target=TO), http, NOW)
    assert caught.value.failure is Failure.CONFIG
    assert "STARTTLS" in str(caught.value)
    assert "canary" not in str(caught.value)


async def test_a_recipient_no_longer_configured_gets_nothing() -> None:
    async with loopback() as http:
        with pytest.raises(DeliveryError) as caught:
            await channel().send(delivery(target="old@newsroom.example"), http, NOW)
    assert caught.value.failure is Failure.REJECTED


def test_one_delivery_for_each_recipient_tried_for_five_days() -> None:
    made = channel(to=["a@x.example", "B <b@x.example>"])
    assert made.targets() == ("a@x.example", "b@x.example")
    assert made.deadline == timedelta(hours=120)


@pytest.mark.parametrize("code", range(400, 560))
def test_a_refused_sender_or_login_is_never_the_messages_fault(code: int) -> None:
    assert classify(Step.LOGIN, code) is not Failure.UNCERTAIN
    if code < 500:
        assert classify(Step.SENDER, code) in (Failure.TRANSIENT, Failure.SLOW_DOWN)
    elif code not in (523, 552):
        assert classify(Step.SENDER, code) is Failure.CONFIG


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", ("smtp", "localhost", 25, "", "")),
        ("smtps://u:p%40ss@mail.example.org", ("smtps", "mail.example.org", 465, "u", "p@ss")),
        ("smtp+starttls://u:p@mail.example.org:2525/", ("smtp+starttls", "mail.example.org", 2525, "u", "p")),
        ("smtp://u:p@localhost:25", ("smtp", "localhost", 25, "u", "p")),
    ],
)
def test_a_server_is_read_from_its_address(url: str, expected: tuple[object, ...]) -> None:
    found = server_of(url)
    assert (found.scheme, found.host, found.port, found.user, found.password) == expected


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("smtp", "localhost:25", "smtp://host:25"),
        ("smtp", "http://mail.example.org", "smtp://host:25"),
        ("smtp", "smtp://", "smtp://host:25"),
        ("smtp", "smtp://host:port", "smtp://host:25"),
        ("smtp", "smtps://user:canary/word@host:465", "%2F"),
        ("smtp", "smtps://user@host:465", "belong together"),
        ("smtp", "smtp://user:canary@mail.example.org:25", "in the clear"),
        ("from", "wire", "name@example.org"),
        ("from", "wire@example.org\r\nBcc: all@example.org", "name@example.org"),
        ("from", "ñ@example.org", "plain ASCII"),
        ("to", "desk@example.org", "a list"),
        ("to", [], "a list"),
        ("to", ["desk"], "name@example.org"),
        ("to", ["a@x.example", "A <a@x.example>"], "twice"),
        ("to", ["a@x.example, b@x.example"], "name@example.org"),
    ],
)
def test_a_wrong_option_is_refused_with_what_to_write(key: str, value: object, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        channel(**{key: value})
    words = caught.value.errors()[0]["msg"]
    assert said in words
    assert "canary" not in words


def test_an_address_keeps_its_name() -> None:
    assert str(address_of("Border Wire <wire@example.org>")) == "Border Wire <wire@example.org>"


def test_secrets_stand_in_no_repr() -> None:
    made = channel("smtps://wire:canary-password@mail.example.org")
    assert "canary" not in repr(made)


async def received(*sent: Delivery, **options: Any) -> list[dict[str, str]]:
    """The headers with which these arrive at a server."""
    inbox = Inbox()
    async with running(inbox) as at, loopback() as http:
        made = channel(at.smtp, **options)
        for one in sent:
            await made.send(one, http, NOW)
    return [entry["headers"] for entry in inbox.log.recent]


def branches(mails: list[dict[str, str]]) -> dict[str, list[str]]:
    """Each mail's ancestors, oldest first, as a mail client finds them (RFC 5256: References, else In-Reply-To)."""
    return {m["message-id"]: (m.get("references") or m.get("in-reply-to") or "").split() for m in mails}


STORIES = (
    delivery(message(title="One"), id="msg_one", target=TO),
    delivery(message(title="Two"), id="msg_two", target=TO),
    delivery(message(title="One grows", kind=AlertKind.UPDATE), id="msg_more", target=TO, reply_to="msg_one"),
    delivery(message(title="Three", rule="border"), id="msg_three", target=TO),
    delivery(message(title="A source fails", kind=AlertKind.HEALTH, rule=""), id="msg_health", target=TO),
)
ONE, TWO, MORE, THREE, HEALTH = (f"<{d.id}@borderwire.example>" for d in STORIES)


async def test_a_rule_is_a_thread_and_a_story_with_its_updates_a_branch_of_it() -> None:
    mails = await received(*STORIES)
    found = branches(mails)
    (root,) = found[ONE]
    assert found[TWO] == [root]
    assert found[MORE] == [root, ONE]
    assert len(found[THREE]) == 1
    assert found[THREE] != [root], "another rule, another thread"
    assert found[HEALTH] == [], "no rule tells it"
    assert root not in found, "nobody sends it: the thread is the same whichever mail came first, or was deleted"
    assert [m.get("in-reply-to") for m in mails] == [None, None, ONE, None, None]


async def test_a_thread_for_each_story_where_that_is_wanted() -> None:
    found = branches(await received(*STORIES, threads="story"))
    assert found == {ONE: [], TWO: [], MORE: [ONE], THREE: [], HEALTH: []}


def test_no_word_of_a_stranger_can_widen_the_page() -> None:
    html = parsed(message(title="x" * 400, lines=("https://outlet.example/" + "y" * 500,))).get_body(("html",))
    assert "overflow-wrap:anywhere" in html.get_content()
    assert "white-space:nowrap" not in html.get_content()
