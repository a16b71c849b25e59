"""`borderwire feed`: a saved feed in, entries out, one JSON object a line."""

import json
import sys
from typing import BinaryIO

import click

from cli._jsonl import times
from core.errors import ParseError
from core.model import Response
from crawler.sources import feed as kind


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--url", required=True, help="The address the feed came from: relative links are resolved with it.")
def feed(file: BinaryIO, url: str) -> None:
    """Read a saved feed (RSS, Atom, RDF, JSON Feed; - for standard input) as the service would.

    \b
    Out  {id, url, title, summary, published, updated, authors}
    """
    try:
        parsed = kind.build("feed", url, kind.Options()).parse(Response(url, 200, {}, file.read()))
    except ParseError as error:
        click.echo(json.dumps({"error": str(error)}, ensure_ascii=False))
        sys.exit(1)
    for e in parsed.entries:
        said = {"id": e.id or e.url, "url": e.url, "title": e.title, "summary": e.summary, "published": e.published,
                "updated": e.updated, "authors": list(e.authors)}  # fmt: skip
        click.echo(json.dumps(times(said), ensure_ascii=False))
    if parsed.problem:
        click.echo(parsed.problem, err=True)
