"""A guide page for WeChat against the plain redirect, both from the fast lane, turn by turn under the same load."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.heads import WECHAT_AGENTS, make_heads
from benches.load import run_wrk
from benches.servers import liulian, make_links
from liulian.links.guard import PRESETS, Guard, Mode

LINKS = 100_000
WARM_S = 8.0
GUARD = Guard(mode=Mode.GUIDE, apps=PRESETS["china"])


def run(*, smoke: bool) -> dict[str, Any]:
    """Return medians of several turns, and the ratio of each pair of turns."""
    turns, seconds = (1, 2) if smoke else (15, 2)  # Short turns: a noisy machine then disturbs both sides alike.
    with tempfile.TemporaryDirectory() as folder:
        paths = make_links(Path(folder, "plain"), count=LINKS)
        make_links(Path(folder, "guarded"), count=LINKS, guard=GUARD)
        heads = make_heads(paths, count=5_000, close=False, agents=WECHAT_AGENTS)
        edge = ("edge",)
        with (
            liulian(Path(folder, "plain"), *edge, LIULIAN_WORKERS="1") as plain,
            liulian(Path(folder, "guarded"), *edge, LIULIAN_WORKERS="1") as guarded,
        ):
            time.sleep(WARM_S)  # Until the links of both are in memory.
            for server in (plain, guarded):
                run_wrk(server.port, heads, pids=server.pids, seconds=2)
            pairs = [
                tuple(run_wrk(server.port, heads, pids=server.pids, seconds=seconds) for server in (guarded, plain))
                for _ in range(turns)
            ]
    return {
        "guide_cpu_us": round(statistics.median(guide.cpu_us for guide, _ in pairs), 2),
        "redirect_cpu_us": round(statistics.median(redirect.cpu_us for _, redirect in pairs), 2),
        "ratio": round(statistics.median(guide.cpu_us / redirect.cpu_us for guide, redirect in pairs), 3),
        "ratios": [round(guide.cpu_us / redirect.cpu_us, 3) for guide, redirect in pairs],
        "guides_per_s": round(statistics.median(guide.requests / guide.seconds for guide, _ in pairs)),
    }
