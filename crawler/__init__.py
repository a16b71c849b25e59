"""From sources to articles: fetch, parse, extract, fold, ingest. Never imports `alerts`."""
