"""Alerts: what rules told and how it went, and mutes, which hold something back for a time and for a reason."""

import difflib
import json
from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

import click

from alerts.timing import moment
from alerts.why import DELIVERY, delivery_said
from cli._output import as_json, emit, load_config, login, opened, plain, since, table, with_times
from core.clock import SystemClock
from core.config import Config
from core.durations import parse_duration
from store import Row, Tx, digests, mutes
from store import alerts as rows

LONGEST = timedelta(days=30)  # of a mute: what nobody may know of for ever must not be forgotten
MEMBERS = 200  # alerts of a digest, and articles, that `show` lists


@click.group()
def alerts() -> None:
    """What rules told, to whom, and what is muted."""


@alerts.command("list")
@click.option("--rule", help="Only alerts of this rule.")
@click.option("--since", "period", help="Only alerts made in this time: 12h, 7d.")
@click.option("--limit", default=30, show_default=True, help="At most so many, newest first.")
@as_json
@click.pass_obj
def list_alerts(path: Path, rule: str | None, period: str | None, limit: int, as_json: bool) -> None:
    """Alerts, newest first, with how many articles each speaks of and how its deliveries stand."""
    with opened(path) as backend, backend.read() as tx:
        found = rows.listing(tx, limit, rule=rule, since=since(period))
    if as_json:
        emit(found)
        return
    columns = {
        "id": "id",
        "created_at": "made",
        "rule": "rule",
        "kind": "kind",
        "outlets": "articles",
        "sent": "sent",
        "waiting": "waiting",
        "unsent": "not sent",
        "title": "title",
    }
    chosen = f" of rule {rule}" if rule else ""
    table(found, columns, f"No alert{chosen}{f' in the last {period}' if period else ''}.")


@alerts.command()
@click.argument("alert", metavar="ID")
@as_json
@click.pass_obj
def show(path: Path, alert: str, as_json: bool) -> None:
    """One alert: what it says, of which articles, and what became of each delivery; of a digest its alerts."""
    with opened(path) as backend, backend.read() as tx:
        found = _document(tx, alert)
    if as_json:
        emit(found)
        return
    for line in _shown(found):
        click.echo(with_times(line))


@alerts.command()
@click.option("--rule", help="What this rule finds.")
@click.option("--source", help="What comes from this source; with --rule only what that rule finds there.")
@click.option("--for", "period", help="For so long: 8h, 3d. At most 30d.")
@click.option("--until", help="Until this time: 07:00, 2025-02-06, or '2025-02-06 07:00', in `time_zone`.")
@click.option("--why", required=True, help="The reason, shown wherever the mute is.")
@click.option("--who", help="Who mutes.  [default: your login name]")
@click.pass_obj
def mute(
    path: Path, rule: str | None, source: str | None, period: str | None, until: str | None, why: str, who: str | None
) -> None:
    """Send no alerts of a rule or a source for a time. They are made and kept: `deliveries replay` sends them."""
    config, now = load_config(path), SystemClock().now()
    if rule is None and source is None:
        raise click.UsageError("say what to mute: --rule or --source")
    _known("rule", rule, [r.name for r in config.rules])
    _known("source", source, [s.name for s in config.sources])
    if not why.strip():
        raise click.UsageError("a mute needs a reason: --why")
    ends = _end(config, now, period, until)
    who = login(who)
    with opened(path, write=True) as backend, backend.tx() as tx:
        made = mutes.add(tx, rule=rule, source=source, starts=now, ends=ends, who=who, why=why.strip())
        about = _about(mutes.get(tx, made))
    click.echo(
        f"Mute {made}: nothing {about} is sent until {_when(ends, config.time_zone)}. What is held back meanwhile"
    )
    click.echo(
        f"is listed by `borderwire deliveries list --state suppressed`; `borderwire alerts unmute {made}` ends it."
    )


@alerts.command()
@click.argument("mute", metavar="[ID]", type=int, required=False)
@click.option("--rule", help="End every mute of this rule.")
@click.option("--source", help="End every mute of this source.")
@click.pass_obj
def unmute(path: Path, mute: int | None, rule: str | None, source: str | None) -> None:
    """End mutes now. What they held back stays suppressed: `deliveries replay` sends it."""
    if mute is None and rule is None and source is None:
        raise click.UsageError("name a mute by its id, or --rule or --source")
    with opened(path, write=True) as backend, backend.tx() as tx:
        if mute is not None:
            mutes.get(tx, mute)
        ended = mutes.end(tx, SystemClock().now(), mute=mute, rule=rule, source=source)
    click.echo(f"{ended} mute{'' if ended == 1 else 's'} ended.")


