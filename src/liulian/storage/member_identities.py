"""How members are known again: one row for each browser, address or account elsewhere. First come, first served."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId, MemberId
from liulian.community.people import IdentityKind, MemberIdentity
from liulian.storage.member_tables import member_identities
from liulian.storage.sql import insert_or_ignore

IDENTITIES_LISTED_MAX = 200  # Of one member: nobody has so many browsers.

_TABLE = member_identities.c


class IdentityRows:
    """The identities of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, identity: MemberIdentity) -> bool:
        """Write an identity down; False when somebody of this community, or this member, has it already."""
        row = {
            "community_id": identity.community_id,
            "kind": identity.kind.value,
            "subject": identity.subject,
            "member_id": identity.member_id,
            "sealed": identity.sealed,
            "label": identity.label,
            "created_at": identity.created_at,
            "seen_at": identity.seen_at,
        }
        added = await self._connection.execute(insert_or_ignore(self._connection, member_identities), row)
        return bool(added.rowcount == 1)

    async def find(self, community_id: CommunityId, kind: IdentityKind, subject: bytes) -> MemberIdentity | None:
        found = await self._connection.execute(select(member_identities).where(*_this(community_id, kind, subject)))
        row = found.one_or_none()
        return None if row is None else _identity(row)

    async def list_of(self, member_id: MemberId) -> list[MemberIdentity]:
        """Return how a member is known, the oldest first."""
        mine = select(member_identities).where(_TABLE.member_id == member_id)
        order = (_TABLE.created_at, _TABLE.kind, _TABLE.subject)
        found = await self._connection.execute(mine.order_by(*order).limit(IDENTITIES_LISTED_MAX))
        return [_identity(row) for row in found]

    async def touch(self, identity: MemberIdentity, *, now: datetime) -> None:
        """Note that somebody came by this identity just now."""
        this = _this(identity.community_id, identity.kind, identity.subject)
        await self._connection.execute(update(member_identities).where(*this).values(seen_at=now))

    async def remove(self, identity: MemberIdentity) -> None:
        this = _this(identity.community_id, identity.kind, identity.subject)
        await self._connection.execute(delete(member_identities).where(*this, _TABLE.member_id == identity.member_id))


def _this(community_id: CommunityId, kind: IdentityKind, subject: bytes) -> tuple[Any, ...]:
    return _TABLE.community_id == community_id, _TABLE.kind == kind.value, _TABLE.subject == subject


def _identity(row: Row[*tuple[Any, ...]]) -> MemberIdentity:
    return MemberIdentity(
        community_id=CommunityId(row.community_id),
        kind=IdentityKind(row.kind),
        subject=row.subject,
        member_id=MemberId(row.member_id),
        created_at=row.created_at,
        seen_at=row.seen_at,
        sealed=row.sealed,
        label=row.label,
    )
