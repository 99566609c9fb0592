"""Local days and weeks of members."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from liulian.base.errors import FieldRefused
from liulian.base.zones import day_number
from liulian.community.days import local_day, week_of, zone_named

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_minute_before_midnight_is_another_day_only_where_midnight_is() -> None:
    before, after = datetime(2025, 3, 1, 15, 59, tzinfo=UTC), datetime(2025, 3, 1, 16, 1, tzinfo=UTC)

    assert local_day(before, SHANGHAI) + 1 == local_day(after, SHANGHAI)
    assert local_day(before, UTC) == local_day(after, UTC) == day_number(date(2025, 3, 1))


@pytest.mark.parametrize("day", range(20_000, 20_014))
def test_week_is_named_by_its_monday(day: int) -> None:
    monday = date.fromordinal(date(1970, 1, 1).toordinal() + week_of(day))

    assert monday.weekday() == 0
    assert 0 <= day - week_of(day) < 7


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "", "/", "Asia/Shanghai\0"])
def test_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(FieldRefused):
        zone_named(name)
