"""The buckets of a series: local hours, days, weeks or months between two instants, without a gap.

A bucket has a key, an integer that SQL works out for each click by the same arithmetic (`sql.py`), and a start. Keys:
the instant an hour begins (microseconds); the numbers of a day or week since 1970; of a month, 12 × year + month - 1.
"""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from liulian.analytics.query import Interval, StatsQuery
from liulian.base.zones import (
    DAY_US,
    HOUR_US,
    Offset,
    at_instant,
    day_of_number,
    local_midnight,
    offset_at,
    offsets_between,
)

MONDAY_SHIFT = 3  # 1970-01-01 was a Thursday, three days after a Monday.


@dataclass(frozen=True, slots=True)
class Bucket:
    """`start` is RFC 3339 in the zone of the query."""

    key: int
    start: str


def offsets_of(query: StatsQuery) -> list[Offset]:
    """Return the offsets of the query's zone within its range."""
    return offsets_between(query.from_us, query.to_us, query.time_zone)


def buckets_of(query: StatsQuery) -> list[Bucket]:
    """Return all buckets that the range touches, oldest first."""
    zone = query.time_zone
    starts = _hours(query) if query.interval is Interval.HOUR else _dates(query, zone)
    return [Bucket(key, at_instant(start).astimezone(zone).isoformat()) for key, start in starts.items()]


def _hours(query: StatsQuery) -> dict[int, int]:
    offsets = offsets_of(query)
    ends = [offset.from_us for offset in offsets[1:]] + [query.to_us]
    keys = {
        key
        for offset, end in zip(offsets, ends, strict=True)
        for key in range(offset.from_us - (offset.from_us + offset.offset_us) % HOUR_US, end, HOUR_US)
    }
    return {key: key for key in sorted(keys)}


def _dates(query: StatsQuery, zone: ZoneInfo) -> dict[int, int]:
    first, last = (_local_day(at_us, zone) for at_us in (query.from_us, query.to_us - 1))
    if query.interval is Interval.DAY:
        days = {day: day_of_number(day) for day in range(first, last + 1)}
    elif query.interval is Interval.WEEK:
        weeks = range((first + MONDAY_SHIFT) // 7, (last + MONDAY_SHIFT) // 7 + 1)
        days = {week: day_of_number(week * 7 - MONDAY_SHIFT) for week in weeks}
    else:
        months = range(_month(day_of_number(first)), _month(day_of_number(last)) + 1)
        days = {month: date(month // 12, month % 12 + 1, 1) for month in months}
    starts = {key: local_midnight(day, zone) for key, day in days.items()}
    following = dict(zip(starts, list(starts.values())[1:], strict=False))
    # A zone that moved across the date line left out a day: it would begin where the next one does, and hold nothing.
    return {key: start for key, start in starts.items() if start != following.get(key)}


def _local_day(at_us: int, zone: ZoneInfo) -> int:
    return (at_us + offset_at(at_us, zone)) // DAY_US


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
