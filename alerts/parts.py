"""The alerting half of a configuration, built and checked before anything live is touched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alerts.evaluate import Evaluator
from alerts.rules import Rule, RuleSet
from alerts.rules.check import check
from core.config import Config, RuleConfig
from core.errors import ConfigError, RuleSyntaxError
from core.kinds import load


@dataclass(frozen=True, slots=True)
class Parts:
    """The evaluator and the channels it tells, by name."""

    evaluator: Evaluator
    channels: Mapping[str, Any]  # alerts.deliver.Channel


def build(config: Config) -> Parts:
    """Build rules and channels. Raises ConfigError naming the place of every rule that cannot be used."""
    rules = ruleset(config)
    channels = {c.name: build_channel(c.name, c.kind, c.options) for c in config.channels}
    quiet = {c.name: c.quiet_hours for c in config.channels if c.quiet_hours is not None}
    return Parts(Evaluator(rules, {r.name: r for r in config.rules}, channels, quiet, config.time_zone), channels)


def build_channel(name: str, kind: str, options: Mapping[str, Any]) -> Any:
    """The channel of a kind with its own checked options."""
    module = load("alerts.channels", kind)
    return module.build(name, module.Options.model_validate(options))


def ruleset(config: Config) -> RuleSet:
    """The rules, parsed and tried on their own examples. Raises ConfigError naming every fault with its place."""
    faults = [fault for rule in config.rules for fault in _faults(rule, config)]
    if faults:
        raise ConfigError("\n".join(faults))
    return RuleSet([Rule(r.name, r.query) for r in config.rules], config.lists)


def _faults(rule: RuleConfig, config: Config) -> list[str]:
    """What is wrong with one rule: a query that cannot be read, or else each example that does not hold."""
    try:
        return [f"{rule.place}: rule {rule.name}: {p.message}" for p in check([rule], config.lists)]
    except RuleSyntaxError as error:
        pointed = "\n".join(f"    {line}" for line in error.pointed().splitlines())
        return [f"{rule.place}: rule {rule.name} cannot be read:\n{pointed}"]
