"""`borderwire demo`: the main job end to end, on this machine alone."""

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click

from core.durations import parse_duration
from demo.run import Demo, folder


@click.command()
@click.option("--for", "period", help="Stop after this long (40s, 2m); without it, when you press Ctrl-C.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures here as JSON.")
@click.option("--scale", default=1, show_default=True, help="How much news: 500 is tens of thousands of articles.")
@click.option("--seed", default=7, show_default=True, help="The same seed makes the same news.")
@click.option("--port", default=0, help="The desk's port.  [default: a free one]")
@click.option("--keep", type=click.Path(path_type=Path, file_okay=False), help="Keep database and logs here.")
def demo(period: str | None, report: Path | None, scale: int, seed: int, port: int, keep: Path | None) -> None:
    """Run the service against a bundled newsroom: local news sites, an inbox, the desk. Nothing leaves this machine.

    With --for it exits 0 only if every alert the newsroom knows must come has come, once.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with folder(keep) as place:
        run = Demo(place, seed=seed, scale=scale, desk_port=port, duration=20.0 * max(1, scale) ** 0.5)
        run.asked_to_stop = stop
        try:
            click.echo("Starting the newsroom, the service and the desk ...", err=True)
            run.start()
            _welcome(run)
            _wait(run, stop, period)
        finally:
            run.stop()
        figures = run.report()
    if report is not None:
        report.write_text(json.dumps(figures, indent=2) + "\n")
    complete = run.complete or period is not None
    _summary(figures, complete)
    sys.exit(1 if complete and (figures["lost"] or figures["extra"]) else 0)


def _wait(run: Demo, stop: threading.Event, period: str | None) -> None:
    left = None if period is None else parse_duration(period).total_seconds()
    while not stop.wait(0.2 if left is None else min(0.2, left)):
        if (ended := run.alive()) is not None:
            raise click.ClickException(f"the {ended} stopped by itself; its words stand above")
        if left is not None:
            left -= 0.2
            if left <= 0:
                return


def _welcome(run: Demo) -> None:
    sources = len(run.room["sources"])
    click.echo(
        f"\n{sources} news sites read in {run.primed:.1f} s; what they held already alerts nobody.\n"
        f'News begins now. Alerts for `tariff OR arancel` and `"National Guard" OR "Guardia Nacional"` follow.\n\n'
        f"  The desk   http://127.0.0.1:{run.desk_port}/\n"
        f"  The inbox  {run.inbox['http']}/   (what Slack, the webhook and the mailbox received)\n\n"
        "Ctrl-C stops everything.\n",
        err=True,
    )


def _summary(figures: dict[str, Any], complete: bool) -> None:
    arrived = figures["expected"] - figures["lost"]
    click.echo(
        f"\n{figures['articles']} articles in {figures['stories']} stories ({figures['copies']} copies folded); "
        f"{arrived} of {figures['expected']} alerts arrived{'' if complete else ' so far'}, "
        f"{len(figures['extra'])} too many; {figures['deliveries']['sent']} messages sent, "
        f"{figures['deliveries']['pending']} waiting, {figures['deliveries']['dead']} dead.",
        err=True,
    )
    for line in figures["missing"] if complete else ():
        click.secho(f"missing  {line}", fg="red", err=True)
    for line in figures["extra"]:
        click.secho(f"extra    {line}", fg="red", err=True)
