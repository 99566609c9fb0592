"""Links keep what they are given, whatever the database."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta
from traceback import format_exception

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from liulian.base.errors import Unavailable
from liulian.base.ids import DomainId, LinkId, WorkspaceId
from liulian.links.audience import Audience
from liulian.links.guard import NO_GUARD, PRESETS, Guard, Mode
from liulian.links.model import FolderId, Link, Maker
from liulian.links.store import SlugIsTaken
from liulian.storage.database import Database
from tests.store.a_link import NOON, a_link

STRANGE = [
    {"slug": "你好"},
    {"title": "茶 🍵 𠮷"},
    {"workspace_id": None},
    {"id": LinkId(2**63 - 1)},
    {"destination": "https://example.com/" + "a" * 8000},
    {"created_at": NOON + timedelta(microseconds=1)},
    {"guard": Guard(mode=Mode.GUIDE, apps=frozenset({"wechat", "weibo"}))},
    {"guard": Guard(mode=Mode.APP, apps=PRESETS["all"], app_url="weixin://dl/business/?t=茶")},
    {"guard": Guard(mode=Mode.PREVIEW, apps=PRESETS["wechat_qq"])},
    {"audience": Audience(systems=frozenset({"iOS", "other"}))},
    {"audience": Audience(forms=frozenset({"mobile"}), containers=frozenset({"browser", "wechat", "webview"}))},
    {"expires_at": NOON + timedelta(days=30, microseconds=1)},
    {"expires_at": datetime.max.replace(tzinfo=UTC)},
    {"taken_down": "reported"},
    {"flags": ("shortener", "lookalike")},
    {"note": "two\nlines"},
    {"folder_id": FolderId(2**62)},
    {"archived_at": NOON},
    {"created_by": Maker(kind="user", id=7)},
]


async def add(database: Database, *links: Link) -> set[LinkId]:
    async with database.write() as tx:
        return await tx.links.add(links)


async def find(database: Database, link: Link) -> Link | None:
    async with database.read() as tx:
        return await tx.links.find(link.id)


@pytest.mark.parametrize("different", STRANGE, ids=lambda different: next(iter(different)))
async def test_link_comes_back_as_it_went_in(database: Database, different: dict[str, object]) -> None:
    link = a_link(**different)

    await add(database, link)

    assert await find(database, link) == link


async def test_slug_belongs_to_who_came_first(database: Database) -> None:
    first, second = a_link(slug="tea"), a_link(slug="tea")

    assert await add(database, first, second) == {first.id}
    assert await find(database, second) is None


async def test_slugs_differ_by_case(database: Database) -> None:
    links = [a_link(slug="tea"), a_link(slug="Tea")]

    assert await add(database, *links) == {link.id for link in links}


async def test_another_domain_has_its_own_slugs(database: Database) -> None:
    links = [a_link(slug="tea"), a_link(slug="tea", domain_id=DomainId(2))]

    assert await add(database, *links) == {link.id for link in links}


async def test_link_whose_id_is_taken_does_not_go_in_and_the_others_do(database: Database) -> None:
    link, other = a_link(), a_link()
    await add(database, link)

    assert await add(database, dataclasses.replace(link, slug="other"), other) == {other.id}
    assert await find(database, link) == link


async def test_earlier_slug_is_not_kept_under_a_taken_id_and_nothing_is_changed(database: Database) -> None:
    old, other = a_link(slug="tea"), a_link()
    await add(database, old, other)

    with pytest.raises(Unavailable):
        async with database.write() as tx:
            await tx.links.replace(old, dataclasses.replace(old, slug="coffee"), tombstone_id=other.id)

    assert await find(database, old) == old


async def test_what_the_database_refuses_is_not_repeated_in_the_error(database: Database) -> None:
    wrong = text("SELECT no_such_column FROM links WHERE slug = :slug")
    title = "hunter"

    for transaction in (database.write, database.read):
        with pytest.raises((DBAPIError, Unavailable)) as refused:
            async with transaction() as tx:
                await tx.connection.execute(wrong, {"slug": title * 2})
        assert "hunterhunter" not in "".join(format_exception(refused.value))


async def test_a_thousand_links_go_in_together(database: Database) -> None:
    links = [a_link() for _ in range(1000)]

    assert await add(database, *links) == {link.id for link in links}


async def test_deleted_link_is_invisible_and_its_slug_stays_taken(database: Database) -> None:
    link = a_link(slug="tea")
    await add(database, link)

    async with database.write() as tx:
        await tx.links.remove(link, now=NOON)

    assert await find(database, link) is None
    async with database.read() as tx:
        assert await tx.links.find_many([link.id], workspace_id=WorkspaceId(1)) == []
        assert await tx.links.find_by_slug(domain_id=DomainId(1), slug="tea") is None
    assert await add(database, a_link(slug="tea")) == set()


async def test_replaced_link_is_found_by_its_new_slug_only(database: Database) -> None:
    old = a_link(slug="tea")
    new = dataclasses.replace(old, slug="coffee", destination="https://example.org/")
    await add(database, old)

    async with database.write() as tx:
        await tx.links.replace(old, new, tombstone_id=LinkId(10_001))

    async with database.read() as tx:
        assert await tx.links.find_by_slug(domain_id=DomainId(1), slug="coffee") == new
        assert await tx.links.find_by_slug(domain_id=DomainId(1), slug="tea") is None


async def test_earlier_slug_is_kept_for_its_link_and_from_all_others(database: Database) -> None:
    old = a_link(slug="tea")
    new = dataclasses.replace(old, slug="coffee")
    await add(database, old)
    async with database.write() as tx:
        await tx.links.replace(old, new, tombstone_id=LinkId(10_001))

    assert await add(database, a_link(slug="tea")) == set()
    async with database.write() as tx:
        await tx.links.replace(new, old, tombstone_id=LinkId(10_002))
    assert await find(database, old) == old


async def test_replacing_by_a_taken_slug_is_refused_and_changes_nothing(database: Database) -> None:
    mine, other = a_link(), a_link(slug="tea")
    await add(database, mine, other)

    with pytest.raises(SlugIsTaken):
        async with database.write() as tx:
            await tx.links.replace(mine, dataclasses.replace(mine, slug="tea"), tombstone_id=LinkId(10_001))

    assert await find(database, mine) == mine


async def test_taken_down_link_keeps_everything_else_and_comes_back(database: Database) -> None:
    link = a_link(guard=Guard(mode=Mode.GUIDE, apps=frozenset({"wechat"})))
    await add(database, link)

    async with database.write() as tx:
        await tx.links.take_down(link, reason="reported", now=NOON)
    assert await find(database, link) == dataclasses.replace(link, taken_down="reported")

    async with database.write() as tx:
        await tx.links.take_down(link, reason=None, now=NOON)
    assert await find(database, link) == link


async def test_rules_can_be_taken_away_again(database: Database) -> None:
    link = a_link(guard=Guard(mode=Mode.GUIDE, apps=frozenset({"wechat"})), expires_at=NOON, flags=("shortener",))
    plain = dataclasses.replace(link, guard=NO_GUARD, expires_at=None, flags=())
    await add(database, link)

    async with database.write() as tx:
        await tx.links.replace(link, plain, tombstone_id=LinkId(10_001))

    assert await find(database, link) == plain


async def test_of_a_hundred_concurrent_changes_none_is_lost(database: Database, neighbour: Database) -> None:
    link = a_link(title="0")
    await add(database, link)

    async def count_up(place: Database) -> None:
        async with place.write() as tx:
            old = await tx.links.find(link.id, for_update=True)
            assert old is not None
            new = dataclasses.replace(old, title=str(int(old.title or 0) + 1))
            await tx.links.replace(old, new, tombstone_id=LinkId(10_001))

    await asyncio.gather(*(count_up(place) for _ in range(50) for place in (database, neighbour)))

    counted = await find(database, link)
    assert counted is not None
    assert counted.title == "100"


async def test_what_raises_leaves_nothing_behind(database: Database) -> None:
    link = a_link()

    async def fail() -> None:
        async with database.write() as tx:
            await tx.links.add([link])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await find(database, link) is None
