"""`borderwire extract`: pages in, articles out, one JSON object a line."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from cli._jsonl import echo, lines, record, times
from core.errors import BorderwireError
from core.model import Article
from crawler.workers import Workers

AHEAD = 4  # pages read ahead per worker


@click.command()
@click.option(
    "--manifest",
    type=click.File("rb"),
    required=True,
    help="JSON Lines {id, path, url}; - for standard input.",
)
def extract(manifest: BinaryIO) -> None:
    """Read saved pages as the service would.

    \b
    In   {id, path, url}    path relative to the manifest's folder
    Out  {id, url, canonical_url, title, text, authors, published, modified, language, site, image}
    A page that fails carries `error`; the rest goes on, and the exit code is 1.
    """
    folder = Path(manifest.name).parent if manifest.name not in ("<stdin>", "-") else Path()
    failed = asyncio.run(_all(manifest, folder))
    sys.exit(1 if failed else 0)


async def _all(manifest: BinaryIO, folder: Path) -> int:
    workers = Workers(os.cpu_count() or 1)
    window: list[asyncio.Task[dict[str, Any]]] = []
    failed = done = 0
    try:
        for place, line in lines(manifest):
            window.append(asyncio.create_task(_one(place, line, folder, workers)))
            while len(window) >= AHEAD * (os.cpu_count() or 1):
                failed += _print(await window.pop(0))
                done += 1
                _progress(done)
        for task in window:
            failed += _print(await task)
    finally:
        await workers.stop()
    return failed


async def _one(place: str, line: str, folder: Path, workers: Workers) -> dict[str, Any]:
    page: dict[str, Any] = {}
    try:
        page = record(line, "id")
        url, path = (page.get(key) for key in ("url", "path"))
        if not (isinstance(url, str) and isinstance(path, str)):
            raise ValueError("a page needs `path` and `url`, both text")
        body = (folder / path).read_bytes()
        article = await workers.extract(body, url, str(page.get("content_type") or ""), None)
        return {"id": page["id"], **described(article)}
    except BorderwireError as error:
        return {"id": page.get("id"), "url": page.get("url"), "error": str(error)}
    except (OSError, ValueError) as error:
        return {"id": page.get("id"), "url": page.get("url"), "error": f"{place}: {error}"}


def described(article: Article) -> dict[str, Any]:
    """An article as the pipe prints it."""
    return times(
        {
            "url": article.url,
            "canonical_url": article.canonical_url,
            "title": article.title,
            "text": article.text,
            "authors": list(article.authors),
            "published": article.published,
            "modified": article.modified,
            "language": article.language,
            "site": article.site,
            "image": article.image,
        }
    )


def _print(found: dict[str, Any]) -> int:
    echo(found)
    return int("error" in found)


def _progress(done: int) -> None:
    if sys.stderr.isatty() and done % 10 == 0:
        click.echo(f"\r{done} pages", nl=False, err=True)
