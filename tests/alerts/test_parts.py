"""The alerting half of a configuration: built whole, or refused with every fault and its place."""

from pathlib import Path

import pytest

from alerts import parts
from core import config
from core.config import Config
from core.errors import ConfigError
from core.model import Document

CHANNELS = "channels:\n  - {name: console, kind: console}\n"


def load(folder: Path, rules: str, lists: str = "") -> Config:
    file = folder / "config.yaml"
    file.write_text(f"{CHANNELS}{lists}rules:\n{rules}", encoding="utf-8")
    return config.load(file, {})


GOOD = """\
  - name: tariffs
    query: tariff OR arancel
    channels: [console]
    should_match: ["Tariffs on steel announced", "Suben los aranceles"]
    should_not_match: ["The sheriff spoke"]
  - {name: states, query: "@states tariff", channels: [console]}
"""
BAD = """\
  - {name: mixed, query: a AND b OR c, channels: [console]}
  - {name: fine, query: tariff, channels: [console]}
  - name: wrong
    query: tariff
    channels: [console]
    should_match: [copper]
    should_not_match: [a tariff]
  - {name: unknown, query: "colour:red", channels: [console]}
"""


def test_rules_and_channels_are_built(tmp_path: Path) -> None:
    built = parts.build(load(tmp_path, GOOD, "lists: {states: [Texas, New Mexico]}\n"))
    assert list(built.channels) == ["console"]
    assert built.channels["console"].targets()
    article = Document("1", "Tariffs", "Tariffs reach New Mexico", language="en")
    assert [m.rule for m in built.evaluator.rules.match(article)] == ["tariffs", "states"]


def test_every_fault_is_named_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        parts.build(load(tmp_path, BAD))
    file = tmp_path / "config.yaml"
    assert str(caught.value).splitlines() == [
        f"{file}:4: rule mixed cannot be read:",
        "    a AND b OR c",
        "    ^ AND and OR are mixed; write parentheses: either (a AND b) OR c or a AND (b OR c)",
        f"{file}:6: rule wrong: should_match: 'copper' does not match 'tariff'",
        f"{file}:6: rule wrong: should_not_match: 'a tariff' matches 'tariff'",
        f"{file}:11: rule unknown cannot be read:",
        "    colour:red",
        "    ^ unknown field colour: expected one of title:, lead:, body:, url:, site:, source:, lang:, tag:, author:,"
        " kind: (or quote the word)",
    ]


def test_a_list_no_rule_can_use_is_a_fault_of_the_rule(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown list @states"):
        parts.build(load(tmp_path, GOOD))
