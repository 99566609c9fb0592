"""How long a member's first page takes in a community of 100,000 members: the whole program on SQLite."""

import http.client
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.crowd import make_crowd, token_of
from benches.load import cpu_of_all_s
from benches.servers import family_of, liulian
from liulian.base.clock import utc_now

MEMBERS, SMOKE_MEMBERS = 100_000, 300
DAYS_BEFORE, SMOKE_DAYS = 10, 2
TURNS, SMOKE_TURNS = 500, 10


def run(*, smoke: bool = False) -> dict[str, Any]:
    """Return the figures. Times are those of the caller, who waits for the whole page."""
    members, days, turns = (SMOKE_MEMBERS, SMOKE_DAYS, SMOKE_TURNS) if smoke else (MEMBERS, DAYS_BEFORE, TURNS)
    with tempfile.TemporaryDirectory() as folder:
        planted = make_crowd(Path(folder), members=members, days=days, now=utc_now())
        with liulian(Path(folder), "serve", core=None, LIULIAN_WORKERS="1") as server:
            caller = http.client.HTTPConnection("127.0.0.1", server.port)
            path, chance = f"/c/{planted.community.slug}", random.Random(7)
            for number in range(members - 20, members):
                _page(caller, path, token_of(number))
            visitors = chance.sample(range(members - 20), turns)
            spent = cpu_of_all_s(family_of(server.parent))
            times = [_page(caller, path, token_of(number)) for number in visitors]
            spent = cpu_of_all_s(family_of(server.parent)) - spent
            caller.close()
    return {
        "members": members,
        "acts": members * days,
        "p50_ms": round(statistics.median(times) * 1000, 2),
        "p99_ms": round(sorted(times)[len(times) * 99 // 100] * 1000, 2),
        "server_cpu_ms_each": round(spent / turns * 1000, 2),
    }


def _page(caller: http.client.HTTPConnection, path: str, token: str) -> float:
    """Ask for one page and return the seconds until it was there."""
    began = time.perf_counter()
    caller.request("GET", path, headers={"Cookie": f"liulian_member={token}"})
    answer = caller.getresponse()
    page = answer.read()
    took = time.perf_counter() - began
    if answer.status != 200 or b"/do/check-in" not in page:
        raise RuntimeError(f"{path} answered {answer.status}")
    return took


if __name__ == "__main__":
    print(json.dumps(run()))
