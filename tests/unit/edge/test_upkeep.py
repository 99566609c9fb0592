"""What runs beside the answers: changes forget, a reset reads anew, and no failure ends a loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from liulian.base.ids import DomainId, LinkId
from liulian.base.meters import Meter, Meters
from liulian.clicks.spool_reader import SpoolReader
from liulian.clicks.spool_slot import claim_slot
from liulian.clicks.spool_writer import SpoolWriter
from liulian.edge import upkeep as upkeep_module
from liulian.edge.lane import Lane, Limits
from liulian.edge.routes import Routes
from liulian.edge.upkeep import Change, upkeep
from liulian.links.domain_model import DOMAINS_CHANGED, ServedDomain
from liulian.links.model import DEFAULT_DOMAIN, Target
from liulian.links.slugs import slug_path

Pages = list[list[str] | Exception]


@dataclass(frozen=True, slots=True)
class Changed:
    """A change of the feed."""

    slug: str
    domain_id: DomainId = DEFAULT_DOMAIN


@dataclass(slots=True)
class Feed:
    """Says what a test lets it say."""

    follows: asyncio.Event = field(default_factory=asyncio.Event)
    on_changes: Callable[[Sequence[Change]], None] = field(init=False)
    on_reset: Callable[[], None] = field(init=False)

    async def follow(self, on_changes: Callable[[Sequence[Change]], None], on_reset: Callable[[], None]) -> None:
        self.on_changes, self.on_reset = on_changes, on_reset
        self.follows.set()
        await asyncio.Event().wait()


class Store:
    """Gives, at each reading, the next list of pages; an exception among them is raised. Waits before each page."""

    def __init__(self, *readings: Pages) -> None:
        self._readings = list(readings)
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.waits = asyncio.Event()
        self.read = asyncio.Semaphore(0)

    async def find(self, *, domain_id: DomainId, slug: str) -> Target | None:
        raise AssertionError("nobody asks for one link here")

    async def newest(self, *, limit: int) -> AsyncIterator[list[Target]]:
        try:
            for page in self._readings.pop(0):
                self.waits.set()
                await self.may_go_on.wait()
                if isinstance(page, Exception):
                    raise page
                yield [a_target(slug) for slug in page]
        finally:
            self.read.release()


def a_target(slug: str) -> Target:
    return Target(
        link_id=LinkId(1),
        workspace_id=0,
        domain_id=DEFAULT_DOMAIN,
        path=slug_path(slug),
        destination="https://example.com/",
    )


def a_lane(folder: Path) -> Lane:
    meters = Meters.unshared()
    return Lane(
        routes=Routes(routes_max=100, meters=meters),
        spool=SpoolWriter(claim_slot(folder), meters=meters, segment_bytes=65_536),
        meters=meters,
        limits=Limits(),
        base_host=None,
    )


@dataclass(slots=True)
class Domains:
    """A table of domains; an exception in its place is raised."""

    table: list[ServedDomain] | Exception
    readings: int = 0

    async def served(self) -> list[ServedDomain]:
        self.readings += 1
        if isinstance(self.table, Exception):
            raise self.table
        return self.table

    async def file(self, domain_id: DomainId, name: str) -> bytes | None:
        raise AssertionError("nobody asks for a file here")

    async def claim(self, host: str) -> str | None:
        raise AssertionError("nobody asks for a claim here")


@asynccontextmanager
async def running(lane: Lane, feed: Feed, store: Store, domains: Domains | None = None) -> AsyncIterator[None]:
    async with asyncio.timeout(10), upkeep(lane, feed=feed, store=store, routes_max=100, domains=domains):
        await feed.follows.wait()
        yield


def known(lane: Lane) -> set[bytes]:
    return set(lane.routes.paths(DEFAULT_DOMAIN))


async def until(is_true: Callable[[], bool]) -> None:
    while not is_true():
        await asyncio.sleep(0)


async def test_a_change_is_forgotten_and_counted(tmp_path: Path) -> None:
    lane, feed = a_lane(tmp_path), Feed()
    lane.routes.start_warming()
    lane.routes.warm([a_target("abc"), a_target("茶饮"), a_target("other")])
    lane.routes.end_warming()

    async with running(lane, feed, Store()):
        feed.on_changes([Changed("abc"), Changed("茶饮"), Changed("never heard of")])

        assert known(lane) == {b"/other"}
        assert lane.counts[Meter.CHANGES] == 3


async def test_domains_are_known_from_the_start_and_read_anew_when_one_changes(tmp_path: Path) -> None:
    lane, feed = a_lane(tmp_path), Feed()
    domains = Domains([ServedDomain(id=DomainId(7), host="a.example.net")])

    async with running(lane, feed, Store(), domains):
        assert set(lane.hosts.by_name) == {"a.example.net"}
        domains.table = [ServedDomain(id=DomainId(8), host="b.example.net")]
        feed.on_changes([Changed("", DOMAINS_CHANGED)])
        await until(lambda: set(lane.hosts.by_name) == {"b.example.net"})

        feed.on_changes([Changed("abc")])
        await asyncio.sleep(0)

        assert domains.readings == 2


async def test_domains_that_cannot_be_read_leave_the_old_table_and_are_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "DOMAINS_RETRY_S", 0)
    lane, feed = a_lane(tmp_path), Feed()
    domains = Domains(OSError("away"))

    async with running(lane, feed, Store([]), domains):
        assert not lane.hosts.is_known
        await until(lambda: domains.readings > 3)
        domains.table = [ServedDomain(id=DomainId(7), host="a.example.net")]

        await until(lambda: lane.hosts.is_known)

        assert set(lane.hosts.by_name) == {"a.example.net"}


async def test_a_reset_forgets_everything_and_reads_the_newest_links(tmp_path: Path) -> None:
    lane, feed, store = a_lane(tmp_path), Feed(), Store([["new-1", "new-2"], ["new-3"]])
    lane.routes.start_warming()
    lane.routes.warm([a_target("old")])
    lane.routes.end_warming()

    async with running(lane, feed, store):
        feed.on_reset()
        assert known(lane) == set()
        await store.read.acquire()

        assert known(lane) == {b"/new-1", b"/new-2", b"/new-3"}


async def test_a_link_that_changes_while_pages_are_read_is_not_taken_from_them(tmp_path: Path) -> None:
    lane, feed, store = a_lane(tmp_path), Feed(), Store([["abc", "other"]])
    store.may_go_on.clear()

    async with running(lane, feed, store):
        feed.on_reset()
        await store.waits.wait()
        feed.on_changes([Changed("abc")])
        store.may_go_on.set()
        await store.read.acquire()

        assert known(lane) == {b"/other"}


async def test_a_reset_while_pages_are_read_begins_again(tmp_path: Path) -> None:
    lane, feed, store = a_lane(tmp_path), Feed(), Store([["old"], ["older"]], [["new"]])
    store.may_go_on.clear()

    async with running(lane, feed, store):
        feed.on_reset()
        await store.waits.wait()
        feed.on_reset()
        store.may_go_on.set()
        await until(lambda: b"/new" in known(lane))

        assert known(lane) == {b"/new"}


async def test_a_store_that_fails_ends_nothing_and_is_read_at_the_next_reset(tmp_path: Path) -> None:
    lane, feed = a_lane(tmp_path), Feed()
    store = Store([["first"], ConnectionError("away")], [RuntimeError("away again")], [["new"]])

    async with running(lane, feed, store):
        for _ in range(3):
            feed.on_reset()
            await store.read.acquire()
        feed.on_changes([Changed("unknown")])

        await until(lambda: known(lane) == {b"/new"})
        assert lane.counts[Meter.CHANGES] == 1


async def test_a_spool_that_fails_is_looked_after_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep_module, "SPOOL_TICK_S", 0)
    lane, tries = a_lane(tmp_path), list[int]()

    def turn_and_fail() -> None:
        tries.append(1)
        raise OSError("No space left on device")

    monkeypatch.setattr(lane.spool, "turn", turn_and_fail)

    async with running(lane, Feed(), Store()):
        await until(lambda: len(tries) >= 3)


async def test_the_numbers_of_this_moment_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep_module, "SPOOL_TICK_S", 0)
    lane = a_lane(tmp_path)
    lane.routes.start_warming()
    lane.routes.warm([a_target("abc"), a_target("other")])
    lane.routes.end_warming()
    lane.connections = {Connection(), Connection(), Connection()}

    async with running(lane, Feed(), Store()):
        await until(lambda: lane.counts[Meter.ROUTES_NOW] == 2)

        assert lane.counts[Meter.CONNECTIONS_NOW] == 3


async def test_answers_have_a_date_from_the_first_one_on(tmp_path: Path) -> None:
    lane = a_lane(tmp_path)

    async with running(lane, Feed(), Store()):
        assert b"\r\ndate: " in lane.head
        assert b" GMT\r\n" in lane.head


async def test_the_second_segment_is_made_before_the_first_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "SPOOL_TICK_S", 0)
    lane = a_lane(tmp_path)

    async with running(lane, Feed(), Store()):
        for _ in range(20):
            assert lane.append(1, 0, 0, 1, b"", b"x" * 1_000)

        await until(lambda: len(list(lane.spool.slot.folder.glob("*.seg"))) == 2)


async def test_afterwards_what_was_appended_is_there_and_the_spool_is_free(tmp_path: Path) -> None:
    lane, synced = a_lane(tmp_path), list[Any]()
    spool_id = lane.spool.slot.spool_id

    async with running(lane, Feed(), Store()):
        lane.append(7, 0, 0, 1, b"", b"GET /abc HTTP/1.1\r\n\r\n")
        sync = lane.spool.sync
        lane.spool.sync = lambda: synced.append(sync())  # type: ignore[method-assign]

    assert synced
    assert [record.link_id for record in SpoolReader(tmp_path, spool_id).read(0, limit=10).records] == [7]
    assert claim_slot(tmp_path).spool_id == spool_id


async def test_the_loops_end_with_the_block(tmp_path: Path) -> None:
    before = asyncio.all_tasks()

    async with running(a_lane(tmp_path), Feed(), Store()):
        assert asyncio.all_tasks() > before

    assert asyncio.all_tasks() == before


class Connection:
    """One that is in no hurry."""

    deadline = float("inf")
