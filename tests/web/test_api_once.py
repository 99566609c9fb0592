"""Idempotency-Key: the same request makes one link, however often it is sent. On every database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liulian.storage.database import Database
from tests.databases import KINDS, fresh_url, opened
from tests.web.api import BASE, LINKS, api_key, bearer, client_of, problem, refused_fields

WISH = {"destination": "https://example.com/"}
KEY = "0123456789abcdef"  # As short as a stranger's may be.


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(await fresh_url(request.param, tmp_path)) as database:
        yield database


async def send(client: httpx2.AsyncClient, wish: Any = WISH, *, key: str = KEY, to: str = LINKS) -> httpx2.Response:
    return await client.post(to, json=wish, headers={"Idempotency-Key": key})


async def test_same_request_gets_the_same_answer_token_and_all(stranger: httpx2.AsyncClient) -> None:
    first, second = await send(stranger), await send(stranger)

    assert second.json() == first.json()
    assert second.json()["manage_token"]
    assert (second.status_code, second.headers["Location"]) == (201, first.headers["Location"])
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"


async def test_replayed_bulk_has_its_tokens_too(stranger: httpx2.AsyncClient) -> None:
    bulk = {"links": [WISH, {"destination": "x"}]}

    first, second = [await send(stranger, bulk, to=f"{LINKS}/bulk") for _ in range(2)]

    assert second.json() == first.json()
    assert second.json()["results"][0]["link"]["manage_token"]


async def test_same_key_with_another_body_is_refused(stranger: httpx2.AsyncClient) -> None:
    await send(stranger)

    answer = await send(stranger, {"destination": "https://example.org/"})

    assert problem(answer) == (422, "idempotency_key_reused")
    assert refused_fields(answer) == {"Idempotency-Key": "idempotency_key_reused"}


async def test_other_keys_and_other_callers_make_other_links(
    stranger: httpx2.AsyncClient, program: httpx2.AsyncClient
) -> None:
    made = [await send(stranger), await send(stranger, key=KEY[::-1]), await send(program)]

    assert len({answer.json()["id"] for answer in made}) == 3


async def test_refused_request_may_be_sent_again(program: httpx2.AsyncClient) -> None:
    taken = {"destination": "https://example.com/", "slug": "tea"}
    await program.post(LINKS, json=taken)
    assert problem(await send(program, taken)) == (409, "slug_taken")

    assert (await send(program, {"destination": "https://example.com/", "slug": "coffee"})).status_code == 201


async def test_twenty_requests_at_once_make_one_link(database: Database) -> None:
    token = await api_key(database)
    async with client_of(database, base_url=BASE, token=token) as client:
        answers = await asyncio.gather(*(send(client) for _ in range(20)))
        listed = (await client.get(LINKS)).json()["links"]

    assert {answer.status_code for answer in answers} == {201}
    assert len(listed) == len({answer.json()["id"] for answer in answers}) == 1


async def test_stored_answer_holds_no_token_and_no_address(stranger: httpx2.AsyncClient, database: Database) -> None:
    token = (await send(stranger)).json()["manage_token"]

    async with database.read() as tx:
        rows = (await tx.connection.exec_driver_sql("SELECT * FROM idempotency")).all()
    assert token not in str(rows)
    assert "127.0.0.1" not in str(rows)


async def test_replayed_link_can_be_managed(stranger: httpx2.AsyncClient) -> None:
    await send(stranger)
    made = (await send(stranger)).json()

    answer = await stranger.get(f"{LINKS}/{made['id']}", headers=bearer(made["manage_token"]))

    assert answer.status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a\tb"])
async def test_bad_key_is_refused(stranger: httpx2.AsyncClient, key: str) -> None:
    answer = await send(stranger, key=key)

    assert problem(answer) == (422, "invalid_request")
    assert list(refused_fields(answer).values()) == ["field_form"]


async def test_short_key_of_a_stranger_makes_no_second_link_and_shows_no_token_again(
    stranger: httpx2.AsyncClient,
) -> None:
    first, again = [(await send(stranger, key=KEY[1:])).json() for _ in range(2)]

    assert first.pop("manage_token").startswith("lm_")
    assert again == first


async def test_key_of_a_program_may_be_short(program: httpx2.AsyncClient) -> None:
    made = [await send(program, key="k1") for _ in range(2)]

    assert made[0].json() == made[1].json()
