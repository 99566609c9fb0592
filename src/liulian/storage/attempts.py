"""Attempts at self-tests in the database: the one place where answers are. Read by who gave them, or shared them.

Operators get counts of people, each by their last attempt at a version, and what members chose to show.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import ActId, CommunityId, MemberId, ServiceId
from liulian.community.answers import Attempt
from liulian.community.results import BandCount
from liulian.community.self_tests import Answer
from liulian.storage.member_tables import attempts

COUNTED_MAX = 5_000  # Versions times bands: nobody reads more.

_OF_MEMBER = (
    select(attempts)
    .where(attempts.c.member_id == bindparam("of_member"), attempts.c.service_id == bindparam("of_service"))
    .order_by(attempts.c.id.desc())
    .limit(bindparam("at_most"))
)
_ONE = select(attempts).where(attempts.c.id == bindparam("wanted"), attempts.c.member_id == bindparam("of_member"))
_TIMES = (
    select(func.count())
    .select_from(attempts)
    .where(attempts.c.community_id == bindparam("of_community"), attempts.c.service_id == bindparam("of_service"))
)
_LAST = (
    select(func.max(attempts.c.id).label("id"))
    .where(attempts.c.community_id == bindparam("of_community"), attempts.c.service_id == bindparam("of_service"))
    .group_by(attempts.c.member_id, attempts.c.version)
    .subquery()
)
_COUNTS = (
    select(attempts.c.version, attempts.c.band, func.count().label("members"))
    .join(_LAST, _LAST.c.id == attempts.c.id)
    .group_by(attempts.c.version, attempts.c.band)
    .order_by(attempts.c.version.desc(), attempts.c.band)
    .limit(COUNTED_MAX)
)
_SHARED = (
    select(attempts)
    .where(
        attempts.c.community_id == bindparam("of_community"),
        attempts.c.is_shared == 1,
        attempts.c.id < bindparam("before"),
    )
    .order_by(attempts.c.id.desc())
    .limit(bindparam("at_most"))
)


class AttemptRows:
    """The attempts of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, attempt: Attempt) -> None:
        """Insert an attempt."""
        row = {
            "id": attempt.id,
            "community_id": attempt.community_id,
            "member_id": attempt.member_id,
            "service_id": attempt.service_id,
            "version": attempt.version,
            "answers": msgspec.json.encode(attempt.answers).decode(),
            "score": attempt.score,
            "band": attempt.band,
            "is_shared": int(attempt.is_shared),
            "created_at": attempt.created_at,
        }
        await self._connection.execute(insert(attempts), row)

    async def find(self, attempt_id: ActId, *, member_id: MemberId) -> Attempt | None:
        """Return an attempt of a member."""
        row = (await self._connection.execute(_ONE, {"wanted": attempt_id, "of_member": member_id})).one_or_none()
        return _attempt(row) if row else None

    async def list_of(self, member_id: MemberId, *, service_id: ServiceId, limit: int) -> list[Attempt]:
        """Return at most `limit` attempts of a member at one self-test, newest first."""
        values = {"of_member": member_id, "of_service": service_id, "at_most": limit}
        return [_attempt(row) for row in await self._connection.execute(_OF_MEMBER, values)]

    async def last_of(self, member_id: MemberId, service_ids: Iterable[ServiceId]) -> dict[ServiceId, Attempt]:
        """Return the last attempt of a member at each of some self-tests; none for those not taken yet."""
        wanted = list(service_ids)
        last = (
            select(func.max(attempts.c.id))
            .where(attempts.c.member_id == member_id, attempts.c.service_id.in_(wanted))
            .group_by(attempts.c.service_id)
        )
        rows = await self._connection.execute(select(attempts).where(attempts.c.id.in_(last)).limit(len(wanted) or 1))
        return {ServiceId(row.service_id): _attempt(row) for row in rows}

    async def share(self, attempt_id: ActId, *, member_id: MemberId, is_shared: bool) -> bool:
        """Show the answers of an attempt to staff, or no longer; False where the member has no such attempt."""
        this = update(attempts).where(attempts.c.id == attempt_id, attempts.c.member_id == member_id)
        return (await self._connection.execute(this.values(is_shared=int(is_shared)))).rowcount == 1

    async def times(self, community_id: CommunityId, *, service_id: ServiceId) -> int:
        """Return how often a self-test was taken."""
        values = {"of_community": community_id, "of_service": service_id}
        return int(await self._connection.scalar(_TIMES, values) or 0)

    async def counts(self, community_id: CommunityId, *, service_id: ServiceId) -> list[BandCount]:
        """Return how many members are in which band, newest version first, each by their last attempt at it."""
        values = {"of_community": community_id, "of_service": service_id}
        rows = await self._connection.execute(_COUNTS, values)
        return [BandCount(version=row.version, band=row.band, members=row.members) for row in rows]

    async def list_shared(self, community_id: CommunityId, *, before: int, limit: int) -> list[Attempt]:
        """Return at most `limit` attempts with ids below `before` that their authors show to staff, newest first."""
        values = {"of_community": community_id, "before": before, "at_most": limit}
        return [_attempt(row) for row in await self._connection.execute(_SHARED, values)]


def _attempt(row: Row[*tuple[Any, ...]]) -> Attempt:
    answers: dict[str, Answer] = {
        key: tuple(map(float, answer)) if isinstance(answer, list) else float(answer)
        for key, answer in msgspec.json.decode(row.answers).items()
    }
    return Attempt(
        id=ActId(row.id),
        community_id=CommunityId(row.community_id),
        member_id=MemberId(row.member_id),
        service_id=ServiceId(row.service_id),
        version=row.version,
        answers=answers,
        score=row.score,
        band=row.band,
        is_shared=bool(row.is_shared),
        created_at=row.created_at,
    )
