"""From the spool to lake and totals: every click once, through deaths, rivals and absences."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from deltalake import DeltaTable

from liulian.base.clock import micros_now, utc_now
from liulian.base.errors import Unavailable
from liulian.base.ids import LinkId
from liulian.base.meters import Meters
from liulian.base.net import TrustedProxies
from liulian.base.zones import DAY_US, LocalDays, day_of_number, local_midnight
from liulian.clicks import privacy, totals
from liulian.clicks.enrich import Enricher
from liulian.clicks.geo import PlaceFinder
from liulian.clicks.ingest import Ingester, Ledger
from liulian.clicks.outcome import Outcome
from liulian.clicks.spool_reader import spool_ids
from liulian.clicks.spool_slot import claim_slot
from liulian.clicks.spool_writer import SpoolWriter
from liulian.lake.clicks import ClickLake
from liulian.links.model import DEFAULT_DOMAIN, Link
from liulian.storage.database import Database
from liulian.visitors.recognise import visitor_class_of
from liulian.worker import DatabaseLedger, WorkerParts, run_worker
from tests.databases import KINDS, fresh_url, opened
from tests.lake_rows import SHANGHAI

PHONE = b"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari"
BOT = b"Googlebot/2.1 (+http://www.google.com/bot.html)"
SEGMENT_BYTES = 8_192


class Place:
    """A data folder with a spool to write to, and the ingesters that empty it."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.spool = folder / "spool"
        self.lake_url = str(folder / "lake")
        self.writer = self.another_writer()

    def another_writer(self) -> SpoolWriter:
        return SpoolWriter(claim_slot(self.spool), meters=Meters.unshared(), segment_bytes=SEGMENT_BYTES)

    def click(
        self, count: int = 1, *, link_id: int = 1, agent: bytes = PHONE, outcome: Outcome = Outcome.REDIRECT
    ) -> None:
        code = visitor_class_of(agent).code
        for number in range(count):
            head = b"GET /a?n=%d HTTP/1.1\r\nHost: a\r\nUser-Agent: %b\r\n\r\n" % (number, agent)
            assert self.writer.append(link_id, 0, code, outcome, b"\1\2\3\4", head)

    def ingester(self, ledger: Ledger | None = None, *, day: int = 0) -> Ingester:
        """Return an ingester whose clock is `day` days ahead."""
        return Ingester(
            lake_url=self.lake_url,
            spool_root=self.spool,
            enricher=Enricher(places=PlaceFinder(self.folder / "geo"), proxies=TrustedProxies(())),
            ledger=ledger or DatabaseLedger(self.database),
            zone=SHANGHAI,
            clock=lambda: micros_now() + day * DAY_US,
        )

    async def drain(self, ingester: Ingester | None = None) -> None:
        ingester = ingester or self.ingester()
        while await ingester.ingest_once():
            pass

    def stored(self) -> list[tuple[str, int]]:
        """Return where each row of the lake came from."""
        rows = DeltaTable(f"{self.lake_url}/clicks").to_pyarrow_dataset().to_table(columns=["spool", "position"])
        return sorted(zip(rows.column("spool").to_pylist(), rows.column("position").to_pylist(), strict=True))

    async def counted(self, link_id: int = 1) -> tuple[int, int]:
        async with self.database.read() as tx:
            link = await tx.links.find(LinkId(link_id))
        assert link is not None
        return link.clicks, link.human_clicks

    def segments(self) -> int:
        return len(list(self.spool.glob("*/*.seg")))


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    async with opened(await fresh_url(request.param, tmp_path)) as database:
        await add_links(database, 1, 2)
        yield Place(tmp_path, database)


@pytest.fixture
async def small_place(tmp_path: Path) -> AsyncIterator[Place]:
    """A place on SQLite alone, where the kind of database does not matter."""
    async with opened(await fresh_url("sqlite", tmp_path)) as database:
        await add_links(database, 1, 2)
        yield Place(tmp_path, database)


async def add_links(database: Database, *numbers: int) -> None:
    now = utc_now()
    links = [
        Link(
            id=LinkId(number),
            workspace_id=None,
            domain_id=DEFAULT_DOMAIN,
            slug=f"link{number}",
            destination="https://example.com/",
            title=None,
            created_at=now,
            updated_at=now,
        )
        for number in numbers
    ]
    async with database.write() as tx:
        await tx.links.add(links)


