"""Members of communities in the database. Knows nothing of what they did: that is the log of acts."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.i18n import Language
from liulian.base.ids import ChannelId, CommunityId, LinkId, MemberId
from liulian.community.model import Member, MemberRole, MemberState, Shares
from liulian.community.people import IdentityKind
from liulian.storage.community_tables import communities
from liulian.storage.member_tables import member_identities, members

MEMBERS_READ_MAX = 1000  # In one question by their ids; lists have a limit of their own.

_ALL = select(members)
_BY_ID = _ALL.where(members.c.id == bindparam("wanted"))
_BY_IDENTITY = _ALL.join(member_identities, member_identities.c.member_id == members.c.id).where(
    member_identities.c.community_id == bindparam("of_community"),
    member_identities.c.kind == bindparam("of_kind"),
    member_identities.c.subject == bindparam("of_subject"),
)
_SEEN = update(members).where(members.c.id == bindparam("wanted"), members.c.state == MemberState.ACTIVE.value)
_COLUMN_OF = {"link_id": "source_link_id"}  # Where a field is called differently in the table.


class MemberRows:
    """The members of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, member: Member) -> None:
        await self._connection.execute(insert(members), _values(member))

    async def find(self, member_id: MemberId, *, for_update: bool = False) -> Member | None:
        """Return a member of whatever state; with `for_update` nobody else changes them until this is committed."""
        asked = _BY_ID.with_for_update() if for_update else _BY_ID
        row = (await self._connection.execute(asked, {"wanted": member_id})).one_or_none()
        return None if row is None else member_of(row)

    async def find_by_identity(self, community_id: CommunityId, kind: IdentityKind, subject: bytes) -> Member | None:
        """Return who is known in a community by an identity, also one who left."""
        asked = {"of_community": community_id, "of_kind": kind.value, "of_subject": subject}
        row = (await self._connection.execute(_BY_IDENTITY, asked)).one_or_none()
        return None if row is None else member_of(row)

    async def list_of_ids(self, member_ids: list[MemberId]) -> dict[MemberId, Member]:
        """Return members by their ids, those there are, at most MEMBERS_READ_MAX."""
        some = sorted(set(member_ids))[:MEMBERS_READ_MAX]
        found = await self._connection.execute(_ALL.where(members.c.id.in_(some)).limit(MEMBERS_READ_MAX))
        return {MemberId(row.id): member_of(row) for row in found}

    async def list_of_removed(self, *, removed_before: datetime, limit: int) -> list[Member]:
        """Return members, not erased yet, of communities that were removed before an instant."""
        theirs = members.join(communities, communities.c.id == members.c.community_id)
        asked = (
            select(members)
            .select_from(theirs)
            .where(communities.c.removed_at < removed_before, members.c.state != MemberState.ERASED.value)
        )
        return [member_of(row) for row in await self._connection.execute(asked.order_by(members.c.id).limit(limit))]

    async def list_page(
        self,
        community_id: CommunityId,
        *,
        limit: int,
        after: int = 0,
        state: MemberState | None = None,
        channel_id: ChannelId | None = None,
    ) -> list[Member]:
        """Return at most `limit` members with ids above `after`, those who joined first first."""
        asked = _ALL.where(members.c.community_id == community_id, members.c.id > after)
        if state is not None:
            asked = asked.where(members.c.state == state.value)
        if channel_id is not None:
            asked = asked.where(members.c.channel_id == channel_id)
        return [member_of(row) for row in await self._connection.execute(asked.order_by(members.c.id).limit(limit))]

    async def count(self, community_id: CommunityId, *, state: MemberState = MemberState.ACTIVE) -> int:
        """Return how many members of a state a community has."""
        asked: Select[Any] = select(func.count()).where(
            members.c.community_id == community_id, members.c.state == state.value
        )
        return int((await self._connection.execute(asked)).scalar_one())

    async def count_joined(self, community_id: CommunityId, *, first: int, last: int) -> int:
        """Return how many joined between two local days, each by the day they came for the first time."""
        asked: Select[Any] = select(func.count()).where(
            members.c.community_id == community_id, members.c.joined_on >= first, members.c.joined_on <= last
        )
        return int((await self._connection.execute(asked)).scalar_one())

    async def touch(self, member_id: MemberId, *, now: datetime) -> None:
        """Note that a member was here just now."""
        await self._connection.execute(_SEEN.values(seen_at=now), {"wanted": member_id})

    async def move_to_zone(self, member: Member, zone: str) -> None:
        """Note the zone a member is in, where it is another than before. Days of what they did stay what they were."""
        if zone != member.zone:
            await self.update(member.id, zone=zone)

    async def update(self, member_id: MemberId, **changed: object) -> None:
        """Change fields of a member, named as in `Member`."""
        values = {_COLUMN_OF.get(name, name): _plain(value) for name, value in changed.items()}
        await self._connection.execute(update(members).where(members.c.id == member_id).values(**values))


def member_of(row: Row[*tuple[Any, ...]]) -> Member:
    """Return the member in a row that has all columns of one."""
    return Member(
        id=MemberId(row.id),
        community_id=CommunityId(row.community_id),
        state=MemberState(row.state),
        nickname=row.nickname,
        zone=row.zone,
        language=Language(row.language),
        joined_at=row.joined_at,
        joined_on=row.joined_on,
        role=MemberRole(row.role),
        left_at=row.left_at,
        seen_at=row.seen_at,
        link_id=None if row.source_link_id is None else LinkId(row.source_link_id),
        channel_id=None if row.channel_id is None else ChannelId(row.channel_id),
        ward=row.ward,
        shares=Shares(row.shares),
        is_ranked=bool(row.is_ranked),
        is_advised=bool(row.is_advised),
        is_trusted=bool(row.is_trusted),
        silenced_at=row.silenced_at,
    )


def _values(member: Member) -> dict[str, object]:
    names = (_name_of(column.name) for column in members.columns)
    return {_COLUMN_OF.get(name, name): _plain(getattr(member, name)) for name in names}


def _name_of(column: str) -> str:
    return next((field for field, name in _COLUMN_OF.items() if name == column), column)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return int(value) if isinstance(value, bool) else value
