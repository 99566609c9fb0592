"""What callers without a key may do in an hour; members are not counted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx2

from liulian.base.net import TrustedProxies
from liulian.links.screened import NO_SCREEN
from liulian.links.store import DestinationScreen
from liulian.screening.verdict import Refusal, Verdict
from liulian.storage.database import Database
from liulian.web.app import create_app
from liulian.web.parts import Parts, Site, Strangers
from tests.web.api import BASE, LINKS, NOON, api_key, bearer, ids, problem

WISH = {"destination": "https://example.com/"}
HERE = "127.0.0.1"  # Where a request of these tests comes from that says nothing else.


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Screen:
    """Remembers what it was asked, in order, and refuses one address."""

    def __init__(self, refused: str = "") -> None:
        self._refused = refused
        self.looked_at: list[str] = []

    async def check(self, url: str, *, stranger: bool) -> Verdict:
        assert stranger
        self.looked_at.append(url)
        return Verdict(refused=Refusal.PRIVATE if url == self._refused else None)


@asynccontextmanager
async def limited(
    database: Database,
    *,
    clock: Clock | None = None,
    may_make_links: bool = True,
    screen: DestinationScreen = NO_SCREEN,
) -> AsyncIterator[httpx2.AsyncClient]:
    """Give a client of an installation that lets strangers make three links an hour."""
    parts = Parts(
        site=Site.of(base_url=BASE, secret=b"secret of a test"),
        database=database,
        ids=ids,
        clock=clock or Clock(),
        proxies=TrustedProxies.parse("loopback"),
        strangers=Strangers(may_make_links=may_make_links, links_per_hour=3),
        screen=screen,
    )
    transport = httpx2.ASGITransport(app=create_app(parts))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE, headers={"Accept-Language": "en"}) as client:
        yield client


async def makes(client: httpx2.AsyncClient, *, number: int = 1, address: str = "203.0.114.7") -> list[int]:
    return [
        (await client.post(LINKS, json=WISH, headers={"X-Forwarded-For": address})).status_code for _ in range(number)
    ]


async def bulk_answer(client: httpx2.AsyncClient, wishes: list[dict[str, Any]]) -> httpx2.Response:
    return await client.post(f"{LINKS}/bulk", json={"links": wishes})


async def bulk(client: httpx2.AsyncClient, wishes: list[dict[str, Any]]) -> list[str]:
    answer = await bulk_answer(client, wishes)
    assert answer.status_code == 200, answer.text
    return [result.get("problem", {"code": "made"})["code"] for result in answer.json()["results"]]


async def test_stranger_who_made_enough_is_told_how_long_to_wait(database: Database) -> None:
    clock = Clock()
    async with limited(database, clock=clock) as client:
        assert await makes(client, number=3) == [201, 201, 201]
        clock.now += timedelta(minutes=15)

        refused = await client.post(LINKS, json=WISH, headers={"X-Forwarded-For": "203.0.114.7"})

        assert problem(refused) == (429, "too_many_links")
        assert refused.headers["Retry-After"] == str(45 * 60)
        assert refused.json()["detail"] == "At most 3 short links can be made in an hour. Try again in 45 min."
        clock.now += timedelta(minutes=45)
        assert await makes(client) == [201]


async def test_each_address_has_its_own_room_and_an_ipv6_network_is_one(database: Database) -> None:
    async with limited(database) as client:
        await makes(client, number=3)

        assert await makes(client, address="203.0.114.8") == [201]
        assert await makes(client, number=3, address="2001:db8:1:2::1") == [201, 201, 201]
        assert await makes(client, address="2001:db8:1:2:ffff::9") == [429]
        assert await makes(client, address="2001:db8:1:3::1") == [201]


async def test_member_is_not_counted(database: Database) -> None:
    async with limited(database) as client:
        client.headers |= bearer(await api_key(database))

        assert await makes(client, number=5) == [201] * 5


async def test_what_was_not_made_is_not_counted(database: Database) -> None:
    async with limited(database) as client:
        for _ in range(5):
            assert (await client.post(LINKS, json={"destination": "ftp://example.com/"})).status_code == 422

        assert await bulk(client, [WISH, {"destination": "nothing"}, WISH | {"slug": "a"}, WISH | {"slug": "a"}]) == [
            "made",
            "invalid_request",
            "made",
            "slug_taken",
        ]
        assert (await client.post(LINKS, json=WISH)).status_code == 201
        assert (await client.post(LINKS, json=WISH)).status_code == 429


async def test_of_many_links_those_are_made_for_which_there_is_room(database: Database) -> None:
    async with limited(database) as client:
        assert await bulk(client, [WISH] * 5) == ["made"] * 3 + ["too_many_links"] * 2

        assert problem(await client.post(f"{LINKS}/bulk", json={"links": [WISH]})) == (429, "too_many_links")


async def test_of_many_links_only_those_are_looked_at_for_which_there_is_room(database: Database) -> None:
    screen = Screen(refused="https://example.com/bad")
    wishes = [{"destination": f"https://example.com/{name}"} for name in ("bad", "a", "b", "c", "d")]
    async with limited(database, screen=screen) as client:
        answer = await client.post(f"{LINKS}/bulk", json={"links": [{"destination": "nothing"}, *wishes]})

        results = answer.json()["results"]
        codes = [result.get("problem", {"code": "made"})["code"] for result in results]
        assert codes == ["invalid_request", "invalid_request", "made", "made", "too_many_links", "too_many_links"]
        assert sorted(screen.looked_at) == [f"https://example.com/{name}" for name in ("a", "b", "bad")]
        assert results[4]["problem"]["retry_after_s"] == 1  # One place is left: what was refused has not taken it.

        assert await bulk(client, wishes[3:]) == ["made", "too_many_links"]
        assert screen.looked_at[3:] == ["https://example.com/c"]


async def test_who_made_enough_has_nothing_looked_at(database: Database) -> None:
    screen = Screen()
    async with limited(database, screen=screen) as client:
        await makes(client, number=3, address=HERE)

        assert await makes(client, address=HERE) == [429]
        assert problem(await bulk_answer(client, [WISH] * 1000)) == (429, "too_many_links")
        assert len(screen.looked_at) == 3


async def test_row_that_must_wait_says_how_long(database: Database) -> None:
    clock = Clock()
    async with limited(database, clock=clock) as client:
        await makes(client, number=2, address=HERE)
        clock.now += timedelta(minutes=15)

        *_, last = (await bulk_answer(client, [WISH] * 2)).json()["results"]

        assert (last["problem"]["status"], last["problem"]["retry_after_s"]) == (429, 45 * 60)
        assert last["problem"]["detail"] == "At most 3 short links can be made in an hour. Try again in 45 min."


async def test_replayed_request_is_not_counted_again(database: Database) -> None:
    async with limited(database) as client:
        for _ in range(5):
            answer = await client.post(
                LINKS, json=WISH, headers={"Idempotency-Key": "the-same-request-again-and-again"}
            )
            assert answer.status_code == 201

        assert (await client.post(LINKS, json=WISH)).status_code == 201


async def test_installation_may_be_for_members_only(database: Database) -> None:
    async with limited(database, may_make_links=False) as client:
        assert problem(await client.post(LINKS, json=WISH)) == (403, "anonymous_links_off")
        assert problem(await client.post(f"{LINKS}/bulk", json={"links": [WISH]})) == (403, "anonymous_links_off")

        client.headers |= bearer(await api_key(database))
        assert (await client.post(LINKS, json=WISH)).status_code == 201


async def test_who_sits_at_the_server_is_counted_like_everybody(database: Database) -> None:
    async with limited(database) as client:
        assert [(await client.post(LINKS, json=WISH)).status_code for _ in range(4)] == [201, 201, 201, 429]
