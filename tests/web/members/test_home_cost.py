"""What a member's first page costs: as many statements for many as for few, none of them without a limit."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from liulian.storage.database import Database
from liulian.web.members import layout
from liulian.web.members.asking import MEMBER_COOKIE
from liulian.web.pages.assets import PageFiles
from tests.browser.member.planted import EN, ZH, Planted, Words, plant_in
from tests.web.api import BASE, client_of
from tests.web.members.a_community import NOON
from tests.web.test_lists_api import counted

STATEMENTS_MAX = 18  # Of all panels together; each asks for what no other has asked for.
FILES = PageFiles(script="/static/member-1.js", styles=("/static/member-1.css",))


@pytest.fixture
async def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx2.AsyncClient]:
    monkeypatch.setattr(layout, "page_files", lambda _: FILES)
    async with client_of(database, base_url=BASE, clock=lambda: NOON + timedelta(minutes=1)) as client:
        yield client


async def planted(database: Database, words: Words, *, days: int, others: int) -> Planted:
    return await plant_in(database, words, now=NOON, days=days, others=others)


async def statements(client: httpx2.AsyncClient, database: Database, of: Planted) -> list[str]:
    """Return what one look at the first page asks the database, once the hour's note of who was here is written."""
    known = {"Cookie": f"{MEMBER_COOKIE}={of.token}"}
    path = f"/c/{of.community.slug}"
    await client.get(path, headers=known)
    with counted(database) as seen:
        assert (await client.get(path, headers=known)).status_code == 200
    return [each for each in seen if each.startswith("SELECT")]


async def test_page_takes_as_many_statements_for_many_as_for_few(
    client: httpx2.AsyncClient, database: Database
) -> None:
    few = await planted(database, ZH, days=3, others=2)
    many = await planted(database, EN, days=40, others=60)

    of_few, of_many = [await statements(client, database, each) for each in (few, many)]

    assert len(of_many) == len(of_few), "\n\n".join(of_many)
    assert len(of_many) <= STATEMENTS_MAX, "\n\n".join(of_many)


async def test_every_list_of_the_page_has_a_limit(client: httpx2.AsyncClient, database: Database) -> None:
    """What finds one row by its key needs none, nor what only adds up."""
    few = await planted(database, ZH, days=3, others=2)

    unlimited = [each for each in await statements(client, database, few) if not re.search(r"\bLIMIT\b", each)]

    by_key = r"slug = |subject = |\.id = |goal_id IN \(.*GROUP BY goal_days.goal_id|^SELECT (?:coalesce\(sum\(|count\()"
    assert [each for each in unlimited if not re.search(by_key, each, re.DOTALL)] == []
