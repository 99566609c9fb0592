"""The main figure: CPU of one redirect, ours against nginx's, turn by turn under the same load."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.heads import make_heads
from benches.load import Load, resident_bytes, run_wrk
from benches.servers import Server, liulian, make_links, nginx

LINKS = 100_000
HEADS = 5_000


def run(*, smoke: bool) -> dict[str, Any]:
    """Return medians of several turns, and the ratio of each pair of turns."""
    turns, seconds = (1, 2) if smoke else (5, 6)
    with tempfile.TemporaryDirectory() as folder:
        paths = make_links(Path(folder, "data"), count=LINKS)
        (Path(folder) / "nginx").mkdir()
        with nginx(Path(folder, "nginx")) as theirs, liulian(Path(folder, "data"), "edge", LIULIAN_WORKERS="1") as ours:
            _warm(ours, paths)
            result = {
                "keep_alive": _compare(ours, theirs, paths, close=False, turns=turns, seconds=seconds),
                "new_connection": _compare(ours, theirs, paths, close=True, turns=turns, seconds=seconds),
                "web_process_bytes": resident_bytes(ours.pids[0]),
            }
    return result


def _warm(server: Server, paths: list[bytes]) -> None:
    """Wait until the links are in memory, and run once without counting."""
    time.sleep(2.0)
    run_wrk(server.port, make_heads(paths, count=HEADS, close=False), pids=server.pids, seconds=2)


def _compare(
    ours: Server, theirs: Server, paths: list[bytes], *, close: bool, turns: int, seconds: int
) -> dict[str, Any]:
    heads = make_heads(paths, count=HEADS, close=close)
    pairs = [(_run(ours, heads, seconds=seconds), _run(theirs, heads, seconds=seconds)) for _ in range(turns)]
    return {
        "liulian_cpu_us": round(statistics.median(mine.cpu_us for mine, _ in pairs), 2),
        "nginx_cpu_us": round(statistics.median(nginx.cpu_us for _, nginx in pairs), 2),
        "ratio": round(statistics.median(mine.cpu_us / nginx.cpu_us for mine, nginx in pairs), 3),
        "ratios": [round(mine.cpu_us / nginx.cpu_us, 3) for mine, nginx in pairs],
        "liulian_per_s": round(statistics.median(mine.requests / mine.seconds for mine, _ in pairs)),
        "nginx_per_s": round(statistics.median(nginx.requests / nginx.seconds for _, nginx in pairs)),
        "liulian_p99_ms": round(statistics.median(mine.p99_ms for mine, _ in pairs), 2),
        "complaints": sorted({load.complaints for pair in pairs for load in pair if load.complaints}),
    }


def _run(server: Server, heads: list[bytes], *, seconds: int) -> Load:
    return run_wrk(server.port, heads, pids=server.pids, seconds=seconds)
