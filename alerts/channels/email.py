"""Mail over SMTP, one message for each recipient.

    - {name: mail, kind: email, smtp: "smtp://localhost:25", from: wire@example.org, to: [desk@example.org]}

smtp   smtp://host:25                              in the clear: for a mail server on this machine or network
       smtps://user:password@host:465              encrypted from the first byte
       smtp+starttls://user:password@host:587      encrypted after STARTTLS, which the server must offer
       A port may be left out. Characters such as @ or / in a password are written %40, %2F. Keep the password in the
       environment: "smtps://${SMTP_USER}:${SMTP_PASSWORD}@mail.example.org"
from   the sender, an address or `Name <address>`; its domain is used in Message-ID and List-Id
to     a list of addresses; each gets its own mail, is retried by itself and cannot see the others
threads  rule (default): the alerts of a rule form one thread, in which each story and its updates form a branch;
       story: a thread for each story, for mail programs that show a thread as one flat list

Every retry carries the same Message-ID, so a mail server or client that looks at it shows a mail once. List-Id and
the [label] of the subject tell rules apart. The private-network policy is not applied here: the server is your own
configuration.
"""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses
from enum import StrEnum
from typing import Literal
from urllib.parse import unquote, urlsplit

import httpx
from aiosmtplib import SMTP, SMTPException, SMTPResponseException
from pydantic import BaseModel, ConfigDict, Field, field_validator

from alerts.channels._mail import compose
from alerts.channels._text import plain
from core.errors import DeliveryError, Failure
from core.log import redact
from core.model import Delivery

DEADLINE = 20.0  # seconds for a whole conversation; well below the 90 s lease of a delivery
GOODBYE = 2.0  # seconds for QUIT, once the mail is accepted
QUOTED = 160  # characters of a server's answer that an error repeats
PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
FORMS = "smtp://host:25, smtps://user:password@host:465 or smtp+starttls://user:password@host:587"
NO_SERVER = f"no address of a mail server: write {FORMS}, with %2F for a / in a password"
LOGIN_CODES = (530, 534, 535, 538)  # RFC 4954: authentication required, too weak, wrong, needs encryption
TOO_LARGE = (523, 552)


class Step(StrEnum):
    """Where a conversation with a mail server stands; decides what a failure means."""

    CONNECT = "no connection"
    LOGIN = "the login was refused"
    SENDER = "the sender was refused"
    RECIPIENT = "the recipient was refused"
    CONTENT = "the message was refused"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, taken from its address."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    smtp: str = Field(repr=False)
    sender: str = Field(alias="from")
    to: tuple[str, ...] = Field(min_length=1)
    threads: Literal["rule", "story"] = "rule"

    @field_validator("smtp")
    @classmethod
    def _is_server(cls, value: str) -> str:
        server_of(value)
        return value

    @field_validator("sender")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        address_of(value)
        return value

    @field_validator("to", mode="before")
    @classmethod
    def _are_addresses(cls, value: object) -> tuple[str, ...]:
        if not isinstance(value, (list, tuple)) or not value:
            raise ValueError("expected a list of addresses, such as [desk@example.org]")
        found = tuple(address_of(str(v)).addr_spec for v in value)
        twice = sorted({a for a in found if found.count(a) > 1})
        if twice:
            raise ValueError(f"{twice[0]} is listed twice: each address gets its own mail")
        return found


@dataclass(frozen=True, slots=True)
class Email:
    """Mail from one sender through one server."""

    name: str
    server: Server
    sender: Address
    to: tuple[str, ...]
    seconds: float = DEADLINE
    by_rule: bool = True

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried: mail servers are expected back within days."""
        return timedelta(hours=120)

    @property
    def pace(self) -> timedelta:
        """The least time between two messages. The server says 421 where it sets a limit."""
        return timedelta()

    def targets(self) -> tuple[str, ...]:
        """One for each recipient."""
        return self.to

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> None:
        """Hand the mail for `delivery.target` to the server. Raises DeliveryError."""
        if delivery.target not in self.to:
            raise DeliveryError(f"{plain(delivery.target, 80)} is no longer among `to:`", Failure.REJECTED)
        try:
            content = compose(delivery, self.sender, delivery.target, now, by_rule=self.by_rule).as_bytes()
        except (MessageError, UnicodeError, ValueError) as error:
            raise DeliveryError(f"no mail can be made of it: {plain(str(error), 80)}", Failure.REJECTED) from error
        await hand_over(self.server, self.sender.addr_spec, delivery.target, content, self.seconds)


def build(name: str, options: Options) -> Email:
    """A channel of this kind."""
    by_rule = options.threads == "rule"
    return Email(name, server_of(options.smtp), address_of(options.sender), options.to, by_rule=by_rule)


def server_of(url: str) -> Server:
    """The server an address names. Raises ValueError that says what to write and repeats no password."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise ValueError(NO_SERVER) from None
    if parts.scheme not in PORTS or not host or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(NO_SERVER)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise ValueError(f"a user name and a password belong together: write {FORMS}")
    if user and parts.scheme == "smtp" and host not in ("localhost", "127.0.0.1", "::1"):
        raise ValueError("the password would cross the network in the clear: write smtps:// or smtp+starttls://")
    return Server(parts.scheme, host, port or PORTS[parts.scheme], user, password)


