"""Newcomers of a month are people, however often they leave and come back."""

import re

from liulian.community.acts import ActKind
from tests.web.members.a_community import NOON
from tests.web.members.browsers import Square, join


async def test_recap_counts_who_left_and_came_back_as_one_newcomer(square: Square) -> None:
    await square.plant()
    square.clock.now = NOON
    async with square.browser() as client:
        await join(client)
        for _ in range(3):
            await client.post("/c/tea/me/leave")
            await join(client)
        page = await client.get("/c/tea/recap/2026-03")

    assert sum(act.kind is ActKind.JOIN for act in await square.acts()) == 4
    assert page.status_code == 200, page.text
    assert re.search(r"新来的主人\D*1 位", page.text) is not None
