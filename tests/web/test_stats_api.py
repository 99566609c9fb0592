"""Statistics over HTTP, answered by a real query process's server over a real socket from a real lake."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liulian.analytics.client import AnalyticsClient
from liulian.analytics.server import serve_queries
from liulian.base.ids import decode_id
from liulian.clicks.outcome import Outcome
from liulian.lake.clicks import ClickLake
from liulian.storage.database import Database
from liulian.web.app import create_app
from liulian.web.parts import Parts, Site
from tests.lake_rows import a_row, click_table
from tests.web.api import BASE, LINKS, NOON, api_key, bearer, ids, make, problem, refused_fields

DAY = "2026-02-20"  # Within the thirty days before NOON.


@asynccontextmanager
async def statistics(folder: Path) -> AsyncIterator[AnalyticsClient]:
    """Give a client of a query server over the lake in `folder`."""
    stop, socket = asyncio.Event(), folder / "run" / "query.sock"
    server = asyncio.create_task(serve_queries(socket, str(folder / "lake"), temp_folder=folder / "temp", stop=stop))
    while not socket.exists():
        assert not server.done(), server.exception()
        await asyncio.sleep(0)
    client = AnalyticsClient(socket)
    yield client
    await client.close()
    stop.set()
    await server


@asynccontextmanager
async def api(database: Database, analytics: AnalyticsClient | None) -> AsyncIterator[httpx2.AsyncClient]:
    site = Site.of(base_url=BASE, secret=b"secret of a test")
    app = create_app(Parts(site=site, database=database, ids=ids, clock=lambda: NOON, analytics=analytics))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"Accept-Language": "en", "Authorization": f"Bearer {await api_key(database)}"}
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers=headers) as client:
        yield client


@pytest.fixture
async def client(database: Database, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with statistics(tmp_path) as analytics, api(database, analytics) as client:
        yield client


def store(folder: Path, link: dict[str, Any], *rows: dict[str, Any]) -> None:
    lake = ClickLake(str(folder / "lake"))
    table = click_table([row | {"link_id": decode_id(link["id"])} for row in rows])
    assert lake.commit(table, positions={"aaaaaaaa-0001": lake.position("aaaaaaaa-0001") + len(rows)})


async def ask(client: httpx2.AsyncClient, link: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    answer = await client.get(f"{LINKS}/{link['id']}/stats", params=parameters)
    assert answer.status_code == 200, answer.text
    members: dict[str, Any] = answer.json()
    return members


async def test_a_link_without_clicks_has_thirty_empty_days(client: httpx2.AsyncClient) -> None:
    link = await make(client)
    stats = await ask(client, link)
    assert stats["link_id"] == link["id"]
    assert (stats["from"], stats["to"]) == ("2026-01-31T00:00:00+08:00", "2026-03-01T20:00:00+08:00")
    assert (stats["interval"], stats["tz"]) == ("day", "Asia/Shanghai")
    assert stats["totals"] == {"clicks": 0, "human_clicks": 0, "visitors": 0}
    assert len(stats["series"]) == 30
    assert stats["series"][0] == {"start": "2026-01-31T00:00:00+08:00", "clicks": 0, "human_clicks": 0, "visitors": 0}
    assert set(stats["breakdowns"]) == {
        "app", "system", "browser", "referrer", "language", "country", "province", "city",
    }  # fmt: skip
    assert stats["outcomes"] == {outcome.name.lower(): 0 for outcome in Outcome}


async def test_a_stored_click_is_shown(client: httpx2.AsyncClient, tmp_path: Path) -> None:
    link = await make(client)
    store(
        tmp_path, link, a_row(f"{DAY}T10:00:00+08:00", app="wechat"), a_row(f"{DAY}T11:00:00+08:00", app="qq", flags=1)
    )
    stats = await ask(client, link, breakdown="app", interval="week")
    assert stats["totals"] == {"clicks": 2, "human_clicks": 1, "visitors": 1}
    assert stats["breakdowns"] == {
        "app": [
            {"value": "qq", "clicks": 1, "human_clicks": 0, "visitors": 0},
            {"value": "wechat", "clicks": 1, "human_clicks": 1, "visitors": 1},
        ]
    }
    assert [point for point in stats["series"] if point["clicks"]] == [
        {"start": "2026-02-16T00:00:00+08:00", "clicks": 2, "human_clicks": 1, "visitors": 1}
    ]


async def test_from_to_tz_and_interval_are_obeyed(client: httpx2.AsyncClient, tmp_path: Path) -> None:
    link = await make(client)
    store(tmp_path, link, a_row(f"{DAY}T10:00:00+00:00"), a_row(f"{DAY}T12:00:00+00:00"))
    asked = {"from": f"{DAY}T10:00:00Z", "to": f"{DAY}T12:00:00Z", "tz": "UTC", "interval": "hour"}
    stats = await ask(client, link, **asked)
    assert [(point["start"], point["clicks"]) for point in stats["series"]] == [
        (f"{DAY}T10:00:00+00:00", 1),
        (f"{DAY}T11:00:00+00:00", 0),
    ]


async def test_every_bad_parameter_is_named_with_a_sentence(client: httpx2.AsyncClient) -> None:
    link = await make(client)
    bad = {"from": "x", "to": "y", "interval": "z", "tz": "Moon", "breakdown": ["app", "shoe"]}
    answer = await client.get(f"{LINKS}/{link['id']}/stats", params=bad)
    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == {
        "from": "stats_time_invalid",
        "to": "stats_time_invalid",
        "interval": "stats_interval_unknown",
        "tz": "stats_zone_unknown",
        "breakdown": "stats_breakdown_unknown",
    }
    sentences = {error["field"]: error["message"] for error in answer.json()["errors"]}
    assert "hour, day, week, month" in sentences["interval"]
    assert "referrer" in sentences["breakdown"]


async def test_somebody_elses_link_does_not_exist(client: httpx2.AsyncClient, database: Database) -> None:
    link = await make(client)
    other = bearer(await api_key(database, workspace=2))
    for address in (f"{LINKS}/{link['id']}/stats", f"{LINKS}/22222222222/stats", f"{LINKS}/no-id/stats"):
        assert problem(await client.get(address, headers=other)) == (404, "not_found")


async def test_the_manage_token_of_a_link_shows_its_statistics(client: httpx2.AsyncClient) -> None:
    del client.headers["Authorization"]
    link = await make(client)
    answer = await client.get(f"{LINKS}/{link['id']}/stats", headers=bearer(link["manage_token"]))
    assert answer.status_code == 200


async def test_without_the_query_process_statistics_are_unavailable(database: Database, tmp_path: Path) -> None:
    async with api(database, AnalyticsClient(tmp_path / "nobody.sock")) as client:
        link = await make(client)
        answer = await client.get(f"{LINKS}/{link['id']}/stats")
    assert problem(answer) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


async def test_the_document_describes_the_statistics(client: httpx2.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    operation = document["paths"]["/api/v1/links/{id}/stats"]["get"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "id", "from", "to", "interval", "tz", "breakdown",
    }  # fmt: skip
    assert "Stats" in str(operation["responses"]["200"])
