"""GET, PATCH and DELETE of links, and who may do it."""

from pathlib import Path

import httpx2
import pytest

from liulian.storage.database import Database
from tests.databases import opened
from tests.web.api import BASE, LINKS, api_key, bearer, client_of, make, problem, refused_fields


async def test_stranger_manages_a_link_by_its_token(stranger: httpx2.AsyncClient) -> None:
    made = await make(stranger, title="tea")
    mine, address = bearer(made.pop("manage_token")), f"{LINKS}/{made['id']}"

    assert (await stranger.get(address, headers=mine)).json() == made
    changed = await stranger.patch(address, json={"destination": "https://example.org"}, headers=mine)
    assert changed.json() == made | {"destination": "https://example.org/"}
    assert (await stranger.delete(address, headers=mine)).status_code == 204
    assert problem(await stranger.get(address, headers=mine)) == (404, "not_found")


async def test_what_one_may_not_see_is_not_there(
    stranger: httpx2.AsyncClient, program: httpx2.AsyncClient, database: Database
) -> None:
    strangers, programs = await make(stranger), await make(program)
    other_key = bearer(await api_key(database, workspace=2))
    manager = bearer(strangers["manage_token"])

    for link, headers in [
        (strangers, {}),
        (programs, {}),
        (strangers, other_key),
        (programs, other_key),
        (programs, manager),
        ({"id": "22222222222"}, manager),
        ({"id": "nonsense"}, manager),
    ]:
        address = f"{LINKS}/{link['id']}"
        assert problem(await stranger.get(address, headers=headers)) == (404, "not_found")
        assert problem(await stranger.patch(address, json={"title": "x"}, headers=headers)) == (404, "not_found")
        assert problem(await stranger.delete(address, headers=headers)) == (404, "not_found")


async def test_pages_lead_from_the_newest_link_to_the_oldest(
    program: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    made = [await make(program) for _ in range(5)]
    await make(stranger)

    found: list[object] = []
    cursor = None
    for expected in (2, 2, 1):
        page = (await program.get(LINKS, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        assert len(page["links"]) == expected
        found, cursor = found + page["links"], page["next_cursor"]

    assert found == made[::-1]
    assert cursor is None


async def test_last_full_page_knows_that_it_is_the_last(program: httpx2.AsyncClient) -> None:
    await make(program)

    assert (await program.get(LINKS, params={"limit": 1})).json()["next_cursor"] is None


async def test_manage_token_lists_its_one_link(stranger: httpx2.AsyncClient) -> None:
    made = await make(stranger)
    mine = bearer(made.pop("manage_token"))

    assert (await stranger.get(LINKS, headers=mine)).json() == {"links": [made], "next_cursor": None, "total": 1}
    await stranger.delete(f"{LINKS}/{made['id']}", headers=mine)
    assert (await stranger.get(LINKS, headers=mine)).json() == {"links": [], "next_cursor": None, "total": 0}


async def test_strangers_have_no_list(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.get(LINKS)

    assert problem(answer) == (401, "not_signed_in")
    assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("limit=0", {"limit": "field_range"}),
        ("limit=101", {"limit": "field_range"}),
        ("limit=many", {"limit": "field_type"}),
        ("cursor=nonsense", {"cursor": "cursor_invalid"}),
    ],
)
async def test_bad_pages_are_refused(program: httpx2.AsyncClient, query: str, errors: dict[str, str]) -> None:
    answer = await program.get(f"{LINKS}?{query}")

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == errors


async def test_title_is_left_alone_changed_and_taken_away(program: httpx2.AsyncClient) -> None:
    address = f"{LINKS}/{(await make(program, title='tea'))['id']}"

    for wish, title in [({}, "tea"), ({"title": " coffee "}, "coffee"), ({"title": None}, None)]:
        assert (await program.patch(address, json=wish)).json()["title"] == title


async def test_former_slug_can_be_taken_back_by_its_link_only(program: httpx2.AsyncClient) -> None:
    made = await make(program, slug="tea")
    address = f"{LINKS}/{made['id']}"
    changed = (await program.patch(address, json={"slug": "coffee"})).json()

    assert (changed["slug"], changed["short_url"]) == ("coffee", f"{BASE}/coffee")
    taken = await program.post(LINKS, json={"destination": "https://example.com/", "slug": "tea"})
    assert problem(taken) == (409, "slug_taken")
    assert (await program.patch(address, json={"slug": "tea"})).json()["slug"] == "tea"


async def test_taken_slug_cannot_be_changed_to(program: httpx2.AsyncClient) -> None:
    await make(program, slug="tea")
    made = await make(program, slug="coffee")

    answer = await program.patch(f"{LINKS}/{made['id']}", json={"slug": "tea", "title": "new"})

    assert problem(answer) == (409, "slug_taken")
    assert (await program.get(f"{LINKS}/{made['id']}")).json() == made


async def test_deleted_slug_is_given_to_nobody(program: httpx2.AsyncClient) -> None:
    made = await make(program, slug="tea")
    await program.delete(f"{LINKS}/{made['id']}")

    answer = await program.post(LINKS, json={"destination": "https://example.com/", "slug": "tea"})

    assert problem(answer) == (409, "slug_taken")


async def test_every_refused_change_is_named_at_once(program: httpx2.AsyncClient) -> None:
    made = await make(program)
    wish = {"destination": "javascript:alert(1)", "slug": None, "title": 5, "clicks": 7}

    answer = await program.patch(f"{LINKS}/{made['id']}", json=wish)

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == {
        "destination": "destination_scheme",
        "slug": "field_type",
        "title": "field_type",
        "clicks": "field_unknown",
    }


async def test_database_that_is_away_is_said_to_be_so(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path}/nowhere/x.db") as database, client_of(database, base_url=BASE) as client:
        for answer in (
            await client.post(LINKS, json={"destination": "https://example.com/"}),
            await client.get(LINKS, headers=bearer("ll_x")),
        ):
            assert problem(answer) == (503, "unavailable")
            assert answer.headers["Retry-After"] == "1"
