"""From raw records to rows."""

from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liulian.base.net import TrustedProxies
from liulian.base.zones import day_of_number
from liulian.clicks import enrich
from liulian.clicks.enrich import Enricher, SpoolRows
from liulian.clicks.geo import PlaceFinder, install
from liulian.clicks.outcome import Outcome
from liulian.clicks.spool_reader import Record
from liulian.lake.schema import CLICKS
from liulian.visitors.recognise import visitor_class_of
from tests.geo_files import write_mmdb

SPOOL, DAY = "aaaaaaaa-0001", 20_779
SALTS = {DAY: b"s" * 32, DAY + 1: b"t" * 32}
WECHAT = (
    b"Mozilla/5.0 (Linux; Android 14; 2211133C Build/UKQ1; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    b"Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 MicroMessenger/8.0.47.2560(0x28002F35) "
    b"WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64"
)
CRAWLER = b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def a_record(user_agent: bytes = WECHAT, *, query: bytes = b"", headers: bytes = b"", **fields: Any) -> Record:
    head = b"GET /abc%b HTTP/1.1\r\nHost: a\r\nUser-Agent: %b\r\n%b\r\n" % (query and b"?" + query, user_agent, headers)
    record = Record(
        position=1 << 32 | 16,
        at_us=1_795_300_000_000_000,
        link_id=7,
        workspace_id=0,
        visitor_class=visitor_class_of(user_agent).code,
        outcome=Outcome.REDIRECT,
        address=ip_address("1.2.3.4").packed,
        head=head,
    )
    return record._replace(**fields)


def an_enricher(folder: Path, *, trusted: str = "") -> Enricher:
    return Enricher(places=PlaceFinder(folder), proxies=TrustedProxies.parse(trusted))


def rows_of(enricher: Enricher, records: Sequence[Record], *, day: int = DAY) -> list[dict[str, Any]]:
    table = enricher.enrich([SpoolRows(SPOOL, records, [day] * len(records))], salts=SALTS)
    rows: list[dict[str, Any]] = table.cast(CLICKS).to_pylist()
    return rows


def row_of(folder: Path, record: Record, **options: str) -> dict[str, Any]:
    return rows_of(an_enricher(folder, **options), [record])[0]


def test_a_click_in_wechat_is_told_by_app_system_browser_and_source(tmp_path: Path) -> None:
    headers = b"Referer: https://mp.weixin.qq.com/s/x\r\nAccept-Language: zh-CN,zh;q=0.9\r\n"
    row = row_of(tmp_path, a_record(query=b"utm_source=poster&utm_campaign=autumn", headers=headers))
    assert (row["app"], row["system"], row["form"], row["flags"]) == ("wechat", "Android", "mobile", 0)
    assert (row["source"], row["campaign"], row["language"]) == ("poster", "autumn", "zh-CN")
    assert row["referrer"] == "mp.weixin.qq.com"
    assert (row["spool"], row["position"], row["link_id"], row["outcome"]) == (SPOOL, 1 << 32 | 16, 7, "redirect")
    assert (row["day"], row["country"]) == (day_of_number(DAY), "")


def test_bots_and_requests_ahead_of_a_tap_are_flagged(tmp_path: Path) -> None:
    bot, ahead = rows_of(
        an_enricher(tmp_path), [a_record(CRAWLER), a_record(headers=b"Sec-Purpose: prefetch;prerender\r\n")]
    )
    assert bot["flags"] & 1
    assert ahead["flags"] == 4


def test_the_language_is_taken_from_the_user_agent_where_the_header_is_missing(tmp_path: Path) -> None:
    assert row_of(tmp_path, a_record())["language"] == "zh-CN"


def test_the_place_comes_from_the_installed_file_also_when_installed_later(tmp_path: Path) -> None:
    enricher = an_enricher(tmp_path / "geo")
    assert rows_of(enricher, [a_record()])[0]["country"] == ""
    paris = {"country": {"iso_code": "FR"}, "city": {"names": {"en": "Paris"}}}
    install(write_mmdb(tmp_path / "a.mmdb", {"1.2.3.0/24": paris}), tmp_path / "geo")
    row = rows_of(enricher, [a_record()])[0]
    assert (row["country"], row["province"], row["city"]) == ("FR", "", "Paris")


