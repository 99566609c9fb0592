"""Instants as numbers, exact."""

from datetime import UTC, datetime, timedelta, timezone

from liulian.base.clock import EPOCH, micros_now, to_micros, utc_now


def test_an_instant_is_its_microseconds_to_the_last_one() -> None:
    assert to_micros(EPOCH) == 0
    assert to_micros(datetime(2026, 11, 22, 8, 0, 0, 123_457, tzinfo=UTC)) == 1_795_334_400_123_457
    assert to_micros(datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == 253_402_300_799_999_999
    assert to_micros(EPOCH - timedelta(microseconds=1)) == -1


def test_the_same_instant_in_another_zone_is_the_same_number() -> None:
    shanghai = timezone(timedelta(hours=8))

    assert to_micros(datetime(2026, 11, 22, 16, tzinfo=shanghai)) == to_micros(datetime(2026, 11, 22, 8, tzinfo=UTC))


def test_both_clocks_show_the_same_time() -> None:
    before, between, after = to_micros(utc_now()), micros_now(), to_micros(utc_now())

    assert before <= between <= after
    assert utc_now().tzinfo is UTC
