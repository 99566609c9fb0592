"""Carry clicks from the spools into the lake, exactly once, and fold their totals into the database.

One round reads what is new, enriches it, stores it in one commit, adds the totals, deletes finished segments, and
tidies the table when that is due. A death between any two steps costs nothing: what is stored is known from the lake's
own positions, what is folded from the database's. The database may be away for long: only clicks of a day whose salt
nobody knows yet wait, in the spool; totals catch up from the lake.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from time import monotonic
from typing import Protocol

import pyarrow as pa

from liulian.base.clock import micros_now
from liulian.base.zones import LocalDays
from liulian.clicks.enrich import Enricher, SpoolRows
from liulian.clicks.privacy import DailySalts, SaltStore
from liulian.clicks.spool_reader import SpoolReader, spool_ids
from liulian.clicks.totals import Fold, TotalsKeeper, TotalsStore
from liulian.lake.clicks import ClickLake
from liulian.lake.counting import count_by_link

BATCH_ROWS_MAX = 100_000  # Per commit: about a second of work, 70 MB of heads.
SPOOL_ROWS_MIN = 1_000  # So that one busy spool among many idle ones is not read in crumbs.
SWEEP_EVERY_S = 60.0  # Spools whose process is gone get no commits, but hold addresses.


class Ledger(SaltStore, TotalsStore, Protocol):
    """What the ingester keeps in the database."""


@dataclass(slots=True)
class IngestCounts:
    """What this ingester did since its start, for metrics. `stored_until_us` is the time of the newest stored click."""

    rows: int = 0
    commits: int = 0
    conflicts: int = 0
    torn: int = 0
    waiting: int = 0
    underivable: int = 0
    totals_failures: int = 0
    compactions: int = 0
    files_removed: int = 0
    stored_until_us: int = 0


@dataclass(frozen=True, slots=True)
class _Read:
    """Records of one spool, the position at which they begin and the one at which the next ones do."""

    rows: SpoolRows
    before: int
    position: int


class Ingester:
    """Repeat `ingest_once`. Two at once on one spool folder hinder each other, but store nothing twice."""

    def __init__(
        self,
        *,
        lake_url: str,
        spool_root: Path,
        enricher: Enricher,
        ledger: Ledger,
        zone: tzinfo,
        clock: Callable[[], int] = micros_now,
    ) -> None:
        self.counts = IngestCounts()
        self.is_behind = False  # Whether the last round left something unread.
        self._lake_url = lake_url
        self._lake: ClickLake | None = None
        self._root = spool_root
        self._enricher = enricher
        self._totals = TotalsKeeper(ledger)
        self._salts = DailySalts(ledger)
        self._days = LocalDays(zone)
        self._clock = clock
        self._sweep_at = 0.0

    async def ingest_once(self) -> int:
        """Do one round and return how many rows were stored. Raises what the lake raises when it is away."""
        lake, ids, reads = await asyncio.to_thread(self._read)
        today = self._days.number_of(self._clock())
        salts = await self._salts.for_days({day for read in reads for day in read.rows.days}, today=today)
        ready = [kept for read in reads if (kept := _before_unknown_day(read, salts))]
        self.counts.waiting = sum(len(read.rows.records) for read in reads) - sum(len(r.rows.records) for r in ready)
        rows, folds = await asyncio.to_thread(self._store, lake, ready, salts) if ready else (0, [])
        await self._totals.fold(lake, folds, spool_ids=ids)
        await self._salts.forget_old(today=today)
        await asyncio.to_thread(self._tidy, lake, ids if monotonic() >= self._sweep_at else [f.spool_id for f in folds])
        self._count(rows)
        self.is_behind = self.is_behind and rows > 0  # What has to wait is not caught up with by haste.
        return rows

    def sweep(self) -> None:
        """Let the next round also look at spools that bring nothing new: they may hold addresses still."""
        self._sweep_at = 0.0

    def _read(self) -> tuple[ClickLake, list[str], list[_Read]]:
        """Read what is new in each spool, as far as one batch goes."""
        lake = self._lake = self._lake or ClickLake(self._lake_url)
        ids = spool_ids(self._root)
        limit = max(SPOOL_ROWS_MIN, BATCH_ROWS_MAX // max(1, len(ids)))
        reads = [self._read_spool(spool_id, lake.position(spool_id), limit) for spool_id in ids]
        self.is_behind = any(read and len(read.rows.records) == limit for read in reads)
        return lake, ids, [read for read in reads if read]

    def _read_spool(self, spool_id: str, before: int, limit: int) -> _Read | None:
        try:
            batch = SpoolReader(self._root, spool_id).read(before, limit=limit)
        except FileNotFoundError:
            return None  # Another ingester deleted a segment under us: what was in it is stored.
        if not batch.records:
            return None
        self.counts.torn += batch.torn
        number_of = self._days.number_of
        return _Read(
            SpoolRows(spool_id, batch.records, [number_of(record[1]) for record in batch.records]),
            before,
            batch.position,
        )

    def _store(self, lake: ClickLake, reads: Sequence[_Read], salts: Mapping[int, bytes]) -> tuple[int, list[Fold]]:
        """Commit the rows of these reads; nothing when another ingester was faster, and the next round reads anew."""
        lake.refresh()
        if any(lake.position(read.rows.spool_id) != read.before for read in reads):
            self.counts.conflicts += 1
            return 0, []
        table = self._enricher.enrich([read.rows for read in reads], salts=salts)
        if not lake.commit(table, positions={read.rows.spool_id: read.position for read in reads}):
            self.counts.conflicts += 1
            return 0, []
        self.counts.commits += 1
        self.counts.stored_until_us = max(read.rows.records[-1].at_us for read in reads)
        return table.num_rows, _folds(table, reads)

    def _tidy(self, lake: ClickLake, ids: Sequence[str]) -> None:
        """Delete what is stored, put files together, remove old ones.

        What may be deleted is asked of the table as it is on disk now, never taken from what we believe we wrote.
        """
        if ids:
            lake.refresh()
            for spool_id in ids:
                SpoolReader(self._root, spool_id).delete_before(lake.position(spool_id), make_safe=lake.sync)
        if monotonic() >= self._sweep_at:
            self._sweep_at = monotonic() + SWEEP_EVERY_S
        self.counts.compactions += lake.compact_if_due()
        self.counts.files_removed += lake.vacuum_if_due()

    def _count(self, rows: int) -> None:
        self.counts.rows += rows
        self.counts.underivable = self._enricher.failures
        self.counts.totals_failures = self._totals.failures


def _before_unknown_day(read: _Read, salts: Mapping[int, bytes]) -> _Read | None:
    """Return the records up to the first one of a day without a salt; the rest stays in the spool."""
    days = read.rows.days
    if all(day in salts for day in set(days)):
        return read
    cut = next(index for index, day in enumerate(days) if day not in salts)
    if cut == 0:
        return None
    records = read.rows.records
    return _Read(SpoolRows(read.rows.spool_id, records[:cut], days[:cut]), read.before, records[cut].position)


def _folds(table: pa.Table, reads: Sequence[_Read]) -> list[Fold]:
    """Count the clicks of each spool; its rows lie together, in the order of the reads."""
    folds, start = [], 0
    columns = table.select(["link_id", "outcome", "flags"])
    for read in reads:
        count = len(read.rows.records)
        folds.append(Fold(read.rows.spool_id, read.before, read.position, count_by_link(columns.slice(start, count))))
        start += count
    return folds
