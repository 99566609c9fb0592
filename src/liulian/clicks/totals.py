"""Keep the totals in the database equal to the lake. They may lag behind, while the database is away; never for good.

How far a spool is folded in is stored with the totals themselves, in one transaction, by compare-and-set. Whenever that
position is not where we think it is, what lies between it and the lake's own position is counted in the lake again.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol, TypeVar

from liulian.base.log import logger
from liulian.lake.clicks import ClickLake
from liulian.lake.counting import Counts

LEDGER_WAIT_S = 10.0  # A database that hangs must not hold up the lake.
LEDGER_RETRY_S = 5.0

T = TypeVar("T")


class TotalsStore(Protocol):
    """The totals in the database. Each call is one transaction of its own; the one implementation is in `worker.py`."""

    async def positions(self) -> dict[str, int]:
        """Return up to which position each spool is folded into the totals."""

    async def add(self, spool_id: str, *, before: int, position: int, counts: Mapping[int, tuple[int, int]]) -> bool:
        """Fold counts in and move the spool from `before` to `position`; False when it was elsewhere."""


@dataclass(frozen=True, slots=True)
class Fold:
    """What one commit brought for one spool: clicks by link, between two positions."""

    spool_id: str
    before: int
    position: int
    counts: Counts


class TotalsKeeper:
    """Folds commits in as they come, and makes up for what was missed."""

    def __init__(self, store: TotalsStore) -> None:
        self.failures = 0
        self._store = store
        self._folded: dict[str, int] | None = None  # None: ask the database where it is.
        self._retry_at = 0.0

    async def fold(self, lake: ClickLake, folds: Sequence[Fold], *, spool_ids: Iterable[str]) -> bool:
        """Bring the totals up to the lake; False when the database is away, and the next call tries again."""
        if monotonic() < self._retry_at:
            self._folded = None
            return False
        try:
            if self._folded is None or not await self._add_all(folds):
                self._folded = await self._reconcile(lake, spool_ids)
        except Exception as error:  # noqa: BLE001 - Whatever the reason, the lake has the clicks; the totals follow later.
            logger.warning("totals_behind", error=type(error).__name__)
            self.failures += 1
            self._folded = None
            self._retry_at = monotonic() + LEDGER_RETRY_S
            return False
        return True

    async def _add_all(self, folds: Sequence[Fold]) -> bool:
        """Add what was just committed; False when a spool is elsewhere than we thought."""
        for fold in folds:
            if self._folded is None or self._folded.get(fold.spool_id, 0) != fold.before:
                return False
            if not await self._add(fold):
                return False
            self._folded[fold.spool_id] = fold.position
        return True

    async def _reconcile(self, lake: ClickLake, spool_ids: Iterable[str]) -> dict[str, int] | None:
        """Count in the lake what the totals lack. Returns the positions, None when another ingester interfered."""
        folded = await _soon(self._store.positions())
        for spool_id in sorted({*spool_ids, *folded}):
            before, position = folded.get(spool_id, 0), lake.position(spool_id)
            if before >= position:
                continue
            counts = await asyncio.to_thread(
                lake.count_between, spool_id, from_position=before, until_position=position
            )
            if not await self._add(Fold(spool_id, before, position, counts)):
                return None
            folded[spool_id] = position
        return folded

    async def _add(self, fold: Fold) -> bool:
        return await _soon(
            self._store.add(fold.spool_id, before=fold.before, position=fold.position, counts=fold.counts)
        )


async def _soon(answer: Awaitable[T]) -> T:
    async with asyncio.timeout(LEDGER_WAIT_S):
        return await answer
