"""The background worker: loops, each bounded and stoppable. Runs in a process of its own, beside the web processes.

A loop that fails says so, waits, and tries again; it never ends before it is told to. Clicks are never in danger here:
they lie in the spool until they are in the lake.
"""

import asyncio
import dataclasses
import gc
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import partial
from pathlib import Path
from time import monotonic

from liulian.base.clock import utc_now
from liulian.base.ids import IdSource
from liulian.base.log import logger
from liulian.base.meters import Meter, Meters
from liulian.base.net import TrustedProxies
from liulian.clicks.enrich import Enricher
from liulian.clicks.geo import PlaceFinder
from liulian.clicks.ingest import IngestCounts, Ingester
from liulian.community.photos import path_of
from liulian.community.shipping import Shipper
from liulian.safety.recheck import recheck
from liulian.screening.names import Names
from liulian.storage.act_batches import ActBatches
from liulian.storage.database import Database
from liulian.storage.farewell import erase_removed
from liulian.storage.rewording import is_reworded, reword_some
from liulian.storage.upkeep import tidy
from liulian.transfer.files import sweep
from liulian.transfer.run import Plant, work_on_next

POLL_S = 0.25  # A click is in the statistics after this, one commit and one query: well under three seconds.
FAILED_WAIT_S = 2.0
TIDY_EVERY_S = 600.0
RECHECK_EVERY_S = 300.0
REWORD_EVERY_S = 60.0
REWORD_PAUSE_S = 0.05  # Between two steps, so that others can write.
IMPORT_POLL_S = 1.0  # Whoever has just started an import looks at its bar a moment later.
SHIP_EVERY_S = 2.0  # An act is in the statistics after this; each turn that finds some makes a file.
COLLECT_AFTER = 500_000  # New objects; Python's own 700 is for programs that keep less.
DRAIN_S = 3.0  # How long the last rounds may take; what is left waits in the spool for the next start.


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerParts:
    """Everything the worker is given. `plant` None: imports are left to others. `meters` None: nobody reads them."""

    database: Database
    lake_url: str
    spool_dir: Path
    geo_dir: Path
    proxies: TrustedProxies
    time_zone: tzinfo
    plant: Plant | None = None
    meters: Meters | None = None
    pictures_dir: Path | None = None


class DatabaseLedger:
    """The ingester's part of the database: daily salts and totals. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def salt_for(self, day: date) -> bytes:
        async with self._database.write() as tx:
            return await tx.salts.salt_for(day)

    async def forget_salts_before(self, day: date) -> None:
        async with self._database.write() as tx:
            await tx.salts.forget_before(day)

    async def positions(self) -> dict[str, int]:
        async with self._database.read() as tx:
            return await tx.totals.positions()

    async def add(self, spool_id: str, *, before: int, position: int, counts: Mapping[int, tuple[int, int]]) -> bool:
        async with self._database.write() as tx:
            return await tx.totals.add(spool_id, before=before, position=position, counts=counts)


async def run_worker(parts: WorkerParts, stop: asyncio.Event) -> None:
    """Run all loops until `stop` is set; then carry what is left in the spool into the lake, and return."""
    ingester = make_ingester(parts)
    with few_collections():
        async with asyncio.TaskGroup() as loops:
            loops.create_task(_ingest_loop(ingester, parts.meters, stop))
            loops.create_task(_repeat(lambda: _tidy(parts.database), every_s=TIDY_EVERY_S, stop=stop, name="tidy"))
            reword = partial(_reword, parts.database, stop)
            loops.create_task(_repeat(reword, every_s=REWORD_EVERY_S, stop=stop, name="reword"))
            leaving = partial(_farewell, parts.database, parts.pictures_dir, IdSource())
            loops.create_task(_repeat(leaving, every_s=TIDY_EVERY_S, stop=stop, name="farewell"))
            names = Names()
            looking = partial(_recheck, parts.database, names)
            loops.create_task(_repeat(looking, every_s=RECHECK_EVERY_S, stop=stop, name="recheck"))
            shipper = Shipper(lake_url=parts.lake_url, ledger=ActBatches(parts.database, clock=utc_now))
            loops.create_task(_repeat(partial(_ship, shipper, stop), every_s=SHIP_EVERY_S, stop=stop, name="ship"))
            if parts.plant is not None:
                importing, sweeping = partial(_import, parts.plant, stop), partial(_sweep, parts.plant)
                loops.create_task(_repeat(importing, every_s=IMPORT_POLL_S, stop=stop, name="import"))
                loops.create_task(_repeat(sweeping, every_s=TIDY_EVERY_S, stop=stop, name="sweep"))
        await _drain(ingester, parts.meters)


@contextmanager
def few_collections() -> Iterator[None]:
    """Look for cycles seldom: a batch makes 100,000 records without any, and looking costs a tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def make_ingester(parts: WorkerParts) -> Ingester:
    """Return an ingester for the spools of this machine. Nothing is opened yet."""
    return Ingester(
        lake_url=parts.lake_url,
        spool_root=parts.spool_dir,
        enricher=Enricher(places=PlaceFinder(parts.geo_dir), proxies=parts.proxies),
        ledger=DatabaseLedger(parts.database),
        zone=parts.time_zone,
    )


