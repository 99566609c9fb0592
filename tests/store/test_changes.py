"""Whoever follows the feed hears of every change, in order, from any process."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from liulian.base.ids import LinkId
from liulian.storage import changes
from liulian.storage.changes import Change, ChangeFeed
from liulian.storage.database import Database
from liulian.storage.migrate import migrate
from tests.databases import opened
from tests.store.a_link import NOON, a_link


class Follower:
    """Notes what it hears. `heard` ends when as many slugs as expected have come."""

    def __init__(self) -> None:
        self.slugs: list[str] = []
        self.numbers: list[int] = []
        self.resets = 0
        self._news = asyncio.Event()

    def on_changes(self, news: Sequence[Change]) -> None:
        self.slugs += [change.slug for change in news]
        self.numbers += [change.seq for change in news]
        self._news.set()

    def on_reset(self) -> None:
        self.resets += 1
        self._news.set()

    async def heard(self, slugs: int = 0, *, resets: int = 1) -> None:
        async with asyncio.timeout(20):
            while len(self.slugs) < slugs or self.resets < resets:
                await self._news.wait()
                self._news.clear()


@asynccontextmanager
async def following(database: Database) -> AsyncIterator[Follower]:
    follower = Follower()
    task = asyncio.create_task(ChangeFeed(database).follow(follower.on_changes, follower.on_reset))
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def add(database: Database, *slugs: str) -> None:
    async with database.write() as tx:
        await tx.links.add([a_link(slug=slug) for slug in slugs])


async def test_every_kind_of_change_is_heard_in_another_process(database: Database, neighbour: Database) -> None:
    link = a_link(slug="tea")
    new = dataclasses.replace(link, slug="coffee")
    async with following(neighbour) as follower:
        await follower.heard()
        async with database.write() as tx:
            await tx.links.add([link])
        async with database.write() as tx:
            await tx.links.replace(link, new, tombstone_id=LinkId(10_001))
        async with database.write() as tx:
            await tx.links.take_down(new, reason="reported", now=NOON)
        async with database.write() as tx:
            await tx.links.remove(new, now=NOON)
        await follower.heard(5)

    assert follower.slugs == ["tea", "tea", "coffee", "coffee", "coffee"]
    assert follower.resets == 1


async def test_rolled_back_changes_are_not_heard(database: Database) -> None:
    await add(database, "before")
    async with following(database) as follower:
        await follower.heard()
        with pytest.raises(LookupError):
            await add_and_fail(database, "never")
        await add(database, "tea")
        await follower.heard(1)

    assert follower.slugs == ["tea"]


async def add_and_fail(database: Database, slug: str) -> None:
    async with database.write() as tx:
        await tx.links.add([a_link(slug=slug)])
        await tx.changes.write_down()
        raise LookupError


async def test_changes_of_many_writers_are_all_heard_in_order(database: Database, neighbour: Database) -> None:
    wanted = {f"{place}-{number}" for place in range(2) for number in range(40)}
    async with following(database) as follower:
        await follower.heard()
        await asyncio.gather(
            *(add((database, neighbour)[place], f"{place}-{number}") for place in range(2) for number in range(40))
        )
        await follower.heard(len(wanted))

    assert set(follower.slugs) == wanted
    assert follower.numbers == sorted(follower.numbers)


async def test_more_changes_than_one_batch_are_all_heard(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "BATCH", 7)
    async with following(database) as follower:
        await follower.heard()
        await add(database, *(f"s{number}" for number in range(50)))
        await follower.heard(50)

    assert follower.slugs == [f"s{number}" for number in range(50)]


async def test_who_was_trimmed_past_starts_afresh(database: Database) -> None:
    async with following(database) as follower:
        await follower.heard()
        async with database.write() as tx:
            await tx.links.add([a_link() for _ in range(20)])
            await tx.changes.write_down()
            await tx.changes.trim(keep=5)
        await follower.heard(resets=2)

    assert follower.slugs == []


async def test_feed_waits_for_a_database_that_is_not_there_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "RETRY_MIN_S", 0.01)
    monkeypatch.setattr(changes, "RETRY_MAX_S", 0.01)
    folder = tmp_path / "later"
    async with opened(f"sqlite:///{folder}/liulian.db") as database, following(database) as follower:
        folder.mkdir()
        await migrate(database)
        await follower.heard()
        await add(database, "tea")
        await follower.heard(1)

    assert follower.slugs == ["tea"]


@pytest.mark.parametrize("url", ["postgres"], indirect=True)  # A file cannot hang up.
async def test_change_made_while_the_connection_was_lost_is_heard(database: Database, neighbour: Database) -> None:
    async with following(neighbour) as follower:
        await follower.heard()
        async with database.write() as tx:
            await tx.links.add([a_link(slug="tea")])
            await tx.connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await follower.heard(1)

    assert follower.slugs == ["tea"]
    assert follower.resets == 1
