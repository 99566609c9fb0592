"""GET /links: filters, orders, cursors, and that a page costs the same number of statements however long it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from sqlalchemy import event

from liulian.base.ids import decode_id
from liulian.storage.database import Database
from tests.web.api import LINKS, api_key, bearer, make, problem, refused_fields


async def titles(client: httpx2.AsyncClient, **query: Any) -> list[str]:
    answer = await client.get(LINKS, params=query)
    assert answer.status_code == 200, answer.text
    return [link["title"] for link in answer.json()["links"]]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Collect the statements that are executed."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    engines = [database.writer.sync_engine, database._reader.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield statements
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def test_links_are_found_by_words_tags_and_folders(program: httpx2.AsyncClient) -> None:
    folder = (await program.post("/api/v1/folders", json={"name": "posters"})).json()["id"]
    await make(program, title="夏日茶饮", tags=["Summer 2026"], folder=folder)
    await make(program, title="coffee", note="for the summer", destination="https://shop.example.com/beans")
    tag = (await program.get("/api/v1/tags")).json()["tags"][0]["id"]

    assert await titles(program, q="茶饮") == ["夏日茶饮"]
    assert await titles(program, q="summ") == ["coffee", "夏日茶饮"]
    assert await titles(program, q="SHOP bean") == ["coffee"]
    assert await titles(program, q="coffee 茶") == []
    assert await titles(program, tag=tag) == ["夏日茶饮"]
    assert await titles(program, folder=folder) == ["夏日茶饮"]
    assert await titles(program, folder="none", q="sum") == ["coffee"]
    assert await titles(program, tag=["22222222222", tag]) == []


async def test_short_url_finds_its_link(program: httpx2.AsyncClient) -> None:
    made = await make(program, title="tea")
    await make(program)

    assert await titles(program, q=made["short_url"]) == ["tea"]


async def test_state_chooses_what_is_listed(program: httpx2.AsyncClient) -> None:
    made = {name: await make(program, title=name) for name in ("plain", "archived", "deleted")}
    await program.post(f"{LINKS}/{made['archived']['id']}/archive")
    await program.delete(f"{LINKS}/{made['deleted']['id']}")

    assert await titles(program) == ["plain"]
    assert await titles(program, state="active") == ["plain"]
    assert await titles(program, state="archived") == ["archived"]
    assert await titles(program, state="all") == ["archived", "plain"]
    assert await titles(program, state="deleted") == ["deleted"]
    assert await titles(program, state="expired") == await titles(program, state="taken_down") == []


async def test_guarded_links_are_told_from_others(program: httpx2.AsyncClient) -> None:
    await make(program, title="guarded", guard={"mode": "guide"})
    await make(program, title="plain")

    assert await titles(program, guarded="true") == ["guarded"]
    assert await titles(program, guarded="false") == ["plain"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("created", ["b", "Ä", "c", "a"]),
        ("title", ["Ä", "c", "b", "a"]),
        ("clicks", ["c", "a", "b", "Ä"]),
        ("updated", ["b", "Ä", "c", "a"]),
    ],
)
async def test_lists_are_sorted_and_read_page_by_page_in_both_directions(
    program: httpx2.AsyncClient, database: Database, sort: str, expected: list[str]
) -> None:
    made = {title: await make(program, title=title) for title in ("a", "c", "Ä", "b")}
    async with database.write() as tx:
        counts = {decode_id(made[title]["id"]) or 0: (clicks, clicks) for title, clicks in [("a", 2), ("c", 3)]}
        await tx.totals.add("web-0", before=0, position=7, counts=counts)

    for order, wanted in (("desc", expected), ("asc", expected[::-1])):
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            params: dict[str, str] = {"sort": sort, "order": order, "limit": "1"} | cursor
            page = (await program.get(LINKS, params=params)).json()
            found += [link["title"] for link in page["links"]]
            assert page["total"] == 4
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert found == wanted


async def test_cursor_belongs_to_its_list(program: httpx2.AsyncClient) -> None:
    for _ in range(2):
        await make(program, title="tea")
    cursor = (await program.get(LINKS, params={"limit": 1, "q": "tea"})).json()["next_cursor"]

    for query in ({"q": "coffee"}, {"q": "tea", "sort": "clicks"}, {"q": "tea", "order": "asc"}):
        answer = await program.get(LINKS, params={"cursor": cursor, **query})
        assert problem(answer) == (422, "invalid_request")
        assert refused_fields(answer) == {"cursor": "cursor_invalid"}


async def test_lists_of_others_stay_theirs(
    program: httpx2.AsyncClient, stranger: httpx2.AsyncClient, database: Database
) -> None:
    link = await make(program, title="secret", tags=["tea"])
    other = bearer(await api_key(database, workspace=2))

    for query in ({}, {"q": "secret"}, {"tag": link["tags"][0]["id"]}, {"sort": "clicks"}, {"state": "all"}):
        page = (await stranger.get(LINKS, params=query, headers=other)).json()
        assert page == {"links": [], "next_cursor": None, "total": 0}


async def test_number_of_statements_does_not_grow_with_the_page(
    program: httpx2.AsyncClient, database: Database
) -> None:
    folder = (await program.post("/api/v1/folders", json={"name": "posters"})).json()["id"]
    numbers = []
    for wanted in (2, 40):
        wish = {"destination": "https://example.com/", "title": "tea", "tags": ["a", "b"], "folder": folder}
        await program.post(f"{LINKS}/bulk", json={"links": [wish] * wanted})
        with counted(database) as statements:
            page = (await program.get(LINKS, params={"limit": 100, "q": "tea", "folder": folder})).json()
        assert len(page["links"]) >= wanted
        numbers.append(len(statements))

    assert numbers[0] == numbers[1]


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({"state": "lost"}, {"state": "field_type"}),
        ({"sort": "mood"}, {"sort": "field_type"}),
        ({"tag": "nonsense"}, {"tag[0]": "field_form"}),
        ({"folder": "nonsense"}, {"folder": "field_form"}),
        ({"created_from": "yesterday"}, {"created_from": "field_type"}),
        ({"created_from": "2026-03-01T12:00:00"}, {"created_from": "field_type"}),
        ({"q": "x" * 301}, {"q": "field_form"}),
    ],
)
async def test_bad_filters_are_refused(
    program: httpx2.AsyncClient, query: dict[str, str], errors: dict[str, str]
) -> None:
    answer = await program.get(LINKS, params=query)

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == errors
