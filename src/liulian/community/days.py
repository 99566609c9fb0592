"""Local days and weeks of members. Pure: the zone of whoever acts decides, once, when the act is written down."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from liulian.base.clock import to_micros
from liulian.base.errors import FieldRefused
from liulian.base.zones import DAY_US, offset_at

DAYS_OF_WEEK = 7
_MONDAY = 4  # 1970-01-01 was a Thursday: day 4 was the first Monday.


def zone_named(name: str) -> ZoneInfo:
    """Return a zone by its IANA name. Raises FieldRefused."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FieldRefused("zone_unknown", zone=name[:60]) from None


def local_day(at: datetime, zone: tzinfo) -> int:
    """Return the local day of an instant as days since 1970-01-01."""
    at_us = to_micros(at)
    return (at_us + offset_at(at_us, zone)) // DAY_US


def week_of(day: int) -> int:
    """Return the day of the Monday of the week a day is in."""
    return day - (day - _MONDAY) % DAYS_OF_WEEK
