"""How fast clicks get from the spool into the statistics, and how fast those answer. One pinned core; prints JSON.

    python -m benches.ingest [--clicks N] [--stored N]

The spool is written by the real writer with thousands of different heads, addresses and links, then carried into a
fresh lake with totals in a fresh SQLite database, until the statistics show the last click. The second part fills a
lake with months of clicks and asks for one link's statistics; beside it the plain DuckDB queries somebody would write
by hand for the same figures over the same files.
"""

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from benches.heads import make_heads
from liulian.analytics.query import BREAKDOWNS, Interval, StatsQuery
from liulian.analytics.service import Statistics
from liulian.base.clock import micros_now, utc_now
from liulian.base.ids import LinkId
from liulian.base.meters import Meters
from liulian.base.net import TrustedProxies
from liulian.base.zones import DAY_US
from liulian.clicks.outcome import Outcome
from liulian.clicks.spool_slot import claim_slot
from liulian.clicks.spool_writer import SpoolWriter
from liulian.lake.clicks import ClickLake
from liulian.lake.schema import CLICKS, WORDS
from liulian.links.model import DEFAULT_DOMAIN, Link
from liulian.storage.database import Database
from liulian.storage.migrate import migrate
from liulian.visitors.recognise import visitor_class_of
from liulian.worker import WorkerParts, few_collections, make_ingester

LINKS = 10_000
HEADS = 8_000
ADDRESSES = 100_000
STORED_DAYS = 90
ROWS_A_DAY_FILE = 100_000
BUSY_LINK_SHARE = 0.05
ROUNDS = 5
SHANGHAI = ZoneInfo("Asia/Shanghai")


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser()
    options.add_argument("--clicks", type=int, default=500_000)
    options.add_argument("--stored", type=int, default=3_000_000)
    asked = options.parse_args()
    json.dump(measure(clicks=asked.clicks, stored=asked.stored), sys.stdout, indent=2)
    print()


def run(*, smoke: bool) -> dict[str, Any]:
    """Return both measurements, small ones for a smoke test."""
    return measure(clicks=50_000, stored=90_000) if smoke else measure(clicks=500_000, stored=3_000_000)


