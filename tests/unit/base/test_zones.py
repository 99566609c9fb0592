"""Local days by arithmetic agree with the zone's own calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.base.clock import to_micros
from liulian.base.zones import DAY_US, LocalDays, at_instant, day_number, day_of_number, local_midnight, offsets_between

SHANGHAI, BERLIN, CAIRO = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin"), ZoneInfo("Africa/Cairo")


def micros(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))


def test_a_zone_without_summer_time_has_one_offset() -> None:
    offsets = offsets_between(micros("2026-01-01T00:00Z"), micros("2027-01-01T00:00Z"), SHANGHAI)
    assert [offset.offset_us for offset in offsets] == [8 * 3_600_000_000]


def test_offsets_change_at_the_very_instant_of_summer_time() -> None:
    offsets = offsets_between(micros("2026-01-01T00:00Z"), micros("2027-01-01T00:00Z"), BERLIN)
    assert [at_instant(offset.from_us).isoformat() for offset in offsets[1:]] == [
        "2026-03-29T01:00:00+00:00",
        "2026-10-25T01:00:00+00:00",
    ]


def test_a_change_at_the_end_of_the_range_does_not_belong_to_it() -> None:
    assert len(offsets_between(micros("2026-03-28T00:00Z"), micros("2026-03-29T01:00Z"), BERLIN)) == 1


def test_a_day_whose_midnight_is_skipped_begins_after_the_gap() -> None:
    # In Egypt clocks go from 00:00 to 01:00 on the last Friday of April.
    assert local_midnight(date(2026, 4, 24), CAIRO) == micros("2026-04-23T22:00Z")


@given(
    at=st.datetimes(datetime(2020, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(
        ["Asia/Shanghai", "Europe/Berlin", "Africa/Cairo", "America/Havana", "Asia/Kathmandu", "Australia/Lord_Howe"]
    ),
)
def test_the_local_day_is_the_calendars(at: datetime, zone: str) -> None:
    here = ZoneInfo(zone)
    days = LocalDays(here)
    for moment in (at, at + timedelta(hours=3), at - timedelta(days=40), at):
        assert day_of_number(days.number_of(to_micros(moment))) == moment.astimezone(here).date()


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, CAIRO])
def test_arithmetic_on_offsets_gives_the_local_day(zone: ZoneInfo) -> None:
    start = micros("2026-01-01T00:00Z")
    offsets = offsets_between(start, start + 365 * DAY_US, zone)
    for hours in range(0, 365 * 24, 5):
        at = start + hours * 3_600_000_000
        offset = next(o for o in reversed(offsets) if o.from_us <= at)
        assert (at + offset.offset_us) // DAY_US == day_number(at_instant(at).astimezone(zone).date())
