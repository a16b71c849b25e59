"""Running and watching the service: run, once, check, status, dashboard."""

import asyncio
import faulthandler
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

import scheduler
from alerts.notices import titled
from alerts.parts import build
from cli._output import ago, as_json, emit, load_config, names, opened, plain, with_times
from core import log
from core.clock import SystemClock
from dashboard import desk
from store import stats
from store.troubles import OF_SOURCES


@click.command()
@click.option("-v", "--verbose", is_flag=True, help="Also say what each poll brought.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong.")
@click.pass_obj
def run(path: Path, verbose: bool, quiet: bool) -> None:
    """Run the service until Ctrl-C or SIGTERM; SIGHUP or a change of the files reloads the configuration."""
    faulthandler.enable()  # a watchdog that ends a hanging service (SIGABRT) leaves in the journal where it hung
    level = "DEBUG" if verbose else "WARNING" if quiet else "INFO"
    log.setup(level, json=bool(os.environ.get("BORDERWIRE_LOG_JSON")), secrets=())
    asyncio.run(scheduler.serve(path, dict(os.environ)))


@click.command()
@click.option("--timeout", default=600.0, show_default=True, help="Stop after so many seconds even if work is left.")
@click.pass_obj
def once(path: Path, timeout: float) -> None:
    """Poll every source once, read what is new, send what is due, and stop."""
    log.setup("WARNING", json=False, secrets=())
    finished = asyncio.run(scheduler.once(path, dict(os.environ), timeout))
    if not finished:
        raise click.ClickException(f"work is left after {timeout:.0f} s; it is taken up at the next run")


@click.command()
@as_json
@click.pass_obj
def check(path: Path, as_json: bool) -> None:
    """Read the configuration as the service would and try every rule on its own examples."""
    config = load_config(path)
    build(config)
    unverified = [s.name for s in config.sources if s.unverified]
    if as_json:
        emit(
            {
                "sources": len(config.sources),
                "rules": len(config.rules),
                "channels": len(config.channels),
                "unverified": unverified,
                "files": [str(f) for f in config.files],
            }
        )
        return
    click.echo(
        f"{path}: in order. {len(config.sources)} sources, {len(config.rules)} rules, "
        f"{len(config.channels)} channels, database {config.database}"
    )
    if unverified:
        click.echo(f"{len(unverified)} sources are marked unverified: {names(unverified)}")


@click.command()
@as_json
@click.pass_obj
def status(path: Path, as_json: bool) -> None:
    """Is everything working? Exits 1 when something needs a person."""
    now = SystemClock().now()
    with opened(path) as backend, backend.read() as tx:
        view = stats.overview(tx, now)
    if as_json:
        emit(view)
    else:
        _print_status(view, now)
    sys.exit(1 if view["needs_attention"] else 0)


def _print_status(view: dict, now) -> None:  # type: ignore[no-untyped-def,type-arg]
    states = ", ".join(f"{n} {state}" for state, n in view["sources"].items()) or "none yet"
    click.echo(f"Sources     {states}; last poll {ago(view['last_poll_at'], now)}")
    click.echo(
        f"Archive     {view['articles']} articles in {view['stories']} stories; {view['waiting']} entries waiting"
    )
    relooks = view["relooks"]
    used = f"; {relooks['used']} of {relooks['per_day']} today" if relooks["per_day"] else ""
    click.echo(f"Relooks     {relooks['planned']} planned, {relooks['overdue']} overdue{used}")
    click.echo(f"Alerts      {view['alerts']} in all, {view['alerts_today']} in the last 24 h")
    deliveries = ", ".join(f"{n} {state}" for state, n in view["deliveries"].items()) or "none yet"
    click.echo(f"Deliveries  {deliveries}")
    _print_waiting(view)
    for line in view["needs_attention"]:
        click.secho(f"! {with_times(line)}", fg="red")
    if not view["needs_attention"]:
        click.secho("All is well.", fg="green")


def _print_waiting(view: dict[str, Any]) -> None:
    """What waits to be told together, what is silenced, and what is wrong with the service itself; nothing of none."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in view["digests"]:
        groups.setdefault((row["rule"], row["channel"]), []).append(row)
    digests = [
        f"{sum(r['n'] for r in rows)} of {rule} to {channel} at {plain(min(r['next_at'] for r in rows))}"
        for (rule, channel), rows in groups.items()
    ]
    mutes = [f"{_muted(row)} until {plain(row['ends_at'])} ({row['who']}: {row['why']})" for row in view["mutes"]]
    troubles = [
        f"since {plain(row['since_at'])}  {titled(row)}" + (f": {row['detail']}" if row["detail"] else "")
        for row in view["troubles"]
    ]
    for name, lines in (("Digests", digests), ("Mutes", mutes), ("Troubles", troubles)):
        for number, line in enumerate(lines):
            click.echo(f"{'' if number else name:<12}{line}")
    if any(row["kind"] in OF_SOURCES for row in view["troubles"]):
        click.echo(f"{'':<12}To hear no more of a source: borderwire alerts mute --source NAME --for 3d --why WHY")


def _muted(row: Mapping[str, Any]) -> str:
    rule, source = row["rule"], row["source"]
    return f"rule {rule} in source {source}" if rule and source else f"rule {rule}" if rule else f"source {source}"


@click.command()
@click.option("--port", type=int, help="Port on 127.0.0.1.  [default: desk.port of the configuration]")
@click.pass_obj
def dashboard(path: Path, port: int | None) -> None:
    """Serve the desk (Datasette, read-only, this machine only) on the configured database."""
    config = load_config(path)
    with opened(path):
        pass  # says kindly that there is no database yet
    port = port or config.desk.port
    desk.check_port(port)
    command = desk.command(Path(config.database), port)
    click.echo(f"The desk: http://127.0.0.1:{port}/  (Ctrl-C stops it)")
    os.execv(command[0], command)


COMMANDS = (run, once, check, status, dashboard)
