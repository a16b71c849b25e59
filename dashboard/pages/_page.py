"""How a page is made: read in one transaction, worked on, rendered."""

import asyncio
from collections.abc import Callable
from typing import Any

from datasette import Response

from core.clock import SystemClock
from dashboard.database import read
from store import Tx

Context = dict[str, Any]


async def page(
    datasette: Any,
    request: Any,
    template: str,
    work: Callable[[Tx], Context],
    after: Callable[[Context], Context] | None = None,
) -> Response:
    """The page of what `work` reads. `after` is what takes long and needs no database: it holds nobody up."""
    context = await read(datasette, work)
    if after is not None:
        context = await asyncio.to_thread(after, context)
    body = await datasette.render_template(template, {**context, "now": SystemClock().now()}, request=request)
    return Response.html(body, headers={"cache-control": "no-cache"})


def number(request: Any, name: str) -> int | None:
    """A small number asked for in the address; None where there is none, or something else."""
    asked = request.args.get(name) or ""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
