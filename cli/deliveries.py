"""Deliveries: what was sent, what waits and why, sending again, and trying a channel."""

import asyncio
import sys
from pathlib import Path

import click

from alerts.parts import build_channel
from alerts.trial import send_trial
from cli._output import as_json, emit, load_config, opened, since, table
from core.clock import SystemClock
from core.errors import ConfigError, DeliveryError
from core.model import DeliveryState
from store import digests, outbox


@click.group()
def deliveries() -> None:
    """The outbox: every message to every channel, and what became of it."""


@deliveries.command("list")
@click.option("--state", type=click.Choice([s.value for s in DeliveryState]), help="Only this state.")
@click.option("--channel", help="Only this channel.")
@click.option("--limit", default=30, show_default=True, help="At most so many, newest first.")
@as_json
@click.pass_obj
def list_deliveries(path: Path, state: str | None, channel: str | None, limit: int, as_json: bool) -> None:
    """Deliveries, newest first, with their state and last error."""
    with opened(path) as backend, backend.read() as tx:
        found = outbox.rows(tx, state=state, channel=channel, limit=limit)
    if as_json:
        emit(found)
        return
    columns = {
        "id": "id",
        "channel": "channel",
        "state": "state",
        "attempts": "tries",
        "created_at": "created",
        "next_at": "next",
        "sent_at": "sent",
        "title": "alert",
        "reason": "reason",
        "last_error": "last error",
    }
    table(found, columns, "No deliveries: no rule has fired yet.")


@deliveries.command()
@click.argument("delivery", metavar="[ID]", required=False)
@click.option("--since", "period", help="Everything not sent that was created in this period: 12h, 3d.")
@click.option("--channel", help="Everything not sent on this channel.")
@click.pass_obj
def replay(path: Path, delivery: str | None, period: str | None, channel: str | None) -> None:
    """Send dead, held, merged or suppressed deliveries again, under the same id.

    A delivery already sent is not sent twice. The running service sends them within a second.
    """
    if not (delivery or period or channel):
        raise click.UsageError("name a delivery, --since or --channel")
    now = SystemClock().now()
    with opened(path, write=True) as backend, backend.tx() as tx:
        again = digests.replay(tx, now=now, delivery_id=delivery, since=since(period), channel=channel)
    click.echo(f"{len(again)} {'delivery' if len(again) == 1 else 'deliveries'} will be sent again.")
    if delivery and not again:
        sys.exit(1)


@deliveries.command()
@click.argument("channel", required=False)
@click.pass_obj
def test(path: Path, channel: str | None) -> None:
    """Send a test message through CHANNEL (every channel if none is named) and say plainly whether it arrived."""
    config = load_config(path)
    chosen = [c for c in config.channels if channel in (None, c.name)]
    if not chosen:
        known = ", ".join(c.name for c in config.channels) or "none"
        raise ConfigError(f"no channel {channel!r}; configured: {known}")
    failed = 0
    for c in chosen:
        try:
            asyncio.run(send_trial(build_channel(c.name, c.kind, c.options), config, SystemClock().now()))
            click.secho(f"{c.name}: arrived", fg="green")
        except DeliveryError as error:
            failed += 1
            click.secho(f"{c.name}: failed ({error.failure}): {error}", fg="red", err=True)
    sys.exit(1 if failed else 0)
