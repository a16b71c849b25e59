"""Scrapy spiders: `service` fetches for the running service, `source` polls one configured source by hand."""