@alerts.command("mutes")
@as_json
@click.pass_obj
def list_mutes(path: Path, as_json: bool) -> None:
    """Mutes that hold, the first to end first, with who set each, why, and how many deliveries it held back."""
    with opened(path) as backend, backend.read() as tx:
        found = mutes.current(tx, SystemClock().now())
    if as_json:
        emit(found)
        return
    columns = {
        "id": "id",
        "rule": "rule",
        "source": "source",
        "ends_at": "until",
        "who": "who",
        "suppressed": "held back",
        "why": "why",
    }
    table(found, columns, "Nothing is muted.")


def _known(what: str, name: str | None, names: Collection[str]) -> None:
    """Raises UsageError for a name that is not configured: a mute of nothing would mislead."""
    if name is None or name in names:
        return
    close = difflib.get_close_matches(name, names, 1)
    hint = f"did you mean {close[0]!r}?" if close else f"configured: {', '.join(sorted(names)) or 'none'}"
    raise click.UsageError(f"no {what} {name!r}: {hint}")


def _end(config: Config, now: datetime, period: str | None, until: str | None) -> datetime:
    """When a mute ends. Raises UsageError unless exactly one of the two is given and it is within 30 days."""
    if (period is None) == (until is None):
        raise click.UsageError("say until when: --for 8h, or --until 07:00")
    if period is not None:
        try:
            ends = now + parse_duration(period)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--for") from error
    else:
        ends = _moment(str(until), now, config.time_zone)
    if ends <= now:
        raise click.UsageError("that is over already: name a time to come")
    if ends - now > LONGEST:
        raise click.UsageError(
            f"at most {LONGEST.days} days: a mute that nobody remembers hides news; mute it again then"
        )
    return ends


def _moment(until: str, now: datetime, zone: tzinfo) -> datetime:
    """The time that `07:00` (the next one), `2025-02-06` (its midnight) or `2025-02-06 07:00` names in a zone."""
    text = until.strip()
    try:
        if len(text) <= len("07:00"):
            at, day = time.fromisoformat(text), now.astimezone(zone).date()
            today = moment(day, at, zone)
            return today if today > now else moment(day + timedelta(days=1), at, zone)
        given = datetime.fromisoformat(text)
    except ValueError as error:
        said = f"{until!r} is no time: write 07:00, 2025-02-06 or '2025-02-06 07:00'"
        raise click.BadParameter(said, param_hint="--until") from error
    return given if given.tzinfo is not None else moment(date(given.year, given.month, given.day), given.time(), zone)


def _when(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M} {zone}"


def _about(row: Row) -> str:
    """`of rule tariffs from source wire`."""
    rule = f"of rule {row['rule']}" if row["rule"] else ""
    return " ".join(filter(None, (rule, f"from source {row['source']}" if row["source"] else "")))


def _document(tx: Tx, alert: str) -> dict[str, Any]:
    """Everything known of an alert. Raises NotFound."""
    row = rows.get(tx, alert)
    told = digests.of_alert(tx, alert)
    kept = {key: row[key] for key in ("id", "kind", "rule", "title", "severity", "story_id", "parent_id", "created_at",
                                      "frozen_at")}  # fmt: skip
    articles = [
        {
            key: m[key]
            for key in ("article_id", "title", "site", "canonical_url", "relation", "first_seen_at", "told_in")
        }
        for m in rows.members(tx, alert)[:MEMBERS]
    ]
    return {
        **kept,
        "lines": json.loads(row["lines"]),
        "tail": json.loads(row["tail"]),
        "receipt": None if row["receipt"] is None else json.loads(row["receipt"]),
        "articles": articles,
        "alerts": digests.told_by(tx, alert, MEMBERS),
        "deliveries": [{key: d[key] for key in DELIVERY} | {"said": delivery_said(d)} for d in told],
    }


def _shown(found: dict[str, Any]) -> Iterator[str]:
    """The alert as a person reads it."""
    yield found["title"]
    urgent = "urgent, " if found["severity"] == "urgent" else ""
    rule = f" of rule {found['rule']}" if found["rule"] else ""
    yield f"{found['kind']}{rule}, {urgent}made {found['created_at']}"
    if found["parent_id"]:
        yield f"Update of {found['parent_id']}"
    if found["receipt"] is not None:
        receipt = found["receipt"]
        yield f"Matched {', '.join(receipt['words']) or receipt['field']}: {receipt['query']}"
    if found["lines"]:
        yield ""
        yield from found["lines"]
    if found["articles"]:
        yield ""
        for each in found["articles"]:
            yield f"  {plain(each['first_seen_at'])}  {each['site']}  {each['title']}  {each['canonical_url']}"
    if found["alerts"]:
        yield ""
        yield from (f"  {each['id']}  {plain(each['created_at'])}  {each['title']}" for each in found["alerts"])
    if found["tail"]:
        yield ""
        yield from found["tail"]
    yield ""
    yield from (each["said"] for each in found["deliveries"])
    if not found["deliveries"]:
        yield "No delivery was made."
