"""Atom: a feed file for each rule, for a feed reader or a web server of your own.

    - {name: feeds, kind: atom, folder: /srv/www/alerts, most: 200}

folder  where the files are written, an absolute path; made if its parent can be written to. Each rule has RULE.atom,
        alerts of the service itself are in _service.atom
most    how many of the newest entries a file keeps

An entry's id is the delivery's: sent again, it takes its own place, so every alert is there exactly once. An update is
an entry of its own that names its alert (thr:in-reply-to, RFC 4685); the list of outlets of an alert grows in place.
A file is replaced as a whole: a reader never sees half of one, and what was sent survives a power cut. A file of that
name which Borderwire did not write is left alone. Whoever can read the folder can read the alerts.
"""

import asyncio
import contextlib
import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import httpx
from pydantic import BaseModel, ConfigDict, Field, field_validator

from alerts.channels._mail import article, slug
from alerts.channels._text import Said, as_text, cut, marked, said
from core.clock import to_iso
from core.errors import DeliveryError, Failure
from core.model import Delivery

ATOM, THREAD = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/thread/1.0"
FILE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")  # a rule's name, as the configuration takes it
OURS = "Borderwire"  # the generator of a file that may be replaced
SERVICE = "_service"  # no rule's name begins so
LOCK = ".lock"
PATIENCE = 10.0  # seconds for another process that writes to the folder
DEADLINE = 20.0  # seconds for a whole message; well below the 90 s lease of a delivery
LOOK = 0.05  # seconds between looks at the lock
LARGEST = 64_000_000  # bytes of a file that is read: 5,000 entries are about 15 MB
PASSING = {errno.ENOSPC: "free some space", errno.EDQUOT: "the quota is used up: free some space",
           errno.EFBIG: "the file may not become so large: write a smaller `most:`",
           errno.EIO: "the disk has a fault", errno.ESTALE: "the network drive is gone",
           errno.EMFILE: "too many files are open", errno.ENFILE: "too many files are open"}  # fmt: skip
WRONG = {errno.EACCES: "give the service's user the right to write there",
         errno.EPERM: "give the service's user the right to write there",
         errno.EROFS: "it is mounted read-only: write another folder in `folder:`",
         errno.ENOTDIR: "a part of it is a file: write another folder in `folder:`",
         errno.EISDIR: "a folder has the name of the feed's file: move it away",
         errno.ENOENT: "it cannot be made: make it, or write another folder in `folder:`",
         errno.ENAMETOOLONG: "the name is too long: write a shorter `folder:`",
         errno.ELOOP: "its links go round in a circle: write another folder in `folder:`"}  # fmt: skip

ElementTree.register_namespace("", ATOM)
ElementTree.register_namespace("thr", THREAD)


class Options(BaseModel):
    """See the module's manual."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    folder: Path
    most: int = Field(200, ge=1, le=5000)

    @field_validator("folder")
    @classmethod
    def _is_absolute(cls, value: Path) -> Path:
        if not value.is_absolute() or "\0" in str(value):
            raise ValueError("expected a folder by its whole path: write one such as /srv/www/alerts")
        return value


@dataclass(frozen=True, slots=True)
class Atom:
    """One folder of feeds."""

    name: str
    folder: Path
    most: int
    patience: float = PATIENCE

    @property
    def deadline(self) -> timedelta:
        """How long a message may be retried."""
        return timedelta(hours=72)

    @property
    def pace(self) -> timedelta:
        """The least time between two messages. A disk sets no limit."""
        return timedelta()

    def targets(self) -> tuple[str, ...]:
        """The folder is one place."""
        return ("",)

    async def send(self, delivery: Delivery, http: httpx.AsyncClient, now: datetime) -> str | None:
        """Write the alert into the rule's feed. Raises DeliveryError."""
        words = said(delivery, delivery.sent or now)
        made = entry(delivery, words, now)
        file = self.folder / file_name(delivery.message.rule)
        try:
            async with asyncio.timeout(DEADLINE):
                await asyncio.to_thread(put, file, made, words.rule, self.most, self.patience)
        except OSError as error:  # TimeoutError is one
            raise _failed(file, error) from error
        return entry_id(delivery.id)

    async def change(self, delivery: Delivery, remote: str, http: httpx.AsyncClient, now: datetime) -> None:
        """Let the entry name the outlets of `delivery`. Raises DeliveryError."""
        await self.send(delivery, http, now)


def build(name: str, options: Options) -> Atom:
    """A channel of this kind."""
    return Atom(name, options.folder, options.most)


