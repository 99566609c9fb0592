"""Following a short link, over the API and on its page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from liulian.safety.expand import EXPANSIONS_MAX
from liulian.safety.reports import take_down
from liulian.storage.database import Database
from liulian.web.app import create_app
from liulian.web.parts import Parts, Site
from tests.web.api import BASE, NOON, api_key, bearer, ids, make, problem, refused_fields
from tests.web.foreign import ForeignWeb, an_expander, foreign_web

EXPAND = "/api/v1/expand"


@pytest.fixture
async def web() -> AsyncIterator[ForeignWeb]:
    async with foreign_web() as web:
        yield web


@asynccontextmanager
async def client_with(database: Database, web: ForeignWeb, folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    parts = Parts(
        site=Site.of(base_url=BASE, secret=b"secret of a test"),
        database=database,
        ids=ids,
        clock=lambda: NOON,
        expander=an_expander(web, folder),
    )
    transport = httpx2.ASGITransport(app=create_app(parts))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers={"Accept-Language": "en"}) as client:
        yield client


@pytest.fixture
async def client(database: Database, web: ForeignWeb, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_with(database, web, tmp_path / "feeds") as client:
        yield client


async def test_way_is_answered_hop_by_hop(client: httpx2.AsyncClient, web: ForeignWeb) -> None:
    web.redirect("/a", web.url("/end", host="shop.abroad.net"))
    web.page("/end", b"here")

    answer = await client.post(EXPAND, json={"url": web.url("/a")})

    assert answer.status_code == 200
    assert answer.json() == {
        "ending": "arrived",
        "final_host": "shop.abroad.net",
        "hops": [
            {"url": web.url("/a"), "host": "short.abroad.net", "status": 302},
            {"url": web.url("/end", host="shop.abroad.net"), "host": "shop.abroad.net", "status": 200},
        ],
        "flags": [],
        "listed": None,
    }


async def test_private_and_dead_addresses_are_answered_alike(client: httpx2.AsyncClient, web: ForeignWeb) -> None:
    answers = [
        (await client.post(EXPAND, json={"url": web.url("/", host=host)})).json()
        for host in ("inner.abroad.net", "nobody.abroad.net", "127.0.0.1")
    ]

    assert {(answer["ending"], answer["final_host"], answer["hops"][0]["status"]) for answer in answers} == {
        ("unreachable", None, None)
    }


async def test_what_is_no_address_is_a_problem(client: httpx2.AsyncClient) -> None:
    answer = await client.post(EXPAND, json={"url": "mailto:someone@example.com"})

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == {"url": "expand_url_invalid"}
    assert refused_fields(await client.post(EXPAND, json={})) == {"url": "field_required"}


async def test_our_own_link_is_followed_without_a_request(client: httpx2.AsyncClient, web: ForeignWeb) -> None:
    web.page("/end", b"here")
    link = await make(client, destination="https://example.com/elsewhere", slug="mine")

    found = (await client.post(EXPAND, json={"url": link["short_url"]})).json()

    assert [(hop["host"], hop["status"]) for hop in found["hops"]] == [("s.example", 302), ("example.com", None)]
    assert web.heads == []


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/", 200), ("/expand", 200), ("/mine", 410)])
async def test_our_own_addresses_are_answered_like_a_visitor(
    client: httpx2.AsyncClient, database: Database, path: str, status: int
) -> None:
    await make(client, slug="mine")
    async with database.write() as tx:
        await take_down("mine", reason="spam", links=tx.links, store=tx.reports, now=NOON + timedelta(hours=1))

    found = (await client.post(EXPAND, json={"url": BASE + path})).json()

    assert [hop["status"] for hop in found["hops"]] == [status]


@pytest.mark.parametrize("url", [f"{BASE}:22/", "http://127.0.0.1:22/", f"{BASE}:8443/mine"])
async def test_another_port_of_ours_is_not_ours(client: httpx2.AsyncClient, url: str) -> None:
    found = (await client.post(EXPAND, json={"url": url}, headers={"Host": "127.0.0.1"})).json()

    assert (found["ending"], [hop["status"] for hop in found["hops"]]) == ("unreachable", [None])


async def test_stranger_has_a_budget_and_a_member_has_none(
    client: httpx2.AsyncClient, database: Database, web: ForeignWeb
) -> None:
    for _ in range(EXPANSIONS_MAX):
        assert (await client.post(EXPAND, json={"url": BASE})).status_code == 200

    refused = await client.post(EXPAND, json={"url": BASE})
    assert problem(refused) == (429, "too_many_expansions")
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    client.headers |= bearer(await api_key(database))
    assert (await client.post(EXPAND, json={"url": BASE})).status_code == 200


async def test_page_shows_the_way_without_script(client: httpx2.AsyncClient, web: ForeignWeb) -> None:
    web.redirect("/a", web.url("/<end>", host="shop.abroad.net"))

    empty = await client.get("/expand", params={"url": web.url("/a")})
    shown = await client.post("/expand", data={"url": web.url("/a")})

    assert (empty.status_code, shown.status_code) == (200, 200)
    assert web.url("/a") in empty.text
    assert len(web.heads) == 2  # Only the posted form asked anybody.
    assert '<p class="host" translate="no"><bdi>shop.abroad.net</bdi></p>' in shown.text
    assert "%3Cend%3E" in shown.text
    assert "no-store" in shown.headers["Cache-Control"]


async def test_page_says_what_is_wrong_at_the_field(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/expand", data={"url": "not an address"})

    assert answer.status_code == 422
    assert "Give a whole short link" in answer.text
    assert 'value="not an address"' in answer.text


async def test_form_on_another_site_asks_nobody(client: httpx2.AsyncClient, web: ForeignWeb) -> None:
    await client.post("/expand", data={"url": web.url("/a")}, headers={"Sec-Fetch-Site": "cross-site"})

    assert web.heads == []


async def test_installation_without_an_expander_says_so(database: Database) -> None:
    parts = Parts(site=Site.of(base_url=BASE, secret=b"s"), database=database, ids=ids, clock=lambda: NOON)
    transport = httpx2.ASGITransport(app=create_app(parts))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        assert problem(await client.post(EXPAND, json={"url": BASE})) == (503, "unavailable")
