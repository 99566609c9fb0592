"""Rituals as iCalendar (RFC 5545, 7986): a feed to subscribe to, and one ritual to keep, with an alarm. Pure.

The same rituals always make the same bytes, so that a calendar that asks again is told that nothing is new: DTSTAMP is
when a ritual was changed last, and the UID stays for as long as the ritual does.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

from liulian.base.clock import to_micros
from liulian.base.errors import FieldRefused
from liulian.base.ids import encode_id
from liulian.base.zones import Offset, at_instant, offsets_between
from liulian.community.days import zone_named
from liulian.community.feeds import CalendarText
from liulian.community.model import Ritual, RitualChange
from liulian.community.occurrences import changes_by_name, rule_of
from liulian.community.recurrence import Rule, rrule_text, wall_of, walls_of

PRODUCT = "-//Liulian//Rituals//EN"
ASK_AGAIN = timedelta(hours=6)  # What we wish for; calendars do as they like, some only once a day.
ALARM_BEFORE = timedelta(minutes=15)
_YEARS_AHEAD = 5  # Of changes of clocks. Calendars know zones by name; this is for those that do not.


def feed_of(rituals: Sequence[Ritual], changes: Iterable[RitualChange], *, said: CalendarText, now: datetime) -> bytes:
    """Return rituals as a calendar to subscribe to. Those whose rule is no longer taken are left out."""
    calendar = _calendar()
    calendar.add("x-wr-calname", said.name)
    calendar.add("name", said.name)
    if said.about:
        calendar.add("description", said.about)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", f"PT{int(ASK_AGAIN.total_seconds() // 3600)}H")
    _fill(calendar, rituals, list(changes), said=said, now=now, alarm=None)
    return bytes(calendar.to_ical())


def one_ritual(ritual: Ritual, changes: Iterable[RitualChange], *, said: CalendarText, now: datetime) -> bytes:
    """Return one ritual to be put into a calendar once, with an alarm before each occurrence."""
    calendar = _calendar()
    _fill(calendar, [ritual], list(changes), said=said, now=now, alarm=ALARM_BEFORE)
    return bytes(calendar.to_ical())


def uid_of(ritual: Ritual) -> str:
    """Return the name of a ritual among all events of the world. It never changes."""
    return f"{encode_id(ritual.id)}@ritual.liulian"


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    return calendar


def _fill(
    calendar: Calendar,
    rituals: Sequence[Ritual],
    changes: list[RitualChange],
    *,
    said: CalendarText,
    now: datetime,
    alarm: timedelta | None,
) -> None:
    ruled = [(ritual, rule) for ritual in rituals if (rule := _rule(ritual)) is not None]
    earliest: dict[str, int] = {}
    for _, rule in ruled:
        earliest[rule.zone] = min(rule.starts_at.year, earliest.get(rule.zone, rule.starts_at.year))
    for zone, year in sorted(earliest.items()):
        calendar.add_component(_timezone(zone, year, now.year + _YEARS_AHEAD))
    for ritual, rule in ruled:
        for event in _events(ritual, rule, changes, said=said):
            if alarm is not None:
                event.add_component(_alarm(ritual, alarm))
            calendar.add_component(event)


def _rule(ritual: Ritual) -> Rule | None:
    try:
        return rule_of(ritual)
    except FieldRefused:
        return None


def _events(ritual: Ritual, rule: Rule, changes: list[RitualChange], *, said: CalendarText) -> list[Event]:
    """Return the ritual by its rule, and then each occurrence that was moved."""
    zone, changed = zone_named(ritual.zone), changes_by_name(changes, ritual)
    by_rule = set(walls_of(rule, until=max(map(wall_of, changed)))) if changed else set()
    valid = [change for name, change in sorted(changed.items()) if wall_of(name) in by_rule]
    whole = _event(ritual, rule.starts_at, zone, said=said, also=valid)
    whole.add("rrule", vRecur.from_ical(rrule_text(rule)))
    for change in valid:
        if change.moved_to is None:
            whole.add("exdate", wall_of(change.occurrence).replace(tzinfo=zone))
    return [whole, *(_moved(ritual, change, zone, said=said) for change in valid if change.moved_to is not None)]


def _moved(ritual: Ritual, change: RitualChange, zone: ZoneInfo, *, said: CalendarText) -> Event:
    event = _event(ritual, wall_of(change.moved_to or change.occurrence), zone, said=said, also=[change])
    event.add("recurrence-id", wall_of(change.occurrence).replace(tzinfo=zone))
    if change.note:
        event.add("comment", change.note)
    return event


def _event(
    ritual: Ritual, wall: datetime, zone: ZoneInfo, *, said: CalendarText, also: Iterable[RitualChange]
) -> Event:
    changes = list(also)
    changed_at = max([ritual.updated_at, *(change.changed_at for change in changes)]).astimezone(UTC)
    event = Event()
    event.add("uid", uid_of(ritual))
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", max([ritual.sequence, *(change.sequence for change in changes)]))
    event.add("dtstart", wall.replace(tzinfo=zone))
    event.add("duration", timedelta(minutes=ritual.minutes))
    event.add("summary", ritual.name)
    event.add("description", ritual.about)
    event.add("url", f"{said.rituals_url}/{encode_id(ritual.id)}")
    event.add("transp", "TRANSPARENT")  # A ritual takes a moment of the day, not a place in the meeting calendar.
    return event


def _alarm(ritual: Ritual, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", ritual.name)
    alarm.add("trigger", -before)
    return alarm


@lru_cache(maxsize=256)
def _timezone(name: str, first_year: int, last_year: int) -> Timezone:
    """Return when clocks change in a zone. Written by ourselves: the library puts the spring change an hour late."""
    zone = zone_named(name)
    begin, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    offsets = offsets_between(to_micros(begin), to_micros(end), zone)
    timezone = Timezone()
    timezone.add("tzid", name)
    seen: dict[tuple[int, int, str], TimezoneStandard | TimezoneDaylight] = {}
    for before, after in zip([offsets[0], *offsets], offsets, strict=False):
        _note_change(timezone, seen, zone, before=before, after=after)
    return timezone


def _note_change(
    timezone: Timezone,
    seen: dict[tuple[int, int, str], TimezoneStandard | TimezoneDaylight],
    zone: ZoneInfo,
    *,
    before: Offset,
    after: Offset,
) -> None:
    """Add one change of clocks, told by the wall clock before it; changes of one kind are one component."""
    local = at_instant(after.from_us).astimezone(zone)
    wall = at_instant(after.from_us + before.offset_us).replace(tzinfo=None)
    kind = before.offset_us, after.offset_us, local.tzname() or ""
    if kind in seen:
        seen[kind].add("rdate", wall)
        return
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", wall)
    part.add("tzoffsetfrom", timedelta(microseconds=before.offset_us))
    part.add("tzoffsetto", timedelta(microseconds=after.offset_us))
    part.add("tzname", kind[2])
    timezone.add_component(part)
    seen[kind] = part
