"""A community whose address is Chinese works like any other: headers and cookies carry it percent-encoded."""

from urllib.parse import quote

import httpx2
import pytest

from liulian.base.ids import encode_id
from tests.web.members.browsers import CHANNEL, Square, join

SLUG = "茶社1"
PATH = f"/c/{quote(SLUG)}"


async def test_stranger_joins_by_a_channel_and_is_known(square: Square) -> None:
    await square.plant(slug=SLUG)
    async with square.browser() as client:
        page = await client.get(f"{PATH}?ch={encode_id(CHANNEL.id)}")
        done = await join(client, SLUG)
        home = await client.get(PATH)

    (member,) = await square.members()
    assert page.status_code == 200, page.text
    assert f"Path={PATH};" in done.headers["Set-Cookie"]
    assert done.headers["Location"] == PATH
    assert '<nav class="tabs"' in home.text
    assert member.channel_id == CHANNEL.id


async def test_member_exports_subscribes_and_erases(square: Square) -> None:
    await square.plant(slug=SLUG)
    async with square.browser() as client:
        await join(client, SLUG)
        packed = await client.get(f"{PATH}/me/export")
        await client.post(f"{PATH}/calendar/feed", data={"do": "renew"})
        calendar = await client.get(f"{PATH}/calendar")
        shared = await client.get(f"{PATH}/share")
        erased = await client.post(f"{PATH}/me/erase", data={"sure": "1"})

    assert packed.headers["Content-Disposition"].startswith(f"attachment; filename*=UTF-8''{quote(SLUG)}-")
    assert f"{PATH}/calendar/" in calendar.text
    assert PATH in shared.text
    assert erased.status_code == 200
    assert f"Path={PATH};" in erased.headers["Set-Cookie"]


async def test_operator_exports_members(square: Square, program: httpx2.AsyncClient) -> None:
    await square.plant(slug=SLUG)
    answer = await program.get(f"/api/v1/communities/{encode_id(7)}/members.csv")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f"''{quote(SLUG)}-members.csv")


@pytest.mark.parametrize("slug", ["tea", SLUG])
async def test_second_browser_waits_for_its_yes(square: Square, slug: str) -> None:
    await square.plant(slug=slug)
    async with square.browser() as first, square.browser() as second:
        await join(first, slug)
        shown = await first.post(f"/c/{quote(slug)}/pair/show")
        code = shown.headers["Location"].partition("code=")[2]
        claimed = await second.post(f"/c/{quote(slug)}/pair", data={"code": code})

    assert claimed.headers["Location"] == f"/c/{quote(slug)}/pair/wait"
