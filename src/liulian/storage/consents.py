"""What members agreed to, and when they took it back. A line is closed, never changed: it is the proof."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import MemberId
from liulian.community.people import Consent, ConsentKind
from liulian.storage.member_tables import consents

CONSENTS_LISTED_MAX = 500  # Given and withdrawn, for years.


class ConsentRows:
    """The consents of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, consent: Consent) -> None:
        row = {
            "id": consent.id,
            "member_id": consent.member_id,
            "kind": consent.kind.value,
            "version": consent.version,
            "given_at": consent.given_at,
            "withdrawn_at": consent.withdrawn_at,
        }
        await self._connection.execute(insert(consents), row)

    async def has(self, member_id: MemberId, kind: ConsentKind) -> bool:
        """Tell whether a member agrees now."""
        asked = select(consents.c.id).where(*_open(member_id, kind)).limit(1)
        return (await self._connection.execute(asked)).first() is not None

    async def list_of(self, member_id: MemberId) -> list[Consent]:
        """Return everything a member agreed to, the oldest first."""
        mine = select(consents).where(consents.c.member_id == member_id).order_by(consents.c.given_at, consents.c.id)
        return [_consent(row) for row in await self._connection.execute(mine.limit(CONSENTS_LISTED_MAX))]

    async def withdraw(self, member_id: MemberId, kind: ConsentKind, *, now: datetime) -> bool:
        """Close what a member agreed to; False when there was nothing open."""
        closed = update(consents).where(*_open(member_id, kind)).values(withdrawn_at=now)
        return (await self._connection.execute(closed)).rowcount > 0


def _open(member_id: MemberId, kind: ConsentKind) -> tuple[Any, ...]:
    return consents.c.member_id == member_id, consents.c.kind == kind.value, consents.c.withdrawn_at.is_(None)


def _consent(row: Row[*tuple[Any, ...]]) -> Consent:
    return Consent(
        id=row.id,
        member_id=MemberId(row.member_id),
        kind=ConsentKind(row.kind),
        version=row.version,
        given_at=row.given_at,
        withdrawn_at=row.withdrawn_at,
    )
