"""Scrapy settings of the service and of `scrapy crawl`; each departs from a default for the reason beside it."""

from typing import Any

BOT_NAME = "borderwire"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

TWISTED_REACTOR_ENABLED = False  # one plain asyncio loop shared with APScheduler and httpx
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # on by default: an HTTP server that runs Python
DOWNLOAD_VERIFY_CERTIFICATES = True  # off by default
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": "crawler.guard.GuardedHandler",
    "https": "crawler.guard.GuardedHandler",
    "file": None,  # on by default: reads local files
    "data": None,
    "ftp": None,
    "s3": None,
}
ROBOTSTXT_OBEY = False  # Scrapy crawls a site whose robots.txt answers 503; crawler.guard does it by RFC 9309
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "crawler.guard.PolitenessMiddleware": 100,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # unpacks in the event loop
    "crawler.unpack.UnpackMiddleware": 590,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,  # retries 429 and 5xx at once
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,  # would hide the address we check
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
}
SPIDER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
EXTENSIONS: dict[str, int | None] = {
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
}
REFERRER_POLICY = "no-referrer"  # nobody is told what we read before
HTTPERROR_ALLOW_ALL = True  # a 403 is an answer: the caller decides
REDIRECT_MAX_TIMES = 5
DOWNLOAD_TIMEOUT = 30  # total, over all hops of a redirect (crawler.guard)
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024  # after decompression too; default 1 GiB
DOWNLOAD_WARNSIZE = 0
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the default remembers every URL for ever
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 2
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0  # by default the pause is halved as often as it is doubled; ours is a promise to the host
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # the default serves the newest first: others starve
COOKIES_ENABLED = False
LOG_LEVEL = "WARNING"  # of `scrapy crawl`
STATS_DUMP = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, text/html,"
    " application/xml;q=0.9, application/json;q=0.9, */*;q=0.8",
    "Accept-Language": "en, es;q=0.9, *;q=0.5",
}


def service(contact: str, delay: float, timeout: float, version: str) -> dict[str, Any]:
    """What the configuration adds: who we are, the pause between two requests to a host, the total timeout (s)."""
    return {
        **{k: v for k, v in globals().items() if k.isupper()},
        "USER_AGENT": user_agent(contact, version),
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_TIMEOUT": timeout,
        "LOG_ENABLED": False,  # core.log sets logging up once for the whole process
        "EXTENSIONS": {**EXTENSIONS, "scrapy.extensions.feedexport.FeedExporter": None},
    }


def user_agent(contact: str, version: str) -> str:
    """Several agencies refuse library agents; a named one with a contact is let in."""
    return f"Mozilla/5.0 (compatible; Borderwire/{version}; +{contact})"
