"""What a web process does beside answering: the time, the spool's next segment, and what changed. Loops that never end.

Each loop survives its own failures; none of them is ever awaited by a click.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from email.utils import formatdate
from time import time
from typing import Protocol

from liulian.base.ids import DomainId
from liulian.base.log import logger
from liulian.base.meters import Meter
from liulian.edge.hosts import DomainSource
from liulian.edge.lane import Lane
from liulian.edge.routes import TargetSource
from liulian.links.domain_model import DOMAINS_CHANGED
from liulian.links.model import Target
from liulian.links.slugs import slug_path

SPOOL_TICK_S = 0.1
SYNC_EVERY_TICKS = 10
DOMAINS_START_S = 2.0  # How long a start waits for the table of domains before it goes on without.
DOMAINS_RETRY_S = 1.0


# Runs for ever and calls back whenever what was compiled from earlier answers is out of date.
Watch = Callable[[Callable[[], None]], Coroutine[None, None, None]]


class Change(Protocol):
    """A slug whose link is no longer what it was."""

    @property
    def domain_id(self) -> DomainId: ...
    @property
    def slug(self) -> str: ...


class Feed(Protocol):
    """The change feed of the store."""

    async def follow(self, on_changes: Callable[[Sequence[Change]], None], on_reset: Callable[[], None]) -> None: ...


class Store(TargetSource, Protocol):
    """Where links can be read one by one, and the newest ones in pages."""

    def newest(self, *, limit: int) -> AsyncIterator[list[Target]]: ...


@asynccontextmanager
async def upkeep(
    lane: Lane,
    *,
    feed: Feed,
    store: Store,
    routes_max: int,
    watches: Sequence[Watch] = (),
    domains: DomainSource | None = None,
) -> AsyncIterator[None]:
    """Run all loops as long as the block lasts; afterwards everything appended is on disk."""
    lane.tick(_http_date())
    await asyncio.to_thread(lane.spool.prepare)
    must_read_domains = asyncio.Event()
    if domains is not None and not await _read_domains(lane, domains, limit_s=DOMAINS_START_S):
        must_read_domains.set()
    async with asyncio.TaskGroup() as group:
        loops = [
            group.create_task(_keep_time(lane)),
            group.create_task(_keep_spool(lane)),
            group.create_task(
                _keep_routes(lane, feed=feed, store=store, routes_max=routes_max, on_domains=must_read_domains.set)
            ),
            *([group.create_task(_keep_domains(lane, domains, changed=must_read_domains))] if domains else []),
            *(group.create_task(watch(lane.routes.forget_all)) for watch in watches),
        ]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
    await asyncio.to_thread(lane.spool.sync)
    lane.spool.close()


async def _keep_time(lane: Lane) -> None:
    """Tick just after every full second, so that the date is never the old one for long."""
    while True:
        await asyncio.sleep(1.002 - time() % 1)
        lane.tick(_http_date())


async def _keep_spool(lane: Lane) -> None:
    """Keep a segment ready, bring clicks to the disk once a second, finish old segments."""
    ticks = 0
    while True:
        await asyncio.sleep(SPOOL_TICK_S)
        ticks += 1
        try:
            if lane.spool.wants_next:
                await asyncio.to_thread(lane.spool.prepare)
            lane.spool.turn()
            if ticks % SYNC_EVERY_TICKS == 0:
                await asyncio.to_thread(lane.spool.sync)
        except OSError as error:
            logger.error("spool_upkeep_failed", error=type(error).__name__)  # Clicks go on; this is tried again.
        lane.counts[Meter.CONNECTIONS_NOW] = len(lane.connections)
        lane.counts[Meter.ROUTES_NOW] = len(lane.routes)


async def _keep_domains(lane: Lane, domains: DomainSource, *, changed: asyncio.Event) -> None:
    """Read the table of domains anew whenever it changed; until that succeeds the old one holds."""
    while True:
        await changed.wait()
        changed.clear()
        if not await _read_domains(lane, domains):
            await asyncio.sleep(DOMAINS_RETRY_S)
            changed.set()


async def _read_domains(lane: Lane, domains: DomainSource, *, limit_s: float | None = None) -> bool:
    try:
        async with asyncio.timeout(limit_s):
            lane.take_domains(await domains.served())
    except Exception as error:  # noqa: BLE001 - The border of the loop: links are answered with the table as it is.
        logger.warning("domains_unread", error=type(error).__name__)
        return False
    return True


async def _keep_routes(
    lane: Lane, *, feed: Feed, store: Store, routes_max: int, on_domains: Callable[[], None]
) -> None:
    """Follow the changes, and read the newest links each time all that was known had to be forgotten."""
    must_warm = asyncio.Event()

    def on_changes(changes: Sequence[Change]) -> None:
        lane.counts[Meter.CHANGES] += len(changes)
        for change in changes:
            if change.domain_id == DOMAINS_CHANGED:
                on_domains()
            else:
                lane.routes.forget(change.domain_id, change.slug, slug_path(change.slug))

    def on_reset() -> None:
        lane.routes.forget_all()
        on_domains()
        must_warm.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(feed.follow(on_changes, on_reset))
        while True:
            await must_warm.wait()
            must_warm.clear()
            await _warm(lane, store, routes_max=routes_max, again=must_warm)


async def _warm(lane: Lane, store: Store, *, routes_max: int, again: asyncio.Event) -> None:
    """Take in the newest links page by page, newest first, between clicks."""
    lane.routes.start_warming()
    try:
        async for page in store.newest(limit=routes_max):
            lane.routes.warm(page)
            if again.is_set():
                break
            await asyncio.sleep(0)
    except Exception as error:  # noqa: BLE001 - Links are then read one by one as they are asked for.
        logger.warning("warming_failed", error=type(error).__name__)
    finally:
        lane.routes.end_warming()
    # A collection would walk over every route again and again, for nothing: they are no garbage.
    gc.collect()
    gc.freeze()


def _http_date() -> bytes:
    return formatdate(time(), usegmt=True).encode("ascii")
