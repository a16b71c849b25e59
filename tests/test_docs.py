"""What is undocumented fails here: every command, option, configuration key and kind; every path and target named."""

import importlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from alerts.rules import Rule, RuleSet
from core import config, frames
from core.durations import parse_duration
from core.kinds import kinds, load
from core.model import Document
from core.yamlfile import read

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
CONFIG = (ROOT / "docs/config.md").read_text()
CLI = (ROOT / "docs/cli.md").read_text()
RULES = (ROOT / "docs/rules.md").read_text()
README = (ROOT / "README.md").read_text()
FRAMES: dict[str, type[BaseModel]] = {
    "## The main file": frames.Frame,
    "## Sources": frames.SourceFrame,
    "## Rules": frames.RuleFrame,
    "## Channels": frames.ChannelFrame,
    "`fetch`:": frames.FetchFrame,
    "`desk`:": frames.DeskFrame,
}
PLUGINS = [(package, kind) for package in ("crawler.sources", "alerts.channels") for kind in kinds(package)]
ENVIRON = {"PAPER_KEY": "k-123", "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T0/B0/x",
           "SLACK_BOT_TOKEN": "xoxb-1-2-x", "APPRISE_URL": "ntfys://ntfy.example.org/border",
           "HOOK_SECRET": "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}  # fmt: skip
ONLY_FOR_TESTS = {"BORDERWIRE_FAILPOINT"}


def section(text: str, heading: str) -> str:
    """From a line that begins with `heading` to the next heading or the next line of the same form."""
    found = re.search(rf"(?m)^{re.escape(heading)}.*$", text)
    assert found, f"no section {heading!r}"
    rest = text[found.end() :]
    end = re.search(r"(?m)^(#{2,3} |`\w+`:$)", rest)
    return rest[: end.start()] if end else rest


def rows(text: str) -> dict[str, list[str]]:
    """The tables of a section: each `name` in the first cell -> the cells of its row."""
    found = {}
    for line in re.findall(r"(?m)^\|(.+)\|$", text):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]
        for name in re.findall(r"`([^`]+)`", cells[0]):
            found[name] = cells
    return found


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def check_table(text: str, model: type[BaseModel]) -> None:
    """Every key is in the table and no other, needed ones say so, defaults that are values are right."""
    table = rows(text)
    assert set(table) == set(keys_of(model))
    for key, field in keys_of(model).items():
        said = table[key][1]
        assert (said == "needed") == field.is_required(), key
        if isinstance(field.default, bool):
            assert said == f"`{str(field.default).lower()}`", key
        elif isinstance(field.default, int):
            assert said == f"`{field.default}`", key
        elif isinstance(field.default, timedelta):
            assert parse_duration(said.strip("`")) == field.default, key


@pytest.mark.parametrize("heading", FRAMES)
def test_every_key_of_the_configuration_is_documented(heading: str) -> None:
    check_table(section(CONFIG, heading), FRAMES[heading])


@pytest.mark.parametrize(("package", "kind"), PLUGINS)
def test_every_kind_and_each_of_its_options_is_documented(package: str, kind: str) -> None:
    text = section(CONFIG, f"### kind: {kind}")
    module = load(package, kind)
    check_table(text, module.Options)
    if not module.Options.model_fields:
        assert "no options" in text
    assert module.__doc__, "a kind's docstring is its manual"
    assert f"kind: {kind}" in module.__doc__


def test_no_kind_is_documented_that_does_not_exist() -> None:
    assert set(re.findall(r"(?m)^### kind: (\w+)$", CONFIG)) == {kind for _, kind in PLUGINS}


@pytest.mark.parametrize("text", re.findall(r"(?s)```yaml\n(.*?)```", CONFIG))
def test_each_example_of_the_configuration_is_one_the_service_takes(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(text)
    config.load(tmp_path / "config.yaml", ENVIRON)


def test_every_environment_variable_is_documented() -> None:
    used: set[str] = set()
    for folder in ("core", "store", "crawler", "alerts", "cli", "demo", "dashboard"):
        for path in (ROOT / folder).rglob("*.py"):
            used |= set(re.findall(r"[\"']((?:BORDERWIRE|NO)_[A-Z_]+)[\"']", path.read_text()))
    documented = set(rows(section(CONFIG, "## Environment variables")))
    assert used - ONLY_FOR_TESTS - {"NO_COLOR"} <= documented


EXAMPLES = [
    cells
    for line in re.findall(r"(?m)^\|(.+)\|$", section(RULES, "## Examples"))
    if (cells := [c.strip() for c in line.split("|")])[2] in ("yes", "no")
]


@pytest.mark.parametrize(("query", "text", "holds"), EXAMPLES)
def test_each_example_of_the_rule_language_is_true(query: str, text: str, holds: str) -> None:
    rules = RuleSet([Rule("example", query.strip("`"))])
    assert bool(rules.match(Document("1", "", text, language="en"))) == (holds == "yes")


def test_each_form_shown_of_the_rule_language_can_be_read() -> None:
    lists = {"border_states": ["Texas"]}
    for heading in ("## Words", "## Joining them", "## Fields"):
        for form in rows(section(RULES, heading)):
            if form != "( )":
                RuleSet([Rule("form", form if "kind:" not in form else f"tariff {form}")], lists)
    for form in rows(section(README, "## Write a rule")):
        RuleSet([Rule("form", form)], lists)


def test_every_field_of_the_rule_language_is_documented() -> None:
    from alerts.rules.parser import META_FIELDS, TEXT_FIELDS

    shown = {form.partition(":")[0] for form in rows(section(RULES, "## Fields"))}
    assert shown == {*TEXT_FIELDS, *META_FIELDS}


def group() -> click.Group:
    """Imported by the tests themselves, so that the other documents are checked even where a part is missing."""
    found: Any = importlib.import_module("cli.__main__").borderwire
    assert isinstance(found, click.Group)
    return found


def commands(node: click.Command, path: str = "borderwire") -> Iterator[tuple[str, click.Command]]:
    if not isinstance(node, click.Group):
        yield path, node
        return
    for name, child in node.commands.items():
        yield from commands(child, f"{path} {name}")


def options(command: click.Command) -> dict[str, click.Option]:
    return {o: p for p in command.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)}


