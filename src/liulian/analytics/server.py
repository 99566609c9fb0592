"""The query process: answers questions about clicks on a Unix socket, a few at a time, each for a bounded time.

The only process that holds DuckDB. When it dies nothing else suffers: statistics are away until it is back.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from liulian.analytics.engine import TookTooLong
from liulian.analytics.frames import Ask, Reply, read_frame, short_path, write_frame
from liulian.analytics.query import StatsQuery
from liulian.analytics.service import Statistics
from liulian.analytics.stats import LinkStats
from liulian.base.log import logger

AT_ONCE_MAX = 4  # Queries that run together share memory and threads of one engine.
WAITING_MAX = 64  # Beyond this an answer would come after its reader has gone.


class QueryServer:
    """Answers connections until it is closed."""

    def __init__(self, statistics: Statistics) -> None:
        self._statistics = statistics
        self._threads = ThreadPoolExecutor(AT_ONCE_MAX, thread_name_prefix="query")
        self._waiting = 0
        self._writers: set[asyncio.StreamWriter] = set()

    async def answer(self, query: StatsQuery) -> Reply:
        """Return the statistics or the word for why not. Never raises."""
        if self._waiting >= WAITING_MAX:
            return Reply(problem="busy")
        self._waiting += 1
        try:
            return Reply(stats=await self._run(query))
        except TookTooLong:
            return Reply(problem="slow")
        except Exception as error:  # noqa: BLE001 - The border of a request: its reader is told, the next one is served.
            logger.exception("query_failed", error=type(error).__name__)
            return Reply(problem="failed")
        finally:
            self._waiting -= 1

    async def serve_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question after the other until the other side leaves, or we do."""
        self._writers.add(writer)
        try:
            while True:
                question = await read_frame(reader, Ask)
                await write_frame(writer, await self.answer(question.query))
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            return  # Gone, or nobody of ours.
        finally:
            self._writers.discard(writer)
            writer.close()

    async def close(self) -> None:
        """Interrupt what runs; whoever still asks is told by the end of the connection."""
        self._statistics.interrupt()
        self._threads.shutdown(cancel_futures=True)
        for writer in list(self._writers):
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        self._statistics.close()

    async def _run(self, query: StatsQuery) -> LinkStats:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._statistics.link_stats, query)


async def serve_queries(socket_path: Path, lake_url: str, *, temp_folder: Path, stop: asyncio.Event) -> None:
    """Listen at `socket_path` (readable by nobody else) until `stop` is set. An old socket there is replaced."""
    server = QueryServer(Statistics(lake_url, temp_folder=temp_folder))
    _make_private(socket_path.parent)
    with short_path(socket_path) as path:
        listener = await asyncio.start_unix_server(server.serve_connection, path)
    try:
        await stop.wait()
    finally:
        listener.close()
        await server.close()


def _make_private(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
