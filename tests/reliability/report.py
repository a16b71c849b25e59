"""The block of figures in RELIABILITY.md: written by `make crash`, and which code it speaks of."""

import hashlib
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "RELIABILITY.md"
BEGIN, END = "<!-- figures: written by make crash -->", "<!-- end of the figures -->"
BLOCK = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
CODE = ("alerts", "store", "scheduler.py", "crawler/ingest.py", "crawler/poll.py", "crawler/tasks.py")


def digest(root: Path = ROOT) -> str:
    """Names the code that the promises rest on: every file of it, as it is now."""
    files = [path for part in CODE for path in ([root / part] if part.endswith(".py") else (root / part).rglob("*.py"))]
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]


def commit() -> str:
    """The commit that the code was made from, and whether it was changed since; `unknown` outside a repository."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty= with changes", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def block(figures: Mapping[str, str], code: str, made_from: str) -> str:
    """A table of the figures between the marks, and what they speak of."""
    rows = "\n".join(f"| {name} | {value} |" for name, value in figures.items())
    return f"{BEGIN}\n| last run of `make crash` | |\n|---|---|\n{rows}\n\nCode {code}, commit {made_from}.\n{END}"


def spoken_of(text: str) -> str:
    """The digest of the code that the figures of a page speak of; empty where there are none."""
    found = re.search(
        rf"{re.escape(BEGIN)}.*^Code ([0-9a-f]+), commit .*{re.escape(END)}", text, re.DOTALL | re.MULTILINE
    )
    return found[1] if found else ""


def write(figures: Mapping[str, str], page: Path = PAGE) -> None:
    """Put the figures into the page, in place of those of the run before."""
    text = page.read_text()
    page.write_text(BLOCK.sub(lambda _: block(figures, digest(), commit()), text, count=1))
