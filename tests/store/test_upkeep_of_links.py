"""Deleted links are emptied in the end, removed labels leave the last link, and words can be made anew."""

from datetime import timedelta

from liulian.base.ids import LinkId, WorkspaceId
from liulian.links.labels import Folder, Tag
from liulian.links.listing import LinkFilter, ListQuery, Order
from liulian.links.model import FolderId, Maker, TagId
from liulian.links.search import wanted_words
from liulian.storage.database import Database
from liulian.storage.rewording import is_reworded, reword_some
from liulian.storage.upkeep import tidy
from tests.store.a_link import NOON, a_link

OURS = WorkspaceId(1)
LATER = NOON + timedelta(days=30, seconds=1)


async def found(database: Database, text: str) -> list[LinkId]:
    query = ListQuery(
        workspace_id=OURS,
        user_id=None,
        filter=LinkFilter(words=wanted_words(text)),
        order=Order(),
        limit=100,
        now=NOON,
    )
    async with database.read() as tx:
        return await tx.lists.ids(query)


async def test_link_deleted_long_ago_is_emptied_and_keeps_its_slug(database: Database) -> None:
    link = a_link(slug="tea", title="tea", note="secret", created_by=Maker(kind="user", id=7), folder_id=FolderId(5))
    async with database.write() as tx:
        await tx.links.add([link], tags={link.id: [TagId(3)]})
        await tx.links.remove(link, now=NOON)

    await tidy(database, now=NOON + timedelta(days=30))
    async with database.read() as tx:
        assert (await tx.links.find(link.id, even_deleted=True)) is not None
    await tidy(database, now=LATER)

    async with database.write() as tx:
        assert await tx.links.find(link.id, even_deleted=True) is None
        assert await tx.links.add([a_link(slug="tea")]) == set()
        left = (await tx.connection.exec_driver_sql("SELECT * FROM links WHERE slug = 'tea'")).one()._mapping
        assert {name for name, value in left.items() if value is not None} == {
            *("id", "domain_id", "slug", "destination", "created_at", "updated_at", "deleted_at", "shelf")
        }
        assert left["destination"] == ""
        for table in ("link_totals", "link_tags", "link_words"):
            assert (await tx.connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}")).scalar_one() == 0


async def test_removed_tag_and_folder_leave_thousands_of_links_in_steps(database: Database) -> None:
    tag = Tag(id=TagId(3), name="tea", created_at=NOON)
    folder = Folder(id=FolderId(5), name="posters", created_at=NOON)
    links = [a_link(folder_id=folder.id) for _ in range(1500)]
    async with database.write() as tx:
        await tx.tags.add(tag, workspace_id=OURS)
        await tx.folders.add(folder, workspace_id=OURS)
        await tx.links.add(links, tags={link.id: [tag.id] for link in links})
    async with database.write() as tx:
        await tx.tags.remove(tag.id, now=NOON)
        await tx.folders.remove(folder.id, now=NOON)

    async with database.write() as tx:
        assert await tx.tags.list_of(OURS, limit=9) == []
        assert await tx.folders.list_of(OURS, limit=9) == []
        assert (await tx.lists.around(links[-1:], user_id=None)).tags == {}
        await tx.tags.add(Tag(id=TagId(4), name="tea", created_at=NOON), workspace_id=OURS)
    await tidy(database, now=NOON)

    async with database.read() as tx:
        assert await tx.organised.tags_of([link.id for link in links]) == {}
        assert {
            link.folder_id for link in await tx.links.find_many([link.id for link in links], workspace_id=OURS)
        } == {None}
        for table, number in (("tags", 1), ("folders", 0)):
            assert (await tx.connection.exec_driver_sql(f"SELECT COUNT(*) FROM {table}")).scalar_one() == number


async def test_words_are_made_anew_step_by_step_where_there_are_none(database: Database) -> None:
    links = [a_link(title="夏日茶饮") for _ in range(5)]
    strangers = a_link(title="茶饮", workspace_id=None)
    async with database.write() as tx:
        await tx.links.add([*links, strangers])
        await tx.connection.exec_driver_sql("DELETE FROM link_words")
    assert await found(database, "茶饮") == []
    assert not await is_reworded(database)

    steps = 1
    while await reword_some(database, step=2):
        steps += 1

    assert steps == 4
    assert await is_reworded(database)
    assert await found(database, "茶饮") == [link.id for link in links[::-1]]


async def test_words_are_made_anew_when_their_rules_change(database: Database) -> None:
    while await reword_some(database):
        pass
    async with database.write() as tx:
        await tx.connection.exec_driver_sql("UPDATE word_progress SET rules = 0")

    assert not await is_reworded(database)
    assert not await reword_some(database)
    assert await is_reworded(database)
