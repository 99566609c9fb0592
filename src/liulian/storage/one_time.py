"""Tokens that work once, for one purpose, for a while. Using one deletes it, so of two who come together one does."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.accounts.people import OneTime
from liulian.base.ids import UserId
from liulian.storage.account_tables import one_time_tokens


class OneTimeRows:
    """Implements `accounts.store.OneTimeStore`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(
        self,
        fingerprint: bytes,
        *,
        purpose: str,
        expires_at: datetime,
        user_id: UserId | None = None,
        data: dict[str, str] | None = None,
    ) -> None:
        row = {
            "fingerprint": fingerprint,
            "purpose": purpose,
            "user_id": user_id,
            "data": msgspec.json.encode(data).decode() if data else None,
            "expires_at": expires_at,
        }
        await self._connection.execute(insert(one_time_tokens), row)

    async def use(self, fingerprint: bytes, *, purpose: str, now: datetime) -> OneTime | None:
        """Use a token up and return what is beside it; None when there is none such, or it is too old."""
        this = (
            one_time_tokens.c.fingerprint == fingerprint,
            one_time_tokens.c.purpose == purpose,
            one_time_tokens.c.expires_at > now,
        )
        found = await self._connection.execute(
            delete(one_time_tokens).where(*this).returning(one_time_tokens.c.user_id, one_time_tokens.c.data)
        )
        row = found.one_or_none()
        if row is None:
            return None
        user_id = UserId(row.user_id) if row.user_id is not None else None
        return OneTime(user_id=user_id, data=msgspec.json.decode(row.data) if row.data else {})

    async def is_waiting(self, *, purpose: str, user_id: UserId, now: datetime) -> bool:
        """Tell whether a token for this purpose waits for a person."""
        wanted = select(one_time_tokens.c.fingerprint).where(
            one_time_tokens.c.purpose == purpose,
            one_time_tokens.c.user_id == user_id,
            one_time_tokens.c.expires_at > now,
        )
        return (await self._connection.execute(wanted.limit(1))).first() is not None

    async def drop(self, *, purpose: str, user_id: UserId | None = None) -> None:
        """Make all tokens for a purpose useless, or those of one person."""
        these = delete(one_time_tokens).where(one_time_tokens.c.purpose == purpose)
        await self._connection.execute(these if user_id is None else these.where(one_time_tokens.c.user_id == user_id))

    async def forget_before(self, now: datetime) -> None:
        """Delete tokens that no longer work."""
        await self._connection.execute(delete(one_time_tokens).where(one_time_tokens.c.expires_at <= now))
