"""YAML as read: the line of every value, values from outside, and files that are no such thing."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.yamlfile import Loaded, read


def load(folder: Path, text: str | bytes, **environ: str) -> Loaded:
    path = folder / "c.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, environ)


def refused(folder: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return str(caught.value).replace(f"{folder}/", "")


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    found = load(tmp_path, "a: 1\n\nb:\n  - x\n  - {c: 2,\n     d: 3}\n")
    assert found.data == {"a": 1, "b": ["x", {"c": 2, "d": 3}]}
    place = {path: found.place(path).rpartition(":")[2] for path in (("a",), ("b", 1), ("b", 1, "d"), ())}
    assert place == {("a",): "1", ("b", 1): "5", ("b", 1, "d"): "6", (): "1"}
    assert found.place(("b", 1, "absent", 3)) == f"{tmp_path}/c.yaml:5", "the nearest thing around it"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: [\n", "c.yaml:3: not valid YAML: expected the node content"),
        ("a: 1\n\tb: 2\n", "c.yaml:2: not valid YAML: found character '\\t' that cannot start any token"),
        ("a: 1\nb: 'open\n", "c.yaml:3: not valid YAML: found unexpected end of stream"),
        ("a: *nobody\n", "c.yaml:1: not valid YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", "c.yaml:2: not valid YAML: but found another document"),
        ("a: 1\nb: \x07\n", "c.yaml:2: not valid YAML: a control character (0x07)"),
        (b"a: 1\nb: caf\xe9\n", "c.yaml:2: byte 0xe9 is not UTF-8: save the file in UTF-8"),
        ("a: 1\n".encode("utf-16"), "c.yaml:1: byte 0xff is not UTF-8: save the file in UTF-8"),
        ("- a\n- b\n", "c.yaml:1: expected a mapping of settings, such as `sources:` and `rules:`"),
        ("just words\n", "c.yaml:1: expected a mapping of settings"),
        ("a: " + "[" * 5000, "c.yaml:1: not valid YAML: nested too deeply"),
    ],
)
def test_what_is_no_configuration_is_refused_at_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    assert refused(tmp_path, text).startswith(said)


def test_a_repeated_key_is_refused_without_showing_its_values(tmp_path: Path) -> None:
    assert refused(tmp_path, "url: secret-one\nurl: secret-two\n") == (
        'c.yaml:2: not valid YAML: found duplicate key "url"'
    )


def test_aliases_that_multiply_are_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "more than 200,000 values" in refused(tmp_path, "\n".join(lines) + "\n")


def test_an_alias_that_holds_itself_ends(tmp_path: Path) -> None:
    assert load(tmp_path, "a: &a [*a]\n").data == {"a": [None]}


def test_a_tag_makes_nothing_and_is_named(tmp_path: Path) -> None:
    found = load(tmp_path, "a: 1\nb: !!python/object/apply:os.system [ls]\nc: !mine x\nd: !!binary aGk=\n")
    assert (found.data["c"], found.data["d"]) == (None, None)
    assert [f.rpartition("c.yaml:")[2] for f in found.faults] == [
        "3: c: a YAML tag or type nobody reads",
        "4: d: a YAML tag or type nobody reads",
    ]
    assert found.data["b"] == ["ls"], "what a tag asks to be run is only text"


def test_words_that_yaml_1_1_took_for_truth_are_words(tmp_path: Path) -> None:
    assert load(tmp_path, "a: [no, on, NO, y, 12:30:00]\n").data == {"a": ["no", "on", "NO", "y", "12:30:00"]}


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: x\r\n").data == {"a": 1, "b": "x"}


def test_a_folder_or_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        read(tmp_path, {})
    with pytest.raises(ConfigError, match=r"absent\.yaml: there is no such file: name one with --config"):
        read(tmp_path / "absent.yaml", {})


def test_keys_merged_in_have_the_place_of_their_mapping(tmp_path: Path) -> None:
    found = load(tmp_path, "base: &b {x: 1}\nmine:\n  <<: *b\n  y: 2\n")
    assert found.data["mine"] == {"x": 1, "y": 2}
    assert found.place(("mine", "x")) == f"{tmp_path}/c.yaml:2"
    assert found.place(("mine", "y")) == f"{tmp_path}/c.yaml:4"


def test_values_from_outside_are_remembered_as_secrets(tmp_path: Path) -> None:
    (tmp_path / "one").write_text(" hidden \n")
    found = load(tmp_path, "a: ${X}/${ X }\nb: ['${file:one}']\nc: $X $$ {X}\n", X="value")
    assert found.data == {"a": "value/value", "b": ["hidden"], "c": "$X $$ {X}"}
    assert found.secrets == {"value", "hidden"}


def test_a_value_from_outside_is_not_read_again(tmp_path: Path) -> None:
    assert load(tmp_path, "a: ${X}\n", X="${Y}: [1]").data == {"a": "${Y}: [1]"}


def test_each_value_that_cannot_be_had_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    text = "a: ${NO}\nb:\n  - ${BLANK}\n  - ${file:none}\n  - ${file:empty}\n  - ${file:binary}\n  - ${file:.}\n"
    found = load(tmp_path, text, BLANK="")
    assert [f.rpartition("c.yaml:")[2].split(": export")[0] for f in found.faults] == [
        "1: the environment variable NO is not set",
        "3: the environment variable BLANK is empty",
        "4: the file none cannot be read: No such file or directory",
        "5: the file empty is empty",
        "6: the file binary cannot be read as UTF-8 text",
        "7: the file . cannot be read: Is a directory",
    ]
    assert found.secrets == set()


YAMLISH = st.lists(st.sampled_from([*"[]{}:,-&*!|>'\"#%@ \n\t", "a", "b: ", "- ", "<<: ", "&x ", "*x", "${A}", "\0"]))


@given(body=st.binary(max_size=60) | YAMLISH.map(lambda parts: "".join(parts).encode()))
@example(body=b"? [a]\n: b\n")
@example(body=b"%YAML 9.9\n---\na: 1\n")
@example(body=b"{? : }")
@example(body=b"a: 2026-13-45\n")
def test_any_bytes_are_read_or_refused_with_their_file(body: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any-bytes.yaml"
    path.write_bytes(body)
    said = ""
    try:
        data = read(path, {}).data
    except ConfigError as error:
        said, data = str(error), {}
    assert isinstance(data, dict)
    assert not said or said.startswith(f"{path}:")
