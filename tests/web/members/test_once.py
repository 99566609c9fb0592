"""The panels of one page share what they ask the database."""

from liulian.storage.database import Database
from liulian.web.members.once import asking_once
from tests.web.members.a_community import a_community, plant
from tests.web.test_lists_api import counted


async def test_same_question_is_one_statement_and_another_is_another(database: Database) -> None:
    await plant(database)
    tea = a_community()

    async with database.read() as tx:
        once = asking_once(tx)
        with counted(database) as statements:
            first = await once.communities.find_by_slug("tea")
            assert await once.communities.find_by_slug("tea") == first == tea
            assert await once.communities.find_by_slug("coffee") is None
            assert await once.communities.goals.list_of(tea.id) == await once.communities.goals.list_of(tea.id)

    assert len([each for each in statements if each.startswith("SELECT")]) == 3


async def test_whoever_sorts_a_list_sorts_nobody_elses(database: Database) -> None:
    await plant(database)

    async with database.read() as tx:
        once = asking_once(tx)
        (await once.communities.services_of(a_community().id)).append(None)  # type: ignore[arg-type] # As a careless caller.

        assert await once.communities.services_of(a_community().id) == []
