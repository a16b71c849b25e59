"""Borderwire side by side with its peers, on texts made here: `python -m benchmarks`."""
