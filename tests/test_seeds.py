"""What ships: config.yaml starts from a clean clone, and every seed is complete, honest and usable by its kind."""

import ipaddress
import json
import threading
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from alerts.parts import build
from alerts.rules import Rule, RuleSet
from core.clock import SystemClock
from core.config import Config, load
from core.errors import ParseError
from core.frames import SourceFrame
from core.kinds import load as load_kind
from core.model import Document, Response
from core.net import AddressPolicy, check_url
from core.yamlfile import read
from crawler import settings
from crawler.fetch import Fetcher

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SEEDS = sorted((ROOT / "seeds").glob("*.yaml"))
SHIPPED = load(ROOT / "config.yaml", {})
DEFINED = [(path, item) for path in SEEDS for item in read(path, {}).data["sources"]]
# Addresses that public lists keep copying although they were found dead, stale or empty.
DEAD = {
    "https://www.whitehouse.gov/feed/",
    "https://www.dhs.gov/rss.xml",
    "https://www.uscis.gov/rss.xml",
    "https://home.treasury.gov/rss.xml",
    "https://feeds.reuters.com/reuters/topNews",
    "https://www.dof.gob.mx/rss.php",
    "https://www.cbsa-asfc.gc.ca/news-nouvelles/rss-eng.xml",
    "https://www.milenio.com/rss",
}
MAY_WATCH = {"official", "press"}


@pytest.fixture(scope="module")
def shipped() -> Config:
    return SHIPPED


def test_the_shipped_configuration_starts_without_an_account_or_a_variable(shipped: Config) -> None:
    parts = build(shipped)
    assert set(parts.channels) == {"console"}
    assert shipped.contact
    assert not shipped.secrets
    assert shipped.allow_networks == ()
    assert shipped.database == str(ROOT / "data/borderwire.db")


def test_every_seed_file_is_included(shipped: Config) -> None:
    assert sorted(shipped.files) == sorted([ROOT / "config.yaml", *SEEDS])
    assert len(shipped.sources) == len(DEFINED)


def test_the_rules_shipped_hold_on_both_languages(shipped: Config) -> None:
    assert {r.name for r in shipped.rules} == {"tariffs", "national-guard"}
    rules = RuleSet([Rule(r.name, r.query) for r in shipped.rules], shipped.lists)
    for title, language, wanted in (
        ("New tariffs begin Saturday", "en", {"tariffs"}),
        ("Los aranceles comienzan el sábado", "es", {"tariffs"}),
        ("The National Guard at the border", "en", {"national-guard"}),
        ("La Guardia Nacional en la frontera", "es", {"national-guard"}),
        ("Guardia Nacional a cambio de aranceles", "es", {"tariffs", "national-guard"}),
        ("A sheriff at the border", "en", set()),
    ):
        assert {m.rule for m in rules.match(Document("1", title, "", language=language))} == wanted, title
    assert all(r.should_match and r.should_not_match for r in shipped.rules)


@pytest.mark.parametrize("wanted", ["us", "mx", "ca"])
def test_each_country_s_authorities_are_watched(shipped: Config, wanted: str) -> None:
    assert any({"official", wanted} <= set(s.tags) for s in shipped.sources)


def test_the_agencies_promised_are_there_and_the_press_in_both_languages(shipped: Config) -> None:
    hosts = {urlsplit(s.url).netloc for s in shipped.sources}
    assert hosts >= {
        "www.cbp.gov", "www.dhs.gov", "www.ice.gov", "www.uscis.gov", "www.state.gov", "ustr.gov",
        "www.federalregister.gov", "www.govinfo.gov", "www.dof.gob.mx", "www.gob.mx", "embamex.sre.gob.mx",
        "api.io.canada.ca", "gazette.gc.ca",
    }  # fmt: skip
    for language in ("en", "es"):
        assert sum("press" in s.tags and s.language == language for s in shipped.sources) >= 10


