"""How long it takes to compute all sums of a community again from a log of a million acts, and to put them right."""

import asyncio
import json
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.crowd import make_crowd
from liulian.base.clock import utc_now
from liulian.storage.database import Database
from liulian.storage.rebuild import rebuild
from tests.browser.member.planted import Planted

MEMBERS, SMOKE_MEMBERS = 100_000, 300
DAYS = 10


def run(*, smoke: bool = False) -> dict[str, Any]:
    """Return the figures."""
    members = SMOKE_MEMBERS if smoke else MEMBERS
    with tempfile.TemporaryDirectory() as folder:
        planted = make_crowd(Path(folder), members=members, days=DAYS, now=utc_now())
        path = Path(folder, "liulian.db")
        same_s, different = asyncio.run(_replay(path, planted))
        if different:
            raise RuntimeError(f"{different} sums differ though nothing happened")
        lost = _lose(path)
        mended_s, mended = asyncio.run(_replay(path, planted))
    if mended != lost:
        raise RuntimeError(f"{mended} sums were mended, not {lost}")
    return {
        "acts": members * DAYS,
        "compare_s": round(same_s, 2),
        "rebuild_s": round(mended_s, 2),
        "sums_written": mended,
    }


async def _replay(path: Path, planted: Planted) -> tuple[float, int]:
    database = Database.open(f"sqlite:///{path}")
    began = time.perf_counter()
    async with database.write() as tx:
        different = await rebuild(tx.connection, planted.community.id)
    took = time.perf_counter() - began
    await database.close()
    return took, different


def _lose(path: Path) -> int:
    """Delete all sums and return how many there were."""
    with sqlite3.connect(path) as connection:
        lost = sum(connection.execute(f"DELETE FROM {table}").rowcount for table in ("goal_days", "week_places"))
    connection.close()
    return lost


if __name__ == "__main__":
    print(json.dumps(run()))
