"""The thirteen mistakes that would break a promise, each made in a copy of the program: a test must notice.

    python -m tests.reliability.mutants [NAME ...]

copy of the tree | one text replaced | the tests that should notice | they fail, or the mutant survives
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("core", "store", "crawler", "alerts", "cli", "dashboard", "demo", "tests", "scheduler.py", "pyproject.toml")
FAILED = 1  # pytest's exit code where tests failed; 2 to 5 mean that they could not be run
PATIENCE = "6"  # seconds a test of a mutant waits for what never comes
PROOF = "tests/reliability/"


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake: in `file`, `old` becomes `new`; `test` is one that must fail then."""

    name: str
    file: str
    old: str
    new: str
    test: str


MUTANTS = (
    Mutant(
        "the cursor is saved before the stories",
        "crawler/poll.py",
        '    hit("after_feed")\n',
        "    await crawl.writer.run(lambda tx: sources.record(tx, source.name, outcome, now_live=True))\n"
        '    hit("after_feed")\n',
        PROOF + "test_failpoints.py::test_a_kill_at_a_first_delivery[after_feed]",
    ),
    Mutant(
        "a message is marked before it is sent",
        "alerts/deliver.py",
        '        hit("after_claim")\n',
        "        await self._writer.run(lambda tx: outbox.sent(tx, work.claim, self._clock.now()), urgent=True)\n"
        '        hit("after_claim")\n',
        PROOF + "test_failpoints.py::test_a_kill_at_a_first_delivery[after_claim]",
    ),
    Mutant(
        "a transaction begins deferred",
        "store/backends/sqlite.py",
        '("BEGIN IMMEDIATE", ',
        '("BEGIN", ',
        PROOF + "test_durability.py::test_what_was_read_in_a_transaction_can_be_written_in_it",
    ),
    Mutant(
        "a lease is shorter than a send may take",
        "alerts/deliver.py",
        "LEASE = timedelta(seconds=90)",
        "LEASE = timedelta(seconds=19)",
        PROOF + "test_durability.py::test_a_lease_outlasts_the_longest_send",
    ),
    Mutant(
        "a stale owner may fail what another sends",
        "store/outbox.py",
        " AND lease_epoch = :epoch",
        "",
        "tests/store/test_outbox.py::test_a_stale_owner_cannot_fail_what_another_sends",
    ),
    Mutant(
        "429 is taken for good",
        "alerts/channels/_answer.py",
        "status == 429 or ",
        "",
        "tests/contract/test_channel.py::test_every_http_answer_has_its_class",
    ),
    Mutant(
        "retries come in step",
        "alerts/retry.py",
        "JITTER = 0.2",
        "JITTER = 0.0",
        "tests/alerts/test_retry.py::test_waits_grow_and_are_spread_by_a_fifth",
    ),
    Mutant(
        "a redirect is followed",
        "core/http.py",
        "follow_redirects=False",
        "follow_redirects=True",
        "tests/core/test_http.py::test_a_redirect_is_not_followed",
    ),
    Mutant(
        "the address that is connected to is not checked",
        "core/http.py",
        "            self._policy.check(str(address), port)\n",
        "",
        "tests/core/test_http.py::test_a_private_address_is_refused_before_anything_is_sent",
    ),
    Mutant(
        "a headline is not escaped",
        "alerts/channels/_slack.py",
        "    return text.translate(ESCAPES)\n",
        "    return text\n",
        "tests/alerts/channels/test_slack.py::test_hostile_words_stay_words",
    ),
    Mutant(
        "each try has a Message-ID of its own",
        "alerts/channels/_mail.py",
        'f"<{slug(delivery.id)}@{domain}>"',
        'f"<{slug(delivery.id)}.{delivery.attempts}@{domain}>"',
        "tests/alerts/channels/test_email.py::test_every_retry_has_the_same_message_id_and_thread",
    ),
    Mutant(
        "a source counts as read before its first poll is judged",
        "crawler/poll.py",
        "priming=source.state is SourceState.PRIMING,",
        "priming=False,",
        "tests/crawler/test_poll.py::test_a_first_poll_is_backfill_and_the_next_finds_news",
    ),
    Mutant(
        "a commit does not wait for the disk",
        "store/backends/sqlite.py",
        "PRAGMA synchronous=FULL",
        "PRAGMA synchronous=OFF",
        "tests/store/test_sqlite.py::test_settings_that_durability_rests_on",
    ),
)


def noticed(mutant: Mutant, folder: Path) -> bool:
    """Whether the test fails on the mutant. Raises LookupError where its text no longer stands in the program."""
    tree = copied(folder)
    changed = tree / mutant.file
    text = changed.read_text()
    if text.count(mutant.old) != 1:
        raise LookupError(f"{mutant.file} holds {mutant.old!r} {text.count(mutant.old)} times: mend the mutant")
    changed.write_text(text.replace(mutant.old, mutant.new))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", mutant.test]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    environ |= {"PROOF_SETTLE": PATIENCE, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=tree, env=environ, capture_output=True, text=True)
    if done.returncode not in (0, FAILED):
        raise LookupError(f"{mutant.test} could not be run:\n{done.stdout}{done.stderr}")
    return done.returncode == FAILED


def copied(folder: Path) -> Path:
    """The program and its tests, in a folder of their own."""
    tree = folder / "tree"
    tree.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns(".*"))
        else:
            shutil.copy(ROOT / part, tree / part)
    return tree


def main(names: list[str]) -> int:
    """The command line; 1 where a mutant survives."""
    survived = 0
    for mutant in MUTANTS:
        if names and not any(name in mutant.name for name in names):
            continue
        with tempfile.TemporaryDirectory(prefix="borderwire-mutant-") as folder:
            good = noticed(mutant, Path(folder))
        survived += not good
        print(f"{'noticed ' if good else 'SURVIVES'}  {mutant.name}: {mutant.test}", flush=True)
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
