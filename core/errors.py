"""The error tree; every outside error is wrapped at the door with its cause.

BorderwireError
├─ ConfigError(place)                     a configuration the service refuses
├─ SourceError(source)
│  ├─ FetchError(status, retry_after)     no usable answer from a server
│  │  ├─ RobotsDenied                     robots.txt forbids it, or could not be read
│  │  └─ AddressDenied                    a private, loopback or otherwise forbidden address
│  └─ ParseError                          an answer that is not what the source's kind expects
├─ ExtractError(url)                      no article could be read from a page
├─ RuleError(rule)
│  └─ RuleSyntaxError(column)             a query that cannot be read
├─ StoreError
│  ├─ SchemaError                         the database is newer than this program, or not ours
│  └─ NotFound                            no row with that id
└─ DeliveryError(failure, retry_after)    a message that did not get through
"""

from datetime import timedelta
from enum import StrEnum

from core.log import redact


class BorderwireError(Exception):
    """Base of every error raised on purpose; its text is fit to be shown to a user: secrets in it are masked."""

    def __init__(self, message: str = "") -> None:
        super().__init__(redact(message))


class ConfigError(BorderwireError):
    """A refused configuration; `place` is `file:line` and the text names the remedy."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place


class SourceError(BorderwireError):
    """Something went wrong with one source."""

    def __init__(self, message: str, source: str = "") -> None:
        super().__init__(message)
        self.source = source


class FetchError(SourceError):
    """No usable answer; `status` is the HTTP status where there was one, `retry_after` what the server asked."""

    def __init__(
        self,
        message: str,
        source: str = "",
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message, source)
        self.status = status
        self.retry_after = retry_after


class RobotsDenied(FetchError):
    """robots.txt forbids the address, or it could not be read (RFC 9309: 5xx means stay out)."""


class AddressDenied(FetchError):
    """The address to connect to is not public and not in `allow_networks`."""


class ParseError(SourceError):
    """The answer is not what the source's kind expects (HTML instead of a feed, broken JSON)."""


class ExtractError(BorderwireError):
    """No article could be read from a page."""

    def __init__(self, message: str, url: str = "") -> None:
        super().__init__(message)
        self.url = url


class RuleError(BorderwireError):
    """A rule that cannot be used."""

    def __init__(self, message: str, rule: str = "") -> None:
        super().__init__(message)
        self.rule = rule


class RuleSyntaxError(RuleError):
    """A query that cannot be read; `column` is 1-based, `query` the text it points into."""

    def __init__(self, message: str, query: str, column: int, rule: str = "") -> None:
        super().__init__(message, rule)
        self.query = query
        self.column = column

    def pointed(self) -> str:
        """The query's line with a caret under the column, then the message."""
        before = self.query[: self.column - 1]
        line = before.count("\n")
        start = before.rfind("\n") + 1
        text = self.query.split("\n")[line]
        return f"{text}\n{' ' * (self.column - 1 - start)}^ {self}"


class StoreError(BorderwireError):
    """The database could not do what was asked."""


class SchemaError(StoreError):
    """The database is newer than this program, or is not one of ours."""


class NotFound(StoreError):
    """No row with that id."""


class Failure(StrEnum):
    """Class of a failed delivery; decides what happens next (RELIABILITY: outbox, classes)."""

    SLOW_DOWN = "slow-down"  # 429, 503 with a hint, SMTP 421: blocks the channel
    TRANSIENT = "transient"  # connect, timeout, 5xx, SMTP 4xx
    UNCERTAIN = "uncertain"  # request written, no answer: may have arrived
    REJECTED = "rejected"  # the payload is refused: degrade once, then dead
    CONFIG = "config"  # address, credentials or certificate are wrong: the channel is broken


class DeliveryError(BorderwireError):
    """A message that did not get through. What a server answered is quoted without the parts of its address."""

    def __init__(
        self,
        message: str,
        failure: Failure,
        *,
        retry_after: timedelta | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.failure = failure
        self.retry_after = retry_after
        self.status = status