def file_name(rule: str) -> str:
    """The feed's file; whatever the name, it lies in the folder."""
    return f"{rule if FILE.fullmatch(rule) else slug(rule) if rule else SERVICE}.atom"


def entry_id(delivery: str) -> str:
    """An entry's id: the same for ever."""
    return f"urn:borderwire:{slug(delivery)}"


def entry(delivery: Delivery, words: Said, now: datetime) -> Element:
    """The alert as an Atom entry (RFC 4287)."""
    made = Element(f"{{{ATOM}}}entry")
    _text(made, "id", entry_id(delivery.id))
    _text(made, "title", f"[{words.label}] {words.title.text}")
    _text(made, "published", to_iso(delivery.message.created))
    _text(made, "updated", to_iso(now))
    author = SubElement(made, f"{{{ATOM}}}author")
    _text(author, "name", words.outlet.text if words.outlet else OURS)
    if words.rule:
        SubElement(made, f"{{{ATOM}}}category", term=words.rule)
    for kind, url in (("alternate", words.title.url), ("related", words.desk)):
        if url:
            SubElement(made, f"{{{ATOM}}}link", rel=kind, href=url)
    if delivery.reply_to is not None:
        SubElement(made, f"{{{THREAD}}}in-reply-to", ref=entry_id(delivery.reply_to))
    if words.snippet and not delivery.degraded:
        _text(made, "summary", cut(marked(words.snippet, lambda text, _: text), 300))
    content = _text(made, "content", as_text(words) if delivery.degraded else article(words))
    content.set("type", "text" if delivery.degraded else "html")
    return made


def _text(parent: Element, name: str, text: str) -> Element:
    made = SubElement(parent, f"{{{ATOM}}}{name}")
    made.text = text
    return made


def _said(element: Element, name: str) -> str:
    return element.findtext(f"{{{ATOM}}}{name}") or ""


def put(file: Path, made: Element, rule: str, most: int, patience: float = PATIENCE) -> None:
    """The feed with this entry, in the place of one with its id if there is one; the newest `most` of all stay.

    Raises OSError, FileExistsError for a file of somebody else's.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with _locked(file.parent / LOCK, patience):
        entries = {_said(e, "id"): e for e in _entries(file)}
        entries[_said(made, "id")] = made
        newest = sorted(entries.values(), key=lambda e: (_said(e, "published"), _said(e, "id")), reverse=True)[:most]
        _replace(file, _feed(file.stem, rule, newest))


def _entries(file: Path) -> list[Element]:
    """What the file holds by now."""
    if not file.exists():
        return []
    if file.stat().st_size > LARGEST:
        raise FileExistsError(errno.EEXIST, "is too large to be a feed of Borderwire's")
    try:
        root = ElementTree.fromstring(file.read_bytes())
    except ElementTree.ParseError:
        root = Element("none")
    if _said(root, "generator") != OURS:
        raise FileExistsError(errno.EEXIST, "is there and was not written by Borderwire")
    return root.findall(f"{{{ATOM}}}entry")


def _feed(name: str, rule: str, entries: list[Element]) -> bytes:
    root = Element(f"{{{ATOM}}}feed")
    _text(root, "id", f"urn:borderwire:feed:{slug(name)}")
    _text(root, "title", f"{OURS}: {rule or 'the service itself'}")
    _text(root, "updated", max(_said(e, "updated") for e in entries))
    _text(root, "generator", OURS)
    author = SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", OURS)
    root.extend(entries)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _replace(file: Path, content: bytes) -> None:
    """All of it or nothing, and on the disk before it is called sent."""
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, file)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def _locked(file: Path, patience: float) -> Iterator[None]:
    """One writer in the folder at a time, of all processes. Raises TimeoutError."""
    held = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        give_up = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > give_up:
                    raise TimeoutError("another process writes to the folder and does not end") from None
                time.sleep(LOOK)
        yield
    finally:
        os.close(held)  # lets go of the lock


def classify(number: int | None) -> tuple[Failure, str]:
    """What a refusal of the system's means, and the remedy."""
    if number in WRONG:
        return Failure.CONFIG, WRONG[number]
    if number == errno.EEXIST:
        return Failure.CONFIG, "move it away, or write another folder in `folder:`"
    return Failure.TRANSIENT, PASSING.get(number or 0, "")


def _failed(file: Path, error: OSError) -> DeliveryError:
    failure, remedy = classify(error.errno)
    words = error.strerror or str(error) or f"not written within {DEADLINE:.0f} s"
    return DeliveryError(f"{file}: {words}{f' ({remedy})' if remedy else ''}", failure)
