"""What makes a source another one: its kind, address, options or reader, and nothing else."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from core import config as configuration
from core.kinds import kinds, load
from crawler.context import definitions

BASE = {"name": "wire", "kind": "sitemap", "url": "https://a.example/map", "limit": 100}


def digest(folder: Path, **changes: Any) -> str:
    path = folder / "config.yaml"
    path.write_text(json.dumps({"contact": "test@example.org", "sources": [BASE | changes]}))
    (made,) = definitions(configuration.load(path, {}))
    return made.digest


@pytest.mark.parametrize("changes", [{"url": "https://a.example/other"}, {"limit": 200}, {"links": "/news/"}])
def test_another_place_or_another_way_to_read_it_is_another_source(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert digest(tmp_path, **changes) != digest(tmp_path)


@pytest.mark.parametrize("changes", [{"tags": ["official"]}, {"language": "es"}, {"every": "5m"}, {"alert_newest": 3}])
def test_what_is_only_said_about_it_leaves_it_the_same(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert digest(tmp_path, **changes) == digest(tmp_path)


def test_a_reader_that_reads_otherwise_makes_its_sources_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digest(tmp_path)
    monkeypatch.setattr("crawler.sources.feed.REVISION", 2)
    assert digest(tmp_path) == before
    monkeypatch.setattr("crawler.sources.sitemap.REVISION", 2)
    assert digest(tmp_path) != before


def test_the_first_revision_is_what_databases_were_made_with(tmp_path: Path) -> None:
    shape = ["sitemap", "https://a.example/map", {"limit": 100}]
    assert digest(tmp_path) == hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:16]


def test_every_reader_has_a_revision() -> None:
    assert all(load("crawler.sources", kind).REVISION >= 1 for kind in kinds("crawler.sources"))