class AbsentLedger(DatabaseLedger):
    """A database that can be taken away."""

    is_away = False

    def _check(self) -> None:
        if self.is_away:
            raise Unavailable

    async def salt_for(self, day: date) -> bytes:
        self._check()
        return await super().salt_for(day)

    async def forget_salts_before(self, day: date) -> None:
        self._check()
        await super().forget_salts_before(day)

    async def positions(self) -> dict[str, int]:
        self._check()
        return await super().positions()

    async def add(self, spool_id: str, *, before: int, position: int, counts: Mapping[int, tuple[int, int]]) -> bool:
        self._check()
        return await super().add(spool_id, before=before, position=position, counts=counts)


async def test_clicks_reach_lake_and_totals(place: Place) -> None:
    place.click(3)
    place.click(2, agent=BOT)
    place.click(4, outcome=Outcome.HEAD)
    place.click(1, link_id=2, outcome=Outcome.OPEN)
    place.click(1, link_id=77)
    ingester = place.ingester()
    assert await ingester.ingest_once() == 11
    assert await ingester.ingest_once() == 0
    assert len(place.stored()) == len(set(place.stored())) == 11
    assert (await place.counted(1), await place.counted(2)) == ((5, 3), (1, 1))
    assert (ingester.counts.rows, ingester.counts.commits, ingester.counts.underivable) == (11, 1, 0)


async def test_the_next_round_adds_to_the_totals(place: Place) -> None:
    ingester = place.ingester()
    for expected in (2, 4, 6):
        place.click(2)
        await place.drain(ingester)
        assert await place.counted() == (expected, expected)


async def test_finished_segments_are_deleted_because_they_hold_addresses(small_place: Place) -> None:
    small_place.click(200)
    assert small_place.segments() > 2
    await small_place.drain()
    assert small_place.segments() <= 2
    assert len(small_place.stored()) == 200


async def test_a_spool_whose_writer_is_gone_is_emptied_to_the_last_segment(small_place: Place) -> None:
    small_place.click(5)
    small_place.writer.close()
    await small_place.drain()
    assert small_place.segments() == 0


async def test_two_ingesters_at_once_store_and_count_every_click_once(place: Place) -> None:
    other = place.another_writer()
    rivals = [place.ingester(), place.ingester()]

    async def keep_going(ingester: Ingester) -> None:
        for _ in range(12):
            await ingester.ingest_once()

    async def keep_clicking() -> None:
        mine = place.writer
        for number in range(30):
            place.writer = (mine, other)[number % 2]
            place.click(10)
            await asyncio.sleep(0)

    await asyncio.gather(keep_clicking(), *(keep_going(rival) for rival in rivals))
    for rival in rivals:
        await place.drain(rival)
    await place.drain()
    assert len(place.stored()) == len(set(place.stored())) == 300
    assert await place.counted() == (300, 300)


DEATHS = {
    # Where the process dies: a function that is replaced by the end.
    "before the commit": "liulian.lake.clicks.ClickLake.commit",
    "between commit and totals": "liulian.clicks.totals.TotalsKeeper.fold",
    "between totals and deletion": "liulian.clicks.spool_reader.SpoolReader.delete_before",
    "before compaction": "liulian.lake.clicks.ClickLake.compact_if_due",
}

DYING = """
import asyncio, os, sys
from importlib import import_module
from pathlib import Path
from tests.store.test_lake_ingest import Place
from liulian.storage.database import Database

folder, url, where = sys.argv[1:]
module, kind, name = where.rsplit(".", 2)
setattr(getattr(import_module(module), kind), name, lambda *_, **__: os._exit(9))

async def main():
    place = Place(Path(folder), Database.open(url))
    await place.ingester().ingest_once()

asyncio.run(main())
"""


@pytest.mark.parametrize("where", DEATHS.values(), ids=DEATHS.keys())
async def test_a_death_between_two_steps_costs_no_click_and_doubles_none(small_place: Place, where: str) -> None:
    small_place.click(50)
    await small_place.drain()
    small_place.click(100)
    arguments = [str(small_place.folder), f"sqlite:///{small_place.folder / 'liulian.db'}", where]
    died = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DYING, *arguments],
        check=False,
        env=os.environ | {"PYTHONPATH": "src:."},
    )
    assert died.returncode == 9
    small_place.click(7)
    await small_place.drain()
    assert len(small_place.stored()) == len(set(small_place.stored())) == 157
    assert await small_place.counted() == (157, 157)


