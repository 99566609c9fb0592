"""Rules of recurrence (RFC 5545): which ones are taken, on which wall times they fall, and how people say them.

A rule speaks of wall time: every Wednesday at 20:00, in summer and in winter. Which instant that is, the zone says, at
the very end (`instant_of`). Only rules are taken whose first occurrence is where they begin, because calendars
disagree about the others. Nothing is expanded without an end.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from liulian.base.errors import FieldRefused
from liulian.community.days import zone_named

WALL_FORMAT = "%Y-%m-%dT%H:%M"
RULE_LENGTH_MAX = 300
INTERVAL_MAX = 366
COUNT_MAX = 5_000
OCCURRENCES_MAX = 5_000  # From the beginning of a rule on: one a day for thirteen years. What is later is not seen.
YEARS = range(2000, 2100)
FIRST_WITHIN = timedelta(days=366 * 8)  # Longer than from one 29 February to the next, also around 2100.
_YEARS_EXPANDED = 30  # After the beginning: so many days are looked at, at most, even if the rule falls on none.


class Frequency(StrEnum):
    """How often a rule comes back. Several times a day are several rituals."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


_DATEUTIL = {
    Frequency.DAILY: DAILY,
    Frequency.WEEKLY: WEEKLY,
    Frequency.MONTHLY: MONTHLY,
    Frequency.YEARLY: YEARLY,
}
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?[1-9]\d?)?(MO|TU|WE|TH|FR|SA|SU)")
_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


