"""Who the members of a community are, for those who look after them. Never what they answered, never how to reach them.

Asked page by page, in the order in which they joined; the same again as a file.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from liulian.accounts.model import Actor
from liulian.accounts.permissions import Scope
from liulian.base.ids import ChannelId, CommunityId
from liulian.community.model import Member, MemberState
from liulian.community.service import community_for
from liulian.community.store import CommunityStore

FILE_PAGE = 1_000


class MemberLister(Protocol):
    """Lists members, in one transaction."""

    async def list_page(
        self,
        community_id: CommunityId,
        *,
        limit: int,
        after: int = 0,
        state: MemberState | None = None,
        channel_id: ChannelId | None = None,
    ) -> list[Member]: ...


class ListTransaction(Protocol):
    """What listing members needs of a transaction."""

    @property
    def members(self) -> MemberLister: ...
    @property
    def communities(self) -> CommunityStore: ...


async def list_members(
    actor: Actor,
    community_id: CommunityId,
    *,
    tx: ListTransaction,
    limit: int,
    after: int = 0,
    state: MemberState | None = None,
    channel_id: ChannelId | None = None,
) -> list[Member]:
    """Return at most `limit` members with ids above `after`. Raises NotSignedIn, Forbidden, NotFound."""
    await community_for(actor, community_id, store=tx.communities, scope=Scope.COMMUNITIES_PEOPLE)
    return await tx.members.list_page(community_id, limit=limit, after=after, state=state, channel_id=channel_id)


async def every_member(
    actor: Actor, community_id: CommunityId, *, read: Callable[[], AbstractAsyncContextManager[ListTransaction]]
) -> AsyncIterator[list[Member]]:
    """Yield all members, a page at a time; each page is asked for anew, and with it whether the actor still may."""
    after = 0
    while True:
        async with read() as tx:
            page = await list_members(actor, community_id, tx=tx, limit=FILE_PAGE, after=after)
        if page:
            yield page
        if len(page) < FILE_PAGE:
            return
        after = page[-1].id
