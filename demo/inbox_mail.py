"""The inbox's mail server: takes every mail, keeps what a person would read of it."""

import asyncio
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.inbox_state import EVERY_MAIL, Fault, Inbox

HOST = "inbox.borderwire.example"
WORDS = {421: "Too busy, come back later", 451: "Try again later", 550: "No such mailbox", 554: "Refused"}


def build_smtp(inbox: Inbox, **options: Any) -> Callable[[], SMTP]:
    """A protocol factory for `loop.create_server`; `options` go to aiosmtpd's SMTP (authentication, TLS)."""
    loop = asyncio.get_running_loop()
    return lambda: SMTP(Handler(inbox), hostname=HOST, ident="inbox", loop=loop, **options)


class Handler:
    """aiosmtpd's hooks. Scripted faults have the paths `/mail/sender`, `/mail/recipient` and `/mail/content`."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if (fault := self._inbox.faults.scripted("/mail/sender")) is not None:
            return await self._faulty(server, fault)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if (fault := self._inbox.faults.scripted("/mail/recipient")) is not None:
            answer = await self._faulty(server, fault)
            self._inbox.log.add("mail", address, _code(answer), {}, {"raw": ""}, "scripted")
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer, fault = "250 OK", ""
        if (scripted := self._inbox.faults.scripted("/mail/content")) is not None:
            fault = "scripted"
            if scripted in ("drop", "hang"):
                self._record(envelope, 0, str(scripted))
                return await self._faulty(server, scripted)
            answer = await self._faulty(server, scripted)
        elif self._inbox.faults.due("mail", EVERY_MAIL, _identity(envelope)):
            answer, fault = f"451 {WORDS[451]}", "regular"
        self._record(envelope, _code(answer), fault)
        return answer

    def _record(self, envelope: Envelope, status: int, fault: str) -> None:
        content = envelope.original_content or b""
        headers, body = opened(content)
        for recipient in envelope.rcpt_tos:
            self._inbox.log.add("mail", recipient, status, headers, body, fault)

    async def _faulty(self, server: SMTP, fault: Fault) -> str:
        if fault == "hang":
            await self._inbox.stopping.wait()
        if fault in ("drop", "hang"):
            if server.transport is not None:
                server.transport.abort()  # type: ignore[attr-defined]
            return "451 dropped"
        if isinstance(fault, int):
            return f"{fault} {WORDS.get(fault, 'Scripted')}"
        return str(fault)


def _identity(envelope: Envelope) -> str:
    """What a mail keeps at every retry."""
    content = envelope.original_content or b""
    return opened(content)[1]["message_id"] or content.decode("utf-8", "replace")


def opened(content: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """A mail's headers in lower case, and what a person reads: subject, from, to, text, html."""
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    headers = {name.lower(): str(value) for name, value in mail.items()}
    body = {
        "subject": headers.get("subject", ""),
        "from": headers.get("from", ""),
        "to": headers.get("to", ""),
        "message_id": headers.get("message-id", ""),
        "text": _part(mail, "plain"),
        "html": _part(mail, "html"),
    }
    return headers, body


def _part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body(preferencelist=(kind,))
    if found is None:
        return ""
    try:
        return str(found.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError):
        return ""


def _code(answer: str) -> int:
    return int(answer[:3]) if answer[:3].isdigit() else 0
