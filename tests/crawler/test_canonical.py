"""One address for one article: what must be one, what must stay two."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.net import MAX_URL
from crawler.canonical import canonical, declared, key

ARTICLE = "https://www.news.example/2025/02/05/bridge-shut/"

SAME = [
    "https://www.news.example/2025/02/05/bridge-shut",
    "http://www.news.example/2025/02/05/bridge-shut/",
    "HTTPS://WWW.NEWS.EXAMPLE/2025/02/05/bridge-shut/",
    "https://news.example/2025/02/05/bridge-shut/",
    "https://m.news.example/2025/02/05/bridge-shut/",
    "https://mobile.news.example/2025/02/05/bridge-shut",
    "https://amp.news.example/2025/02/05/bridge-shut/",
    "https://www.news.example:443/2025/02/05/bridge-shut/",
    "http://www.news.example:80/2025/02/05/bridge-shut/",
    "https://www.news.example./2025/02/05/bridge-shut/",
    "https://www.news.example/2025/02/05/bridge-shut/amp/",
    "https://www.news.example/2025/02/05/bridge-shut/amp",
    "https://www.news.example/amp/2025/02/05/bridge-shut/",
    "https://www.news.example/2025/02/05/bridge-shut/index.html",
    "https://www.news.example/2025/02/05/bridge-shut/#comments",
    "https://www.news.example/2025/02/05/bridge-shut/?utm_source=feed&utm_medium=rss&utm_campaign=x",
    "https://www.news.example/2025/02/05/bridge-shut/?fbclid=abc&gclid=def&msclkid=ghi",
    "https://www.news.example/2025/02/05/bridge-shut/?at_medium=RSS&at_campaign=KARANGA",
    "https://www.news.example/2025/02/05/bridge-shut/?mc_cid=1&mc_eid=2&_hsenc=3&ocid=4&cmpid=5&ncid=6",
    "https://www.news.example/2025/02/05/bridge-shut/?outputType=amp",
    "https://www.news.example/2025/02/05/bridge-shut/?amp",
    "https://www.news.example/2025/02/05/x/../bridge-shut/./",
    "https://www.news.example/2025/02/05/bridge%2Dshut/",
    " https://www.news.example/2025/02/05/bridge-shut/\n",
    "https://www.news.example/2025/02/05/bridge-shut/?",
]
DIFFERENT = [
    ("https://news.example/story?id=1", "https://news.example/story?id=2"),
    ("https://news.example/story?id=1", "https://news.example/story"),
    ("https://news.example/a", "https://news.example/b"),
    ("https://news.example/Bridge", "https://news.example/bridge"),
    ("https://news.example/2025/02/05/a", "https://news.example/2025/02/06/a"),
    ("https://news.example/en/a", "https://news.example/es/a"),
    ("https://es.news.example/a", "https://news.example/a"),
    ("https://news.example/a", "https://other.example/a"),
    ("https://news.example:8443/a", "https://news.example/a"),
    ("https://news.example/camp", "https://news.example/c"),
    ("https://news.example/ramp/", "https://news.example/r/"),
    ("https://news.example/a%2Fb", "https://news.example/a/b"),
    ("https://news.example/a?page=2", "https://news.example/a"),
    ("https://news.example/#!/a", "https://news.example/#!/b"),
    ("https://news.example/a?q=%C3%B1", "https://news.example/a?q=n"),
    ("https://news.example/a?q=%FF", "https://news.example/a?q=%FE"),
    ("https://news.example/index.php?id=1", "https://news.example/index.php?id=2"),
    ("http://m.example/a", "http://amp.example/a"),
]


@pytest.mark.parametrize("variant", SAME)
def test_variants_of_an_address_have_one_key(variant: str) -> None:
    assert key(variant) == key(ARTICLE)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_articles_keep_different_keys(one: str, other: str) -> None:
    assert key(one) != key(other)
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("url", "made"),
    [("HTTP://News.Example:80/a b/%7euser/../x?b=2&a=1&utm_source=q#top", "http://news.example/a%20b/x?a=1&b=2"),
     ("https://münchen.example/ä?ö=ü", "https://xn--mnchen-3ya.example/%C3%A4?%C3%B6=%C3%BC"),
     ("https://news.example", "https://news.example/"),
     ("https://news.example/100%", "https://news.example/100%25"),
     ("https://news.example/a?b", "https://news.example/a?b="),
     ("https://news.example/a?b=x+y", "https://news.example/a?b=x+y"),
     ("https://news.example/a?b=%ff", "https://news.example/a?b=%FF"),
     ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a")],
)  # fmt: skip
def test_an_address_in_its_one_form(url: str, made: str) -> None:
    assert canonical(url) == made


@pytest.mark.parametrize(
    "url",
    ["", "news", "mailto:a@b.example", "javascript:alert(1)", "ftp://news.example/a", "file:///etc/passwd", "http://",
     "https://user:pw@news.example/", "http://a\\@b.example/", "http://[::1", "http://news.example:99999/",
     "https://news.example/" + "a" * MAX_URL, "https://.../", "http://\ud800/", "https://news.example/\ud800"],
)  # fmt: skip
def test_what_is_no_web_address_is_none(url: str) -> None:
    assert canonical(url) is None
    key(url)


def test_a_relative_address_is_resolved() -> None:
    assert canonical("../b?x=1", "https://news.example/en/a/") == "https://news.example/en/b?x=1"
    assert canonical("//cdn.example/b", "https://news.example/") == "https://cdn.example/b"


@given(st.one_of(st.text(), st.text().map("https://news.example/".__add__), st.text().map("http://".__add__),
                 st.text().map("https://news.example/a?".__add__)))  # fmt: skip
@example("http://0/..//%")
@example("https://news.example/%25%32%35")
@example("https://news.example/a?%=%&&=;")
def test_it_never_raises_and_a_second_time_changes_nothing(text: str) -> None:
    key(text)
    once = canonical(text)
    if once is not None:
        assert canonical(once) == once
        assert key(once) == key(text)


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=40), st.sampled_from(["utm_source", "fbclid", "at_medium"])
)
def test_a_tracker_never_changes_what_an_address_names(path: str, name: str) -> None:
    plain = canonical(f"https://news.example/{path.replace('#', '').replace('?', '')}?id=7")
    tracked = canonical(f"https://news.example/{path.replace('#', '').replace('?', '')}?id=7&{name}=x")
    assert plain == tracked


@pytest.mark.parametrize(
    ("page", "named", "believed"),
    [("https://news.example/a?ref=x", "https://news.example/a", "https://news.example/a"),
     ("https://m.news.example/a", "https://www.news.example/a", "https://www.news.example/a"),
     ("https://news.example/a", "/b", "https://news.example/b"),
     # another host, the front page, the section: not believed
     ("https://news.example/a", "https://agency.example/a", "https://news.example/a"),
     ("https://news.example/a", "https://news.example/", "https://news.example/a"),
     ("https://news.example/politics/a", "https://news.example/politics", "https://news.example/politics/a"),
     ("https://news.example/a", None, "https://news.example/a"),
     ("https://news.example/a", "", "https://news.example/a"),
     ("https://news.example/a", "javascript:1", "https://news.example/a")],
)  # fmt: skip
def test_what_a_page_says_of_its_own_address_is_believed_within_its_host(
    page: str, named: str | None, believed: str
) -> None:
    assert declared(page, named) == believed
