"""The configuration: what is read, and that every fault is named at its line with what to write instead."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import config
from core.config import Config, load
from core.errors import ConfigError

GOOD = """\
contact: desk@example.org
include: [more.yaml]
polls_per_day: 24
allow_networks: [10.0.0.0/8, "fd00::/8"]
desk_url: https://desk.example.org
sources:
  - name: paper
    kind: feed
    url: https://paper.example.org/feed
    tags: [press, us]
    language: en
    every: 90s
    headers: {X-Key: "${PAPER_KEY}"}
  - {name: api, kind: json_api, url: "https://api.example.org/", fields: {url: link}, pages: 2, unverified: true}
rules:
  - name: tariffs
    query: tariff OR @metals
    channels: [console, console]
    wait: 5s
    update_every: never
channels:
  - {name: console, kind: console}
lists: {metals: [steel, aluminum]}
"""
MORE = """\
sources:
  - {name: diario, kind: feed, url: "https://diario.example.mx/rss", language: es}
lists: {cities: [Juárez]}
"""
FRAME = "contact: a@example.org\n"
SOURCE = FRAME + "sources:\n  - {name: a, kind: feed, url: 'https://a.example.org/'%s}\n"
RULE = "channels: [{name: console, kind: console}]\nrules:\n  - {name: a, query: tariff, channels: [console]%s}\n"


def write(folder: Path, text: str, name: str = "config.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, **environ: str) -> Config:
    return load(write(folder, text), environ)


def refused(folder: Path, text: str, **environ: str) -> list[str]:
    """The lines of the refusal, with paths relative to the folder."""
    with pytest.raises(ConfigError) as caught:
        read(folder, text, **environ)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_every_part_of_a_good_configuration_arrives(tmp_path: Path) -> None:
    write(tmp_path, MORE, "more.yaml")
    found = read(tmp_path, GOOD, PAPER_KEY="k-123456")
    assert [s.name for s in found.sources] == ["paper", "api", "diario"]
    paper, api, diario = found.sources
    assert paper.every == timedelta(seconds=90)
    assert paper.headers == {"X-Key": "k-123456"}
    assert paper.options == {}
    assert (api.options, api.unverified) == ({"fields": {"url": "link"}, "pages": 2}, True)
    assert diario.place == f"{tmp_path}/more.yaml:2"
    assert found.rules[0].channels == ("console",), "a channel named twice is told once"
    assert (found.rules[0].wait, found.rules[0].update_every) == (timedelta(seconds=5), "never")
    assert found.lists == {"metals": ("steel", "aluminum"), "cities": ("Juárez",)}
    assert [str(n) for n in found.allow_networks] == ["10.0.0.0/8", "fd00::/8"]
    assert [f.name for f in found.files] == ["config.yaml", "more.yaml"]
    assert found.secrets == {"k-123456"}
    assert (found.polls_per_day, found.max_interval, found.desk.port) == (24, timedelta(hours=6), 8001)


def test_what_is_not_given_has_its_default(tmp_path: Path) -> None:
    found = read(tmp_path, SOURCE % "" + "rules:\nchannels:\nlists:\n")
    assert (found.rules, found.channels, dict(found.lists)) == ((), (), {})
    assert (found.sources[0].every, found.sources[0].alert_newest, found.fetch.delay) == (None, 0, timedelta(seconds=1))


def test_several_faults_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = """\
contct: a@example.org
polls_per_day: many
desk: {prot: 1}
include: [absent.yaml]
sources:
  - {name: a, kind: fed, url: "https://a.example.org/", evry: 10m}
  - {name: a, kind: json_api, url: "ftp://a.example.org/", fieldz: {}, every: fast}
  - just text
rules:
  - {name: r, query: tariff, channels: [consol], wait: soon}
channels:
  - {name: console, kind: console, colour: red, url: "${ABSENT}"}
