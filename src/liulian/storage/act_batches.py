"""Which acts go to the lake together, and which ids of members it must exchange: the database's half of shipping.

Implements `community.shipping.ActLedger`; each call is one transaction.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func, insert, select, type_coerce, update

from liulian.base.clock import Clock
from liulian.base.zones import day_of_number
from liulian.community.shipping import BATCH_ACTS_MAX, Rewrite
from liulian.storage.act_tables import act_batches, act_rewrites, acts
from liulian.storage.database import Database

OPEN_MAX = 100
REWRITES_MAX = 1_000

_NEWEST = select(func.max(act_batches.c.number))
_OPEN = (
    select(act_batches.c.number)
    .where(act_batches.c.shipped_at.is_(None))
    .order_by(act_batches.c.number)
    .limit(OPEN_MAX)
)
_WAITING = select(acts.c.id).where(acts.c.batch.is_(None)).order_by(acts.c.id).limit(bindparam("at_most"))
_MARK = update(acts).where(acts.c.id.in_(_WAITING)).values(batch=bindparam("number"))
# Instants as they are stored: the lake takes microseconds.
_COLUMNS = {
    "day": acts.c.day,
    "for_day": acts.c.for_day,
    "happened_at": type_coerce(acts.c.at, BigInteger),
    "recorded_at": type_coerce(acts.c.recorded_at, BigInteger),
    "act_id": acts.c.id,
    "batch": acts.c.batch,
    **{
        name: acts.c[name]
        for name in (
            "community_id",
            "member_id",
            "kind",
            "zone",
            "object_kind",
            "object_id",
            "value",
            "link_id",
            "channel_id",
            "send_id",
            "purpose",
            "stimulus_share",
            "stimulus_amount",
            "detail",
        )
    },
}
_OF_BATCH = (
    select(*(column.label(f"a_{name}") for name, column in _COLUMNS.items()))
    .where(acts.c.batch == bindparam("number"), acts.c.batch.is_not(None))
    .order_by(acts.c.id)
    .limit(BATCH_ACTS_MAX)
)
_REWRITES = (
    select(act_rewrites.c.id, act_rewrites.c.old_id, act_rewrites.c.new_id)
    .where(act_rewrites.c.done_at.is_(None))
    .order_by(act_rewrites.c.id)
    .limit(REWRITES_MAX)
)


class ActBatches:
    """The batches and exchanges of one database."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def newest_batch(self) -> int:
        """Return the number of the newest batch, 0 at first."""
        async with self._database.read() as tx:
            return await tx.connection.scalar(_NEWEST) or 0

    async def open_batches(self) -> list[int]:
        """Return the numbers of batches that are not known to be in the lake, oldest first."""
        async with self._database.read() as tx:
            return list(await tx.connection.scalars(_OPEN))

    async def begin_batch(self, *, after: int, limit: int) -> int | None:
        """Put at most `limit` acts that wait into a new batch with a number above `after`; None when none waits."""
        async with self._database.read() as tx:
            if await tx.connection.scalar(_WAITING, {"at_most": 1}) is None:
                return None  # The usual case, and no reason to keep others from writing.
        async with self._database.write() as tx:
            number = max(await tx.connection.scalar(_NEWEST) or 0, after) + 1
            marked = await tx.connection.execute(_MARK, {"number": number, "at_most": limit})
            row = {"number": number, "rows": marked.rowcount, "created_at": self._clock()}
            await tx.connection.execute(insert(act_batches), row)
            return number

    async def columns_of(self, number: int) -> Mapping[str, list[Any]]:
        """Return the acts of a batch column by column, under the names of the lake."""
        async with self._database.read() as tx:
            rows = (await tx.connection.execute(_OF_BATCH, {"number": number})).all()
        columns: dict[str, list[Any]] = {name: [row[n] for row in rows] for n, name in enumerate(_COLUMNS)}
        columns["month"] = [day_of_number(day).isoformat()[:7] for day in columns["day"]]
        return columns

    async def mark_shipped(self, number: int) -> None:
        """Note that a batch is in the lake."""
        shipped = update(act_batches).where(act_batches.c.number == number)
        async with self._database.write() as tx:
            await tx.connection.execute(shipped.values(shipped_at=self._clock()))

    async def rewrites(self) -> Sequence[Rewrite]:
        """Return the exchanges that wait, oldest first."""
        async with self._database.read() as tx:
            return [Rewrite(*row) for row in await tx.connection.execute(_REWRITES)]

    async def finish_rewrites(self, done: Sequence[Rewrite]) -> None:
        """Forget exchanges: nobody keeps which id became which."""
        async with self._database.write() as tx:
            await tx.connection.execute(delete(act_rewrites).where(act_rewrites.c.id.in_([each.id for each in done])))
