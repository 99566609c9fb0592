"""Local days by arithmetic: which offset from UTC a zone has when, and where its days begin.

Times are integers, microseconds since 1970 in UTC; a day is counted from 1970-01-01. Used when a click is given its day
and when statistics are cut into buckets, so that both always agree. Never formats a time for a person.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from liulian.base.clock import EPOCH, to_micros

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_STEP_US = (
    7 * DAY_US
)  # No zone changes its offset and changes it back within a week; Morocco's Ramadan, the shortest, takes four.


@dataclass(frozen=True, slots=True)
class Offset:
    """From `from_us` on, up to the next one, local time is UTC plus `offset_us`."""

    from_us: int
    offset_us: int


def at_instant(at_us: int) -> datetime:
    """Return an aware UTC datetime, exact."""
    return EPOCH + timedelta(microseconds=at_us)


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def day_of_number(number: int) -> date:
    """Return the date `number` days after 1970-01-01."""
    return date.fromordinal(number + _EPOCH_DAY)


def local_midnight(day: date, zone: tzinfo) -> int:
    """Return when `day` begins in `zone`; where midnight is skipped, the first instant after the gap."""
    return to_micros(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))


def offset_at(at_us: int, zone: tzinfo) -> int:
    """Return local time minus UTC, in microseconds."""
    offset = at_instant(at_us).astimezone(zone).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def offsets_between(from_us: int, until_us: int, zone: tzinfo) -> list[Offset]:
    """Return the offsets of a zone in `[from_us, until_us)`, oldest first; the first begins at `from_us`."""
    offsets = [Offset(from_us, offset_at(from_us, zone))]
    at_us = from_us
    while at_us < until_us:
        following = min(at_us + _STEP_US, until_us)
        if offset_at(following, zone) != offsets[-1].offset_us:
            change = _change_between(at_us, following, zone)
            if change < until_us:
                offsets.append(Offset(change, offset_at(change, zone)))
        at_us = following
    return offsets


def _change_between(low: int, high: int, zone: tzinfo) -> int:
    """Return the first instant after `low` at which the offset is another than at `low`."""
    before = offset_at(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


class LocalDays:
    """Gives instants their local day. Clicks come in the order of time: one comparison is nearly always enough."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._from_us = self._until_us = self._number = 0

    def number_of(self, at_us: int) -> int:
        """Return the local day as days since 1970-01-01."""
        if not self._from_us <= at_us < self._until_us:
            self._number = (at_us + offset_at(at_us, self._zone)) // DAY_US
            self._from_us = local_midnight(day_of_number(self._number), self._zone)
            self._until_us = local_midnight(day_of_number(self._number + 1), self._zone)
        return self._number