@dataclass(frozen=True, slots=True, order=True)
class DayInRule:
    """A day of the week (0: Monday). `nth` of the month or year: -1 is the last one; 0: each."""

    day: int
    nth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was checked. `starts_at` and `until` are wall times in `zone`; `until` and `count` None: for ever."""

    frequency: Frequency
    starts_at: datetime
    zone: str
    interval: int = 1
    days: tuple[DayInRule, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0
    count: int | None = None
    until: datetime | None = None


def check_rule(text: str, *, starts_at: str, zone: str) -> Rule:
    """Return the rule in `text` (an RRULE without its name). Raises FieldRefused with a code that says what to change.

    The codes are of fields: `rrule_…` of the rule, `wall_time` and `rrule_start` of `starts_at`, `zone_unknown`.
    """
    zone_named(zone)
    start = wall_of(starts_at)
    if len(text) > RULE_LENGTH_MAX:
        raise FieldRefused("rrule_form", max=RULE_LENGTH_MAX)
    parts = dict(_parts(text.strip().removeprefix("RRULE:").upper()))
    rule = Rule(
        frequency=_frequency(parts.pop("FREQ", "")),
        starts_at=start,
        zone=zone,
        interval=_numbers(parts.pop("INTERVAL", "1"), low=1, high=INTERVAL_MAX, at_most=1)[0],
        days=_days(parts.pop("BYDAY", "")),
        month_days=_numbers(parts.pop("BYMONTHDAY", ""), low=-31, high=31, at_most=31),
        months=_numbers(parts.pop("BYMONTH", ""), low=1, high=12, at_most=12),
        positions=_numbers(parts.pop("BYSETPOS", ""), low=-366, high=366, at_most=12),
        week_start=_week_start(parts.pop("WKST", "MO")),
        count=next(iter(_numbers(parts.pop("COUNT", ""), low=1, high=COUNT_MAX, at_most=1)), None),
        until=_until(parts.pop("UNTIL", None), start=start, zone=zone_named(zone)),
    )
    if parts:
        raise FieldRefused("rrule_part", part=next(iter(parts))[:20])
    _check_whole(rule)
    return rule


def walls_of(rule: Rule, *, until: datetime, since: datetime | None = None) -> tuple[datetime, ...]:
    """Return the wall times of a rule up to `until`, from `since` or its beginning on (both included), in order.

    Of a rule at most OCCURRENCES_MAX are known.
    """
    end = datetime.combine(until.date(), time.max).replace(month=12, day=31, microsecond=0)  # Few ends, many hits.
    walls = _walls(rule, min(end, rule.starts_at + timedelta(days=366 * _YEARS_EXPANDED)))
    return walls[bisect_left(walls, since) if since else 0 : bisect_right(walls, until)]


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a wall time, in UTC.

    An hour that is skipped is taken by the offset before the gap, so it comes later; of an hour that comes twice the
    first one is meant. Both as RFC 5545 3.3.5 says, and as calendars do.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def wall_of(text: str) -> datetime:
    """Return a wall time `YYYY-MM-DDTHH:MM` without a zone. Raises FieldRefused."""
    try:
        wall = datetime.fromisoformat(text) if _WALL.fullmatch(text) else None
    except ValueError:
        wall = None
    if wall is None or wall.year not in YEARS:
        raise FieldRefused("wall_time")
    return wall


def wall_text(wall: datetime) -> str:
    """Return a wall time as occurrences are named by."""
    return wall.strftime(WALL_FORMAT)


def rrule_text(rule: Rule) -> str:
    """Return a rule as calendars read it; its end in UTC, as RFC 5545 asks where the start has a zone."""
    said = {
        "FREQ": rule.frequency.value,
        "INTERVAL": str(rule.interval) if rule.interval > 1 else "",
        "BYMONTH": _list(rule.months),
        "BYMONTHDAY": _list(rule.month_days),
        "BYDAY": ",".join(f"{each.nth or ''}{DAYS[each.day]}" for each in rule.days),
        "BYSETPOS": _list(rule.positions),
        "WKST": DAYS[rule.week_start] if rule.week_start else "",
        "COUNT": "" if rule.count is None else str(rule.count),
        "UNTIL": "" if rule.until is None else f"{instant_of(rule.until, zone_named(rule.zone)):%Y%m%dT%H%M%SZ}",
    }
    return ";".join(f"{name}={value}" for name, value in said.items() if value)


@lru_cache(maxsize=128)
def _walls(rule: Rule, end: datetime) -> tuple[datetime, ...]:
    until = end if rule.until is None else min(end, rule.until)
    return tuple(islice(_expand(rule, until), OCCURRENCES_MAX))


def _expand(rule: Rule, until: datetime) -> Iterator[datetime]:
    """Yield wall times in order. dateutil is told where to end: it would look for a 30 February to the year 9999."""
    expanded: rrule = rrule(
        _DATEUTIL[rule.frequency],
        dtstart=rule.starts_at,
        interval=rule.interval,
        wkst=rule.week_start,
        until=until,
        bysetpos=rule.positions or None,
        bymonth=rule.months or None,
        bymonthday=rule.month_days or None,
        byweekday=[weekday(each.day, each.nth) if each.nth else weekday(each.day) for each in rule.days] or None,
    )
    # COUNT and UNTIL together are refused by dateutil: the count is ours.
    yield from islice(expanded, rule.count)


def _check_whole(rule: Rule) -> None:
    if rule.count is not None and rule.until is not None:
        raise FieldRefused("rrule_ends")
    is_by_month = rule.frequency in (Frequency.MONTHLY, Frequency.YEARLY)
    if not is_by_month and (rule.month_days or any(each.nth for each in rule.days)):
        raise FieldRefused("rrule_month")
    if rule.positions and not (rule.days or rule.month_days):
        raise FieldRefused("rrule_positions")
    first = next(_expand(rule, _earlier(rule.until, rule.starts_at + FIRST_WITHIN)), None)
    if first is None:
        raise FieldRefused("rrule_never")
    if first != rule.starts_at:
        raise FieldRefused("rrule_start", first=wall_text(first).replace("T", " "))


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in seen:
            raise FieldRefused("rrule_form", max=RULE_LENGTH_MAX)
        seen.add(name)
        yield name, value


def _frequency(text: str) -> Frequency:
    try:
        return Frequency(text)
    except ValueError:
        raise FieldRefused("rrule_frequency", allowed=", ".join(Frequency)) from None


def _numbers(text: str, *, low: int, high: int, at_most: int) -> tuple[int, ...]:
    """Return the numbers of a list, none of them 0, in order and each once."""
    texts = text.split(",") if text else []
    if len(texts) > at_most or not all(re.fullmatch(r"[+-]?\d{1,4}", each) for each in texts):
        raise FieldRefused("rrule_form", max=RULE_LENGTH_MAX)
    numbers = sorted({int(each) for each in texts})
    if any(number == 0 or not low <= number <= high for number in numbers):
        raise FieldRefused("rrule_form", max=RULE_LENGTH_MAX)
    return tuple(numbers)


def _days(text: str) -> tuple[DayInRule, ...]:
    found = [_DAY.fullmatch(each) for each in text.split(",")] if text else []
    days = {DayInRule(DAYS.index(each[2]), int(each[1] or 0)) for each in found if each}
    if None in found or any(abs(each.nth) > 53 for each in days):
        raise FieldRefused("rrule_form", max=RULE_LENGTH_MAX)
    return tuple(sorted(days))


def _week_start(text: str) -> int:
    if text not in DAYS:
        raise FieldRefused("rrule_form", max=RULE_LENGTH_MAX)
    return DAYS.index(text)


def _until(text: str | None, *, start: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the wall time after which nothing comes: a date means its whole day, `Z` an instant."""
    if text is None:
        return None
    found = _UNTIL.fullmatch(text)
    try:
        wall = datetime.strptime(f"{found[1]}{found[2] or '235959'}", "%Y%m%d%H%M%S") if found else None  # noqa: DTZ007
    except ValueError:
        wall = None
    if found is None or wall is None or wall.year not in YEARS:
        raise FieldRefused("rrule_until")
    if found[3]:
        wall = wall.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    if wall < start:
        raise FieldRefused("rrule_until")
    return wall


def _list(numbers: tuple[int, ...]) -> str:
    return ",".join(map(str, numbers))
