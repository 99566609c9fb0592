"""Places from real, small files."""

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from liulian.clicks.geo import NOWHERE, GeoFileError, Place, PlaceFinder, install
from liulian.clicks.provinces import province_name
from tests.geo_files import write_mmdb, write_xdb4, write_xdb6

SHENZHEN: dict[str, Any] = {
    "country": {"iso_code": "CN", "names": {"en": "China", "zh-CN": "中国"}},
    "subdivisions": [{"iso_code": "GD", "names": {"en": "Guangdong"}}],
    "city": {"names": {"en": "Shenzhen", "zh-CN": "深圳市"}},
}
PARIS: dict[str, Any] = {"country": {"iso_code": "FR"}, "city": {"names": {"en": "Paris"}}}


def place_of(finder: PlaceFinder, address: str) -> Place:
    return finder.find(ip_address(address).packed)


def finder_with(folder: Path, *files: Path) -> PlaceFinder:
    for file in files:
        install(file, folder)
    finder = PlaceFinder(folder)
    finder.refresh()
    return finder


def test_without_a_file_nobody_is_anywhere(tmp_path: Path) -> None:
    finder = PlaceFinder(tmp_path / "geo")
    finder.refresh()
    assert place_of(finder, "1.2.3.4") == NOWHERE
    assert finder.find(b"") == NOWHERE


def test_a_maxmind_file_gives_places_for_both_kinds_of_address(tmp_path: Path) -> None:
    file = write_mmdb(tmp_path / "any-name.mmdb", {"1.2.3.0/24": SHENZHEN, "2001:db8::/32": PARIS})
    finder = finder_with(tmp_path / "geo", file)
    assert place_of(finder, "1.2.3.9") == Place("CN", "广东", "深圳")
    assert place_of(finder, "2001:db8::7") == Place("FR", "", "Paris")
    assert place_of(finder, "9.9.9.9") == NOWHERE


def test_a_maxmind_file_for_ipv4_alone_says_nothing_of_ipv6(tmp_path: Path) -> None:
    finder = finder_with(tmp_path / "geo", write_mmdb(tmp_path / "a.mmdb", {"1.2.3.0/24": PARIS}, ip_version=4))
    assert place_of(finder, "1.2.3.9").city == "Paris"
    assert place_of(finder, "2001:db8::7") == NOWHERE


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ("中国|0|广东省|深圳市|电信", Place("CN", "广东", "深圳")),
        ("中国|广东省|深圳市|电信|CN", Place("CN", "广东", "深圳")),
        ("中国|内蒙古自治区|呼和浩特市|联通|CN", Place("CN", "内蒙古", "呼和浩特")),
        ("中国|0|北京|北京市|移动", Place("CN", "北京", "北京")),
        ("United States|California|Los Angeles|0|US", Place("US", "California", "Los Angeles")),
        ("日本|0|东京都|0|0", Place("日本", "东京都", "")),
        ("0|0|0|内网IP|内网IP", NOWHERE),
        ("Reserved|Reserved|Reserved|0|0", NOWHERE),
        ("nonsense", NOWHERE),
    ],
)
def test_both_generations_of_ip2region_are_read(tmp_path: Path, region: str, place: Place) -> None:
    finder = finder_with(tmp_path / "geo", write_xdb4(tmp_path / "a.xdb", [("1.2.0.0", "1.4.255.255", region)]))
    assert place_of(finder, "1.3.200.7") == place
    assert place_of(finder, "77.0.0.1") == NOWHERE


def test_ip2region_knows_ipv6_too(tmp_path: Path) -> None:
    regions = [("2400:3200::", "2400:3200:ffff:ffff:ffff:ffff:ffff:ffff", "中国|浙江省|杭州市|阿里云|CN")]
    finder = finder_with(tmp_path / "geo", write_xdb6(tmp_path / "b.xdb", regions))
    assert place_of(finder, "2400:3200::1") == Place("CN", "浙江", "杭州")


def test_maxmind_fills_what_ip2region_leaves_empty(tmp_path: Path) -> None:
    xdb = write_xdb4(tmp_path / "a.xdb", [("1.2.0.0", "1.2.255.255", "中国|广东省|0|电信|CN")])
    finder = finder_with(tmp_path / "geo", xdb, write_mmdb(tmp_path / "a.mmdb", {"1.2.3.0/24": SHENZHEN}))
    assert place_of(finder, "1.2.3.4") == Place("CN", "广东", "深圳")


def test_a_file_installed_while_we_run_is_noticed_once(tmp_path: Path) -> None:
    finder = PlaceFinder(tmp_path)
    finder.refresh()
    install(write_mmdb(tmp_path / "new.mmdb", {"1.2.3.0/24": PARIS}), tmp_path)
    assert finder.refresh()
    assert not finder.refresh()
    assert place_of(finder, "1.2.3.4").city == "Paris"


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 600_000, b"x" * 700_000 + b"\xab\xcd\xefMaxMind.com"])
def test_a_file_that_is_no_database_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    file, folder = tmp_path / "a.mmdb", tmp_path / "geo"
    file.write_bytes(content)
    with pytest.raises(GeoFileError):
        install(file, folder)
    assert not folder.exists() or not list(folder.iterdir())


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeoFileError):
        install(tmp_path / "nothing", tmp_path)


def test_a_file_that_breaks_later_is_passed_over(tmp_path: Path) -> None:
    finder = finder_with(tmp_path, write_mmdb(tmp_path / "a.mmdb", {"1.2.3.0/24": PARIS}))
    (tmp_path / "draft").write_bytes(b"broken")
    os.replace(tmp_path / "draft", tmp_path / "place.mmdb")  # noqa: PTH105 - As another program would do it.
    assert finder.refresh()
    assert place_of(finder, "1.2.3.4") == NOWHERE


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("广东省", "广东"),
        ("GD", "广东"),
        ("Guangdong Sheng", "广东"),
        ("Inner Mongolia Autonomous Region", "内蒙古"),
        ("新疆维吾尔自治区", "新疆"),
        ("Shaanxi", "陕西"),
        ("上海市", "上海"),
        ("Bavaria", "Bavaria"),
        ("", ""),
    ],
)
def test_a_province_has_one_name(spelled: str, name: str) -> None:
    assert province_name(spelled) == name
