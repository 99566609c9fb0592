"""Secret addresses of members' calendars in the database, by fingerprint. Implements `community.feeds.FeedStore`."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.ids import MemberId
from liulian.community.feeds import CalendarFeed
from liulian.storage.member_tables import calendar_feeds

_BY_TOKEN = select(calendar_feeds).where(calendar_feeds.c.fingerprint == bindparam("wanted"))
_OF_MEMBER = (
    select(calendar_feeds)
    .where(calendar_feeds.c.member_id == bindparam("of_member"), calendar_feeds.c.revoked_at.is_(None))
    .order_by(calendar_feeds.c.id.desc())
    .limit(1)
)


class FeedRows:
    """The feeds of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, feed: CalendarFeed) -> None:
        """Insert a feed."""
        row = {
            "id": feed.id,
            "member_id": feed.member_id,
            "fingerprint": feed.fingerprint,
            "created_at": feed.created_at,
            "revoked_at": feed.revoked_at,
        }
        await self._connection.execute(insert(calendar_feeds), row)

    async def find_by_token(self, print_of_token: bytes) -> CalendarFeed | None:
        """Return a feed by the fingerprint of its token, also one that was taken back."""
        return _feed((await self._connection.execute(_BY_TOKEN, {"wanted": print_of_token})).one_or_none())

    async def find_of(self, member_id: MemberId) -> CalendarFeed | None:
        """Return the feed of a member that works."""
        return _feed((await self._connection.execute(_OF_MEMBER, {"of_member": member_id})).one_or_none())

    async def revoke(self, member_id: MemberId, *, now: datetime) -> None:
        """Let no feed of a member work any more."""
        theirs = update(calendar_feeds).where(
            calendar_feeds.c.member_id == member_id, calendar_feeds.c.revoked_at.is_(None)
        )
        await self._connection.execute(theirs.values(revoked_at=now))


def _feed(row: Row[*tuple[Any, ...]] | None) -> CalendarFeed | None:
    if row is None:
        return None
    return CalendarFeed(
        id=row.id,
        member_id=MemberId(row.member_id),
        fingerprint=row.fingerprint,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
