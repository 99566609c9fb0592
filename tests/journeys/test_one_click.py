"""One click, end to end: a link is made, opened in every way, counted, changed and deleted, with the real program."""

import asyncio
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import KINDS, fresh_url
from tests.geo_files import write_mmdb
from tests.installation import Installation
from tests.journeys.journey import (
    BROWSER,
    CURL,
    EDIT_S,
    WECHAT,
    Visitor,
    counts,
    started,
    stats_of,
    wait_for_requests,
)

LANDING = "https://example.com/landing"


@pytest.fixture(params=KINDS)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    settings = {}
    if request.param == "postgres":
        settings["LIULIAN_DATABASE_URL"] = asyncio.run(fresh_url("postgres", tmp_path))
    with started(tmp_path, workers=2, **settings) as installation:
        yield installation


def test_a_link_is_made_opened_counted_changed_and_deleted(installation: Installation) -> None:
    link = installation.create_link(LANDING)
    visit_in_every_way(installation, "/" + link["slug"])

    stats = wait_for_requests(installation, link, 10)

    assert stats["totals"] == {"clicks": 8, "human_clicks": 6, "visitors": 2}
    seen = {outcome: count for outcome, count in stats["outcomes"].items() if count}
    assert seen == {"redirect": 7, "open": 1, "head": 1, "preview": 1}
    assert {name: counts(values) for name, values in stats["breakdowns"].items()} == {
        "app": {"wechat": (3, 3, 1), "browser": (3, 3, 1), "bot": (2, 0, 0)},
        "system": {"iOS": (3, 3, 1), "Windows": (3, 3, 1), "other": (2, 0, 0)},
        "browser": {"WeChat": (3, 3, 1), "Chrome": (3, 3, 1), "": (2, 0, 0)},
        "referrer": {"": (7, 5, 2), "mp.weixin.qq.com": (1, 1, 1)},
        "language": {"zh-CN": (3, 3, 1), "en": (3, 3, 1), "": (2, 0, 0)},
        "country": {"": (8, 6, 2)},
        "province": {"": (8, 6, 2)},
        "city": {"": (8, 6, 2)},
    }
    assert [point["clicks"] for point in stats["series"]] == [0] * 29 + [8]
    installation.wait_until(lambda: shown(installation, link)["clicks"] == 8, limit_s=EDIT_S)

    with Visitor(installation, BROWSER) as visitor:
        assert follow(visitor, link) == (302, LANDING)
        change(installation, link, "https://example.com/changed")
        changed = (302, "https://example.com/changed")
        installation.wait_until(lambda: follow(visitor, link) == changed, limit_s=EDIT_S)
        slow_before = slow_redirects(installation)
        assert [follow(visitor, link) for _ in range(20)] == [changed] * 20
        assert slow_redirects(installation) == slow_before, "a link that is known takes the fast lane"
        delete(installation, link)
        installation.wait_until(lambda: follow(visitor, link) == (404, None), limit_s=EDIT_S)

    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        stats_of(installation, link)
    refused.value.close()


def follow(visitor: Visitor, link: dict[str, Any]) -> tuple[int, str | None]:
    return visitor.ask("/" + link["slug"])


def visit_in_every_way(installation: Installation, path: str) -> None:
    redirect, page = (302, LANDING), (200, None)
    with Visitor(installation, WECHAT) as wechat:
        assert wechat.ask(path) == redirect
        assert wechat.ask(path + "?from=timeline&isappinstalled=0") == redirect
        assert wechat.ask(path, Referer="https://mp.weixin.qq.com/s/abc") == redirect
    with Visitor(installation, BROWSER) as browser:
        assert browser.ask(path, Accept_Language="en-GB,en;q=0.9") == redirect
        assert browser.ask(path, Accept_Language="en-US") == redirect
        assert browser.ask(path + "/open", Accept_Language="en") == redirect
        assert browser.ask(path, method="HEAD") == redirect
        assert browser.ask(path + "+") == page
    with Visitor(installation, CURL) as curl:
        assert curl.ask(path) == redirect
        assert curl.ask(path) == redirect
        assert curl.ask(path + "x") == (404, None)
        assert curl.ask(path, method="POST") == (405, None)


def slow_redirects(installation: Installation) -> float:
    return installation.metrics()["liulian_redirects_slow_lane_total"]


def shown(installation: Installation, link: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = installation.request(f"/api/v1/links/{link['id']}", token=link["manage_token"])
    return found


def change(installation: Installation, link: dict[str, Any], destination: str) -> None:
    path, body = f"/api/v1/links/{link['id']}", {"destination": destination}
    installation.request(path, method="PATCH", token=link["manage_token"], body=body)


def delete(installation: Installation, link: dict[str, Any]) -> None:
    installation.request(f"/api/v1/links/{link['id']}", method="DELETE", token=link["manage_token"])


def test_a_geo_file_shows_where_clicks_come_from(tmp_path: Path) -> None:
    file = write_mmdb(tmp_path / "places.mmdb", {"203.0.113.0/24": SHENZHEN, "198.51.100.0/24": PARIS})
    with started(tmp_path, LIULIAN_TRUSTED_PROXIES="loopback") as installation:
        installed = installation.run("geo", "install", "--file", str(file))
        link = installation.create_link(LANDING)
        with Visitor(installation, BROWSER) as proxy:
            for client in ("203.0.113.7", "203.0.113.8", "198.51.100.7", "192.0.2.1", "203.0.113.9, 198.51.100.7", ""):
                proxy.ask("/" + link["slug"], X_Forwarded_For=client)

        stats = wait_for_requests(installation, link, 6)

    assert installed.returncode == 0, installed.stderr
    assert counts(stats["breakdowns"]["country"]) == {"CN": (2, 2, 2), "FR": (2, 2, 1), "": (2, 2, 2)}
    assert counts(stats["breakdowns"]["province"]) == {"广东": (2, 2, 2), "": (4, 4, 3)}
    assert counts(stats["breakdowns"]["city"]) == {"深圳": (2, 2, 2), "Paris": (2, 2, 1), "": (2, 2, 2)}
    assert stats["totals"] == {"clicks": 6, "human_clicks": 6, "visitors": 5}


def test_behind_a_proxy_of_ours_short_links_have_its_scheme(tmp_path: Path) -> None:
    headers = {"X-Forwarded-Proto": "https", "Host": "lnk.example.com", "Content-Type": "application/json"}
    with (
        started(tmp_path, workers=1, LIULIAN_TRUSTED_PROXIES="loopback") as installation,
        Visitor(installation, BROWSER) as visitor,
    ):
        visitor.connection.request("POST", "/api/v1/links", body=f'{{"destination": "{LANDING}"}}', headers=headers)
        answer = visitor.connection.getresponse()
        body = answer.read().decode()

    assert answer.status == 201, body
    assert '"short_url":"https://lnk.example.com/' in body


SHENZHEN: dict[str, Any] = {
    "country": {"iso_code": "CN", "names": {"en": "China", "zh-CN": "中国"}},
    "subdivisions": [{"iso_code": "GD", "names": {"en": "Guangdong"}}],
    "city": {"names": {"en": "Shenzhen", "zh-CN": "深圳市"}},
}
PARIS: dict[str, Any] = {"country": {"iso_code": "FR"}, "city": {"names": {"en": "Paris"}}}