@pytest.mark.parametrize(("path", "seed"), DEFINED, ids=[s["name"] for _, s in DEFINED])
def test_a_seed_is_complete_and_says_what_is_known_of_it(path: Path, seed: dict[str, object]) -> None:
    frame = SourceFrame.model_validate(seed)
    assert frame.unverified, "until a fetch from a connected machine has been recorded"
    assert isinstance(frame.checked, date)
    assert 10 <= len(frame.evidence) <= 120
    assert frame.evidence.endswith(".")
    assert frame.language in ("en", "es") or "aggregator" in frame.tags
    assert MAY_WATCH & set(frame.tags)
    assert all(tag == tag.lower() and " " not in tag for tag in frame.tags)
    assert frame.url.startswith("https://")
    assert frame.url not in DEAD
    assert "[" not in frame.url, "brackets of a query are percent-encoded"
    assert "${" not in frame.url, "a seed needs no account"
    assert check_url(frame.url) == frame.url
    assert "_" not in frame.name


@pytest.mark.parametrize("source", SHIPPED.sources, ids=lambda s: s.name)
def test_a_seed_is_built_by_its_kind_and_asks_for_its_address(source) -> None:  # type: ignore[no-untyped-def]
    module = load_kind("crawler.sources", source.kind)
    built = module.build(source.name, source.url, module.Options.model_validate(source.options))
    assert [r.url for r in built.requests(NOW)] == [source.url]


def test_no_address_is_read_twice(shipped: Config) -> None:
    urls = [s.url for s in shipped.sources]
    assert sorted(set(urls)) == sorted(urls)


@pytest.mark.parametrize("source", [s for s in SHIPPED.sources if "register" in s.tags and s.kind == "json_api"],
                         ids=lambda s: s.name)  # fmt: skip
def test_a_federal_register_seed_reads_the_documented_shape(source) -> None:  # type: ignore[no-untyped-def]
    following = "https://www.federalregister.gov/api/v1/documents.json?page=2"
    page = {
        "count": 2,
        "total_pages": 1,
        "next_page_url": following,
        "results": [
            {
                "title": "Duties on an invented metal",
                "type": "Notice",
                "abstract": None,
                "document_number": "2026-00001",
                "html_url": "https://www.federalregister.gov/documents/2026/11/24/2026-00001/duties",
                "publication_date": "2026-11-24",
                "agencies": [{"raw_name": "AN AGENCY"}],
            },
            {"title": "Without an address", "document_number": "2026-00002"},
        ],
    }
    module = load_kind("crawler.sources", source.kind)
    built = module.build(source.name, source.url, module.Options.model_validate(source.options))
    parsed = built.parse(Response(source.url, 200, {}, json.dumps(page).encode()))
    assert [(e.title, e.id, e.summary) for e in parsed.entries] == [("Duties on an invented metal", "2026-00001", "")]
    assert parsed.entries[0].published == datetime(2026, 11, 24, tzinfo=UTC)
    assert parsed.entries[0].authors == ("AN AGENCY",)
    assert [r.url for r in parsed.next] == [following]
    assert parsed.skipped == 1


def test_the_gdelt_seed_claims_no_publication_date() -> None:
    source = next(s for s in SHIPPED.sources if s.name == "gdelt-border")
    page = {
        "articles": [
            {
                "url": "https://paper.example.mx/a",
                "title": "Una frontera , dos aduanas",
                "seendate": "20261124T100000Z",
                "language": "Spanish",
                "domain": "paper.example.mx",
            }
        ]
    }
    module = load_kind("crawler.sources", source.kind)
    built = module.build(source.name, source.url, module.Options.model_validate(source.options))
    (entry,) = built.parse(Response(source.url, 200, {}, json.dumps(page).encode())).entries
    assert (entry.published, entry.language, entry.title) == (None, "es", "Una frontera, dos aduanas")
    assert built.parse(Response(source.url, 200, {}, b"{}")).entries == ()
    with pytest.raises(ParseError, match="no JSON but: Please keep to one request"):
        built.parse(Response(source.url, 200, {}, b"Please keep to one request in five seconds."))


async def test_a_query_with_brackets_reaches_the_server_as_it_is_written() -> None:
    paths: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    wanted = [s.url.split("/", 3)[3] for s in SHIPPED.sources if "%" in s.url]
    assert len(wanted) >= 5
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    policy = AddressPolicy([ipaddress.ip_network("127.0.0.0/8")])
    fetcher = Fetcher(settings.service("a@example.org", 0, 10, "test"), policy, SystemClock())
    await fetcher.start()
    try:
        for path in wanted:
            await fetcher.get(f"http://127.0.0.1:{server.server_port}/{path}")
    finally:
        await fetcher.stop()
        server.shutdown()
        server.server_close()
    assert [p for p in paths if p != "/robots.txt"] == [f"/{path}" for path in wanted]
