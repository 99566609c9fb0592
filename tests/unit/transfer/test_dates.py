"""An instant is read as whoever wrote it meant it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from liulian.transfer.dates import UnknownDate, read_instant

SHANGHAI = ZoneInfo("Asia/Shanghai")
HALF_PAST_EIGHT = datetime(2024, 1, 5, 8, 30, tzinfo=UTC)
LOCAL = datetime(2024, 1, 5, 0, 30, tzinfo=UTC)
DAY = datetime(2024, 1, 4, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-01-05T08:30:00Z", HALF_PAST_EIGHT),
        ("2024-01-05T08:30:00.000Z", HALF_PAST_EIGHT),
        ("2024-01-05T16:30:00+08:00", HALF_PAST_EIGHT),
        ("2024-01-05T08:30:00+0000", HALF_PAST_EIGHT),
        ("2024-01-05 08:30:00 UTC", HALF_PAST_EIGHT),
        ("1704443400", HALF_PAST_EIGHT),
        ("1704443400.0", HALF_PAST_EIGHT),
        ("1704443400000", HALF_PAST_EIGHT),
        ("1704443400000000", HALF_PAST_EIGHT),
        ("Fri, 05 Jan 2024 08:30:00 +0000", HALF_PAST_EIGHT),
        ("Fri Jan 05 2024 16:30:00 GMT+0800 (China Standard Time)", HALF_PAST_EIGHT),
        ("2024/1/5 8:30", LOCAL),
        ("2024-01-05 08:30:00", LOCAL),
        ("2024年1月5日 8:30", LOCAL),
        ("2024年1月5日8时30分", LOCAL),
        ("Jan 5, 2024 8:30 AM", LOCAL),
        ("2024-01-05", DAY),
        ("2024.1.5", DAY),
        ("20240105", DAY),
        ("Jan 5, 2024", DAY),
        ("5 January 2024", DAY),
    ],
)
def test_instant_is_read(text: str, instant: datetime) -> None:
    assert read_instant(text, zone=SHANGHAI) == instant


@pytest.mark.parametrize("text", ["", " ", "never", "永久有效", "null", "0000-00-00 00:00:00"])
def test_nothing_is_no_instant(text: str) -> None:
    assert read_instant(text, zone=SHANGHAI) is None


@pytest.mark.parametrize("text", ["05/01/2024", "2024-02-30", "tomorrow", "8:30", "99999999999999999", "9999-12-31"])
def test_what_no_calendar_has_or_two_days_could_be_is_refused(text: str) -> None:
    with pytest.raises(UnknownDate):
        read_instant(text, zone=SHANGHAI, is_end=True)


def test_day_on_which_something_ends_belongs_to_it() -> None:
    assert read_instant("2024-01-04", zone=SHANGHAI, is_end=True) == DAY