"""
    said = refused(tmp_path, text)
    for line, words in (
        (1, "unknown key 'contct': did you mean 'contact'?"),
        (1, "`contact:` is missing: an address or page that sites can reach you at"),
        (2, "polls_per_day: expected a whole number (got 'many')"),
        (3, "unknown key 'prot': did you mean 'port'?"),
        (6, "unknown kind 'fed': expected one of feed, json_api"),
        (7, "a second source named 'a'; the first is at config.yaml:6"),
        (7, "unknown key 'fieldz': did you mean 'fields'?"),
        (7, "'fields' is missing"),
        (7, "url: not an address that can be fetched: scheme ftp: only http and https"),
        (7, "every: 'fast' is no duration: write a number and s, m, h or d"),
        (8, "sources: expected a mapping of keys (got 'just text')"),
        (10, "rule r names the channel 'consol', did you mean 'console'?"),
        (10, "wait: 'soon' is no duration"),
        (12, "unknown key 'colour'"),
        (12, "the environment variable ABSENT is not set: export ABSENT=..."),
    ):
        assert any(s.startswith(f"config.yaml:{line}: {words}") for s in said), (line, words)
    assert "absent.yaml: there is no such file: config.yaml:4 includes it" in said
    lines = [int(s.split(":")[1]) for s in said if s.startswith("config.yaml:")]
    assert lines == sorted(lines)
    assert len(said) == len(set(said))


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (", evry: 10m", "unknown key 'evry': did you mean 'every'?"),
        (", xyz: 1", "unknown key 'xyz': expected one of alert_newest, checked, every"),
        (", every: 0.5s", "every: at least 1s (got '0.5s')"),
        (", every: 10", "every: 10 is no duration: write a number and s, m, h or d, such as 30s"),
        (", every: [1s]", "every: ['1s'] is no duration"),
        (", max_interval: 0s", "max_interval: at least 1s"),
        (", every: 99999999999d", "is longer than 100 years"),
        (", language: english", "language: expected two letters such as en or es (got 'english')"),
        (", alert_newest: -1", "alert_newest: must be greater than or equal to 0 (got -1)"),
        (", tags: press", "tags: expected a list (got 'press')"),
        (", tags: [2026]", "tags: expected text (got 2026)"),
        (", unverified: perhaps", "unverified: expected true or false"),
        (", extract: {bodi: p}", "unknown key 'bodi': did you mean 'body'?"),
        (', extract: {body: "div["}', "body: no CSS selector"),
        (', extract: {title: " "}', "title: no CSS selector"),
        (', headers: {X: "a\\nSet-Cookie: b"}', "X: only plain letters, digits and signs on one line"),
        (', headers: {"X\\nY": a}', "only plain letters, digits and signs on one line"),
        (", headers: {X: á}", "X: only plain letters, digits and signs on one line"),
    ],
)
def test_a_faulty_key_of_a_source_is_named_with_its_remedy(tmp_path: Path, keys: str, words: str) -> None:
    said = refused(tmp_path, SOURCE % keys)
    assert len(said) == 1
    assert said[0].startswith("config.yaml:3: ")
    assert words in said[0]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (", update_every: often", "such as 30s, 10m, 6h, 3d; or `each` or `never`"),
        (", chanels: [x]", "unknown key 'chanels': did you mean 'channels'?"),
        (", should_match: Tariffs", "should_match: expected a list (got 'Tariffs')"),
    ],
)
def test_a_faulty_key_of_a_rule_is_named_with_its_remedy(tmp_path: Path, keys: str, words: str) -> None:
    said = refused(tmp_path, RULE % keys)
    assert len(said) == 1
    assert said[0].startswith("config.yaml:3: ")
    assert words in said[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("polls_per_day: 0\n", "polls_per_day: must be greater than or equal to 1 (got 0)"),
        ("fetch: {timeout: 0s}\n", "timeout: at least 1s"),
        ("fetch: fast\n", "fetch: expected a mapping of keys (got 'fast')"),
        ("desk: {port: 70000}\n", "port: must be less than or equal to 65535"),
        ("desk_url: desk.example.org\n", "desk_url: not an address that can be fetched: scheme (none)"),
        ("contact: 'a\tb'\n", "contact: only plain letters, digits and signs on one line"),
        ("allow_networks: [localhost]\n", "'localhost' is no network: write one such as 10.0.0.0/8"),
        ("allow_networks: 10.0.0.0/8\n", "allow_networks: expected a list"),
        ("database: mysql://host/db\n", "unknown scheme 'mysql': expected a file, or one of"),
        ("database: ''\n", "database: "),
        ("lists: {a: steel}\n", "a: expected a list (got 'steel')"),
        ("sources: {a: b}\n", "sources: expected a list"),
        ("include: more.yaml\n", "include: expected a list"),
    ],
)
def test_a_faulty_setting_is_named_with_its_remedy(tmp_path: Path, text: str, words: str) -> None:
    said = refused(tmp_path, text)
    assert len(said) == 1
    assert said[0].startswith("config.yaml:1: ")
    assert words in said[0]


def test_a_missing_key_is_named_at_its_entry(tmp_path: Path) -> None:
    text = FRAME + "sources:\n\n  - {kind: feed, url: 'https://a.example.org/'}\n  - {name: b}\nrules: [{name: r}]\n"
    assert refused(tmp_path, text) == [
        "config.yaml:4: 'name' is missing",
        "config.yaml:5: 'kind' is missing",
        "config.yaml:5: 'url' is missing",
        "config.yaml:6: 'query' is missing",
        "config.yaml:6: 'channels' is missing",
    ]


@pytest.mark.parametrize("name", ["Upper", "two words", "", "-a", "é", "a" * 65, "a\n"])
def test_a_name_that_could_not_stand_in_an_address_is_refused(tmp_path: Path, name: str) -> None:
    text = f"channels:\n  - kind: console\n    name: {name!r}\n"
    said = refused(tmp_path, text)
    assert len(said) == 1
    assert said[0].startswith("config.yaml:3: name: expected lower-case letters, digits, - _ and .")


@pytest.mark.parametrize("key", ["sources", "rules", "channels"])
def test_a_name_is_used_once_across_all_files(tmp_path: Path, key: str) -> None:
    items = {
        "sources": "{name: a, kind: feed, url: 'https://a.example.org/'}",
        "rules": "{name: a, query: tariff, channels: [a]}",
        "channels": "{name: a, kind: console}",
    }
    write(tmp_path, f"{key}: [{items[key]}]\n", "more.yaml")
    text = FRAME + "include: [more.yaml]\n" + "".join(f"{k}: [{v}]\n" for k, v in items.items())
    said = refused(tmp_path, text)
    line = 3 + list(items).index(key)
    assert said == [f"more.yaml:1: a second {key[:-1]} named 'a'; the first is at config.yaml:{line}"]


def test_a_list_of_one_name_in_two_files_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, "lists:\n  a: [y]\n", "more.yaml")
    said = refused(tmp_path, "include: [more.yaml]\nlists: {a: [x]}\n")
    assert said == ["more.yaml:2: a second list named 'a'; the first is at config.yaml:2"]


def test_an_included_file_holds_no_settings_of_the_service(tmp_path: Path) -> None:
    write(tmp_path, "contact: b@example.org\ninclude: [other.yaml]\nrulez: []\n", "more.yaml")
    said = refused(tmp_path, FRAME + "include: [more.yaml]\n")
    assert said == [
        "more.yaml:1: 'contact' belongs in config.yaml, not in an included file",
        "more.yaml:2: 'include' belongs in config.yaml, not in an included file",
        "more.yaml:3: unknown key 'rulez': did you mean 'rules'?",
    ]


def test_an_included_file_that_is_broken_hides_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "sources: [\n", "more.yaml")
    said = refused(tmp_path, "include: [more.yaml, ./absent.yaml]\npols_per_day: 3\n")
    assert any(s.startswith("more.yaml:2: not valid YAML") for s in said)
    assert "absent.yaml: there is no such file: config.yaml:1 includes it" in said
    assert "config.yaml:2: unknown key 'pols_per_day': did you mean 'polls_per_day'?" in said


def test_a_rule_that_names_no_known_channel_is_told_which_there_are(tmp_path: Path) -> None:
    text = "channels: [{name: desk, kind: console}]\nrules:\n  - {name: r, query: x, channels:\n    [desk, mail]}\n"
    assert refused(tmp_path, text) == [
        "config.yaml:4: rule r names the channel 'mail', which is not configured; configured: desk"
    ]


def test_a_faulty_channel_is_not_reported_again_by_its_rules(tmp_path: Path) -> None:
    text = "channels: [{name: desk, kind: pigeon}]\nrules: [{name: r, query: x, channels: [desk]}]\n"
    assert [s for s in refused(tmp_path, text) if "pigeon" not in s] == []


def test_an_empty_file_says_what_it_needs(tmp_path: Path) -> None:
    for text in ("", "# nothing yet\n", "---\n"):
        assert refused(tmp_path, text) == [
            "config.yaml:1: the file is empty: it needs `sources:`, `rules:` and `channels:`"
        ]


def test_a_missing_file_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.yaml: there is no such file: name one with --config"):
        load(tmp_path / "config.yaml", {})


def test_a_secret_is_filled_in_from_the_environment_or_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from-a-file\n")
    keys = ', headers: {A: "${ONE}", B: "Bearer ${file:key}", C: "${ONE}-${TWO}"}'
    found = read(tmp_path, SOURCE % keys, ONE="first", TWO="second")
    assert found.sources[0].headers == {"A": "first", "B": "Bearer from-a-file", "C": "first-second"}
    assert found.secrets == {"first", "second", "from-a-file"}


def test_a_number_may_come_from_the_environment(tmp_path: Path) -> None:
    assert read(tmp_path, 'polls_per_day: "${POLLS}"\n', POLLS="12").polls_per_day == 12


def test_a_secret_that_cannot_be_had_is_one_fault_not_two(tmp_path: Path) -> None:
    text = "contact: ${GONE}\ndesk_url: ${EMPTY}\ndatabase: ${file:nowhere/x}\n"
    said = refused(tmp_path, text, EMPTY="")
    assert said[0].startswith("config.yaml:1: the environment variable GONE is not set: export GONE=...")
    assert said[1].startswith("config.yaml:2: the environment variable EMPTY is empty: export EMPTY=...")
    assert said[2] == "config.yaml:3: the file nowhere/x cannot be read: No such file or directory"
    assert len(said) == 3


def test_a_fault_never_shows_a_secret(tmp_path: Path) -> None:
    text = 'desk_url: "${HOOK}"\ncontact: "${HOOK}\\n"\ndatabase: "https://hooks.slack.com/services/T0/B0/canary"\n'
    said = "\n".join(refused(tmp_path, text, HOOK="canary-from-outside"))
    assert "canary" not in said
    assert said.count("••••") == 2


def test_what_a_channel_keeps_secret_is_not_shown_when_it_is_wrong(tmp_path: Path) -> None:
    text = (
        "channels:\n"
        "  - {name: a, kind: slack, url: 'htps://canary'}\n"
        "  - {name: b, kind: webhook, url: 'https://example.org/', secret: canary}\n"
        "  - {name: c, kind: email, smtp: 'smpt://me:canary@host', from: x, to: [a@example.org]}\n"
    )
    said = refused(tmp_path, text)
    assert [s.partition(": ")[2].split(":")[0] for s in said] == ["url", "secret", "smtp", "from"]
    assert "canary" not in "\n".join(said)


def test_a_faulty_contact_is_not_reported_as_missing_too(tmp_path: Path) -> None:
    said = refused(tmp_path, (SOURCE % "").replace("a@example.org", "'añ@example.org'"))
    assert len(said) == 1
    assert "contact: only plain letters" in said[0]


def test_a_relative_database_lies_beside_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    for text, path in (
        ("polls_per_day: 1\n", tmp_path / "data/borderwire.db"),
        ("database: x.db\n", tmp_path / "x.db"),
        ("database: sqlite:///x.db\n", tmp_path / "x.db"),
        ("database: sqlite:////var/x.db\n", Path("/var/x.db")),
        ("database: /var/x.db\n", Path("/var/x.db")),
        ("database: ~/x.db\n", Path("~/x.db").expanduser()),
    ):
        assert read(tmp_path, text).database == str(path)
    assert read(tmp_path, "database: ':memory:'\n").database == ":memory:"


def test_keys_shared_by_an_anchor_reach_every_source(tmp_path: Path) -> None:
    text = FRAME + (
        "sources:\n"
        "  - {name: a, kind: json_api, url: 'https://a.example.org/', fields: &map {url: link}}\n"
        "  - &b {name: b, kind: json_api, url: 'https://b.example.org/', fields: *map, pages: 3}\n"
        "  - {<<: *b, name: c}\n"
    )
    found = read(tmp_path, text)
    assert [s.options["fields"] for s in found.sources] == [{"url": "link"}] * 3
    assert found.sources[2].options["pages"] == 3
    assert refused(tmp_path, text.replace("pages: 3", "pages: 99")) == [
        "config.yaml:4: pages: must be less than or equal to 20 (got 99)",
        "config.yaml:5: pages: must be less than or equal to 20 (got 99)",
    ]


TOP = st.sampled_from([*config.Frame.model_fields, "x"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TOP | st.sampled_from(["name", "kind"]), inner),
    max_leaves=8,
)


@given(data=st.dictionaries(TOP, ANY, max_size=5))
def test_whatever_a_file_holds_it_is_read_or_refused_with_a_place(
    data: dict[str, object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    from ruamel.yaml import YAML

    path = tmp_path_factory.getbasetemp() / "any.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(data, file)
    try:
        found: Config | ConfigError = load(path, {})
    except ConfigError as error:
        found = error
    assert isinstance(found, Config) or str(path) in str(found)
