"""Tags, folders, views and UTM templates: the same four operations, and who may."""

from typing import Any

import httpx2
import pytest

from liulian.accounts.permissions import Scope
from liulian.storage.database import Database
from tests.web.api import BASE, LINKS, api_key, bearer, client_of, make, problem, refused_fields

API = "/api/v1"
KINDS: dict[str, dict[str, Any]] = {
    "tags": {"colour": "water"},
    "folders": {},
    "views": {"query": {"q": "茶饮", "sort": "clicks", "columns": ["title"]}},
    "utm-templates": {"source": "wechat", "campaign": "春季"},
}


def listed(kind: str, answer: httpx2.Response) -> list[dict[str, Any]]:
    members = answer.json()
    assert members["next_cursor"] is None
    found: list[dict[str, Any]] = members[kind.replace("-", "_")]
    return found


@pytest.mark.parametrize("kind", KINDS)
async def test_label_is_made_listed_changed_and_removed(program: httpx2.AsyncClient, kind: str) -> None:
    answer = await program.post(f"{API}/{kind}", json={"name": " 夏日  茶饮 ", **KINDS[kind]})
    made = answer.json()

    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{API}/{kind}/{made['id']}"
    assert made["name"] == "夏日 茶饮"
    assert KINDS[kind].items() <= made.items()
    assert listed(kind, await program.get(f"{API}/{kind}")) == [made]
    changed = await program.patch(f"{API}/{kind}/{made['id']}", json={"name": "winter"})
    assert changed.json() == made | {"name": "winter"}
    assert (await program.delete(f"{API}/{kind}/{made['id']}")).status_code == 204
    assert listed(kind, await program.get(f"{API}/{kind}")) == []
    assert problem(await program.delete(f"{API}/{kind}/{made['id']}")) == (404, "not_found")


@pytest.mark.parametrize("kind", KINDS)
async def test_two_names_that_look_alike_are_refused(program: httpx2.AsyncClient, kind: str) -> None:
    await program.post(f"{API}/{kind}", json={"name": "Tea", **KINDS[kind]})
    other = (await program.post(f"{API}/{kind}", json={"name": "Coffee", **KINDS[kind]})).json()

    for answer in (
        await program.post(f"{API}/{kind}", json={"name": "tEA", **KINDS[kind]}),
        await program.patch(f"{API}/{kind}/{other['id']}", json={"name": "ｔｅａ"}),
    ):
        assert problem(answer) == (409, "name_taken")
        assert refused_fields(answer) == {"name": "name_taken"}


@pytest.mark.parametrize("kind", KINDS)
async def test_labels_of_others_are_not_there(
    program: httpx2.AsyncClient, stranger: httpx2.AsyncClient, database: Database, kind: str
) -> None:
    made = (await program.post(f"{API}/{kind}", json={"name": "tea", **KINDS[kind]})).json()
    address, other = f"{API}/{kind}/{made['id']}", bearer(await api_key(database, workspace=2))

    assert listed(kind, await stranger.get(f"{API}/{kind}", headers=other)) == []
    assert problem(await stranger.patch(address, json={"name": "x"}, headers=other)) == (404, "not_found")
    assert problem(await stranger.delete(address, headers=other)) == (404, "not_found")
    assert problem(await stranger.get(f"{API}/{kind}")) == (401, "not_signed_in")
    same = await stranger.post(f"{API}/{kind}", json={"name": "tea", **KINDS[kind]}, headers=other)
    assert same.status_code == 201


@pytest.mark.parametrize("kind", KINDS)
async def test_who_may_only_look_changes_nothing(database: Database, program: httpx2.AsyncClient, kind: str) -> None:
    made = (await program.post(f"{API}/{kind}", json={"name": "tea", **KINDS[kind]})).json()
    token = await api_key(database, scopes=frozenset({Scope.LINKS_READ}))

    async with client_of(database, base_url=BASE, token=token) as reader:
        assert listed(kind, await reader.get(f"{API}/{kind}")) == [made]
        for answer in (
            await reader.post(f"{API}/{kind}", json={"name": "x", **KINDS[kind]}),
            await reader.patch(f"{API}/{kind}/{made['id']}", json={"name": "x"}),
            await reader.delete(f"{API}/{kind}/{made['id']}"),
        ):
            assert problem(answer) == (403, "forbidden")


@pytest.mark.parametrize(
    ("kind", "wish", "errors"),
    [
        ("tags", {"name": " "}, {"name": "label_name"}),
        ("tags", {"name": "x" * 61, "colour": "pink"}, {"name": "label_name", "colour": "choice_unknown"}),
        ("tags", {"name": "a\x07b"}, {"name": "label_name"}),
        ("tags", {"name": " " + "x" * 60}, {"name": "label_name"}),  # As the document counts.
        ("tags", {}, {"name": "field_required"}),
        ("folders", {"name": 5, "colour": "husk"}, {"name": "field_type", "colour": "field_unknown"}),
        ("views", {"name": "x", "query": {"sort": "mood"}}, {"query.sort": "field_type"}),
        ("utm-templates", {"name": "x", "term": "y" * 201}, {"term": "utm_value"}),
        ("utm-templates", {"name": "x", "term": "\n" + "y" * 200}, {"term": "utm_value"}),
    ],
)
async def test_every_refused_field_is_named(
    program: httpx2.AsyncClient, kind: str, wish: dict[str, object], errors: dict[str, str]
) -> None:
    answer = await program.post(f"{API}/{kind}", json=wish)

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == errors


async def test_removed_tag_and_folder_leave_the_links(program: httpx2.AsyncClient) -> None:
    folder = (await program.post(f"{API}/folders", json={"name": "posters"})).json()
    link = await make(program, tags=["tea"], folder=folder["id"])

    await program.delete(f"{API}/tags/{link['tags'][0]['id']}")
    await program.delete(f"{API}/folders/{folder['id']}")

    assert (await program.get(f"{LINKS}/{link['id']}")).json() == link | {"tags": [], "folder": None}
    assert (await make(program, tags=["tea"]))["tags"][0]["name"] == "tea"
