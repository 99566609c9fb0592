"""Codes of members that work once and for minutes. Tries are counted where they cannot be taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import CommunityId, MemberId
from liulian.community.people import CodeKind, MemberCode
from liulian.storage.member_tables import member_codes

_TABLE = member_codes.c


class CodeRows:
    """The codes of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, code: MemberCode) -> None:
        """Write a code down; earlier ones of the same kind for the same subject stop working."""
        earlier = (
            _TABLE.community_id == code.community_id,
            _TABLE.kind == code.kind.value,
            _TABLE.subject == code.subject,
        )
        await self._connection.execute(delete(member_codes).where(*earlier))
        row = {name: getattr(code, name) for name in member_codes.columns.keys()}  # noqa: SIM118 - No dict.
        await self._connection.execute(insert(member_codes), row | {"kind": code.kind.value})

    async def find(self, community_id: CommunityId, kind: CodeKind, subject: bytes) -> MemberCode | None:
        """Return the newest code for a subject, whether it still works or not."""
        asked = select(member_codes).where(
            _TABLE.community_id == community_id, _TABLE.kind == kind.value, _TABLE.subject == subject
        )
        row = (await self._connection.execute(asked.order_by(_TABLE.id.desc()).limit(1))).one_or_none()
        return None if row is None else _code(row)

    async def count_try(self, code: MemberCode, *, tries_max: int) -> bool:
        """Count one try; False when there were as many as there may be."""
        one = update(member_codes).where(_TABLE.id == code.id, _TABLE.tries < tries_max).values(tries=_TABLE.tries + 1)
        return (await self._connection.execute(one)).rowcount == 1

    async def use(self, code: MemberCode, *, now: datetime) -> bool:
        """Use a code up; False when somebody else did, or it is too old."""
        this = _TABLE.id == code.id, _TABLE.used_at.is_(None), _TABLE.expires_at > now
        return (await self._connection.execute(update(member_codes).where(*this).values(used_at=now))).rowcount == 1

    async def claim(self, code: MemberCode, *, sealed: bytes) -> bool:
        """Note who answers a code; False when somebody else did before."""
        free = _TABLE.id == code.id, _TABLE.sealed.is_(None), _TABLE.used_at.is_(None)
        return (await self._connection.execute(update(member_codes).where(*free).values(sealed=sealed))).rowcount == 1

    async def list_waiting(self, member_id: MemberId, *, now: datetime, limit: int) -> list[MemberCode]:
        """Return codes of a member that somebody answered and nobody used, oldest first."""
        asked = select(member_codes).where(
            _TABLE.member_id == member_id,
            _TABLE.sealed.is_not(None),
            _TABLE.used_at.is_(None),
            _TABLE.expires_at > now,
        )
        return [_code(row) for row in await self._connection.execute(asked.order_by(_TABLE.id).limit(limit))]

    async def remove_of(self, member_id: MemberId) -> None:
        await self._connection.execute(delete(member_codes).where(_TABLE.member_id == member_id))

    async def forget_before(self, expired_before: datetime) -> None:
        """Delete codes that nobody can use any more."""
        await self._connection.execute(delete(member_codes).where(_TABLE.expires_at < expired_before))


def _code(row: Row[*tuple[Any, ...]]) -> MemberCode:
    return MemberCode(
        id=row.id,
        community_id=CommunityId(row.community_id),
        kind=CodeKind(row.kind),
        subject=row.subject,
        fingerprint=row.fingerprint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        member_id=None if row.member_id is None else MemberId(row.member_id),
        sealed=row.sealed,
        tries=row.tries,
        used_at=row.used_at,
    )
