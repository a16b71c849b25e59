"""Single values by name."""

from store import Backend, meta


def test_a_value_is_kept_and_replaced(store: Backend) -> None:
    with store.tx() as tx:
        assert meta.get(tx, "x") is None
        meta.keep(tx, "x", "1")
        meta.keep(tx, "x", "2")
        assert meta.get(tx, "x") == "2"
