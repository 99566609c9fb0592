"""From raw parameters to a query."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liulian.analytics.query import BREAKDOWNS, BUCKETS_MAX, Interval, RawQuery, StatsQuery, check_query
from liulian.base.clock import to_micros
from liulian.base.errors import InvalidRequest
from liulian.base.ids import LinkId

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)  # 12:30 in Shanghai.
SHANGHAI = ZoneInfo("Asia/Shanghai")


def checked(**parameters: object) -> StatsQuery:
    raw = RawQuery(**parameters)  # type: ignore[arg-type]
    return check_query(raw, link_id=LinkId(7), now=NOW, default_zone=SHANGHAI)


def refused(**parameters: object) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        checked(**parameters)
    return {error.field: error.code for error in caught.value.errors}


def micros(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))


def test_asked_for_nothing_it_is_the_last_thirty_days_by_day() -> None:
    assert checked() == StatsQuery(
        from_us=micros("2026-10-24T00:00+08:00"),
        to_us=to_micros(NOW),
        interval=Interval.DAY,
        zone="Asia/Shanghai",
        breakdowns=BREAKDOWNS,
        link_id=LinkId(7),
    )


def test_a_date_is_its_start_in_the_asked_zone() -> None:
    query = checked(since="2026-11-01", until="2026-11-22", tz="America/New_York")
    assert (query.from_us, query.to_us) == (micros("2026-11-01T00:00-04:00"), micros("2026-11-22T00:00-05:00"))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-11-01T08:00:00Z", "2026-11-01T08:00+00:00"),
        ("2026-11-01t08:00:00.25z", "2026-11-01T08:00:00.250000+00:00"),
        ("2026-11-01T08:00:00+08:00", "2026-11-01T08:00+08:00"),
        ("2026-11-01T08:00:00 08:00", "2026-11-01T08:00+08:00"),
        ("2026-11-01 08:00-05:30", "2026-11-01T08:00-05:30"),
        ("2026-11-01T08:00:00.123456789Z", "2026-11-01T08:00:00.123456+00:00"),
    ],
)
def test_an_instant_is_taken_as_it_is(text: str, same: str) -> None:
    assert checked(since=text).from_us == micros(same)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "20261101",
        "2026-W44-7",
        "2026-11-01T08:00:00",
        "2026-11-01T25:00Z",
        "0001-01-01",
        "9999-12-31",
        "1969-12-31",
        "1970-01-01",
        "2026-11-01T08:00+99:00",
        "２０２６-11-01",
        "1793000000",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    assert refused(since=text) == {"from": "stats_time_invalid"}


def test_every_bad_field_is_named_at_once() -> None:
    assert refused(since="a", until="b", interval="year", tz="Mars/Base", breakdown=["app", "shoe_size"]) == {
        "from": "stats_time_invalid",
        "to": "stats_time_invalid",
        "interval": "stats_interval_unknown",
        "tz": "stats_zone_unknown",
        "breakdown": "stats_breakdown_unknown",
    }


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Asia",
        "../../etc/passwd",
        "/etc/passwd",
        "x" * 10_000,
        "Asia/Shanghai\0",
        "localtime",
        "posixrules",
        "Factory",
        "right/Asia/Shanghai",
        "posix/Asia/Shanghai",
        "zone.tab",
    ],
)
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    assert refused(tz=zone) == {"tz": "stats_zone_unknown"}


def test_an_empty_range_is_refused() -> None:
    assert refused(since="2026-11-22", until="2026-11-22") == {"from": "stats_range_empty"}
    assert refused(since="2026-11-23") == {"from": "stats_range_empty"}


def test_the_number_of_buckets_is_limited() -> None:
    assert refused(since="2020-01-01", interval="hour") == {"interval": "stats_buckets_too_many"}
    assert checked(since="2020-01-01", interval="month").interval is Interval.MONTH


@pytest.mark.parametrize(
    ("given_", "names"),
    [(["app"], ("app",)), (["app,city", "app"], ("app", "city")), ([" app , city "], ("app", "city")), ([""], ())],
)
def test_breakdowns_may_be_repeated_or_listed(given_: list[str], names: tuple[str, ...]) -> None:
    assert checked(breakdown=given_).breakdowns == names


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=20))
def test_no_text_gives_anything_but_a_query_or_a_refusal(since: str, until: str, tz: str, interval: str) -> None:
    try:
        query = checked(since=since, until=until, tz=tz, interval=interval)
    except InvalidRequest:
        return
    assert query.from_us < query.to_us


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2190, 1, 1)),  # noqa: DTZ001 - The zone is chosen below.
    st.integers(1, 3 * 366 * 24),
    st.sampled_from(list(Interval)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "Africa/Cairo", "America/Havana", "Pacific/Apia"]),
)
def test_an_accepted_query_has_no_more_buckets_than_the_limit(
    start: datetime, hours: int, interval: Interval, zone: str
) -> None:
    from liulian.analytics.buckets import buckets_of

    begin = to_micros(start.replace(tzinfo=UTC))
    until = datetime.fromtimestamp(begin // 1_000_000 + hours * 3600, UTC).isoformat()
    try:
        query = checked(since=start.replace(tzinfo=UTC).isoformat(), until=until, interval=interval.value, tz=zone)
    except InvalidRequest:
        return
    buckets = buckets_of(query)
    assert 1 <= len(buckets) <= BUCKETS_MAX
    assert [bucket.key for bucket in buckets] == sorted({bucket.key for bucket in buckets})
