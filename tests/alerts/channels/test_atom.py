"""The Atom channel: a valid feed for each rule, every alert in it once, and files nobody ever sees half of."""

import asyncio
import errno
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fastfeedparser
import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.channels._text import said
from alerts.channels.atom import ATOM, PASSING, WRONG, Atom, classify, entry, entry_id, file_name, put
from core.errors import DeliveryError, Failure
from core.model import AlertKind, Delivery, Message
from tests.alerts.channels.making import HOSTILE, NOW, SEEN, TITLE, delivery, hostile, loopback, message, messages

ROOT = Path(__file__).parents[3]


async def send(folder: Path, *given_deliveries: Delivery, most: int = 200, **at: float) -> str | None:
    remote = None
    async with loopback() as http:
        for one in given_deliveries:
            remote = await Atom("feeds", folder, most).send(one, http, NOW + timedelta(**at))
    return remote


async def failing(folder: Path, patience: float = 10) -> DeliveryError:
    async with loopback() as http:
        with pytest.raises(DeliveryError) as caught:
            await Atom("feeds", folder, 200, patience).send(delivery(), http, NOW)
    return caught.value


def number(n: int, **changed: Any) -> Delivery:
    return delivery(message(title=f"Convoy {n}", created=SEEN + timedelta(seconds=n), **changed), id=f"msg_{n}")


def read(file: Path) -> Any:
    found = feedparser.parse(file.read_bytes())
    assert not found.bozo, found.bozo_exception
    return found


async def test_two_readers_find_the_alert_in_the_rules_file(tmp_path: Path) -> None:
    remote = await send(tmp_path, delivery())
    assert remote == entry_id(delivery().id)
    file = tmp_path / "tariffs.atom"
    found = read(file)
    assert (found.feed.title, found.feed.generator) == ("Borderwire: tariffs", "Borderwire")
    (one,) = found.entries
    assert (one.id, one.title, one.author) == (remote, f"[tariffs] {TITLE}", "Border Gazette")
    assert one.link == "https://outlet1.example/news/1?from=feed&x=1"
    assert one.published == "2025-02-05T12:02:00.000+00:00"
    assert "after a tariff threat" in one.summary
    for words in ("also in 2 outlets", "El Paso Post", "answered 403", "msg_abcdefghijklmnopqrstuvwxyz"):
        assert words in one.content[0].value
    quick = fastfeedparser.parse(file.read_text())
    assert [e.title for e in quick.entries] == [f"[tariffs] {TITLE}"]


async def test_sent_again_it_takes_its_own_place(tmp_path: Path) -> None:
    await send(tmp_path, number(1), number(2), number(1), hours=8)
    found = read(tmp_path / "tariffs.atom").entries
    assert [e.id for e in found] == [entry_id("msg_2"), entry_id("msg_1")]


async def test_an_update_is_an_entry_that_names_its_alert(tmp_path: Path) -> None:
    update = delivery(message(kind=AlertKind.UPDATE, title="More", parent="al_1"), id="msg_2", reply_to="msg_1")
    await send(tmp_path, number(1), update)
    text = (tmp_path / "tariffs.atom").read_text()
    assert '<thr:in-reply-to ref="urn:borderwire:msg_1" />' in text
    assert {e.title for e in read(tmp_path / "tariffs.atom").entries} == {
        "[tariffs] Convoy 1",
        "[tariffs] Update: More",
    }


async def test_the_newest_entries_stay(tmp_path: Path) -> None:
    await send(tmp_path, *(number(n) for n in range(1, 9)), most=3)
    assert [e.title[-1] for e in read(tmp_path / "tariffs.atom").entries] == ["8", "7", "6"]


async def test_each_rule_has_a_file_and_the_service_its_own(tmp_path: Path) -> None:
    health = message(kind=AlertKind.HEALTH, rule="", receipt=None)
    await send(tmp_path, number(1), number(2, rule="national-guard"), delivery(health, id="msg_3"))
    assert sorted(f.name for f in tmp_path.glob("*.atom")) == ["_service.atom", "national-guard.atom", "tariffs.atom"]
    assert read(tmp_path / "_service.atom").feed.title == "Borderwire: the service itself"


@pytest.mark.parametrize("rule", ["../../etc/passwd", "/etc/passwd", "a/b", "..", ".", "a\0b", "TARIFFS", "x" * 500])
def test_a_rule_of_any_name_stays_in_the_folder(rule: str) -> None:
    name = file_name(rule)
    assert "/" not in name
    assert "\0" not in name
    assert not name.startswith(".")
    assert len(name) < 200


def test_rules_with_like_names_have_files_of_their_own() -> None:
    names = ["a.b", "a-b", "a_b", "service", "ab"]
    assert len({file_name(rule) for rule in names} | {file_name("")}) == len(names) + 1


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_words_stay_words(name: str, tmp_path: Path) -> None:
    await send(tmp_path, delivery(hostile(HOSTILE[name])))
    (one,) = read(tmp_path / "tariffs.atom").entries
    assert "<script" not in one.content[0].value.lower()
    assert all(link.href.startswith("http") for link in one.links)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(messages(), min_size=1, max_size=3), st.booleans())
