"""Look up whom and what evidence from outside names, many at once. Implements `community.telling.EvidenceStore`.

Every question takes at most some hundred values: the caller sees to that.
"""

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import ChannelId, CommunityId, LinkId, MemberId, SendId, WorkspaceId
from liulian.community.acts import Purpose, Stimulus
from liulian.community.model import Member, MemberState
from liulian.community.people import IdentityKind
from liulian.community.telling import KnownSend
from liulian.storage.community_tables import channel_links, sends
from liulian.storage.member_tables import member_identities, members
from liulian.storage.members import member_of
from liulian.storage.sql import is_postgres
from liulian.storage.tables import links

ASKED_MAX = 500

_BY_SUBJECT = (
    select(member_identities.c.subject, member_identities.c.member_id)
    .where(
        member_identities.c.community_id == bindparam("of_community"),
        member_identities.c.kind == bindparam("of_kind"),
        member_identities.c.subject.in_(bindparam("subjects", expanding=True)),
    )
    .limit(ASKED_MAX)
)
_MEMBERS = (
    select(members)
    .where(
        members.c.id.in_(bindparam("member_ids", expanding=True)),
        members.c.community_id == bindparam("of_community"),
        members.c.state != MemberState.ERASED.value,
    )
    .limit(ASKED_MAX)
)
_HOLD = (
    select(members.c.id)
    .where(members.c.id.in_(bindparam("member_ids", expanding=True)))
    .order_by(members.c.id)  # One order for all: no deadlock.
    .limit(ASKED_MAX)
    .with_for_update()
)
_LINKS = (
    select(links.c.id)
    .where(links.c.id.in_(bindparam("link_ids", expanding=True)), links.c.workspace_id == bindparam("of_workspace"))
    .limit(ASKED_MAX)
)
_CHANNELS = (
    select(channel_links.c.id)
    .where(
        channel_links.c.id.in_(bindparam("channel_ids", expanding=True)),
        channel_links.c.community_id == bindparam("of_community"),
    )
    .limit(ASKED_MAX)
)
_SENDS = (
    select(sends.c.id, sends.c.purpose, sends.c.stimulus_share, sends.c.stimulus_amount)
    .where(sends.c.id.in_(bindparam("send_ids", expanding=True)), sends.c.community_id == bindparam("of_community"))
    .limit(ASKED_MAX)
)


class EvidenceRows:
    """What evidence names, in one transaction. Never writes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def members_of_subjects(
        self, community_id: CommunityId, kind: IdentityKind, subjects: Collection[bytes]
    ) -> dict[bytes, MemberId]:
        """Return whom identities of one kind belong to."""
        values = {"of_community": community_id, "of_kind": kind.value, "subjects": list(subjects)}
        return {row.subject: MemberId(row.member_id) for row in await self._connection.execute(_BY_SUBJECT, values)}

    async def members_of_ids(
        self, community_id: CommunityId, member_ids: Collection[MemberId]
    ) -> dict[MemberId, Member]:
        """Return members of a community by their ids, also those who left, and nobody who was erased."""
        values = {"of_community": community_id, "member_ids": list(member_ids)}
        return {MemberId(row.id): member_of(row) for row in await self._connection.execute(_MEMBERS, values)}

    async def hold_members(self, member_ids: Collection[MemberId]) -> None:
        """Let nobody else write what members do. SQLite's writers take turns anyway."""
        if not is_postgres(self._connection):
            return
        ordered = sorted(member_ids)
        for start in range(0, len(ordered), ASKED_MAX):
            await self._connection.execute(_HOLD, {"member_ids": ordered[start : start + ASKED_MAX]})

    async def links_of(self, workspace_id: WorkspaceId, link_ids: Collection[LinkId]) -> set[LinkId]:
        """Return which of these links are the workspace's."""
        values = {"of_workspace": workspace_id, "link_ids": list(link_ids)}
        return {LinkId(row.id) for row in await self._connection.execute(_LINKS, values)}

    async def channels_of(self, community_id: CommunityId, channel_ids: Collection[ChannelId]) -> set[ChannelId]:
        """Return which of these channels are, or were, the community's."""
        values = {"of_community": community_id, "channel_ids": list(channel_ids)}
        return {ChannelId(row.id) for row in await self._connection.execute(_CHANNELS, values)}

    async def sends_of(self, community_id: CommunityId, send_ids: Collection[SendId]) -> dict[SendId, KnownSend]:
        """Return what these sends are for, as far as they are the community's."""
        values = {"of_community": community_id, "send_ids": list(send_ids)}
        return {
            SendId(row.id): KnownSend(
                Purpose(row.purpose), Stimulus(share=row.stimulus_share, amount=row.stimulus_amount)
            )
            for row in await self._connection.execute(_SENDS, values)
        }
