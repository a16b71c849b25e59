"""The keys of the configuration: one strict model per piece of config.yaml. `docs/config.md` describes every field."""

import re
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from core.durations import parse_duration
from core.errors import AddressDenied
from core.net import check_url


def _duration(value: Any) -> timedelta:
    return value if isinstance(value, timedelta) else parse_duration(value)


def _some_time(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("at least 1s")
    return value


def _update_every(value: Any) -> Any:
    if value in ("each", "never"):
        return value
    try:
        return _duration(value)
    except ValueError as error:
        raise ValueError(f"{error}; or `each` or `never`") from error


def _web(value: str) -> str:
    try:
        return check_url(value)
    except AddressDenied as error:
        raise ValueError(f"not an address that can be fetched: {error}") from error


def _header_text(value: str) -> str:
    """What stands in an HTTP header: a line break in it would be a header of its own."""
    if not (value.isascii() and value.isprintable()):
        raise ValueError("only plain letters, digits and signs on one line: it is sent as an HTTP header")
    return value


def _selector(value: str) -> str:
    """CSS, and `::attr(name)` for an attribute."""
    try:
        HTMLTranslator().css_to_xpath(value)
    except (ValueError, SyntaxError) as error:
        raise ValueError(f"no CSS selector: {error or 'it is empty'}") from error
    return value


DIGEST = re.compile(r"(?:hourly|daily (?:[01]\d|2[0-3]):[0-5]\d)")
HOURS = re.compile(r"(?!(.{5})-\1)(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d")
AT_MOST = re.compile(r"([1-9]\d{0,5}) in (\d{1,4} ?[smhd])")
BURST = re.compile(r"(?:>=|≥) *[1-9]\d{0,5} in \d+ ?(?:s|m|h|d)|above baseline")


def _formed(pattern: re.Pattern[str], wanted: str) -> Any:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(wanted)
        return value

    return AfterValidator(check)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("no time zone of this name: write one such as America/Denver or UTC") from error
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
SomeTime = Annotated[timedelta, BeforeValidator(_duration), AfterValidator(_some_time)]
UpdateEvery = Annotated[timedelta | Literal["each", "never"], BeforeValidator(_update_every)]


def _at_most(value: Any) -> tuple[int, timedelta]:
    found = AT_MOST.fullmatch(str(value))
    if found is None:
        raise ValueError("expected a number of messages and a time, such as `10 in 10m`")
    return int(found[1]), parse_duration(found[2].replace(" ", ""))


AtMost = Annotated[tuple[int, timedelta], BeforeValidator(_at_most)]
Digest = Annotated[str, _formed(DIGEST, "expected `hourly` or `daily 07:00`")]
QuietHours = Annotated[str, _formed(HOURS, "expected two different times of a day such as 22:00-07:00")]
Burst = Annotated[str, _formed(BURST, "expected such as `>= 20 in 1h`, or `above baseline`")]
Zone = Annotated[str, AfterValidator(_zone)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=64)]
Url = Annotated[str, AfterValidator(_web)]
HeaderText = Annotated[str, AfterValidator(_header_text)]
Selector = Annotated[str, AfterValidator(_selector)]


class Strict(BaseModel):
    """Unknown keys are faults, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Open(BaseModel):
    """As Strict, but what is not known here belongs to the kind."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class FetchFrame(Strict):
    delay: Duration = timedelta(seconds=1)  # pause between two requests to one host
    timeout: SomeTime = timedelta(seconds=30)  # for a whole answer


class RetentionFrame(Strict):
    copies: SomeTime = timedelta(days=90)  # how long a text is compared with later ones


class HealthFrame(Strict):
    channels: list[str] = []  # who is told of troubles of the service; none: every channel that is not the trouble
    heartbeat: Url | None = None  # pinged while work progresses
    every: SomeTime = timedelta(minutes=1)  # between two pings


class DeskFrame(Strict):
    port: int = Field(default=8001, ge=1, le=65535)


class ExtractFrame(Strict):
    body: Selector | None = None
    title: Selector | None = None
    authors: Selector | None = None
    published: Selector | None = None
    remove: Selector | None = None


class SourceFrame(Open):
    name: Name
    kind: str
    url: Url
    tags: list[str] = []
    language: str | None = Field(default=None, pattern=r"^[a-z]{2}$")
    every: SomeTime | None = None
    max_interval: SomeTime | None = None
    alert_newest: int = Field(default=0, ge=0)
    headers: dict[HeaderText, HeaderText] = {}
    extract: ExtractFrame = ExtractFrame()
    checked: date | None = None
    unverified: bool = False
    evidence: str = ""


class RuleFrame(Strict):
    name: Name
    query: str
    channels: list[str] = Field(min_length=1)
    should_match: list[str] = []
    should_not_match: list[str] = []
    wait: Duration = timedelta(seconds=10)
    update_every: UpdateEvery = timedelta(minutes=30)
    fold: Literal["story", "none"] = "story"
    severity: Literal["normal", "urgent"] = "normal"
    digest: Digest | None = None
    cooldown: Duration = timedelta()
    at_most: AtMost = (10, timedelta(minutes=10))
    when: Burst | None = None


class ChannelFrame(Open):
    name: Name
    kind: str
    quiet_hours: QuietHours | None = None


class Frame(Strict):
    """The main file. Its sources, rules and channels are checked one by one by the models above."""

    database: str = Field(default="data/borderwire.db", min_length=1)
    contact: HeaderText = ""
    polls_per_day: int = Field(default=48, ge=1, le=86_400)
    relooks_per_day: int = Field(default=2000, ge=0, le=1_000_000)
    max_interval: SomeTime = timedelta(hours=6)
    allow_networks: list[str] = []
    include: list[str] = []
    desk_url: Url | None = None
    desk: DeskFrame = DeskFrame()
    fetch: FetchFrame = FetchFrame()
    retention: RetentionFrame = RetentionFrame()
    time_zone: Zone = "UTC"
    health: HealthFrame = HealthFrame()
    sources: list[Any] = []
    rules: list[Any] = []
    channels: list[Any] = []
    lists: dict[str, list[str]] = {}