def test_behind_a_trusted_proxy_the_visitor_is_the_forwarded_address(tmp_path: Path) -> None:
    peer = ip_address("10.0.0.1").packed
    forwarded = [a_record(address=peer, headers=b"X-Forwarded-For: 8.8.8.%d\r\n" % n) for n in (1, 2)]
    trusting = {row["visitor"] for row in rows_of(an_enricher(tmp_path, trusted="private"), forwarded)}
    doubting = {row["visitor"] for row in rows_of(an_enricher(tmp_path), forwarded)}
    assert (len(trusting), len(doubting)) == (2, 1)


def test_a_visitor_is_the_same_within_a_day_and_another_on_the_next(tmp_path: Path) -> None:
    enricher = an_enricher(tmp_path)
    first, again = (row["visitor"] for row in rows_of(enricher, [a_record(), a_record(query=b"x")]))
    (tomorrow,) = (row["visitor"] for row in rows_of(enricher, [a_record()], day=DAY + 1))
    assert first == again != tomorrow


@pytest.mark.parametrize(
    "other",
    [
        a_record(address=ip_address("1.2.3.5").packed),
        a_record(user_agent=WECHAT + b" "[:0] + b"x"),
        a_record(link_id=8),
        a_record(workspace_id=1),
    ],
)
def test_another_address_user_agent_strangers_link_or_workspace_is_another_visitor(
    tmp_path: Path, other: Record
) -> None:
    one, two = (row["visitor"] for row in rows_of(an_enricher(tmp_path), [a_record(), other]))
    assert one != two


def test_two_links_of_a_workspace_share_their_visitors(tmp_path: Path) -> None:
    records = [a_record(workspace_id=3, link_id=1), a_record(workspace_id=3, link_id=2)]
    assert len({row["visitor"] for row in rows_of(an_enricher(tmp_path), records)}) == 1


def test_the_address_is_in_no_column(tmp_path: Path) -> None:
    row = row_of(tmp_path, a_record(headers=b"X-Forwarded-For: 1.2.3.4\r\n"))
    assert "1.2.3.4" not in str(row)
    assert int.from_bytes(ip_address("1.2.3.4").packed, "big") not in row.values()


def test_an_outcome_of_a_newer_version_keeps_its_number(tmp_path: Path) -> None:
    assert row_of(tmp_path, a_record(outcome=77))["outcome"] == "outcome_77"


def test_a_visitor_class_nobody_knows_does_not_cost_the_click(tmp_path: Path) -> None:
    enricher = an_enricher(tmp_path)
    rows = rows_of(enricher, [a_record(visitor_class=65_535), a_record()])
    assert [row["app"] for row in rows] == ["other", "wechat"]
    assert enricher.failures == 1


def test_what_is_remembered_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrich, "REMEMBERED_MAX", 10)
    monkeypatch.setattr(enrich, "CLIENTS_MAX", 10)
    enricher = an_enricher(tmp_path)
    for batch in range(3):
        records = [a_record(query=b"utm_campaign=c%d" % n, address=bytes([9, 9, batch, n])) for n in range(30)]
        campaigns = [row["campaign"] for row in rows_of(enricher, records)]
        assert campaigns == [f"c{n}" for n in range(30)]
    assert len(enricher._referrers) <= 40


def test_rows_of_several_spools_keep_their_order(tmp_path: Path) -> None:
    spools = [SpoolRows(f"aaaaaaaa-000{n}", [a_record(position=n)] * n, [DAY] * n) for n in (1, 2, 3)]
    table = an_enricher(tmp_path).enrich(spools, salts=SALTS).cast(CLICKS)
    assert table.column("position").to_pylist() == [1, 2, 2, 3, 3, 3]
    assert table.column("spool").to_pylist()[-1] == "aaaaaaaa-0003"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=300), st.sampled_from([b"", b"1234", bytes(16)])), min_size=1, max_size=5))
def test_no_bytes_stop_the_others(tmp_path_factory: pytest.TempPathFactory, junk: list[tuple[bytes, bytes]]) -> None:
    records = [a_record(head=b"GET /x HTTP/1.1\r\nReferer: " + raw, address=address) for raw, address in junk]
    enricher = an_enricher(tmp_path_factory.getbasetemp(), trusted="loopback, private")
    assert len(rows_of(enricher, records)) == len(records)
    assert enricher.failures == 0
