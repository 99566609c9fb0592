"""The way of one click reads what it needs, and nothing that is deleted."""

import dataclasses

from liulian.base.clock import to_micros
from liulian.base.ids import DomainId, LinkId
from liulian.links.audience import Audience
from liulian.links.decide import Rules
from liulian.links.guard import PRESETS, Guard, Mode
from liulian.links.model import Link, Target
from liulian.storage.database import Database
from liulian.storage.targets import TargetReader
from tests.store.a_link import NOON, a_link


async def test_target_is_found_by_its_slug(database: Database) -> None:
    link = a_link(slug="你好", workspace_id=None)
    async with database.write() as tx:
        await tx.links.add([link])

    found = await TargetReader(database).find(domain_id=DomainId(1), slug="你好")

    assert found == Target(
        link_id=link.id,
        workspace_id=0,
        domain_id=DomainId(1),
        path=b"/%E4%BD%A0%E5%A5%BD",
        destination=link.destination,
    )


async def target_of(database: Database, link: Link) -> Target:
    async with database.write() as tx:
        await tx.links.add([link])
    found = await TargetReader(database).find(domain_id=link.domain_id, slug=link.slug)
    assert found is not None
    return found


async def test_target_of_a_plain_link_carries_no_rules(database: Database) -> None:
    assert (await target_of(database, a_link(flags=("lookalike",)))).rules is None


async def test_target_carries_whatever_stands_between_a_visitor_and_the_destination(database: Database) -> None:
    guard = Guard(mode=Mode.APP, apps=PRESETS["china"], app_url="weixin://dl/")
    audience = Audience(systems=frozenset({"iOS"}), containers=frozenset({"browser"}))
    link = a_link(guard=guard, audience=audience, expires_at=NOON, taken_down="reported")

    found = await target_of(database, link)

    expected = Rules(guard=guard, audience=audience, expires_us=to_micros(NOON), taken_down="reported")
    assert found.rules == expected


async def test_equal_rules_are_one_object_however_many_links_have_them(database: Database) -> None:
    guard, audience = Guard(mode=Mode.GUIDE, apps=PRESETS["china"]), Audience(forms=frozenset({"mobile"}))
    first, second = [(await target_of(database, a_link(guard=guard, audience=audience))).rules for _ in range(2)]

    assert first is not None
    assert second is not None
    assert first.guard is second.guard
    assert first.audience is second.audience


async def test_nothing_is_found_for_deleted_unknown_and_former_slugs(database: Database) -> None:
    gone, moved = a_link(slug="gone"), a_link(slug="former")
    async with database.write() as tx:
        await tx.links.add([gone, moved])
        await tx.links.remove(gone, now=NOON)
        await tx.links.replace(moved, dataclasses.replace(moved, slug="now"), tombstone_id=LinkId(10_001))

    reader = TargetReader(database)

    assert [await reader.find(domain_id=DomainId(1), slug=slug) for slug in ("gone", "former", "never")] == [None] * 3


async def test_newest_targets_come_in_pages(database: Database) -> None:
    links = [a_link() for _ in range(5200)]
    async with database.write() as tx:
        await tx.links.add(links)
        await tx.links.remove(links[-1], now=NOON)

    pages = [page async for page in TargetReader(database).newest(limit=5100)]

    assert [len(page) for page in pages] == [5000, 100]
    assert [target.link_id for page in pages for target in page] == [link.id for link in links[-2:98:-1]]
