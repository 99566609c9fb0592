"""Clicks stored for each click answered: every one, or the figure is not 1. The worker runs, as it does for real."""

import asyncio
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from benches.heads import make_heads
from benches.servers import liulian, make_links

CONNECTIONS = 32
SETTLE_S = 30.0


def run(*, smoke: bool) -> dict[str, Any]:
    """Answer a known number of clicks and count what the lake holds in the end."""
    wanted = 5_000 if smoke else 200_000
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder, "data")
        heads = make_heads(make_links(data_dir, count=1_000), count=5_000, close=False)
        with liulian(data_dir, "serve", core=None, LIULIAN_WORKERS="1") as server:
            _wait_for_answer(server.port)
            began = time.monotonic()
            answered = asyncio.run(_click(server.port, heads, wanted))
            clicked_s = time.monotonic() - began
            stored = _stored(data_dir, answered)
            settled_s = time.monotonic() - began - clicked_s
    return {
        "answered": answered,
        "stored": stored,
        "stored_per_answer": round(stored / answered, 6),
        "seconds_from_last_answer_to_all_stored": round(settled_s, 2),
    }


def _wait_for_answer(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/openapi.json", timeout=20) as answer:
        answer.read()


async def _click(port: int, heads: list[bytes], wanted: int) -> int:
    """Send exactly `wanted` clicks over several connections, each after the answer to the one before."""
    share = wanted // CONNECTIONS
    return sum(await asyncio.gather(*(_visit(port, heads, offset, share) for offset in range(CONNECTIONS))))


async def _visit(port: int, heads: list[bytes], offset: int, count: int) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    for number in range(count):
        writer.write(heads[(offset * 997 + number) % len(heads)])
        answer = await reader.readuntil(b"\r\n\r\n")
        answered += answer.startswith(b"HTTP/1.1 302 ")
    writer.close()
    return answered


def _stored(data_dir: Path, wanted: int) -> int:
    """Return how many rows the lake holds once it holds as many as were answered, or stops growing."""
    until, rows = time.monotonic() + SETTLE_S, 0
    while rows < wanted and time.monotonic() < until:
        time.sleep(0.1)
        rows = sum(
            DeltaTable(str(data_dir / "lake" / "clicks")).get_add_actions(flatten=True)["num_records"].to_pylist()
        )
    return rows
