"""A suspected check-in counts, and somebody is asked to look, with the reasons. Ordinary ones are left alone."""

import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from liulian.base.ids import encode_id
from liulian.community.acts import ActKind
from liulian.community.reports import Flag, FlagKind, FlagState
from liulian.community.suspicion import Bursts
from tests.store.test_checkins import TEA, a_challenge
from tests.unit.qr.test_photo import a_scene, saved
from tests.web.members.a_community import a_community
from tests.web.members.browsers import Square, join

SENTENCE = "今天把下午的奶茶换成了乌龙茶"


async def offer(square: Square, **definition: Any) -> None:
    await square.plant()
    async with square.database.write() as tx:
        await tx.communities.services.add(a_challenge(**definition))


async def check_in(client: httpx2.AsyncClient, key: str = "a-tap-1234", **fields: Any) -> httpx2.Response:
    answer = await client.post(
        "/c/tea/do/check-in", json={"service": encode_id(TEA), "key": key, "open_ms": 20_000, **fields}
    )
    assert answer.status_code == 200, answer.text
    return answer


async def flags(square: Square) -> list[Flag]:
    async with square.database.read() as tx:
        return await tx.flags.page(a_community().id, state=FlagState.OPEN, limit=20)


@pytest.fixture
async def crowd(square: Square, tmp_path: Path) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Five members, each in a browser; all have the same telephone and the same address."""
    square.parts |= {"pictures_dir": tmp_path / "members", "bursts": Bursts()}  # As in one process.
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(square.browser()) for _ in range(5)]


def a_photo(seed: int, **options: Any) -> str:
    return base64.b64encode(saved(a_scene(seed), **options)).decode()


async def test_photo_of_somebody_else_is_flagged_and_counts_all_the_same(
    square: Square, crowd: list[httpx2.AsyncClient]
) -> None:
    await offer(square, proof="photo")
    for client in crowd[:3]:
        await join(client)
    await check_in(crowd[0], photo=a_photo(1))
    await check_in(crowd[1], photo=a_photo(2))
    await check_in(crowd[2], photo=a_photo(1, quality=40))

    (flag,) = await flags(square)
    acts = [act for act in await square.acts() if act.kind is ActKind.CHECK_IN]
    assert (flag.kind, flag.object_id, flag.reasons) == (FlagKind.SUSPICION, acts[2].id, ("photo_of_another",))
    assert flag.score == 0.9
    async with square.database.read() as tx:
        assert await tx.sums.points_of(flag.member_id) == 2


async def test_text_of_somebody_else_tapped_at_once_is_flagged_and_each_alone_is_not(
    square: Square, crowd: list[httpx2.AsyncClient]
) -> None:
    await offer(square, proof="text")
    for client in crowd[:3]:
        await join(client)
    await check_in(crowd[0], note=SENTENCE, open_ms=500)
    await check_in(crowd[1], note=f"{SENTENCE}。")
    assert await flags(square) == []
    await check_in(crowd[2], note=SENTENCE, open_ms=500)

    (flag,) = await flags(square)
    assert flag.reasons == ("text_of_another", "fast")


async def test_crowd_at_one_telephone_in_no_time_is_flagged(square: Square, crowd: list[httpx2.AsyncClient]) -> None:
    await offer(square)
    for client in crowd:
        await join(client)
        await check_in(client, open_ms=300)

    found = await flags(square)
    assert [flag.reasons for flag in found] == [("device_burst", "fast")] * 2


async def test_what_is_told_twice_or_oddly_is_not_looked_at_again(
    square: Square, crowd: list[httpx2.AsyncClient]
) -> None:
    await offer(square, proof="text")
    await join(crowd[0])
    for open_ms in (1, "many", None, -5, 1e300, [1]):
        await check_in(crowd[0], note=SENTENCE, open_ms=open_ms)

    assert await flags(square) == []
