"""The daily salt of visitor keys: the same for every process, gone for ever when its day is over."""

import secrets
from datetime import date

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.storage.sql import insert_or_ignore
from liulian.storage.tables import salts

SALT_BYTES = 32

_ONE = select(salts.c.salt).where(salts.c.day == bindparam("day"))


class SaltRows:
    """Salts by day. `forgotten` tells the transaction that the write-ahead log must be wiped too."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.forgotten = False

    async def salt_for(self, day: date) -> bytes:
        """Return the salt of a day, made on first use (so the transaction must be one that may write)."""
        if (found := await self._find(day)) is not None:
            return found
        fresh = {"day": day.isoformat(), "salt": secrets.token_bytes(SALT_BYTES)}
        await self._connection.execute(insert_or_ignore(self._connection, salts), fresh)
        # Another process may have been first: its salt is the one.
        salt: bytes = (await self._connection.scalars(_ONE, {"day": day.isoformat()})).one()
        return salt

    async def forget_before(self, day: date) -> None:
        """Destroy the salts of all days before `day`: the keys made with them can no longer be made by anybody."""
        result = await self._connection.execute(delete(salts).where(salts.c.day < day.isoformat()))
        self.forgotten = self.forgotten or result.rowcount > 0

    async def _find(self, day: date) -> bytes | None:
        return (await self._connection.scalars(_ONE, {"day": day.isoformat()})).one_or_none()