def address_of(text: str) -> Address:
    """`Name <local@domain>` or `local@domain`. Raises ValueError that says what to write."""
    wrong = ValueError(f"{plain(text, 80)!r} is no mail address: write name@example.org, in plain ASCII")
    found = getaddresses([text])
    if len(found) != 1:
        raise wrong
    name, spec = found[0]
    if not spec.isascii() or spec.count("@") != 1 or any(c.isspace() for c in spec) or plain(text) != text.strip():
        raise wrong
    try:
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, IndexError, MessageError):
        raise wrong from None
    if not address.username or not address.domain:
        raise wrong
    return address


async def hand_over(server: Server, sender: str, recipient: str, content: bytes, seconds: float = DEADLINE) -> None:
    """One SMTP conversation, over when the server has taken responsibility. Raises DeliveryError."""
    smtp = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.scheme == "smtps",
        start_tls=server.scheme == "smtp+starttls",
        local_hostname=sender.rpartition("@")[2],  # the machine's own full name would be a slow question to DNS
        timeout=seconds,
    )
    step = Step.CONNECT
    try:
        async with asyncio.timeout(seconds):
            await smtp.connect()
            if server.user:
                step = Step.LOGIN
                await smtp.login(server.user, server.password)
            step = Step.SENDER
            await smtp.mail(sender)
            step = Step.RECIPIENT
            await smtp.rcpt(recipient)
            step = Step.CONTENT
            await smtp.data(content)
        with contextlib.suppress(SMTPException, OSError, TimeoutError):
            await smtp.quit(timeout=GOODBYE)
    except (SMTPException, OSError, TimeoutError) as error:
        raise _failed(server, step, error, seconds) from error
    finally:
        smtp.close()


def classify(step: Step, code: int) -> Failure:
    """What a server's refusal means (RFC 5321, 4.2.1: 4yz passes, 5yz stays)."""
    if code == 421:
        return Failure.SLOW_DOWN
    if code in LOGIN_CODES:
        return Failure.CONFIG
    if 400 <= code < 500:
        return Failure.TRANSIENT
    if not 500 <= code < 600:  # not an answer SMTP knows: after the message it may have been taken
        return Failure.UNCERTAIN if step is Step.CONTENT else Failure.TRANSIENT
    if step in (Step.RECIPIENT, Step.CONTENT) or code in TOO_LARGE:
        return Failure.REJECTED
    return Failure.CONFIG


def _failed(server: Server, step: Step, error: Exception, seconds: float) -> DeliveryError:
    if isinstance(error, SMTPResponseException):
        words = f"{step}: {error.code} {_shown(error.message, server)}"
        return DeliveryError(f"{server.host}: {words}", classify(step, error.code), status=error.code)
    if step is Step.CONTENT:
        return DeliveryError(f"{server.host}: the connection was lost while the message was handed over, it may have "
                             f"arrived: {type(error).__name__}", Failure.UNCERTAIN)  # fmt: skip
    if _certificate(error):
        return DeliveryError(
            f"{server.host}: its certificate is not valid: {_shown(str(error), server)}", Failure.CONFIG
        )
    if isinstance(error, (OSError, TimeoutError)):
        words = _shown(str(error), server) or f"no answer within {seconds:.0f} s"
        return DeliveryError(f"{server.host}: {words}", Failure.TRANSIENT)
    # what is left the library says without a code: STARTTLS or a login the server does not offer
    return DeliveryError(f"{server.host}: {_shown(str(error), server)} Check the scheme of `smtp:`", Failure.CONFIG)


def _certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__
    return False


def _shown(text: str, server: Server) -> str:
    """A server's words, fit to be shown; it may repeat what it was told."""
    return plain(redact(text, (server.password, server.user)), QUOTED)
