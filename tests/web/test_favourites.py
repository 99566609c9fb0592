"""Favourites are one person's own; roles decide who may organise links."""

import httpx2

from liulian.accounts.people import DEFAULT_WORKSPACE
from liulian.accounts.permissions import Role
from liulian.storage.database import Database
from tests.web.api import LINKS, make, problem
from tests.web.people import a_town, actions


async def test_favourites_are_ones_own(database: Database) -> None:
    town = a_town(database)
    await town.person("lin@example.com", Role.OWNER)
    await town.person("mei@example.com", Role.ANALYST)

    async with town.signed_in("lin@example.com") as lin, town.signed_in("mei@example.com") as mei:
        made = await make(lin)
        assert made["created_by"] | {"id": ""} == {"kind": "user", "id": "", "name": "Somebody"}
        assert (await mei.put(f"{LINKS}/{made['id']}/favourite")).status_code == 204
        assert (await mei.put(f"{LINKS}/{made['id']}/favourite")).status_code == 204
        assert (await mei.get(LINKS, params={"favourite": "true"})).json()["links"] == [made | {"is_favourite": True}]
        assert (await lin.get(LINKS, params={"favourite": "true"})).json()["links"] == []
        assert (await lin.get(f"{LINKS}/{made['id']}")).json()["is_favourite"] is False
        assert (await mei.delete(f"{LINKS}/{made['id']}/favourite")).status_code == 204
        assert (await mei.get(LINKS, params={"favourite": "true"})).json()["links"] == []


async def test_analyst_looks_and_changes_nothing(database: Database) -> None:
    town = a_town(database)
    await town.person("lin@example.com", Role.EDITOR)
    await town.person("mei@example.com", Role.ANALYST)

    async with town.signed_in("lin@example.com") as lin, town.signed_in("mei@example.com") as mei:
        made = await make(lin, tags=["tea"])
        address = f"{LINKS}/{made['id']}"
        answers: list[httpx2.Response] = [
            await mei.post(f"{address}/archive"),
            await mei.post(f"{address}/restore"),
            await mei.delete(address),
            await mei.patch(address, json={"note": "x"}),
            await mei.post(f"{LINKS}/bulk-edit", json={"action": "delete", "ids": [made["id"]]}),
            await mei.post("/api/v1/tags", json={"name": "coffee"}),
            await mei.post(LINKS, json={"destination": "https://example.com/"}),
        ]
        assert {problem(answer) for answer in answers} == {(403, "forbidden")}
        assert (await mei.get("/api/v1/tags")).json()["tags"][0]["name"] == "tea"


async def test_what_takes_links_away_is_written_down(database: Database) -> None:
    town = a_town(database)
    await town.person("lin@example.com", Role.EDITOR)

    async with town.signed_in("lin@example.com") as lin:
        made = [await make(lin) for _ in range(2)]
        await lin.delete(f"{LINKS}/{made[0]['id']}")
        await lin.post(f"{LINKS}/{made[0]['id']}/restore")
        await lin.post(f"{LINKS}/bulk-edit", json={"action": "delete", "ids": [link["id"] for link in made]})

    assert (await actions(town))[-3:] == ["link.deleted", "link.restored", "links.deleted"]


async def test_work_with_many_links_is_one_entry_that_says_how_many(database: Database) -> None:
    town = a_town(database)
    await town.person("lin@example.com", Role.EDITOR)

    async with town.signed_in("lin@example.com") as lin:
        ids = [(await make(lin))["id"] for _ in range(3)]
        tag = (await lin.post("/api/v1/tags", json={"name": "tea"})).json()["id"]
        folder = (await lin.post("/api/v1/folders", json={"name": "posters"})).json()["id"]
        for wish in (
            {"action": "tag", "tags": [tag]},
            {"action": "tag", "tags": [tag]},  # They have it: nothing is done, nothing is said.
            {"action": "untag", "tags": [tag]},
            {"action": "move", "folder": folder},
            {"action": "edit", "change": {"destination": "https://www.example.org/secret/path"}},
            {"action": "archive"},
        ):
            assert (await lin.post(f"{LINKS}/bulk-edit", json=wish | {"ids": ids})).status_code == 200

    async with town.database.read() as tx:
        entries = await tx.audit.list_page(workspace_id=DEFAULT_WORKSPACE, before=None, limit=5)
    assert [(entry.action, entry.details) for entry in reversed(entries)] == [
        ("links.tagged", {"number": 3}),
        ("links.untagged", {"number": 3}),
        ("links.moved", {"number": 3}),
        ("links.edited", {"number": 3, "host": "www.example.org"}),
        ("links.archived", {"number": 3}),
    ]
