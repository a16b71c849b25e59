"""What the demo's inbox received, held against what the newsroom knows must be told. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """`missing` and `extra` in words; both empty means every expected alert arrived, once."""

    expected: int
    arrived: int
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    repeated: int  # messages that came twice under one id: a receiver that looks at ids drops them

    @property
    def good(self) -> bool:
        return not self.missing and not self.extra


def verdict(expected: Sequence[Mapping[str, Any]], arrivals: Iterable[Mapping[str, Any]]) -> Verdict:
    """Compare expected alerts `{rule, event, urls}` with received webhook bodies `{id, data: {...}}`.

    An alert answers an expectation when rule and one of its outlets' addresses agree. Updates of a story
    already told are no alerts of their own.
    """
    log = list(arrivals)
    copies = Counter(a["id"] for a in arrivals_of(log))
    alerts = {a["id"]: a["data"] for a in arrivals_of(log)}
    answered: defaultdict[int, list[str]] = defaultdict(list)
    extra = []
    for alert in alerts.values():
        if alert["kind"] != "story":
            continue
        urls = {alert["url"], *(o["url"] for o in alert.get("outlets", ()))}
        hits = [i for i, e in enumerate(expected) if e["rule"] == alert["rule"] and urls & set(e["urls"])]
        if hits:
            answered[hits[0]].append(alert["title"])
        else:
            extra.append(f"{alert['rule']}: {alert['title']} ({alert['url']})")
    for index, titles in answered.items():
        extra += [f"{expected[index]['rule']}: told again as {t}" for t in titles[1:]]
    missing = [f"{e['rule']}: {e['event']}" for i, e in enumerate(expected) if i not in answered]
    return Verdict(
        expected=len(expected),
        arrived=len(answered),
        missing=tuple(missing),
        extra=tuple(extra),
        repeated=sum(n - 1 for n in copies.values()),
    )


def arrivals_of(log: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The webhook bodies in an inbox log that were accepted."""
    return [
        entry["body"]
        for entry in log
        if entry["via"] == "webhook" and 200 <= entry["status"] < 300 and "data" in entry["body"]
    ]
