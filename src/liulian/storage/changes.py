"""Learn, in any process on any machine, which links changed: the end of the way of one short link.

Each change is a row with a growing number (`change_log.py`). A reader remembers the last number it saw, so a missed
notification costs a moment, never a change. The database may be away for hours: the reader tries again, and again.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from liulian.base.ids import DomainId
from liulian.base.log import logger
from liulian.storage.change_log import CHANNEL
from liulian.storage.database import Database

POLL_S = 0.05  # SQLite cannot wake another process; asking costs 3 µs on a connection that does nothing else.
HEAL_S = 5.0  # PostgreSQL wakes us; a notification that was lost is made good after this long.
RETRY_MIN_S, RETRY_MAX_S = 0.2, 5.0
BATCH = 1000
COMMAND_S = 10.0  # A network that swallows everything must not hold the feed for ever.

_ROWS = "SELECT seq, domain_id, slug FROM link_changes WHERE seq > {seen} ORDER BY seq LIMIT {limit}"
_SPAN = "SELECT COALESCE(MIN(seq), 0), COALESCE(MAX(seq), 0) FROM link_changes"


@dataclass(frozen=True, slots=True)
class Change:
    """Something about this slug is different: forget what you know of it and ask again."""

    seq: int
    domain_id: DomainId
    slug: str


@dataclass(frozen=True, slots=True)
class Span:
    """The lowest and the highest number that are kept; both 0 when there is none."""

    oldest: int
    newest: int


class Source(Protocol):
    """An open connection to one kind of database."""

    async def rows_after(self, seen: int, *, limit: int) -> list[Change]: ...
    async def span(self) -> Span: ...
    async def wait(self) -> None: ...


class ChangeFeed:
    """One per process that keeps links in memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, on_changes: Callable[[Sequence[Change]], None], on_reset: Callable[[], None]) -> None:
        """Report changes in order until cancelled.

        `on_reset` means: all you know may be out of date, forget it. It is called once, when the feed has found its
        place (what is read from then on is healed by later changes, what was read before is not), and whenever rows
        were trimmed before we saw them.
        """
        seen: int | None = None
        pause_s = RETRY_MIN_S
        while True:
            try:
                async with _open_source(self._database) as source:
                    while True:
                        seen = await _catch_up(source, seen, on_changes=on_changes, on_reset=on_reset)
                        pause_s = RETRY_MIN_S
                        await source.wait()
            except Exception as problem:  # noqa: BLE001 - The border of the loop: nothing is lost, `seen` is kept.
                logger.warning("change_feed_away", problem=type(problem).__name__, retry_s=pause_s)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, RETRY_MAX_S)


async def _catch_up(
    source: Source,
    seen: int | None,
    *,
    on_changes: Callable[[Sequence[Change]], None],
    on_reset: Callable[[], None],
) -> int:
    """Report all that came after `seen` and return the number of the last one."""
    while True:
        changes = await source.rows_after(seen, limit=BATCH) if seen is not None else []
        span = await source.span()  # After the rows: what was trimmed in between is noticed here.
        if seen is None or seen > span.newest or seen + 1 < span.oldest:
            on_reset()
            return span.newest
        if changes:
            on_changes(changes)
            seen = changes[-1].seq
        if len(changes) < BATCH:
            return seen


@asynccontextmanager
async def _open_source(database: Database) -> AsyncIterator[Source]:
    if database.is_sqlite:
        file = sqlite3.connect(f"file:{database.url.database}?mode=rw", uri=True, isolation_level=None, timeout=1)
        try:
            yield SqliteSource(file)
        finally:
            file.close()
    else:
        async with _listen(database.url) as source:
            yield source


class SqliteSource:
    """Reads on the event loop through a plain connection of its own: through the pool, asking costs 80 times more."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._version = self._data_version()

    async def rows_after(self, seen: int, *, limit: int) -> list[Change]:
        rows = self._file.execute(_ROWS.format(seen="?", limit="?"), (seen, limit))
        return [Change(seq, DomainId(domain_id), slug) for seq, domain_id, slug in rows]

    async def span(self) -> Span:
        return Span(*self._file.execute(_SPAN).fetchone())

    async def wait(self) -> None:
        """Return when any other connection has committed something."""
        while (version := self._data_version()) == self._version:  # noqa: ASYNC110 - SQLite tells nobody.
            await asyncio.sleep(POLL_S)
        self._version = version

    def _data_version(self) -> int:
        version: int = self._file.execute("PRAGMA data_version").fetchone()[0]
        return version


class PostgresSource:
    """Sleeps until PostgreSQL notifies, and looks by itself now and then."""

    def __init__(self, connection: AsyncConnection, *, woken: asyncio.Event) -> None:
        self._connection = connection
        self._woken = woken
        self._rows = text(_ROWS.format(seen=":seen", limit=":limit"))

    async def rows_after(self, seen: int, *, limit: int) -> list[Change]:
        rows = await self._connection.execute(self._rows, {"seen": seen, "limit": limit})
        return [Change(seq, DomainId(domain_id), slug) for seq, domain_id, slug in rows]

    async def span(self) -> Span:
        return Span(*(await self._connection.execute(text(_SPAN))).one())

    async def wait(self) -> None:
        """Return at the next notification, when the connection ends, or after a while."""
        # Not `wait_for`: in Python 3.11 it loses a cancellation that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEAL_S):
                await self._woken.wait()
        self._woken.clear()


@asynccontextmanager
async def _listen(url: URL) -> AsyncIterator[PostgresSource]:
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": COMMAND_S, "command_timeout": COMMAND_S},
    )
    woken = asyncio.Event()
    try:
        async with engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is None:
                raise ConnectionError
            await driver.add_listener(CHANNEL, lambda *_: woken.set())
            driver.add_termination_listener(lambda *_: woken.set())  # The next query then finds out.
            yield PostgresSource(connection, woken=woken)
    finally:
        await engine.dispose()
