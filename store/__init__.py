"""The only package that knows SQL: one module per noun, each function takes an open transaction first.

`open_store` picks the dialect by the database URL's scheme; `store.writer` is the service's single writer.
"""

from urllib.parse import urlsplit

from core.kinds import load
from store.backend import Backend, Row, Tx

__all__ = ["Backend", "Row", "Tx", "open_store"]


def open_store(url: str, *, read_only: bool = False, lock: bool = False) -> Backend:
    """Open the database at `url` (a path means SQLite). Migrates it unless `read_only`.

    Raises ConfigError for an unknown scheme, StoreError or SchemaError for what the database refuses.
    """
    scheme = urlsplit(url).scheme if "://" in url else "sqlite"
    module = load("store.backends", scheme, "database")
    backend: Backend = module.open_backend(url, read_only=read_only, lock=lock)
    if not read_only:
        try:
            backend.migrate()
        except BaseException:
            backend.close()
            raise
    return backend
