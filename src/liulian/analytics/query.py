"""What may be asked of the statistics, checked: the one way from raw request parameters to a query. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from liulian.base.clock import to_micros
from liulian.base.errors import FieldError, InvalidRequest
from liulian.base.ids import LinkId, WorkspaceId
from liulian.base.zones import DAY_US, HOUR_US, day_number, local_midnight

DEFAULT_DAYS = 30  # Today and the 29 days before it.
BUCKETS_MAX = 2_000  # Five years by day, twelve weeks by hour; a chart shows a few hundred.
YEAR_MIN, YEAR_MAX = 1970, 2199  # Outside of these there are no clicks, only typing errors.
NO_ZONES = frozenset({"localtime", "posixrules", "Factory"})  # Files beside the zones in the system's folder.

BREAKDOWNS: tuple[str, ...] = ("app", "system", "browser", "referrer", "language", "country", "province", "city")

T = TypeVar("T")


class Interval(StrEnum):
    """How wide a bucket is. A week begins on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_WIDTH_MIN = {
    Interval.HOUR: HOUR_US,
    Interval.DAY: 23 * HOUR_US,
    Interval.WEEK: 7 * DAY_US,
    Interval.MONTH: 28 * DAY_US,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsQuery:
    """Clicks of one link, or of one workspace, with `from_us <= time < to_us`. `zone` is a name of the tz database."""

    from_us: int
    to_us: int
    interval: Interval
    zone: str
    breakdowns: tuple[str, ...] = BREAKDOWNS
    link_id: LinkId | None = None
    workspace_id: WorkspaceId | None = None

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawQuery:
    """The parameters as they came. `breakdown` may be repeated, and each may be a comma list; None: all of them."""

    since: str | None = None
    until: str | None = None
    interval: str | None = None
    tz: str | None = None
    breakdown: Sequence[str] | None = None


def check_query(raw: RawQuery, *, link_id: LinkId, now: datetime, default_zone: ZoneInfo) -> StatsQuery:
    """Return the query that was meant. Raises InvalidRequest with every field that cannot be understood."""
    errors: list[FieldError] = []
    zone = _checked(errors, "tz", _zone, raw.tz, default_zone)
    interval = _checked(errors, "interval", _interval, raw.interval, Interval.DAY)
    breakdowns = _checked(errors, "breakdown", _breakdowns, raw.breakdown, BREAKDOWNS)
    to_us = _checked(errors, "to", lambda text: _instant(text, zone), raw.until, to_micros(now))
    from_us = _checked(errors, "from", lambda text: _instant(text, zone), raw.since, _default_from(to_us, zone))
    if not errors and from_us >= to_us:
        errors.append(FieldError("from", "stats_range_empty"))
    if not errors and (to_us - from_us) // _WIDTH_MIN[interval] + 2 > BUCKETS_MAX:
        errors.append(FieldError("interval", "stats_buckets_too_many", {"limit": BUCKETS_MAX}))
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    return StatsQuery(
        from_us=from_us, to_us=to_us, interval=interval, zone=zone.key, breakdowns=breakdowns, link_id=link_id
    )


class _Refused(Exception):
    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _checked(errors: list[FieldError], field: str, read: Callable[..., T], raw: object, default: T) -> T:
    """Return what `read` makes of a parameter, or note why not and go on with the default."""
    if raw is None:
        return default
    try:
        return read(raw)
    except _Refused as refusal:
        errors.append(FieldError(field, refusal.code, refusal.params))
        return default


def _default_from(to_us: int, zone: tzinfo) -> int:
    last = (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=to_us - 1)).astimezone(zone).date()
    return local_midnight(last - timedelta(days=DEFAULT_DAYS - 1), zone)


def _zone(text: str) -> ZoneInfo:
    if text not in _zones():
        raise _Refused("stats_zone_unknown")
    return ZoneInfo(text)


@cache
def _zones() -> frozenset[str]:
    """Return the names that mean the same zone on every machine; `localtime` does not."""
    return frozenset(available_timezones()) - NO_ZONES


def _interval(text: str) -> Interval:
    try:
        return Interval(text)
    except ValueError:
        raise _Refused("stats_interval_unknown", allowed=", ".join(Interval)) from None


def _breakdowns(texts: Sequence[str]) -> tuple[str, ...]:
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    if not all(name in BREAKDOWNS for name in names):
        raise _Refused("stats_breakdown_unknown", allowed=", ".join(BREAKDOWNS))
    return tuple(dict.fromkeys(names))


_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# A `+` that nobody encoded arrives as a space; what was meant is plain.
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(?:\d*)([Zz]|[+\- ]\d\d:\d\d)")


def _instant(text: str, zone: tzinfo) -> int:
    """Read a date, which stands for its start in `zone`, or an RFC 3339 time."""
    try:
        if _DATE.fullmatch(text):
            return local_midnight(_within_years(date.fromisoformat(text)), zone)
        if match := _INSTANT.fullmatch(text):
            day, time, offset = match.groups()
            return to_micros(_within_years(datetime.fromisoformat(f"{day}T{time}{offset.upper().replace(' ', '+')}")))
    except (ValueError, OverflowError):
        pass
    raise _Refused("stats_time_invalid")


Day = TypeVar("Day", bound=date)


def _within_years(day: Day) -> Day:
    if not YEAR_MIN <= day.year <= YEAR_MAX or day_number(date(day.year, day.month, day.day)) < 1:
        raise ValueError("no clicks in that year")
    return day
