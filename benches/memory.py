"""What a link in memory costs, and what ten thousand idle connections cost: differences of resident memory."""

import asyncio
import gc
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benches.load import resident_bytes
from benches.servers import liulian, make_links
from liulian.base.ids import LinkId
from liulian.base.meters import Meters
from liulian.edge.routes import Routes
from liulian.links.decide import Rules
from liulian.links.guard import NO_GUARD, PRESETS, Guard, Mode
from liulian.links.model import DEFAULT_DOMAIN, Target
from liulian.visitors.model import class_named

LINKS = 100_000
IDLE = 10_000
GUARD = Guard(mode=Mode.GUIDE, apps=PRESETS["china"])
VISITORS = [
    class_named(app, system=system, form="mobile")
    for app, system in (("wechat", "iOS"), ("qq", "Android"), ("browser", "iOS"))
]


def run(*, smoke: bool) -> dict[str, Any]:
    """Return bytes per link and bytes for all idle connections, and how a click fares among them."""
    idle = 1_000 if smoke else IDLE
    return {
        "bytes_per_link": _in_fresh_process("plain"),
        "bytes_per_guarded_link": _in_fresh_process("guarded"),
        "idle_connections": idle,
    } | _idle(idle)


def _in_fresh_process(kind: str) -> int:
    done = subprocess.run([sys.executable, "-m", "benches.memory", kind], capture_output=True, text=True, check=True)
    return int(done.stdout)


def _idle(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        paths = make_links(Path(folder, "data"), count=1_000)
        settings = {"LIULIAN_WORKERS": "1", "LIULIAN_HEAD_TIMEOUT": "120", "LIULIAN_KEEP_ALIVE_TIMEOUT": "120"}
        with liulian(Path(folder, "data"), "edge", core=None, **settings) as server:
            time.sleep(1.0)
            return asyncio.run(_hold(server.port, server.pids[0], paths[0], count))


async def _hold(port: int, pid: int, path: bytes, count: int) -> dict[str, Any]:
    before = resident_bytes(pid)
    alone_ms = await _click_ms(port, path)
    writers = []
    for _ in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writers.append(writer)
    await asyncio.sleep(1.0)
    held = resident_bytes(pid) - before
    among_ms = await _click_ms(port, path)
    for writer in writers:
        writer.close()
    return {
        "bytes_for_idle": held,
        "click_ms_alone": round(alone_ms, 3),
        "click_ms_among_idle": round(among_ms, 3),
    }


async def _click_ms(port: int, path: bytes) -> float:
    """Return the median time of a click on a kept connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times = []
    for _ in range(500):
        began = time.perf_counter()
        writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: x\r\nUser-Agent: bench\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        times.append(time.perf_counter() - began)
    writer.close()
    return sorted(times)[len(times) // 2] * 1_000


def _bytes_per_link(guard: Guard) -> int:
    """Fill a table in this fresh process and return what each link added to it, its path and dict entry included.

    A guarded link was met by three classes of visitors.
    """
    routes = Routes(routes_max=LINKS, meters=Meters.unshared())
    routes.start_warming()
    gc.collect()
    before = resident_bytes(os.getpid())
    routes.warm(
        Target(
            link_id=LinkId((1 << 62) + number),
            workspace_id=1,
            domain_id=DEFAULT_DOMAIN,
            path=b"/b%06d" % number,
            destination=f"https://example.com/landing/page?id={number}&utm_source=poster&utm_campaign=spring-2026",
            rules=None if guard == NO_GUARD else Rules(guard=replace(guard)),
        )
        for number in range(LINKS)
    )
    for route in routes.paths(DEFAULT_DOMAIN).values():
        for visitor in VISITORS:
            route.answer(visitor, goes_on=False, now_us=0)
    gc.collect()
    return (resident_bytes(os.getpid()) - before) // LINKS


if __name__ == "__main__":
    sys.stdout.write(str(_bytes_per_link(GUARD if sys.argv[1:] == ["guarded"] else NO_GUARD)))