async def test_totals_catch_up_after_the_database_was_away(small_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "LEDGER_RETRY_S", 0.0)
    ledger = AbsentLedger(small_place.database)
    ingester = small_place.ingester(ledger)
    small_place.click(2)
    await small_place.drain(ingester)
    ledger.is_away = True
    for _ in range(3):
        small_place.click(2)
        await small_place.drain(ingester)
    assert len(small_place.stored()) == 8
    assert await small_place.counted() == (2, 2)
    ledger.is_away = False
    await ingester.ingest_once()
    assert await small_place.counted() == (8, 8)


async def test_midnight_may_come_while_the_database_is_away(small_place: Place) -> None:
    ledger = AbsentLedger(small_place.database)
    keeper = privacy.DailySalts(ledger)
    today = LocalDays(SHANGHAI).number_of(micros_now())
    salts = dict(await keeper.for_days([], today=today))
    ledger.is_away = True
    assert await keeper.for_days([today + 1], today=today + 1) == salts
    assert set(salts) == {today, today + 1}


async def test_clicks_of_a_day_without_a_salt_wait_in_the_spool(
    small_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "STORE_RETRY_S", 0.0)
    ledger = AbsentLedger(small_place.database)
    ledger.is_away = True
    ingester = small_place.ingester(ledger)
    small_place.click(5)
    assert await ingester.ingest_once() == 0
    assert ingester.counts.waiting == 5
    ledger.is_away = False
    assert await ingester.ingest_once() == 5
    assert ingester.counts.waiting == 0


async def test_only_the_clicks_before_an_unknown_day_are_stored(
    small_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "STORE_RETRY_S", 0.0)
    now = micros_now()
    today = LocalDays(SHANGHAI).number_of(now)
    after_tomorrow = local_midnight(day_of_number(today + 2), SHANGHAI)
    ledger = AbsentLedger(small_place.database)
    ingester = small_place.ingester(ledger)
    await ingester.ingest_once()
    ledger.is_away = True
    small_place.click(3)
    monkeypatch.setattr("liulian.clicks.spool_writer.time_ns", lambda: (after_tomorrow + 1) * 1000)
    small_place.click(4)
    assert await ingester.ingest_once() == 3
    assert await ingester.ingest_once() == 0
    ledger.is_away = False
    assert await ingester.ingest_once() == 4
    assert len(set(small_place.stored())) == 7


async def test_salts_older_than_two_days_are_destroyed(small_place: Place) -> None:
    today = LocalDays(SHANGHAI).number_of(micros_now())
    ledger = DatabaseLedger(small_place.database)
    old = await ledger.salt_for(day_of_number(today))
    await small_place.ingester(day=2).ingest_once()
    assert await ledger.salt_for(day_of_number(today)) != old


async def test_totals_are_made_up_from_the_lake_when_the_database_is_new(small_place: Place, tmp_path: Path) -> None:
    small_place.click(40)
    small_place.click(5, link_id=2, agent=BOT)
    await small_place.drain()
    (tmp_path / "new").mkdir()
    async with opened(await fresh_url("sqlite", tmp_path / "new")) as fresh:
        await add_links(fresh, 1, 2)
        small_place.database = fresh
        await small_place.ingester().ingest_once()
        assert (await small_place.counted(1), await small_place.counted(2)) == ((40, 40), (5, 0))


async def test_a_batch_has_a_limit_and_the_rest_follows(small_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liulian.clicks.ingest.BATCH_ROWS_MAX", 30)
    monkeypatch.setattr("liulian.clicks.ingest.SPOOL_ROWS_MIN", 30)
    small_place.click(70)
    ingester = small_place.ingester()
    assert [await ingester.ingest_once() for _ in range(4)] == [30, 30, 10, 0]
    assert await small_place.counted() == (70, 70)


async def test_the_worker_stores_what_was_written_before_it_was_told_to_stop(small_place: Place) -> None:
    parts = WorkerParts(
        database=small_place.database,
        lake_url=small_place.lake_url,
        spool_dir=small_place.spool,
        geo_dir=small_place.folder / "geo",
        proxies=TrustedProxies(()),
        time_zone=SHANGHAI,
        meters=Meters.unshared(),
    )
    stop = asyncio.Event()
    stop.set()
    small_place.click(9)
    await run_worker(parts, stop)
    assert len(small_place.stored()) == 9
    assert await small_place.counted() == (9, 9)


async def test_positions_of_lake_and_totals_agree(place: Place) -> None:
    place.click(25)
    await place.drain()
    (spool_id,) = spool_ids(place.spool)
    assert await DatabaseLedger(place.database).positions() == {spool_id: ClickLake(place.lake_url).position(spool_id)}
