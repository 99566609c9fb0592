"""Totals are moved together with the position up to which they are true."""

from liulian.base.ids import LinkId
from liulian.storage.database import Database
from tests.store.a_link import a_link


async def totals_of(database: Database, link_id: LinkId) -> tuple[int, int]:
    async with database.read() as tx:
        link = await tx.links.find(link_id)
    assert link is not None
    return link.clicks, link.human_clicks


async def test_clicks_add_up_and_positions_follow(database: Database) -> None:
    link = a_link()
    async with database.write() as tx:
        await tx.links.add([link])
        assert await tx.totals.add("web-0", before=0, position=2**32, counts={link.id: (3, 2)})
        assert await tx.totals.add("web-0", before=2**32, position=2**32 + 5, counts={link.id: (4, 1)})
        assert await tx.totals.add("web-1", before=0, position=9, counts={link.id: (1, 1)})

    assert await totals_of(database, link.id) == (8, 4)
    async with database.read() as tx:
        assert await tx.totals.positions() == {"web-0": 2**32 + 5, "web-1": 9}


async def test_who_comes_second_adds_nothing(database: Database) -> None:
    link = a_link()
    async with database.write() as tx:
        await tx.links.add([link])
        await tx.totals.add("web-0", before=0, position=7, counts={link.id: (3, 2)})

    async with database.write() as tx:
        assert not await tx.totals.add("web-0", before=0, position=7, counts={link.id: (3, 2)})
        assert not await tx.totals.add("web-0", before=5, position=9, counts={link.id: (3, 2)})

    assert await totals_of(database, link.id) == (3, 2)


async def test_unknown_links_are_passed_over(database: Database) -> None:
    link = a_link()
    async with database.write() as tx:
        await tx.links.add([link])
        assert await tx.totals.add("web-0", before=0, position=7, counts={4711: (1, 1), link.id: (2, 2)})

    assert await totals_of(database, link.id) == (2, 2)


async def test_counting_is_no_change_of_a_link(database: Database) -> None:
    link = a_link()
    async with database.write() as tx:
        await tx.links.add([link])
        await tx.totals.add("web-0", before=0, position=7, counts={link.id: (2, 2)})
        rows = await tx.connection.exec_driver_sql("SELECT COUNT(*) FROM link_changes")

        assert rows.scalar_one() == 0  # The one of the link itself is written when the transaction ends.


async def test_twenty_thousand_links_are_counted_in_one_transaction(database: Database) -> None:
    links = [a_link() for _ in range(50)]
    async with database.write() as tx:
        await tx.links.add(links)
        counts = dict.fromkeys(range(10**6, 10**6 + 20_000), (1, 1)) | {link.id: (1, 0) for link in links}
        assert await tx.totals.add("web-0", before=0, position=7, counts=counts)

    assert await totals_of(database, links[0].id) == (1, 0)
