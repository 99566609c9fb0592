"""Rules of recurrence: what is taken, when it falls, and what clocks that are changed do to it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from liulian.base.errors import FieldRefused
from liulian.community.recurrence import (
    OCCURRENCES_MAX,
    check_rule,
    instant_of,
    rrule_text,
    wall_of,
    wall_text,
    walls_of,
)

SHANGHAI, BERLIN, NEW_YORK = "Asia/Shanghai", "Europe/Berlin", "America/New_York"
FAR = wall_of("2031-12-31T00:00")


def walls(text: str, *, starts_at: str = "2026-03-04T20:00", zone: str = SHANGHAI, until: datetime = FAR) -> list[str]:
    return [wall_text(wall) for wall in walls_of(check_rule(text, starts_at=starts_at, zone=zone), until=until)]


def refusal(text: str, *, starts_at: str = "2026-03-04T20:00", zone: str = SHANGHAI) -> str:
    with pytest.raises(FieldRefused) as refused:
        check_rule(text, starts_at=starts_at, zone=zone)
    return refused.value.code


def test_every_wednesday_is_every_wednesday() -> None:
    found = walls("FREQ=WEEKLY;BYDAY=WE", until=wall_of("2026-03-20T00:00"))

    assert found == ["2026-03-04T20:00", "2026-03-11T20:00", "2026-03-18T20:00"]


def test_rule_ends_with_its_last_day_included() -> None:
    assert walls("FREQ=DAILY;UNTIL=20260306")[-1] == "2026-03-06T20:00"
    assert walls("FREQ=DAILY;UNTIL=20260306T120000Z")[-1] == "2026-03-06T20:00"  # 20:00 in Shanghai.
    assert walls("FREQ=DAILY;UNTIL=20260306T115959Z")[-1] == "2026-03-05T20:00"
    assert len(walls("FREQ=DAILY;COUNT=21")) == 21


@pytest.mark.parametrize(
    ("text", "starts_at", "following"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=1", "2026-03-01T09:00", "2026-04-01T09:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31T09:00", "2026-02-28T09:00"),
        ("FREQ=MONTHLY;BYDAY=1SA", "2026-03-07T09:00", "2026-04-04T09:00"),
        ("FREQ=MONTHLY;BYDAY=-1SU", "2026-03-29T09:00", "2026-04-26T09:00"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-03-31T09:00", "2026-04-30T09:00"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2024-02-29T09:00", "2028-02-29T09:00"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU", "2026-03-02T09:00", "2026-03-04T09:00"),
    ],
)
def test_rules_people_use_fall_where_they_expect(text: str, starts_at: str, following: str) -> None:
    assert walls(text, starts_at=starts_at)[:2] == [starts_at, following]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FREQ=SECONDLY", "rrule_frequency"),
        ("FREQ=MINUTELY;INTERVAL=5", "rrule_frequency"),
        ("FREQ=HOURLY", "rrule_frequency"),
        ("BYDAY=WE", "rrule_frequency"),
        ("", "rrule_form"),
        ("FREQ=DAILY;FREQ=WEEKLY", "rrule_form"),
        ("FREQ=DAILY;INTERVAL=0", "rrule_form"),
        ("FREQ=DAILY;INTERVAL=1e9", "rrule_form"),
        ("FREQ=DAILY;COUNT=1000000", "rrule_form"),
        ("FREQ=WEEKLY;BYDAY=XX", "rrule_form"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "rrule_form"),
        ("FREQ=DAILY;BYHOUR=1,2,3", "rrule_part"),
        ("FREQ=DAILY;BYSECOND=1", "rrule_part"),
        ("FREQ=DAILY;DTSTART=20260101", "rrule_part"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "rrule_ends"),
        ("FREQ=WEEKLY;BYDAY=1WE", "rrule_month"),
        ("FREQ=MONTHLY;BYSETPOS=1", "rrule_positions"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "rrule_never"),
        ("FREQ=DAILY;BYMONTH=2;BYDAY=MO;UNTIL=20260310", "rrule_never"),
        ("FREQ=WEEKLY;BYDAY=TH", "rrule_start"),
        ("FREQ=DAILY;UNTIL=20250101", "rrule_until"),
        ("FREQ=DAILY;UNTIL=20261341", "rrule_until"),
        ("FREQ=DAILY;UNTIL=soon", "rrule_until"),
    ],
)
def test_rule_that_is_not_taken_says_why(text: str, code: str) -> None:
    assert refusal(text) == code


@pytest.mark.parametrize(
    "starts_at", ["2026-02-30T20:00", "2026-03-04 20:00", "20260304T2000", "1-1-1T1:1", "", "9999-12-31T00:00"]
)
def test_start_that_is_no_wall_time_is_refused(starts_at: str) -> None:
    assert refusal("FREQ=DAILY", starts_at=starts_at) == "wall_time"


def test_no_rule_is_expanded_beyond_its_limit() -> None:
    rule = check_rule("FREQ=DAILY", starts_at="2000-01-01T08:00", zone=SHANGHAI)

    assert len(walls_of(rule, until=wall_of("2099-12-31T00:00"))) == OCCURRENCES_MAX


def test_hour_that_is_skipped_comes_later_and_one_that_comes_twice_comes_first() -> None:
    berlin = ZoneInfo(BERLIN)

    assert instant_of(wall_of("2026-03-29T02:30"), berlin) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 there.
    assert instant_of(wall_of("2026-10-25T02:30"), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # Summer time.


ZONES = st.sampled_from([SHANGHAI, BERLIN, NEW_YORK, "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"])
STARTS = st.datetimes(min_value=wall_of("2024-01-01T00:00"), max_value=wall_of("2027-12-31T00:00")).map(
    lambda at: at.replace(second=0, microsecond=0, fold=0)
)
RULES = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}".format, st.integers(1, 10)),
    st.builds("FREQ=WEEKLY;INTERVAL={};COUNT={}".format, st.integers(1, 4), st.integers(1, 60)),
    st.builds("FREQ=MONTHLY;INTERVAL={}".format, st.integers(1, 5)),
    st.just("FREQ=YEARLY"),
)


@given(text=RULES, start=STARTS, zone=ZONES)
def test_instants_of_a_rule_keep_the_hour_on_the_wall(text: str, start: datetime, zone: str) -> None:
    rule, there = check_rule(text, starts_at=wall_text(start), zone=zone), ZoneInfo(zone)
    found = walls_of(rule, until=start + timedelta(days=800))

    assert found[0] == start
    for wall in found:
        local = instant_of(wall, there).astimezone(there).replace(tzinfo=None, fold=0)
        assert wall.time() == start.time()
        assert timedelta() <= local - wall <= timedelta(hours=1)  # Later only where the clock skips the hour.


@given(text=RULES, start=STARTS, zone=ZONES)
def test_rule_means_the_same_when_a_calendar_reads_what_we_write(text: str, start: datetime, zone: str) -> None:
    rule = check_rule(text, starts_at=wall_text(start), zone=zone)
    end = start + timedelta(days=500)

    read = rrulestr(rrule_text(rule), dtstart=start)

    assert list(read.between(start, end, inc=True)) == list(walls_of(rule, until=end))


@given(start=STARTS, days=st.integers(1, 300), zone=ZONES)
def test_end_of_a_rule_is_the_same_instant_for_us_and_for_calendars(start: datetime, days: int, zone: str) -> None:
    there = ZoneInfo(zone)
    last = start + timedelta(days=days)
    assume(instant_of(last, there).astimezone(there).replace(tzinfo=None, fold=0) == last)
    rule = check_rule(f"FREQ=DAILY;UNTIL={last:%Y%m%dT%H%M%S}", starts_at=wall_text(start), zone=zone)

    again = check_rule(rrule_text(rule), starts_at=wall_text(start), zone=zone)

    assert walls_of(again, until=FAR)[-1] == walls_of(rule, until=FAR)[-1] == last
