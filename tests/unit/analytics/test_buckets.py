"""The buckets of a series are local and have no gap."""

from datetime import datetime

import pytest

from liulian.analytics.buckets import buckets_of
from liulian.analytics.query import Interval, StatsQuery
from liulian.base.clock import to_micros


def starts(since: str, until: str, interval: Interval, zone: str = "Asia/Shanghai") -> list[str]:
    query = StatsQuery(
        from_us=to_micros(datetime.fromisoformat(since)),
        to_us=to_micros(datetime.fromisoformat(until)),
        interval=interval,
        zone=zone,
    )
    return [bucket.start for bucket in buckets_of(query)]


def test_days_begin_at_local_midnight() -> None:
    assert starts("2026-11-20T00:00+08:00", "2026-11-22T00:00+08:00", Interval.DAY) == [
        "2026-11-20T00:00:00+08:00",
        "2026-11-21T00:00:00+08:00",
    ]


def test_a_range_that_ends_within_a_bucket_contains_it() -> None:
    assert len(starts("2026-11-20T23:00+08:00", "2026-11-22T00:00:01+08:00", Interval.DAY)) == 3


def test_weeks_begin_on_monday() -> None:
    assert starts("2026-11-22T12:00+08:00", "2026-11-23T12:00+08:00", Interval.WEEK) == [
        "2026-11-16T00:00:00+08:00",
        "2026-11-23T00:00:00+08:00",
    ]


def test_months_pass_the_turn_of_the_year() -> None:
    assert starts("2026-11-22T00:00+08:00", "2027-02-01T00:00+08:00", Interval.MONTH) == [
        "2026-11-01T00:00:00+08:00",
        "2026-12-01T00:00:00+08:00",
        "2027-01-01T00:00:00+08:00",
    ]


def test_the_long_day_of_autumn_has_twenty_five_hours() -> None:
    hours = starts("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", Interval.HOUR, "Europe/Berlin")
    assert len(hours) == 25
    assert hours[2:4] == ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00"]


def test_the_short_day_of_spring_has_twenty_three_hours() -> None:
    hours = starts("2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", Interval.HOUR, "Europe/Berlin")
    assert len(hours) == 23
    assert hours[1:3] == ["2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00"]


def test_a_day_without_midnight_begins_when_its_clocks_do() -> None:
    days = starts("2026-04-23T12:00+02:00", "2026-04-24T12:00+03:00", Interval.DAY, "Africa/Cairo")
    assert days == ["2026-04-23T00:00:00+02:00", "2026-04-24T01:00:00+03:00"]


@pytest.mark.parametrize(("zone", "offset"), [("Asia/Kathmandu", "+05:45"), ("Asia/Kolkata", "+05:30")])
def test_hours_are_local_where_the_offset_is_no_whole_hour(zone: str, offset: str) -> None:
    hours = starts(f"2026-11-22T10:20{offset}", f"2026-11-22T11:20{offset}", Interval.HOUR, zone)
    assert hours == [f"2026-11-22T10:00:00{offset}", f"2026-11-22T11:00:00{offset}"]


def test_a_day_that_a_zone_left_out_is_no_bucket() -> None:
    assert starts("2011-12-29T12:00-10:00", "2011-12-31T12:00+14:00", Interval.DAY, "Pacific/Apia") == [
        "2011-12-29T00:00:00-10:00",
        "2011-12-31T00:00:00+14:00",
    ]
