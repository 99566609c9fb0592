"""POST /api/v1/links/bulk: a link or a problem for each."""

import httpx2
import pytest

from liulian.web.api.schemas import BulkAnswer
from tests.web.api import LINKS, bearer, problem, refused_fields

BULK = f"{LINKS}/bulk"


async def test_each_gets_a_link_or_a_problem_in_order(program: httpx2.AsyncClient) -> None:
    wishes = [
        {"destination": "https://example.com/", "slug": "tea"},
        {"destination": "https://example.com/", "slug": "tea"},
        {"destination": "ftp://example.com/", "slug": "c"},
        5,
        {"destination": "https://example.com/"},
    ]

    answer = await program.post(BULK, json={"links": wishes})

    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [result["index"] for result in results] == [0, 1, 2, 3, 4]
    assert results[0]["link"]["slug"] == "tea"
    assert results[1]["problem"]["code"] == "slug_taken"
    assert [error["field"] for error in results[2]["problem"]["errors"]] == ["links[2].destination", "links[2].slug"]
    assert results[3]["problem"]["errors"][0]["field"] == "links[3]"
    assert len(results[4]["link"]["slug"]) == 7
    BulkAnswer.model_validate_json(answer.text)


async def test_a_thousand_links_are_made_at_once(program: httpx2.AsyncClient) -> None:
    wishes = [{"destination": f"https://example.com/{number}"} for number in range(1000)]

    results = (await program.post(BULK, json={"links": wishes})).json()["results"]

    assert [result["link"]["destination"] for result in results] == [wish["destination"] for wish in wishes]
    assert len({result["link"]["slug"] for result in results}) == 1000


async def test_strangers_get_a_token_for_each(stranger: httpx2.AsyncClient) -> None:
    answer = await stranger.post(BULK, json={"links": [{"destination": "https://example.com/"}] * 2})

    for result in answer.json()["results"]:
        link = result["link"]
        token = link.pop("manage_token")
        assert (await stranger.get(f"{LINKS}/{link['id']}", headers=bearer(token))).json() == link


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"links": "links_count"}),
        ({"links": []}, {"links": "links_count"}),
        ({"links": {}}, {"links": "links_count"}),
        ([], {"links": "links_count"}),
        ({"links": [{}] * 1001}, {"links": "links_count"}),
        ({"links": [{}], "more": 1}, {"more": "field_unknown"}),
        ({"more": 1}, {"more": "field_unknown", "links": "links_count"}),
    ],
    ids=["nothing", "empty", "object", "list", "too many", "unknown", "both"],
)
async def test_what_is_no_bulk_is_refused_as_a_whole(
    program: httpx2.AsyncClient, body: object, errors: dict[str, str]
) -> None:
    answer = await program.post(BULK, json=body)

    assert problem(answer) == (422, "invalid_request")
    assert refused_fields(answer) == errors


async def test_bulk_may_be_longer_than_one_link_but_not_endless(program: httpx2.AsyncClient) -> None:
    long = {"destination": "https://example.com/" + "a" * 8000}

    assert (await program.post(BULK, json={"links": [long] * 500})).status_code == 200
    assert problem(await program.post(BULK, json={"links": [long] * 1400})) == (413, "too_large")