async def _ingest_loop(ingester: Ingester, meters: Meters | None, stop: asyncio.Event) -> None:
    """Carry clicks as they come, four times a second; at once only while behind: a commit costs 12 ms and a file."""
    while not stop.is_set():
        try:
            rows = await _ingest(ingester, meters)
            is_stuck = ingester.counts.waiting > 0 and rows == 0
            pause_s = 0.0 if ingester.is_behind else FAILED_WAIT_S if is_stuck else POLL_S
        except Exception as error:  # noqa: BLE001 - The border of a loop: the clicks wait in the spool.
            logger.exception("ingest_failed", error=type(error).__name__)
            if meters:
                meters.counts[Meter.INGEST_FAILURES] += 1
            pause_s = FAILED_WAIT_S
        await _pause(pause_s, stop)


async def _drain(ingester: Ingester, meters: Meters | None) -> None:
    """Carry what was written until the web processes ended, and delete the spool behind it."""
    until = monotonic() + DRAIN_S
    try:
        ingester.sweep()
        while await _ingest(ingester, meters) and monotonic() < until:
            pass
    except Exception as error:  # noqa: BLE001 - We are leaving: the clicks wait in the spool for the next start.
        logger.warning("drain_failed", error=type(error).__name__)


async def _ingest(ingester: Ingester, meters: Meters | None) -> int:
    before = dataclasses.replace(ingester.counts)
    rows = await ingester.ingest_once()
    if meters:
        export_counts(meters, before, ingester.counts)
    return rows


def export_counts(meters: Meters, before: IngestCounts, after: IngestCounts) -> None:
    """Add what one round of the ingester counted to what others can read."""
    counts = meters.counts
    counts[Meter.INGESTED] += after.rows - before.rows
    counts[Meter.INGEST_COMMITS] += after.commits - before.commits
    counts[Meter.INGEST_TORN] += after.torn - before.torn
    counts[Meter.UNDERIVABLE] += after.underivable - before.underivable
    counts[Meter.TOTALS_FAILURES] += after.totals_failures - before.totals_failures


async def _recheck(database: Database, names: Names) -> None:
    await recheck(read=database.read, write=database.write, names=names, now=utc_now())


async def _ship(shipper: Shipper, stop: asyncio.Event) -> None:
    """Carry acts until none waits. What is left at a stop waits in the database."""
    while not stop.is_set() and await shipper.ship_once():
        pass


async def _tidy(database: Database) -> None:
    await tidy(database, now=utc_now())


async def _farewell(database: Database, pictures: Path | None, ids: IdSource) -> None:
    """Erase who was in communities that were removed a month ago, a few at a time, with their pictures."""
    while (files := await erase_removed(database, ids=ids, now=utc_now())) is not None:
        if pictures is not None:
            for file_id in files:
                path_of(pictures, file_id).unlink(missing_ok=True)


async def _reword(database: Database, stop: asyncio.Event) -> None:
    """Index links that were not made here, or by other rules, until all are done."""
    if await is_reworded(database):
        return
    while not stop.is_set() and await reword_some(database):
        await _pause(REWORD_PAUSE_S, stop)


async def _import(plant: Plant, stop: asyncio.Event) -> None:
    """Work on imports until none waits."""
    while not stop.is_set() and await work_on_next(plant, stop):
        pass


async def _sweep(plant: Plant) -> None:
    await sweep(plant.folder, read=plant.read, write=plant.write, now=utc_now())


async def _repeat(work: Callable[[], Awaitable[None]], *, every_s: float, stop: asyncio.Event, name: str) -> None:
    while not stop.is_set():
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - The border of a loop: the next turn tries again.
            logger.warning("loop_failed", loop=name, error=type(error).__name__)
        await _pause(every_s, stop)


async def _pause(seconds: float, stop: asyncio.Event) -> None:
    """Wait, but not longer than until `stop`."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
