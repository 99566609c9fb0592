"""Carry acts from the database into the lake, exactly once, and exchange ids of members there. Runs in the worker.

Acts that wait get a batch number in the database first; the lake stores a batch together with its number, so that it is
known on both sides whatever dies in between. An id is exchanged only while no batch is open: what was read before the
exchange in the database has then been stored, and is found.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from liulian.lake.acts import ActLake

BATCH_ACTS_MAX = 5_000  # Marking them holds SQLite's one writer some 30 ms: check-ins wait no longer.
ROUND_BATCHES_MAX = 20


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One id of a member that becomes another, for good."""

    id: int
    old_id: int
    new_id: int


class ActLedger(Protocol):
    """The database's half. Each call is one transaction."""

    async def newest_batch(self) -> int: ...
    async def open_batches(self) -> list[int]: ...
    async def begin_batch(self, *, after: int, limit: int) -> int | None: ...
    async def columns_of(self, number: int) -> Mapping[str, list[Any]]: ...
    async def mark_shipped(self, number: int) -> None: ...
    async def rewrites(self) -> Sequence[Rewrite]: ...
    async def finish_rewrites(self, done: Sequence[Rewrite]) -> None: ...


class Shipper:
    """Repeat `ship_once`. Two at once hinder each other, but store nothing twice."""

    def __init__(self, *, lake_url: str, ledger: ActLedger) -> None:
        self._lake_url = lake_url
        self._ledger = ledger
        self._lake: ActLake | None = None

    async def ship_once(self) -> int:
        """Do one round and return how many acts were stored. Raises what the lake raises when it is away."""
        lake = self._lake or await self._open()
        stored = 0
        for _ in range(ROUND_BATCHES_MAX):
            shipped = await self._ship_next(lake)
            if shipped is None:
                await self._exchange(lake)
                break
            stored += shipped
        await asyncio.to_thread(_tidy, lake)
        return stored

    async def _open(self) -> ActLake:
        """Open the lake. Where it knows of batches that the database does not, a backup was put back: they go."""
        lake = await asyncio.to_thread(ActLake, self._lake_url)
        known = await self._ledger.newest_batch()
        if lake.newest_batch > known:
            await asyncio.to_thread(lake.drop_after, known)
        self._lake = lake
        return lake

    async def _ship_next(self, lake: ActLake) -> int | None:
        """Store the oldest open batch, or a new one; None when nothing waits."""
        numbers = await self._ledger.open_batches()
        number = numbers[0] if numbers else await self._begin(lake)
        if number is None:
            return None
        columns = await self._ledger.columns_of(number)
        await asyncio.to_thread(lake.refresh)
        stored = 0
        if lake.newest_batch < number:
            if not await asyncio.to_thread(lambda: lake.store(columns, batch=number)):
                return 0  # Another worker was faster; the next turn looks again.
            stored = len(columns["act_id"])
        await self._ledger.mark_shipped(number)
        return stored

    async def _begin(self, lake: ActLake) -> int | None:
        return await self._ledger.begin_batch(after=lake.newest_batch, limit=BATCH_ACTS_MAX)

    async def _exchange(self, lake: ActLake) -> None:
        rewrites = await self._ledger.rewrites()
        if not rewrites or await self._ledger.open_batches():
            return
        await asyncio.to_thread(lake.refresh)
        # One after the other where an id was exchanged twice: first into another member, then into nobody.
        for some in _apart(rewrites):
            await asyncio.to_thread(lake.exchange, {each.old_id: each.new_id for each in some})
            await self._ledger.finish_rewrites(some)


def _apart(rewrites: Sequence[Rewrite]) -> list[list[Rewrite]]:
    """Return the exchanges in groups within which no id appears twice, in their order."""
    groups: list[list[Rewrite]] = [[]]
    seen = set[int]()
    for each in rewrites:
        if seen & {each.old_id, each.new_id}:
            groups.append([])
            seen = set()
        groups[-1].append(each)
        seen |= {each.old_id, each.new_id}
    return groups


def _tidy(lake: ActLake) -> None:
    lake.compact_if_due()
    if lake.vacuum_if_due():
        lake.forget_log()
