"""What commands make of what was typed, and from when they count."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from liulian.commands import own_hosts_of, slug_meant, start_of
from liulian.config import read_settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("typed", ["\u00e9t\u00e9", "e\u0301te\u0301", " \u00e9t\u00e9 ", "%C3%A9t%c3%a9"])
def test_a_slug_is_found_in_whatever_way_it_is_typed(typed: str) -> None:
    assert slug_meant(typed) == "\u00e9t\u00e9"


@pytest.mark.parametrize("typed", ["", "a/b", "a?b", "api", "100%", "\udcff"])
def test_what_cannot_be_a_slug_is_none(typed: str) -> None:
    assert slug_meant(typed) is None


@pytest.mark.parametrize(
    ("days", "start"), [(1, datetime(2026, 11, 22, 16, tzinfo=UTC)), (2, datetime(2026, 11, 21, 16, tzinfo=UTC))]
)
def test_days_begin_at_local_midnight_and_today_is_one_of_them(days: int, start: datetime) -> None:
    now = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)

    assert start_of(days, now=now, zone=SHANGHAI) == start


@pytest.mark.parametrize(
    ("base_url", "hosts"),
    [
        ("", []),
        ("https://lnk.example.com", ["lnk.example.com"]),
        ("https://lnk.example.com:8443", ["lnk.example.com"]),
        ("http://[::1]:8000", ["::1"]),
    ],
)
def test_our_own_hosts_have_neither_port_nor_brackets(base_url: str, hosts: list[str]) -> None:
    assert own_hosts_of(read_settings({"LIULIAN_BASE_URL": base_url})) == hosts
