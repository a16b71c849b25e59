"""From articles to deliveries: match, gate, alert, outbox, send. Never imports `crawler`."""
