"""How often a caller did something in the last hour, counted in the database so that all processes agree.

A caller is a keyed hash of an address and is forgotten after the hour; the address itself never comes here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, LargeBinary, bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from liulian.base.clock import to_micros
from liulian.storage.sql import is_postgres
from liulian.storage.tables import caller_counts

WINDOW_MINUTES = 60
KEPT_FOR = timedelta(minutes=2 * WINDOW_MINUTES)
_MINUTE_US = 60_000_000

_OF_CALLER = (caller_counts.c.kind == bindparam("kind"), caller_counts.c.caller == bindparam("caller"))
_RECENT = (
    select(caller_counts.c.minute, caller_counts.c.number)
    .where(*_OF_CALLER, caller_counts.c.minute > bindparam("since"))
    .order_by(caller_counts.c.minute)
    .limit(2 * WINDOW_MINUTES)
)
_ADD = text(
    """
    INSERT INTO caller_counts (kind, caller, minute, number) VALUES (:kind, :caller, :minute, :number)
    ON CONFLICT (kind, caller, minute) DO UPDATE SET number = caller_counts.number + excluded.number
    """
).bindparams(bindparam("minute", type_=BigInteger))
# All of a wish, where there is room for it: that is how it usually is, and one statement.
_TAKE = text(
    """
    INSERT INTO caller_counts (kind, caller, minute, number)
    SELECT CAST(:kind AS TEXT), :caller, CAST(:minute AS BIGINT), CAST(:number AS INTEGER)
    WHERE (
      SELECT COALESCE(SUM(number), 0) FROM caller_counts WHERE kind = :kind AND caller = :caller AND minute > :since
    ) <= :most
    ON CONFLICT (kind, caller, minute) DO UPDATE SET number = caller_counts.number + excluded.number
    """
).bindparams(
    bindparam("caller", type_=LargeBinary),
    *(bindparam(name, type_=BigInteger) for name in ("minute", "number", "since", "most")),
)
# Two requests of one caller must not both find the last place free. (SQLite's writers take turns anyway.)
_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(bindparam("lock", type_=BigInteger))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """How much of what was wished is granted; `retry_after_s` until there is room for one more, 0 if there is now."""

    granted: int
    retry_after_s: int = 0


class LimitRows:
    """Counts within one kind (`link`, `report`) and caller."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self, kind: str, caller: bytes, *, wished: int, per_hour: int, now: datetime) -> Claim:
        """Count up to `wished` against the limit of the last 60 minutes, as far as there is room."""
        if is_postgres(self._connection):
            await self._connection.execute(_TAKE_TURN, {"lock": int.from_bytes(caller[:8], "big", signed=True)})
        minute = _minute(now)
        if wished == 0 or await self._take(kind, caller, minute=minute, number=wished, per_hour=per_hour):
            return Claim(granted=wished)
        recent = await self._recent(kind, caller, minute=minute)
        granted = _room(recent, per_hour)
        if granted:
            await self._add(kind, caller, minute=minute, number=granted)
        first = next((counted_in for counted_in, number in recent if number > 0), minute)
        free_at_us = (first + WINDOW_MINUTES) * _MINUTE_US
        return Claim(granted=granted, retry_after_s=max(1, -((to_micros(now) - free_at_us) // 1_000_000)))

    async def find_room(self, kind: str, caller: bytes, *, per_hour: int, now: datetime) -> int:
        """Return how much would be granted now. Claims nothing: somebody else may be first."""
        return _room(await self._recent(kind, caller, minute=_minute(now)), per_hour)

    async def give_back(self, kind: str, caller: bytes, *, number: int, now: datetime) -> None:
        """Undo a part of a claim made in this same transaction: what was wished did not come about."""
        if number:
            await self._add(kind, caller, minute=_minute(now), number=-number)

    async def forget_before(self, counted_before: datetime) -> None:
        """Delete counts that no limit asks for any more."""
        await self._connection.execute(delete(caller_counts).where(caller_counts.c.minute < _minute(counted_before)))

    async def _take(self, kind: str, caller: bytes, *, minute: int, number: int, per_hour: int) -> bool:
        """Count all of it, or nothing where there is not room for all."""
        row = {"kind": kind, "caller": caller, "minute": minute, "number": number}
        room = {"since": minute - WINDOW_MINUTES, "most": per_hour - number}
        return (await self._connection.execute(_TAKE, row | room)).rowcount == 1

    async def _recent(self, kind: str, caller: bytes, *, minute: int) -> list[tuple[int, int]]:
        """Return minutes of the last hour and what was counted in each, oldest first."""
        asked = {"kind": kind, "caller": caller, "since": minute - WINDOW_MINUTES}
        return [(row.minute, row.number) for row in await self._connection.execute(_RECENT, asked)]

    async def _add(self, kind: str, caller: bytes, *, minute: int, number: int) -> None:
        row = {"kind": kind, "caller": caller, "minute": minute, "number": number}
        await self._connection.execute(_ADD, row)


def _room(recent: list[tuple[int, int]], per_hour: int) -> int:
    return max(0, per_hour - sum(number for _, number in recent))


def _minute(at: datetime) -> int:
    return to_micros(at) // _MINUTE_US
