"""Answers already given, by the key their caller chose: the same request twice makes one link, not two.

The claim is made in the transaction of the creation itself. Whoever comes second waits for the first one's commit (on
SQLite at BEGIN IMMEDIATE, on PostgreSQL at the unique index) and then finds the answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.storage.sql import insert_or_ignore
from liulian.storage.tables import idempotency

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What was answered, without its secrets. `request` is the digest of the body it answered."""

    request: bytes
    status: int
    body: bytes


class IdempotencyRows:
    """Claims and answers within one scope (a caller) and key."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, scope: str, key: str, *, request: bytes, now: datetime) -> StoredAnswer | None:
        """Return None when the key is now ours, else the answer given to whoever had it in the last 24 hours."""
        mine = _is(scope, key)
        await self._connection.execute(delete(idempotency).where(mine, idempotency.c.created_at <= now - KEPT_FOR))
        row = {"scope": scope, "key": key, "request": request, "created_at": now}
        claimed = await self._connection.execute(insert_or_ignore(self._connection, idempotency), row)
        if claimed.rowcount == 1:
            return None
        columns = select(idempotency.c.request, idempotency.c.status, idempotency.c.body)
        stored = (await self._connection.execute(columns.where(mine))).one()
        return StoredAnswer(request=stored.request, status=stored.status, body=stored.body)

    async def store(self, scope: str, key: str, *, status: int, body: bytes) -> None:
        """Keep the answer for the claim made in this same transaction."""
        values = {"status": status, "body": body}
        await self._connection.execute(update(idempotency).where(_is(scope, key)).values(values))

    async def forget_before(self, created_before: datetime) -> None:
        """Delete answers that are no longer promised."""
        await self._connection.execute(delete(idempotency).where(idempotency.c.created_at <= created_before))


def _is(scope: str, key: str) -> ColumnElement[bool]:
    return and_(idempotency.c.scope == scope, idempotency.c.key == key)
