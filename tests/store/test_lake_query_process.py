"""The query process and its clients: restarts, crowds, junk, deep folders; and who must not carry the engines."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from liulian.analytics import client as client_module
from liulian.analytics.client import AnalyticsClient
from liulian.analytics.engine import TookTooLong
from liulian.analytics.frames import Reply
from liulian.analytics.query import Interval, StatsQuery
from liulian.analytics.server import WAITING_MAX, QueryServer, serve_queries
from liulian.analytics.service import Statistics
from liulian.base.errors import Unavailable
from liulian.base.ids import LinkId

QUERY = StatsQuery(
    from_us=1_795_276_800_000_000, to_us=1_795_363_200_000_000, interval=Interval.DAY, zone="UTC", link_id=LinkId(1)
)


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Path]:
    """Serve the empty lake in `folder`; give the socket."""
    stop, socket = asyncio.Event(), folder / "run" / "query.sock"
    socket.unlink(missing_ok=True)  # A predecessor leaves its own behind.
    server = asyncio.create_task(serve_queries(socket, str(folder / "lake"), temp_folder=folder / "temp", stop=stop))
    while not socket.exists():
        assert not server.done(), server.exception()
        await asyncio.sleep(0)
    yield socket
    stop.set()
    await server


async def test_a_client_survives_the_restart_of_the_query_process(tmp_path: Path) -> None:
    client = AnalyticsClient(tmp_path / "run" / "query.sock")
    with pytest.raises(Unavailable):
        await client.link_stats(QUERY)
    for _ in range(2):
        async with serving(tmp_path):
            assert (await client.link_stats(QUERY)).totals.clicks == 0
    with pytest.raises(Unavailable):
        await client.link_stats(QUERY)
    await client.close()


async def test_the_socket_may_lie_deeper_than_the_kernel_allows(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    async with serving(deep) as socket:
        client = AnalyticsClient(socket)
        assert (await client.link_stats(QUERY)).totals.clicks == 0
        await client.close()


async def test_only_the_owner_may_reach_the_socket(tmp_path: Path) -> None:
    async with serving(tmp_path) as socket:
        assert socket.parent.stat().st_mode & 0o077 == 0


async def test_many_questions_at_once_are_all_answered(tmp_path: Path) -> None:
    async with serving(tmp_path) as socket:
        client = AnalyticsClient(socket)
        answers = await asyncio.gather(*(client.link_stats(QUERY) for _ in range(50)))
        assert len(answers) == 50
        assert len(client._idle) <= client_module.CONNECTIONS_MAX
        await client.close()


@pytest.mark.parametrize("junk", [b"\xff\xff\xff\xff", b"\0\0\0\4junk", b"\0\0\0\x10half"])
async def test_junk_on_the_socket_ends_that_connection_alone(tmp_path: Path, junk: bytes) -> None:
    async with serving(tmp_path) as socket:
        reader, writer = await asyncio.open_unix_connection(socket)
        writer.write(junk)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        client = AnalyticsClient(socket)
        assert (await client.link_stats(QUERY)).totals.clicks == 0
        await client.close()


async def test_a_cancelled_question_leaves_no_answer_for_the_next_one(tmp_path: Path) -> None:
    async with serving(tmp_path) as socket:
        client = AnalyticsClient(socket)
        await client.link_stats(QUERY)
        asking = asyncio.create_task(client.link_stats(QUERY))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert client._idle == []
        await client.close()


class Stuck(Statistics):
    """Statistics that answer with a given exception."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def link_stats(self, query: StatsQuery) -> None:  # type: ignore[override]
        raise self._error


@pytest.mark.parametrize(("error", "problem"), [(TookTooLong(), "slow"), (RuntimeError("x"), "failed")])
async def test_a_query_without_an_answer_says_why(error: Exception, problem: str) -> None:
    assert await QueryServer(Stuck(error)).answer(QUERY) == Reply(problem=problem)


async def test_a_crowd_is_turned_away_rather_than_kept_waiting(tmp_path: Path) -> None:
    server = QueryServer(Statistics(str(tmp_path / "lake"), temp_folder=tmp_path / "temp"))
    server._waiting = WAITING_MAX
    assert await server.answer(QUERY) == Reply(problem="busy")
    await server.close()


@pytest.mark.parametrize(
    "module", ["liulian.web.app", "liulian.web.process", "liulian.web.api.stats", "liulian.analytics.client"]
)
def test_processes_that_serve_pages_carry_no_engine(module: str) -> None:
    engines = ("duckdb", "pyarrow", "deltalake", "ua_parser", "maxminddb")
    code = f"import sys, {module}; print([name for name in {engines} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": "src"}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
