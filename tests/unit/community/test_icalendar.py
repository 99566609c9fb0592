"""Calendars: read back by another reader, they say what we mean, also where clocks change."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rruleset, rrulestr
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from liulian.base.ids import RitualId
from liulian.community.feeds import CalendarText
from liulian.community.icalendar import feed_of, one_ritual, uid_of
from liulian.community.model import Ritual, RitualChange
from liulian.community.occurrences import occurrences_between
from liulian.community.recurrence import instant_of, wall_of
from tests.unit.community.a_ritual import FIRST, NOON, SECOND, THIRD, a_change, a_ritual

SAID = CalendarText(name="茶饮健康", rituals_url="https://s.example/c/tea/rituals")


def read(data: bytes) -> Any:
    """Return a calendar; what its properties are, the library knows by their names alone."""
    return Calendar.from_ical(data)


def feed(*changes: RitualChange, rituals: tuple[Ritual, ...] | None = None, now: datetime = NOON) -> Any:
    return read(feed_of(rituals or (a_ritual(),), changes, said=SAID, now=now))


def expanded(calendar: Any, *, until: datetime) -> list[datetime]:
    """Return the instants at which a reader of calendars has something to do: RRULE, EXDATE, RECURRENCE-ID."""
    whole = next(event for event in calendar.walk("VEVENT") if "RRULE" in event)
    start = whole["DTSTART"].dt
    zone = ZoneInfo(whole["DTSTART"].params["TZID"])
    found = rruleset()
    found.rrule(rrulestr(whole["RRULE"].to_ical().decode(), dtstart=start))
    left_out = whole.get("EXDATE", [])
    for each in left_out if isinstance(left_out, list) else [left_out]:
        for gone in each.dts:
            found.exdate(gone.dt)
    moved = [event for event in calendar.walk("VEVENT") if "RECURRENCE-ID" in event]
    for event in moved:
        found.exdate(event["RECURRENCE-ID"].dt)
        found.rdate(event["DTSTART"].dt)
    instants = [instant_of(each.replace(tzinfo=None), zone) for each in found.between(start, until, inc=True)]
    return sorted(instants)


def ours(ritual: Ritual, *changes: RitualChange, until: datetime) -> list[datetime]:
    begin = instant_of(wall_of(ritual.starts_at), ZoneInfo(ritual.zone)) - timedelta(days=40)
    found = occurrences_between(ritual, changes, from_at=begin, until_at=until)
    return [each.starts_at for each in found if not each.is_cancelled]


def test_feed_says_what_a_calendar_needs() -> None:
    calendar = feed()
    (event,) = calendar.walk("VEVENT")

    assert calendar["X-WR-CALNAME"] == "茶饮健康"
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=6)
    assert calendar["REFRESH-INTERVAL"].params["VALUE"] == "DURATION"
    assert calendar["X-PUBLISHED-TTL"] == "PT6H"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert event["UID"] == uid_of(a_ritual())
    assert event["DTSTART"].dt == datetime(2026, 3, 4, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert event["DTSTAMP"].dt == NOON
    assert event["SUMMARY"] == "周三健康问答"
    assert str(event["URL"]).startswith("https://s.example/c/tea/rituals/")


def test_feed_of_the_same_rituals_is_the_same_bytes() -> None:
    changes = [a_change(SECOND), a_change(THIRD, "2026-03-19T19:00")]
    once = feed_of([a_ritual()], changes, said=SAID, now=NOON)

    assert feed_of([a_ritual()], list(reversed(changes)), said=SAID, now=NOON + timedelta(days=30)) == once


def test_change_counts_on_and_keeps_the_name() -> None:
    moved = a_change(SECOND, "2026-03-12T19:00", sequence=4, changed_at=NOON + timedelta(hours=1))
    whole, one = feed(moved).walk("VEVENT")

    assert whole["UID"] == one["UID"]
    assert (whole["SEQUENCE"], one["SEQUENCE"]) == (4, 4)
    assert one["DTSTAMP"].dt == NOON + timedelta(hours=1)
    assert one["RECURRENCE-ID"].dt == datetime(2026, 3, 11, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert one["DTSTART"].dt == datetime(2026, 3, 12, 19, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_another_reader_finds_the_occurrences_we_show() -> None:
    changes = (a_change(FIRST), a_change(SECOND, "2026-03-12T19:00"), a_change("2026-03-05T20:00", "2026-03-06T20:00"))
    until = datetime(2026, 6, 1, tzinfo=UTC)

    assert expanded(feed(*changes), until=until) == ours(a_ritual(), *changes, until=until)


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Asia/Tehran"]),
    hour=st.integers(0, 23),
    day=st.integers(0, 365),
    gone=st.integers(0, 20),
    moved=st.integers(0, 20),
    rule=st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=DAILY;INTERVAL=3;COUNT=60", "FREQ=WEEKLY;INTERVAL=2"]),
)
def test_another_reader_agrees_in_every_zone(zone: str, hour: int, day: int, gone: int, moved: int, rule: str) -> None:
    start = wall_of("2026-01-01T00:30") + timedelta(days=day, hours=hour)
    ritual = a_ritual(rrule=rule, starts_at=f"{start:%Y-%m-%dT%H:%M}", zone=zone)
    changes = (
        a_change(f"{start + timedelta(days=gone):%Y-%m-%dT%H:%M}"),
        a_change(
            f"{start + timedelta(days=moved + 21):%Y-%m-%dT%H:%M}",
            f"{start + timedelta(days=moved + 21, hours=-2):%Y-%m-%dT%H:%M}",
        ),
    )
    until = start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) + timedelta(days=300, minutes=1)

    assert expanded(feed(*changes, rituals=(ritual,)), until=until) == ours(ritual, *changes, until=until)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai"])
def test_changes_of_clocks_are_those_of_the_zone(zone: str) -> None:
    """Read VTIMEZONE as RFC 5545 says: the change comes when the clock before it shows DTSTART."""
    (told,) = feed(rituals=(a_ritual(zone=zone),)).walk("VTIMEZONE")
    there = ZoneInfo(zone)

    for part in told.subcomponents:
        before, after = part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td
        dates = part.get("RDATE", [])
        walls = [
            part["DTSTART"].dt,
            *(d.dt for each in (dates if isinstance(dates, list) else [dates]) for d in each.dts),
        ]
        for wall in walls:
            instant = (wall - before).replace(tzinfo=UTC)
            assert instant.astimezone(there).utcoffset() == after
            if before != after:
                assert (instant - timedelta(seconds=1)).astimezone(there).utcoffset() == before


def test_end_of_a_rule_is_told_in_utc() -> None:
    (event,) = feed(rituals=(a_ritual(rrule="FREQ=WEEKLY;BYDAY=WE;UNTIL=20260318"),)).walk("VEVENT")

    assert event["RRULE"]["UNTIL"] == [datetime(2026, 3, 18, 15, 59, 59, tzinfo=UTC)]


def test_one_ritual_to_keep_has_an_alarm() -> None:
    calendar = read(one_ritual(a_ritual(), [a_change(SECOND, "2026-03-12T19:00")], said=SAID, now=NOON))

    assert [alarm["TRIGGER"].dt for alarm in calendar.walk("VALARM")] == [timedelta(minutes=-15)] * 2
    assert "REFRESH-INTERVAL" not in calendar


def test_rule_that_is_no_longer_taken_leaves_the_others_in() -> None:
    calendar = feed(rituals=(a_ritual(rrule="FREQ=HOURLY"), a_ritual(id=RitualId(6))))

    assert [event["UID"] for event in calendar.walk("VEVENT")] == [uid_of(a_ritual(id=RitualId(6)))]


def test_lines_are_folded_and_texts_escaped() -> None:
    about = "带一个问题，来；带一个回答走。\n" * 20
    data = feed_of([a_ritual(about=about, name="a;b,c")], [], said=SAID, now=NOON)

    assert max(map(len, data.split(b"\r\n"))) <= 75
    (event,) = read(data).walk("VEVENT")
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("a;b,c", about)
