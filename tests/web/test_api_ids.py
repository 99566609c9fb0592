"""Two processes that give the same id: the later link gets another one, and nobody notices. On every database."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from liulian.base.ids import IdSource
from liulian.storage.database import Database
from tests.databases import KINDS, fresh_url, opened
from tests.web.api import BASE, LINKS, api_key, client_of, make, problem

SAME = 2**62


class MeetingIds(IdSource):
    """An id source whose first id is always the same."""

    def __init__(self) -> None:
        super().__init__()
        self._first = iter([SAME])

    def __call__(self) -> int:
        return next(self._first, None) or super().__call__()


@pytest.fixture(params=KINDS)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(await fresh_url(request.param, tmp_path)) as database:
        yield database


@pytest.fixture
async def late(database: Database) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a process whose next id is taken."""
    token = await api_key(database)
    async with client_of(database, base_url=BASE, ids=MeetingIds()) as other:
        await make(other, slug="tea")
    async with client_of(database, base_url=BASE, token=token, ids=MeetingIds()) as client:
        yield client


@pytest.mark.parametrize("wish", [{}, {"slug": "coffee"}], ids=["random slug", "wished slug"])
async def test_link_whose_id_is_taken_gets_another(late: httpx2.AsyncClient, wish: dict[str, str]) -> None:
    made = await make(late, **wish)

    assert (await late.get(f"{LINKS}/{made['id']}")).json()["slug"] == made["slug"]
    assert made["slug"] == wish.get("slug", made["slug"])


async def test_only_the_link_that_met_another_is_made_anew(late: httpx2.AsyncClient) -> None:
    wishes = [{"destination": "https://example.com/", "slug": slug} for slug in ("a", "b", "tea", "b")]

    answer = await late.post(f"{LINKS}/bulk", json={"links": wishes})

    results = answer.json()["results"]
    assert [result.get("link", {}).get("slug") for result in results] == ["a", "b", None, None]
    assert len((await late.get(LINKS)).json()["links"]) == 2


async def test_taken_wish_is_still_a_taken_wish(late: httpx2.AsyncClient) -> None:
    answer = await late.post(LINKS, json={"destination": "https://example.com/", "slug": "tea"})

    assert problem(answer) == (409, "slug_taken")