def measure(*, clicks: int, stored: int) -> dict[str, Any]:
    """Measure on one core, and give the others back."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        with tempfile.TemporaryDirectory() as folder:
            ingest = asyncio.run(measure_ingest(Path(folder), clicks=clicks))
            return {"ingest": ingest, "stats": measure_stats(Path(folder), stored=stored)}
    finally:
        os.sched_setaffinity(0, cores)


async def measure_ingest(folder: Path, *, clicks: int) -> dict[str, Any]:
    """Write a spool, carry it into the lake; return clicks per second from the first read to the answer with all."""
    database = Database.open(f"sqlite:///{folder / 'bench.db'}")
    await migrate(database)
    links = await _make_links(database)
    written = _write_spool(folder / "spool", links, clicks=clicks)
    ingester = make_ingester(
        WorkerParts(
            database=database,
            lake_url=str(folder / "lake"),
            spool_dir=folder / "spool",
            geo_dir=folder / "geo",
            proxies=TrustedProxies(()),
            time_zone=SHANGHAI,
        )
    )
    began, cpu_began = perf_counter(), process_time()
    with few_collections():
        while await ingester.ingest_once():
            pass
    statistics = Statistics(str(folder / "lake"), temp_folder=folder / "temp")
    shown = sum(_stats(statistics, link).totals.clicks for link in links[:1])
    wall, cpu = perf_counter() - began, process_time() - cpu_began
    async with database.read() as tx:
        first = await tx.links.find(links[0])
    await database.close()
    if ingester.counts.rows != written or first is None or first.clicks != shown:
        raise SystemExit("clicks were lost")
    return {
        "clicks": written,
        "clicks_per_s": round(written / wall),
        "clicks_per_cpu_s": round(written / cpu),
        "commits": ingester.counts.commits,
    }


def measure_stats(folder: Path, *, stored: int) -> dict[str, Any]:
    """Fill a lake and compare the statistics of a busy and of a rare link with hand-written SQL."""
    now = micros_now()
    busy = _fill_lake(folder / "filled", stored=stored, now_us=now)
    statistics = Statistics(str(folder / "filled"), temp_folder=folder / "temp2")
    results: dict[str, Any] = {"rows": stored}
    by_hand = _ByHand(folder / "filled")
    for name, link in (("busy_link", busy), ("rare_link", LinkId(7))):
        ours = _best(partial(_stats, statistics, link, days=30))
        theirs = _best(partial(by_hand.ask, link, since_us=now - 30 * DAY_US))
        results[name] = {
            "clicks_30_days": _stats(statistics, link, days=30).totals.clicks,
            "ms": round(ours * 1000, 1),
            "by_hand_ms": round(theirs * 1000, 1),
            "ratio": round(ours / theirs, 2),
        }
    return results


class _ByHand:
    """What somebody would type: one query per figure."""

    def __init__(self, lake: Path) -> None:
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("SET parquet_metadata_cache = true")
        self._files = f"read_parquet('{lake}/clicks/day=*/*.parquet')"

    def ask(self, link_id: LinkId, *, since_us: int) -> None:
        where = f"WHERE link_id = {link_id} AND happened_at >= make_timestamp({since_us})"
        click = "outcome IN ('redirect', 'open')"
        counts = (
            f"count(*) FILTER (WHERE {click}), count(*) FILTER (WHERE {click} AND flags = 0), "
            f"count(DISTINCT visitor) FILTER (WHERE {click} AND flags = 0)"
        )
        run = self._connection.execute
        run(f"SELECT {counts} FROM {self._files} {where}").fetchall()
        local_day = "date_trunc('day', happened_at + INTERVAL 8 HOUR)"
        run(f"SELECT {local_day} AS d, {counts} FROM {self._files} {where} GROUP BY d ORDER BY d").fetchall()
        run(f"SELECT outcome, count(*) FROM {self._files} {where} GROUP BY outcome").fetchall()
        for name in BREAKDOWNS:
            ranked = f"GROUP BY {name} ORDER BY 2 DESC LIMIT 100"
            run(f"SELECT {name}, {counts} FROM {self._files} {where} AND {click} {ranked}").fetchall()


def _stats(statistics: Statistics, link_id: LinkId, *, days: int = 1) -> Any:
    now = micros_now()
    query = StatsQuery(
        from_us=now - days * DAY_US,
        to_us=now + 1,
        interval=Interval.DAY,
        zone="Asia/Shanghai",
        link_id=link_id,
    )
    return statistics.link_stats(query)


def _best(work: Any) -> float:
    work()
    times = []
    for _ in range(ROUNDS):
        began = perf_counter()
        work()
        times.append(perf_counter() - began)
    return min(times)


async def _make_links(database: Database) -> list[LinkId]:
    now = utc_now()
    links = [
        Link(
            id=LinkId(number + 1_000_000),
            workspace_id=None,
            domain_id=DEFAULT_DOMAIN,
            slug=f"b{number}",
            destination="https://example.com/",
            title=None,
            created_at=now,
            updated_at=now,
        )
        for number in range(LINKS)
    ]
    for start in range(0, LINKS, 1_000):
        async with database.write() as tx:
            await tx.links.add(links[start : start + 1_000])
    return [link.id for link in links]


def _write_spool(root: Path, links: Sequence[LinkId], *, clicks: int) -> int:
    chance = random.Random(2)
    heads = make_heads([b"/b%d" % number for number in range(LINKS)], count=HEADS, close=False)
    known = [(head, visitor_class_of(_agent_of(head)).code) for head in heads]
    addresses = [chance.randbytes(4) for _ in range(ADDRESSES)]
    writer = SpoolWriter(claim_slot(root), meters=Meters.unshared())
    outcomes = [Outcome.REDIRECT] * 18 + [Outcome.PREVIEW, Outcome.HEAD]
    written = 0
    for _ in range(clicks):
        head, code = chance.choice(known)
        # Half of all clicks go to a hundredth of the links, as they do.
        link = links[int(chance.random() ** 6 * LINKS)]
        written += writer.append(link, 0, code, chance.choice(outcomes), chance.choice(addresses), head)
    writer.close()
    return written


def _agent_of(head: bytes) -> bytes:
    return head.partition(b"User-Agent: ")[2].partition(b"\r\n")[0]


def _fill_lake(folder: Path, *, stored: int, now_us: int) -> LinkId:
    """Store rows over 90 days, one commit a day, and return the link that has a twentieth of them."""
    chance = random.Random(3)
    lake, busy = ClickLake(str(folder)), LinkId(5)
    a_day = stored // STORED_DAYS
    for day in range(STORED_DAYS):
        start = now_us - (STORED_DAYS - day) * DAY_US
        lake.commit(_day_of_rows(chance, start, a_day, busy), positions={"bench": day + 1})
    lake.compact_if_due()
    return busy


_CARDINALITY = {"city": 300, "referrer": 500, "province": 34, "country": 40, "language": 25, "app": 20, "campaign": 100}


def _day_of_rows(chance: random.Random, start_us: int, count: int, busy: LinkId) -> pa.Table:
    columns: dict[str, Any] = {
        "day": pa.array([(start_us + 8 * 3_600_000_000) // DAY_US] * count, pa.int32()).cast(pa.date32()),
        "happened_at": pa.array(range(start_us, start_us + DAY_US, DAY_US // count), pa.int64())
        .slice(0, count)
        .cast(pa.timestamp("us")),
        "link_id": pa.array(
            [busy if chance.random() < BUSY_LINK_SHARE else chance.randrange(LINKS) for _ in range(count)], pa.int64()
        ),
        "workspace_id": pa.array([0] * count, pa.int64()),
        "position": pa.array(range(count), pa.int64()),
        "flags": pa.array([chance.random() < 0.1 for _ in range(count)]).cast(pa.int32()),
        "visitor": pa.array([chance.getrandbits(15) ^ start_us for _ in range(count)], pa.int64()),
        "outcome": pa.array([chance.choice(("redirect",) * 9 + ("preview",)) for _ in range(count)]),
    }
    for name in WORDS:
        if name not in columns:
            words = _CARDINALITY.get(name, 8)
            columns[name] = pa.DictionaryArray.from_arrays(
                pa.array([int(chance.random() ** 3 * words) for _ in range(count)], pa.int32()),
                pa.array([f"{name} {number}" for number in range(words)]),
            )
    return pa.table({name: columns[name] for name in CLICKS.names})


if __name__ == "__main__":
    main()
