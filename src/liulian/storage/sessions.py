"""Browsers in which people are signed in, found by the fingerprint of their cookie. A session that ends is deleted."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.people import Session, SignedInUser
from liulian.base.ids import SessionId, UserId
from liulian.storage.account_tables import sessions, users
from liulian.storage.users import USER_COLUMNS, user_of

SESSIONS_LISTED_MAX = 200

_SESSION_COLUMNS = (
    sessions.c.id.label("session_id"),
    sessions.c.created_at.label("session_created_at"),
    sessions.c.last_seen_at,
    sessions.c.app,
    sessions.c.system,
)
_BY_FINGERPRINT = (
    select(*USER_COLUMNS, *_SESSION_COLUMNS)
    .join(users, users.c.id == sessions.c.user_id)
    .where(
        sessions.c.fingerprint == bindparam("print"),
        sessions.c.last_seen_at > bindparam("seen_after"),
        sessions.c.created_at > bindparam("made_after"),
        users.c.disabled_at.is_(None),
    )
)
_OF_USER = (
    select(sessions.c.user_id, *_SESSION_COLUMNS)
    .where(
        sessions.c.user_id == bindparam("whose"),
        sessions.c.last_seen_at > bindparam("seen_after"),
        sessions.c.created_at > bindparam("made_after"),
    )
    .order_by(sessions.c.last_seen_at.desc(), sessions.c.id.desc())
    .limit(SESSIONS_LISTED_MAX)
)


class SessionRows:
    """The sessions of one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, session: Session, *, fingerprint: bytes) -> None:
        row = {
            "id": session.id,
            "user_id": session.user_id,
            "fingerprint": fingerprint,
            "app": session.app,
            "system": session.system,
            "created_at": session.created_at,
            "last_seen_at": session.last_seen_at,
        }
        await self._connection.execute(insert(sessions), row)

    async def find(self, fingerprint: bytes, *, seen_after: datetime, made_after: datetime) -> SignedInUser | None:
        """Return whose session this is; None when it ended, grew too old, or its person may no longer come in."""
        values = {"print": fingerprint, "seen_after": seen_after, "made_after": made_after}
        row = (await self._connection.execute(_BY_FINGERPRINT, values)).one_or_none()
        if row is None:
            return None
        return SignedInUser(user=user_of(row), session=_session(row, user_id=UserId(row.id)))

    async def list_of(self, user_id: UserId, *, seen_after: datetime, made_after: datetime) -> list[Session]:
        """Return a person's live sessions, the one used last first."""
        values = {"whose": user_id, "seen_after": seen_after, "made_after": made_after}
        return [_session(row, user_id=user_id) for row in await self._connection.execute(_OF_USER, values)]

    async def touch(self, session_id: SessionId, *, now: datetime) -> None:
        """Note that a session was used just now."""
        seen = update(sessions).where(sessions.c.id == session_id, sessions.c.last_seen_at < now)
        await self._connection.execute(seen.values(last_seen_at=now))

    async def end(self, session_id: SessionId, *, user_id: UserId) -> bool:
        """End one session of a person; False when it is not theirs."""
        mine = delete(sessions).where(sessions.c.id == session_id, sessions.c.user_id == user_id)
        return (await self._connection.execute(mine)).rowcount == 1

    async def end_all(self, user_id: UserId, *, but: SessionId | None = None) -> int:
        """End all sessions of a person, except one, and return how many there were."""
        theirs = delete(sessions).where(sessions.c.user_id == user_id)
        if but is not None:
            theirs = theirs.where(sessions.c.id != but)
        return (await self._connection.execute(theirs)).rowcount

    async def forget_before(self, *, seen: datetime, made: datetime) -> None:
        """Delete sessions that let nobody in any more."""
        old = (sessions.c.last_seen_at <= seen) | (sessions.c.created_at <= made)
        await self._connection.execute(delete(sessions).where(old))


def _session(row: Row[*tuple[Any, ...]], *, user_id: UserId) -> Session:
    return Session(
        id=SessionId(row.session_id),
        user_id=user_id,
        created_at=row.session_created_at,
        last_seen_at=row.last_seen_at,
        app=row.app,
        system=row.system,
    )
