"""What ingest decides by itself: the name of an outlet that nobody names."""

import pytest

from crawler.ingest import outlet_name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.register.example/documents/1", "register.example"),
        ("http://localhost:8000/a", "localhost:8000"),
        ("http://127.0.0.1:8000/a", "register"),
        ("http://[::1]/a", "register"),
    ],
)
def test_an_outlet_is_its_host_or_its_source_where_the_host_is_a_number(url: str, name: str) -> None:
    assert outlet_name(url, "register") == name
