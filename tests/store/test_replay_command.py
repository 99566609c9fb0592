"""`liulian community replay`: says what it read, and puts right what is not what the log says."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from liulian.base.errors import NotFound
from liulian.base.i18n import Language
from liulian.bootstrap import open_database
from liulian.commands import ready_database
from liulian.community_commands import replay
from liulian.config import Settings, read_settings
from liulian.storage.act_tables import week_places
from tests.store.test_feedback import act_of, plant
from tests.web.members.a_community import NOON

QUIET = Console(file=io.StringIO())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"LIULIAN_DATA_DIR": str(tmp_path)})


async def told(settings: Settings, slug: str | None = None) -> list[str]:
    return await replay(settings, slug=slug, language=Language.EN, console=QUIET)


async def test_replay_mends_what_differs_and_then_finds_nothing(settings: Settings) -> None:
    database = await ready_database(settings)
    await plant(database)
    await act_of(database, now=NOON)
    await database.close()

    assert await told(settings) == ["tea: 1 acts, all that is shown is what they say."]

    database = open_database(settings)
    async with database.write() as tx:
        await tx.connection.execute(week_places.update().values(points=50.0))
    await database.close()
    assert await told(settings, "tea") == ["tea: 1 acts, 1 sums were different and are put right."]
    assert await told(settings, "tea") == ["tea: 1 acts, all that is shown is what they say."]


async def test_replay_of_a_community_that_is_not_there_says_so(settings: Settings) -> None:
    await (await ready_database(settings)).close()

    with pytest.raises(NotFound):
        await told(settings, "coffee")
    assert await told(settings) == []
