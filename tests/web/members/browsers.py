"""Browsers in front of a community: strangers, members, and what they tap."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from liulian.base.ids import ChannelId, CommunityId, LinkId
from liulian.community.acts import Act, Purpose
from liulian.community.model import ChannelLink, Community, Member
from liulian.storage.database import Database
from tests.web.api import BASE, client_of
from tests.web.members.a_community import NOON, a_community
from tests.web.people import HERE, Clock

WECHAT_AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN"
)
CHANNEL = ChannelLink(
    id=ChannelId(4_000),
    community_id=CommunityId(7),
    link_id=LinkId(3_000),
    name="Poster",
    purpose=Purpose.PROBLEM,
    created_at=NOON,
)


@dataclass
class Square:
    """One installation with communities, and browsers of those who come."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    parts: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def browser(self, **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
        """Give a browser that nobody knows. Its pages are ours, and it keeps cookies."""
        usual: dict[str, Any] = {"base_url": BASE, "clock": self.clock}
        async with client_of(self.database, **usual | self.parts) as client:
            client.headers |= HERE | headers
            client.base_url = httpx2.URL(BASE)  # Cookies of https go nowhere else.
            yield client

    async def plant(self, **changed: Any) -> Community:
        """Store a community with one channel."""
        community = a_community(**changed)
        async with self.database.write() as tx:
            await tx.communities.add(community)
            if community.id == CHANNEL.community_id:
                await tx.communities.channels.add(CHANNEL)
        return community

    async def members(self, community_id: int = 7) -> list[Member]:
        async with self.database.read() as tx:
            return await tx.members.list_page(CommunityId(community_id), limit=100)

    async def acts(self, community_id: int = 7) -> list[Act]:
        async with self.database.read() as tx:
            return await tx.acts.list_page(CommunityId(community_id), after=0, limit=100)


async def join(client: httpx2.AsyncClient, slug: str = "tea", **fields: str) -> httpx2.Response:
    """Tap the button that makes somebody a member."""
    answer = await client.post(f"/c/{slug}/join", data=fields)
    assert answer.status_code == 303, answer.text
    return answer


def hidden(page: httpx2.Response, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]
