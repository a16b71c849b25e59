"""Single values that are kept beside the tables, by name."""

from store.backend import Tx


def get(tx: Tx, key: str) -> str | None:
    """The value, or None."""
    row = tx.one("SELECT v FROM meta WHERE k = :key", key=key)
    return None if row is None else str(row["v"])


def keep(tx: Tx, key: str, value: str) -> None:
    """Keep a value from now on."""
    tx.run("INSERT INTO meta(k, v) VALUES (:key, :v) ON CONFLICT(k) DO UPDATE SET v = excluded.v", key=key, v=value)
