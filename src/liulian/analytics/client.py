"""How a web process asks for statistics: over a Unix socket, so that it need not carry the engine.

A few connections are kept open. The query process may be restarted at any time: a connection that died meanwhile is
replaced once, and when nobody answers the caller hears Unavailable.
"""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

from liulian.analytics.frames import Ask, Reply, read_frame, short_path, write_frame
from liulian.analytics.query import StatsQuery
from liulian.analytics.stats import LinkStats
from liulian.base.errors import Unavailable

CONNECTIONS_MAX = 8  # Per web process; further questions wait for one of them.
ANSWER_S = 25.0  # A little more than the engine allows a query.
RETRY_AFTER_S = 2
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class AnalyticsClient:
    """One per web process. `time_zone` is where days begin when a question does not say."""

    def __init__(self, socket_path: Path, *, time_zone: ZoneInfo = DEFAULT_ZONE, answer_s: float = ANSWER_S) -> None:
        self.time_zone = time_zone
        self._socket_path = socket_path
        self._answer_s = answer_s
        self._idle: list[Connection] = []
        self._places = asyncio.Semaphore(CONNECTIONS_MAX)

    async def link_stats(self, query: StatsQuery) -> LinkStats:
        """Return the statistics. Raises Unavailable when the query process is away, busy or too slow."""
        try:
            async with asyncio.timeout(self._answer_s), self._places:
                reply = await self._ask(query)
        except (OSError, EOFError, ValueError, TimeoutError):
            raise Unavailable(retry_after_s=RETRY_AFTER_S) from None
        if reply.stats is None:
            raise Unavailable(retry_after_s=RETRY_AFTER_S)
        return reply.stats

    async def close(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _ask(self, query: StatsQuery) -> Reply:
        while self._idle:
            try:
                return await self._ask_on(self._idle.pop(), query)
            except (OSError, EOFError):
                continue  # It died while nobody looked; its server may be back already.
        return await self._ask_on(await self._connect(), query)

    async def _ask_on(self, connection: Connection, query: StatsQuery) -> Reply:
        reader, writer = connection
        try:
            await write_frame(writer, Ask(query))
            reply = await read_frame(reader, Reply)
        except BaseException:
            writer.close()  # Also when cancelled: a late answer must never reach the next question.
            raise
        self._idle.append(connection)
        return reply

    async def _connect(self) -> Connection:
        with short_path(self._socket_path) as path:
            return await asyncio.open_unix_connection(path)
