"""Small facts about addresses that several packages need."""

from urllib.parse import urlsplit


def netloc(url: str) -> str:
    """Host and port as written: what politeness counts by."""
    return urlsplit(url).netloc


def host(url: str) -> str:
    """The address's host without `www.`, with its port if it names one; empty for no address."""
    return urlsplit(url).netloc.removeprefix("www.")
