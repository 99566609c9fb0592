"""10,000 people check in within the minute after the full hour: how long each waits, and whether every act is there.

The whole program on SQLite, over HTTP. Requests begin when they are due, whether or not earlier ones were answered, at
times as chance has them; each is timed from when it was due. Afterwards the acts are counted.
"""

import asyncio
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benches.crowd import make_crowd, token_of
from benches.load import cpu_of_all_s
from benches.servers import Server, family_of, liulian
from liulian.base.clock import utc_now
from liulian.base.ids import encode_id
from tests.browser.member.planted import Planted

PEOPLE, SMOKE_PEOPLE = 10_000, 60
DURATION_S, SMOKE_DURATION_S = 60.0, 2.0
DAYS_BEFORE = 10
WARM_UP = 50
CONNECTIONS_MAX = 500  # Kept and used again, as a proxy in front keeps them.


def run(*, smoke: bool = False) -> dict[str, Any]:
    """Return the figures."""
    people, duration_s = (SMOKE_PEOPLE, SMOKE_DURATION_S) if smoke else (PEOPLE, DURATION_S)
    warm_up = 2 if smoke else WARM_UP
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        planted = make_crowd(data_dir, members=people + warm_up, days=DAYS_BEFORE, now=utc_now())
        with liulian(data_dir, "serve", core=None, LIULIAN_WORKERS="1") as server:
            crowd = Crowd(server, planted)
            asyncio.run(crowd.come(range(people, people + warm_up), duration_s=1.0))
            crowd.times.clear()
            spent = cpu_of_all_s(family_of(server.parent))
            asyncio.run(crowd.come(range(people), duration_s=duration_s))
            spent = cpu_of_all_s(family_of(server.parent)) - spent
        stored = _stored(data_dir / "liulian.db", planted) - warm_up
    times = sorted(crowd.times)
    return {
        "check_ins": people,
        "seconds": duration_s,
        "answered": len(times),
        "stored": stored,
        "stored_per_answer": stored / len(times),
        "p50_ms": _ms(times, 50),
        "p99_ms": _ms(times, 99),
        "slowest_ms": round(times[-1] * 1000, 1),
        "server_cpu_ms_each": round(spent / people * 1000, 2),
    }


class Crowd:
    """Members with a browser each, who share connections."""

    def __init__(self, server: Server, planted: Planted) -> None:
        self.times: list[float] = []
        self._port = server.port
        self._path = f"/c/{planted.community.slug}/do/check-in"
        self._service = encode_id(planted.services["tap"])
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._open = asyncio.Semaphore(CONNECTIONS_MAX)

    async def come(self, numbers: Sequence[int], *, duration_s: float) -> None:
        """Let members check in, at times spread by chance over `duration_s`. Raises RuntimeError at a refusal."""
        chance = random.Random(7)
        due = sorted(chance.uniform(0, duration_s) for _ in numbers)
        began = time.perf_counter()
        waiting = []
        for number, at in zip(numbers, due, strict=True):
            await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
            waiting.append(asyncio.create_task(self._check_in(number, due=began + at)))
        await asyncio.gather(*waiting)
        for _, writer in self._free:
            writer.close()
        self._free.clear()

    async def _check_in(self, number: int, *, due: float) -> None:
        request = self._request(number)
        async with self._open:
            reader, writer = await self._connection()
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            self.times.append(time.perf_counter() - due)
            self._free.append((reader, writer))
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"{head.decode()}{body.decode()}")

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection that is still open: the server closes those that nobody used for a while."""
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection("127.0.0.1", self._port)

    def _request(self, number: int) -> bytes:
        # A telephone each: that one serves thousands would be suspected, and each suspicion written down.
        body = json.dumps({"service": self._service, "key": f"bench-{number:08d}"}).encode()
        return (
            f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
            f"Cookie: liulian_member={token_of(number)}\r\nSec-Fetch-Site: same-origin\r\n"
            f"User-Agent: telephone-{number}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def _stored(path: Path, planted: Planted) -> int:
    """Return how many check-ins of the hour are in the log."""
    with sqlite3.connect(path) as connection:
        asked = "SELECT count(*) FROM acts WHERE community_id = ? AND kind = 'check_in' AND key NOT LIKE 'crowd-%'"
        found: int = connection.execute(asked, (planted.community.id,)).fetchone()[0]
    connection.close()
    return found


def _ms(times: Sequence[float], percent: int) -> float:
    return round(times[len(times) * percent // 100] * 1000, 1)


if __name__ == "__main__":
    print(json.dumps(run()))