def test_whatever_comes_it_is_a_feed(tmp_path: Path, carried: list[Message], degraded: bool) -> None:
    file = tmp_path / "any.atom"
    file.unlink(missing_ok=True)
    for n, one in enumerate(carried):
        made = delivery(one, id=f"msg_{n}", degraded=degraded)
        put(file, entry(made, said(made, NOW), NOW), "any", 200)
    root = ElementTree.fromstring(file.read_bytes())
    assert len(root.findall(f"{{{ATOM}}}entry")) == len(carried)
    assert len(read(file).entries) == len(carried)


async def test_a_file_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    for content in (
        b"notes of mine",
        b"<feed xmlns='http://www.w3.org/2005/Atom'><generator>WordPress</generator></feed>",
    ):
        (tmp_path / "tariffs.atom").write_bytes(content)
        error = await failing(tmp_path)
        assert error.failure is Failure.CONFIG
        assert "was not written by Borderwire (move it away" in str(error)
        assert (tmp_path / "tariffs.atom").read_bytes() == content


async def test_a_folder_that_cannot_be_made_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for folder in (
        tmp_path / "file",
        tmp_path / "file" / "alerts",
        tmp_path / "loop" / "alerts",
        tmp_path / ("x" * 300),
    ):
        error = await failing(folder)
        assert error.failure is Failure.CONFIG, folder
        assert "`folder:`" in str(error)


@pytest.mark.parametrize("number", [*PASSING, *WRONG])
def test_every_refusal_of_the_systems_has_its_class_and_a_remedy_where_there_is_one(number: int) -> None:
    failure, remedy = classify(number)
    assert failure is (Failure.CONFIG if number in WRONG else Failure.TRANSIENT)
    assert remedy
    assert classify(errno.EAGAIN) == (Failure.TRANSIENT, "")
    assert classify(None) == (Failure.TRANSIENT, "")


def test_a_disk_without_room_leaves_the_feed_as_it_was(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: the system refuses in the middle of the write."""
    asyncio.run(send(tmp_path, number(1)))
    before = (tmp_path / "tariffs.atom").read_bytes()
    code = (
        "import asyncio, resource, signal, sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from tests.alerts.channels import test_atom as t\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 100}, {len(before) + 100}))\n"
        "error = asyncio.run(t.failing(Path(sys.argv[2])))\n"
        "print(error.failure, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT), str(tmp_path)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.startswith("transient"), done.stderr
    assert "`most:`" in done.stdout
    assert (tmp_path / "tariffs.atom").read_bytes() == before
    assert sorted(f.name for f in tmp_path.iterdir()) == [".lock", "tariffs.atom"]


async def test_who_reads_a_file_while_it_changes_reads_it_as_it_was(tmp_path: Path) -> None:
    await send(tmp_path, number(1))
    before = (tmp_path / "tariffs.atom").read_bytes()
    with (tmp_path / "tariffs.atom").open("rb") as reader:
        await send(tmp_path, number(2))
        assert reader.read() == before


async def test_many_writers_of_one_folder_lose_nothing(tmp_path: Path) -> None:
    await asyncio.gather(*(send(tmp_path, number(n)) for n in range(12)))
    assert len(read(tmp_path / "tariffs.atom").entries) == 12


def test_a_reader_never_sees_half_a_file_and_a_kill_leaves_a_whole_one(tmp_path: Path) -> None:
    """A process that writes without end is killed; whenever the file is looked at, it is a whole feed."""
    code = (
        "import asyncio, itertools, sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from tests.alerts.channels import test_atom as t\n"
        "for n in itertools.count():\n"
        "    asyncio.run(t.send(Path(sys.argv[2]), t.number(n)))\n"
        "    print(n, flush=True)\n"
    )
    writer = subprocess.Popen(
        [sys.executable, "-c", code, str(ROOT), str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert writer.stdout is not None
    try:
        for _ in range(15):
            told = int(writer.stdout.readline())
            assert len(read(tmp_path / "tariffs.atom").entries) > told
    finally:
        writer.kill()
        rest = writer.stdout.read().split()
        writer.wait()
        writer.stdout.close()
    told = int(rest[-1]) if rest else told
    assert len(read(tmp_path / "tariffs.atom").entries) > told
    asyncio.run(send(tmp_path, number(9000)))  # what a killed writer held is free again
    assert read(tmp_path / "tariffs.atom").entries[0].title == "[tariffs] Convoy 9000"


def test_the_file_is_readable_for_a_web_server(tmp_path: Path) -> None:
    asyncio.run(send(tmp_path, delivery()))
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "tariffs.atom").stat().st_mode & 0o777 == 0o666 & ~mask