def plain(default: object) -> str:
    return f"{default:g}" if isinstance(default, (int, float)) else str(default)


def documented_options(text: str) -> dict[str, str]:
    """Each option named in a section, in its table or its words, with what is said of it."""
    found: dict[str, str] = {}
    for name, cells in rows(text).items():
        found[name.split()[0]] = " ".join(cells)
    for name in re.findall(r"Option: `(--[\w-]+)`", text):
        found[name] = ""
    return found


def test_every_command_is_documented_and_no_other() -> None:
    headings = {h.split(" [")[0] for h in re.findall(r"(?m)^### `(borderwire [^`]+)`$", CLI)}
    named = {" ".join(w for w in h.split() if not w.isupper() and "|" not in w) for h in headings}
    assert named == {path for path, _ in commands(group())}


def test_every_option_is_documented_at_its_command_and_no_other() -> None:
    faults = []
    for path, command in commands(group()):
        heading = next(
            h for h in re.findall(r"(?m)^### `borderwire [^`]+`$", CLI) if f"`{path}`" in h or f"`{path} " in h
        )
        said = documented_options(section(CLI, heading))
        real = options(command)
        faults += [f"{path} {name}: not documented" for name in real.keys() - said.keys()]
        faults += [f"{path} {name}: does not exist" for name in said.keys() - real.keys()]
        faults += [
            f"{path} {name}: its default is not told"
            for name in real.keys() & said.keys()
            if real[name].show_default and plain(real[name].default) not in said[name]
        ]
    assert faults == []


def test_the_options_of_all_commands_are_documented() -> None:
    top = CLI.split("## The service")[0]
    assert {name.split()[0] for name in rows(top)} == set(options(group())) - {"--help", "-h"} | {"--version"}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_picture_is_there(page: Path) -> None:
    for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_path_of_the_tree_that_is_named_exists(page: Path) -> None:
    tops = "core|store|crawler|alerts|cli|dashboard|demo|seeds|deploy|tests|docs|benchmarks"
    for path in re.findall(rf"`((?:{tops})/[\w./-]*|scheduler\.py|config\.yaml)`", page.read_text()):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text()))
    named = set(re.findall(r"(?m)(?:^    |`|&& )make (?:-C \S+ )?([a-z]+)", page.read_text()))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_command_that_is_shown_exists(page: Path) -> None:
    known = {path.removeprefix("borderwire ") for path, _ in commands(group())}
    groups = {name.split()[0] for name in known}
    for shown in re.findall(r"(?:`|bin/|^    |\| )borderwire ((?:[a-z]+ ?){1,2})", page.read_text(), re.M):
        words = shown.split()
        if words:
            assert words[0] in groups, shown
            assert words[0] in known or " ".join(words) in known, shown


def test_the_changelog_has_a_place_for_what_comes_next_and_names_areas() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert "## Unreleased" in text
    assert re.findall(r"(?m)^### (.+)$", text)
    assert set(re.findall(r"(?m)^### (.+)$", text)) <= {
        "Added",
        "Changed",
        "Deprecated",
        "Removed",
        "Fixed",
        "Security",
    }
    assert all(re.match(r"- [a-z]+: \S", line) for line in re.findall(r"(?m)^- .*$", text))


def test_the_readme_counts_its_sources() -> None:
    count = sum(len(read(path, {}).data["sources"]) for path in (ROOT / "seeds").glob("*.yaml"))
    assert (count, "sixty sources" in README, f"none of the {count} sources" in README) == (60, True, True)


def test_the_readme_s_two_commands_come_first() -> None:
    shown = re.findall(r"(?m)^    (make \w+)", README)
    assert shown[:2] == ["make demo", "make test"]
