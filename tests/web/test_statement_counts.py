"""The number of statements behind a list does not grow with what is in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from liulian.accounts.permissions import Role
from liulian.storage.database import Database
from tests.web.people import EMAIL, V1, Town, a_town
from tests.web.test_lists_api import counted

LISTS = (
    "members",
    "invitations",
    "api-keys",
    "domains",
    "imports",
    "audit",
    "audit.csv",
    "me/sessions",
    "tags",
    "folders",
    "views",
    "utm-templates",
    "exports/links.csv",
    "exports/everything.zip",
)


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> Town:
    town = a_town(database, imports_dir=tmp_path / "imports")
    await town.person(EMAIL, Role.OWNER)
    return town


@pytest.fixture
async def owner(town: Town) -> AsyncIterator[httpx2.AsyncClient]:
    async with town.signed_in() as client:
        yield client


async def one_more_of_each(town: Town, owner: httpx2.AsyncClient, number: int) -> None:
    """Add one of everything that is listed; acts of several people and programs."""
    await town.person(f"{number}@example.com", Role.ADMIN, name=f"Person {number}")
    async with town.signed_in(f"{number}@example.com") as other:
        key = await other.post(f"{V1}/api-keys", json={"name": f"{number}", "scopes": ["links:read", "links:write"]})
        added = await other.post(f"{V1}/domains", json={"host": f"go{number}.example.com"})
        link = {"destination": "https://example.com/", "tags": [f"tag {number}"]}
        await other.post(f"{V1}/links", json=link)
    program = {"Authorization": f"Bearer {key.json()['token']}"}
    sent = await owner.post(
        f"{V1}/imports", files={"file": ("a.csv", b"url\nhttps://example.com/\n", "text/csv")}, headers=program
    )
    await owner.put(f"{V1}/domains/{added.json()['id']}/files/a.txt", content=b"a")
    invited = await owner.post(f"{V1}/invitations", json={"role": "editor"})
    answers = [key, added, sent, invited]
    for plural, more in (("folders", {}), ("views", {"query": {"q": "tea"}}), ("utm-templates", {})):
        answers.append(await owner.post(f"{V1}/{plural}", json={"name": f"{number}", **more}))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]


async def statements(owner: httpx2.AsyncClient, database: Database) -> dict[str, int]:
    """Return how many statements each list takes."""
    counts = {}
    for name in LISTS:
        with counted(database) as seen:
            assert (await owner.get(f"{V1}/{name}")).status_code == 200, name
        counts[name] = len(seen)
    return counts


async def test_lists_take_as_many_statements_for_many_as_for_few(
    town: Town, owner: httpx2.AsyncClient, database: Database
) -> None:
    for number in range(2):
        await one_more_of_each(town, owner, number)
    few = await statements(owner, database)
    for number in range(2, 7):
        await one_more_of_each(town, owner, number)
    many = await statements(owner, database)

    assert min(few.values()) > 0
    assert many == few
