"""`borderwire feed`: a saved feed in, entries out, one JSON object a line."""

import sys
from typing import BinaryIO

import click

from cli._jsonl import echo, times
from core.errors import ParseError
from core.markup import plain
from core.model import Response
from crawler.sources import feed as kind


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--url", required=True, help="The address the feed came from: relative links are resolved with it.")
def feed(file: BinaryIO, url: str) -> None:
    """Read a saved feed (RSS, Atom, RDF, JSON Feed; - for standard input) as the service would.

    \b
    Out  {id, url, title, summary, published, updated, authors}
    What is no feed gives {error}, and the exit code is 1. An entry without a link has a null url: it is listed here,
    but the service cannot follow it and counts it as skipped.
    """
    try:
        parsed = kind.build("feed", url, kind.Options()).read(Response(url, 200, {}, file.read()))
    except ParseError as error:
        echo({"error": str(error)})
        sys.exit(1)
    for e in map(plain, parsed.entries):
        said = {
            "id": e.id or e.url,
            "url": e.url or None,
            "title": e.title,
            "summary": e.summary,
            "published": e.published,
            "updated": e.updated,
            "authors": list(e.authors),
        }
        echo(times(said))
    if parsed.problem:
        click.echo(parsed.problem, err=True)
